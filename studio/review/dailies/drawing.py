"""How news of a review looks on open pages. No note and no verdict tells a price."""

import json

from django.template.loader import render_to_string
from django.utils.html import format_html

from studio.generation.renders import live_fragments
from studio.layout import row_versions
from studio.review.dailies import lists, verdicts
from studio.review.dailies.models import Note, ReviewList
from studio.review.dailies.strokes import points_of
from studio.runtime.live import frames

POINTS_ON_PAGE = 300  # of a note that come with it; some 5 KB

# open pages that show lists or numbers of reviews ask again for theirs
_SIGNAL = '<template id="review-changed" data-signal="review-changed"></template>'
# … and those that show rows of takes and shots, for theirs
_ROWS = '<template id="rows-changed" data-signal="rows-changed"></template>'
_OF_ROWS = {
    "render.started",
    "render.circled",
    "render.uncircled",
    "render.unveiled",
    "render.trashed",
    "render.restored",
    "shot.created",
    "shot.moved",
    "shot.trashed",
}


def register():
    frames.register("note", _notes)
    frames.register("list", _signal)
    frames.register("list", _names)
    frames.register("retake", _signal)
    frames.register("picture", _judged)
    frames.register("render", _judged)
    frames.register("render", _in_rows)
    frames.register("shot", _in_rows)


def waiting_mark(context):
    """How many verdicts the reader of a page owes on its project; one query."""
    seat, request = context.get("seat"), context.get("request")
    number = 0
    if seat is not None and seat.reviews and request is not None:
        if not hasattr(request, "waiting_for_me"):
            request.waiting_for_me = lists.waiting_for(request.user, context["project"]).count()
        number = request.waiting_for_me
    return render_to_string(
        "review/dailies/_waiting.html", {"project": context["project"], "waiting_for_me": number}
    )


def _names(project_id, events):
    """Lists of which the name, or the time, is another now."""
    codes = {event.subject for event in events}
    html = row_versions.signals(ReviewList.objects.filter(project_id=project_id, code__in=codes))
    return lambda audience: html


def note(thread):
    """A note with its replies, as everyone who may review sees it."""
    code = thread.code
    thread = Note.objects.threads().filter(pk=thread.pk).select_related("render", "picture", "by").first()
    if thread is None:
        return gone(code)
    return _drawn(thread)


def gone(code):
    """Where a note was."""
    return format_html('<template id="note-{}" data-gone></template>', code)


def _drawn(thread):
    return render_to_string("review/dailies/_note.html", {"note": thread, "subject": thread.subject})


def decisions(subject, me):
    """What each person says of it now, with what `me` may take back."""
    context = {"subject": subject, "said": verdicts.latest(subject), "me": me}
    return render_to_string("review/dailies/_decisions.html", context)


def strokes(note):
    """The strokes of a note for the page it is on: where they are many points, without them (`all_strokes`)."""
    found = _strokes(note)
    if is_drawn_large(note):
        found = [{**each, "points": []} for each in found]
    return _as_json(found) if found else ""


def is_drawn_large(note):
    """Whether the points of its strokes come only when they are to be seen."""
    return points_of(note.strokes.all()) > POINTS_ON_PAGE


def all_strokes(note):
    """The strokes of a note, points and all."""
    return _as_json(_strokes(note))


def _as_json(found):
    return json.dumps(found, separators=(",", ":"))


def _strokes(note):
    return [
        {
            "code": str(each.code),
            "kind": each.kind,
            "colour": each.colour,
            "points": each.points,
            "text": each.text,
            "frame": each.frame,
        }
        for each in note.strokes.all()
    ]


def drawn_at(note):
    """The frames that are drawn on besides the note's own."""
    return sorted({each.frame for each in note.strokes.all() if each.frame is not None})


def _notes(project_id, happened):
    codes = {event.subject for event in happened}
    found = Note.objects.threads().filter(project_id=project_id, code__in=codes)
    threads = {str(each.code): each for each in found.select_related("render", "picture", "by")}
    html = "".join([*map(_drawn, threads.values()), *map(gone, codes - set(threads)), _SIGNAL])
    return lambda audience: html


def _judged(project_id, happened):
    """Verdicts change a take: the page that shows it asks for what was said, and the numbers anew."""
    codes = {event.subject for event in happened if event.kind.endswith(".judged")}
    marks = [
        format_html('<template id="judged-{0}" data-signal="judged-{0}"></template>', code) for code in codes
    ]
    html = "".join([*marks, _SIGNAL]) if codes else ""
    return lambda audience: html


def _in_rows(project_id, happened):
    """A take or a shot comes, goes, moves, or stands for another: rows that show it are asked for anew."""
    html = _ROWS if any(map(_changes_rows, happened)) else ""
    return lambda audience: html


def _changes_rows(event):
    moved = event.kind == "render.moved" and not live_fragments.stays_on_its_way(event)
    named = event.kind == "shot.changed" and "title" in event.payload.get("fields", ())
    return event.kind in _OF_ROWS or moved or named


def _signal(project_id, happened):
    return lambda audience: _SIGNAL
