"""The film as it stands: for each shot the best there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.planning.projects.models import Picture, Project, Shot
from studio.review.cut.models import Trim
from studio.review.dailies import film, verdicts

AROUND = 2  # shots on either side of the one that is looked at
SECONDS = 3  # of a slate whose shot has no length

Reel = Callable[[Render], dict]
PictureUrl = Callable[[Picture], str]


def of(
    project: Project,
    *,
    reel: Reel = film.reel,
    picture_url: PictureUrl | None = None,
    around: str = "",
    rejected: bool = True,
) -> list:
    """The shots in order with what to play; five queries, however many.

    A shot is played from its approved take (its approved range, until somebody trims it), else the circled one, else the newest
    that was not rejected, else its first frame, else a slate.

    Args:
        reel: how a take is told to the player; a guest is told other addresses.
        around: the code of a shot; only it and two on either side.
        rejected: False where a rejected take is not to be seen, though it were circled.
    """
    shots = _shots(project, around)
    takes = _best(shots, rejected=rejected)
    spans = verdicts.approved_spans([take.pk for take in takes.values()])
    trims = {trim.render_id: trim for trim in Trim.objects.filter(render__in=takes.values())}
    found = []
    for shot in shots:
        take = takes.get(shot.pk)
        entry: dict[str, Any] = {"shot": shot.code, "title": shot.title or "Untitled"}
        if take is not None:
            entry |= _of_take(take, reel(take), trims.get(take.pk), spans.get(take.pk), shot)
        elif shot.first_frame is not None and picture_url is not None:
            entry |= {"kind": "picture", "src": picture_url(shot.first_frame), "label": "first frame"}
            entry |= {"take": "", "seconds": shot.seconds or SECONDS}
        else:
            entry |= {
                "kind": "slate",
                "label": "not rendered",
                "take": "",
                "seconds": shot.seconds or SECONDS,
            }
        found.append(entry)
    return found


def picture_url(picture: Picture) -> str:
    return reverse("renders:picture", args=[picture.code, "working", picture.sha256[:12]])


def _of_take(take, told, trim, span, shot) -> dict:
    last = told["frames"] - 1
    if told["still"]:
        return {"kind": "picture", **told, "take": told["code"], "seconds": shot.seconds or SECONDS}
    first, end = 0, last
    if trim is not None:
        first, last = trim.first, min(trim.last, last)
    elif span is not None:
        first, last = span.frame, min(span.last, last)
    return {
        "kind": "clip",
        **told,
        "take": told["code"],
        "first": min(first, last),
        "last": last,
        "trimmed": trim is not None and (first, last) != (0, end),
    }


def _shots(project: Project, around: str) -> list[Shot]:
    kept = Shot.objects.kept().filter(project=project).select_related("first_frame")
    if around:
        middle = kept.filter(code=around).first()
        if middle is not None:
            near = film.around(middle, number=2 * AROUND + 1)
            return list(kept.filter(pk__in=[shot.pk for shot in near]).in_order())
    return list(kept.in_order())


def _best(shots: list[Shot], *, rejected: bool) -> dict[int, Render]:
    takes = Render.objects.watchable()
    if not rejected:
        takes = takes.exclude(verdict="rejected")
    clips = takes.filter(kind=catalogue.Kind.VIDEO)
    return film.first_of(
        shots,
        clips.filter(verdict="approved"),
        takes.filter(circled=True),
        clips.exclude(verdict="rejected"),
        takes.exclude(verdict="rejected"),
    )
