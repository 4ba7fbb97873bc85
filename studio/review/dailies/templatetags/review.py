"""Template words of a review: timecodes, strokes, mentions."""

import re
from types import SimpleNamespace
from uuid import UUID

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from studio.layout.personal_controls import PLACEHOLDER
from studio.review.dailies import drawing, reasons

register = template.Library()


def _seconds_and_frames(frame, subject):
    places = getattr(subject, "frame_places", None)
    if places:
        frame = places[min(frame, len(places) - 1)]
    fps = round((getattr(subject, "fps_num", None) or 24) / (getattr(subject, "fps_den", None) or 1))
    return f"{frame // fps:02d}:{frame % fps:02d}"


@register.filter
def timecode(said, subject):
    """Where a note or a verdict stands: "02:11", "02:11–03:00", or "" for all of it."""
    if said.frame is None:
        return ""
    begin = _seconds_and_frames(said.frame, subject)
    return begin if said.last is None else f"{begin}–{_seconds_and_frames(said.last, subject)}"


register.filter("strokes_json", drawing.strokes)
register.filter("is_drawn_large", drawing.is_drawn_large)
register.filter("drawn_at", drawing.drawn_at)
register.filter("reason_words", reasons.said)


@register.filter
def at_frame(subject, frame):
    """Where a frame is: "02:11"."""
    return _seconds_and_frames(frame, subject)


@register.filter
def with_mentions(text):
    """The words of a note, each @name marked, lines kept."""
    safe = conditional_escape(text)
    marked = re.sub(r"(^|[\s(])@([\w.-]{2,60})", r'\1<b class="mention">@\2</b>', safe)
    return mark_safe(marked.replace("\n", "<br>"))  # noqa: S308 - escaped above


@register.simple_tag
def blank_note():
    """A note about nothing: what the controls of any note are drawn with, once a page."""
    strokes = SimpleNamespace(all=[SimpleNamespace(code=UUID(int=1))])
    return SimpleNamespace(code=PLACEHOLDER, author="{author}", text="", strokes=strokes)


@register.simple_tag
def plural(number, one, many):
    return format_html("{} {}", number, one if number == 1 else many)
