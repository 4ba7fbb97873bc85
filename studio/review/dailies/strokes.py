"""Strokes as a browser sends them: vectors relative to the frame, each with a code of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from studio.review.dailies import subjects
from studio.review.dailies.models import Note, Stroke
from studio.review.dailies.subjects import Problems

MOST = 200  # strokes of one note
MOST_POINTS = 20_000  # of one note: ten of the longest strokes
MOST_FRAMES = 10**7  # of any clip
_POINTS = {Stroke.Kind.PEN: (1, Stroke.MOST_POINTS), Stroke.Kind.ARROW: (2, 2), Stroke.Kind.TEXT: (1, 1)}


def read(text: str) -> list[Stroke]:
    """Strokes out of a form's field, not saved.

    Raises:
        Problems: it is no list of strokes, or one has too many points or points off the frame.
    """
    if not text.strip():
        return []
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        raise Problems(strokes="The drawing could not be read.") from None
    if not isinstance(sent, list) or len(sent) > MOST:
        raise Problems(strokes=f"Send up to {MOST} strokes at once.")
    strokes = [_stroke(each) for each in sent]
    if points_of(strokes) > MOST_POINTS:
        raise Problems(strokes="The drawing is very long. Put a part of it into another note.")
    return strokes


def points_of(strokes: Iterable[Stroke]) -> int:
    """How many points these are together."""
    return sum(len(stroke.points) for stroke in strokes)


def _stroke(sent: Any) -> Stroke:
    if not isinstance(sent, dict):
        raise Problems(strokes="The drawing could not be read.")
    kind, colour, text = sent.get("kind"), sent.get("colour"), sent.get("text", "")
    if not all(isinstance(word, str) for word in (kind, colour, text)):
        raise Problems(strokes="The drawing could not be read.")
    if kind not in _POINTS or colour not in Stroke.COLOURS or not _storable(text):
        raise Problems(strokes="The drawing could not be read.")
    if len(text) > Stroke.LONGEST_TEXT:
        raise Problems(strokes=f"Words in the picture can be {Stroke.LONGEST_TEXT} characters long.")
    if kind == Stroke.Kind.TEXT and not text.strip():
        raise Problems(strokes="Write something, or draw instead.")
    try:
        code = UUID(str(sent.get("code")))
    except ValueError:
        raise Problems(strokes="The drawing could not be read.") from None
    points = _points(Stroke.Kind(kind), sent.get("points"))
    frame = _frame(sent.get("frame"))
    return Stroke(code=code, kind=kind, colour=colour, points=points, text=text.strip(), frame=frame)


def _frame(sent: Any) -> int | None:
    if sent is not None and (type(sent) is not int or not 0 <= sent < MOST_FRAMES):
        raise Problems(strokes="The drawing is on no frame of this take.")
    return sent


def _storable(text: str) -> bool:
    """Whether a database can keep it: no zero byte, no half of a character that JSON let through."""
    return not any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in text)


def _points(kind: Stroke.Kind, sent: Any) -> list[list[float]]:
    least, most = _POINTS[kind]
    if not isinstance(sent, list) or len(sent) < least:
        raise Problems(strokes="The drawing could not be read.")
    if len(sent) > most:
        raise Problems(strokes=f"A stroke has {len(sent)} points; {most} is the most. Draw it in parts.")
    return [_point(each) for each in sent]


def _point(sent: Any) -> list[float]:
    numbers = isinstance(sent, list) and len(sent) == 2 and all(type(n) in (int, float) for n in sent)
    if not numbers or not all(-0.001 <= n <= 1.001 for n in sent):  # false for NaN too
        raise Problems(strokes="The drawing leaves the frame.")
    return [round(min(1.0, max(0.0, n)), 4) for n in sent]


def keep(note: Note, strokes: list[Stroke] | tuple[Stroke, ...]) -> int:
    """Add those that are not kept yet; how many those were. Call it under the project's lock.

    Raises:
        Problems: the note would hold more than a note does.
    """
    codes = [stroke.code for stroke in strokes]
    kept = set(Stroke.objects.filter(code__in=codes).values_list("code", flat=True))
    fresh = {stroke.code: stroke for stroke in strokes if stroke.code not in kept}
    if fresh:
        here = [*note.strokes.filter(deleted_at=None), *fresh.values()]
        if len(here) > MOST or points_of(here) > MOST_POINTS:
            raise Problems(
                strokes="This note holds as much drawing as a note can. Draw the rest in another one."
            )
    last = subjects.frames_of(note.subject) - 1
    for stroke in fresh.values():
        stroke.note = note
        if stroke.frame in (note.frame, None) or stroke.frame > last:
            stroke.frame = None
        stroke.save()
    return len(fresh)


def where(strokes: list[Stroke]) -> str:
    """About where on the frame these are, in words: "in the upper left"; "" for none."""
    points = [point for stroke in strokes for point in stroke.points]
    if not points:
        return ""
    across = sum(x for x, _ in points) / len(points)
    down = sum(y for _, y in points) / len(points)
    side = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    height = "upper" if down < 1 / 3 else "lower" if down > 2 / 3 else ""
    if side and height:
        return f"in the {height} {side}"
    if side:
        return f"on the {side}"
    return f"in the {height} middle" if height else "in the middle"
