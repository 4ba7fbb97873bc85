"""What the review page shows of a take: the takes beside it, what was said, what changed."""

from __future__ import annotations

from django.urls import reverse

from studio.core import paging
from studio.generation.board import board
from studio.generation.renders import shot_status
from studio.generation.renders.models import Render
from studio.generation.viewer import differences
from studio.planning.projects.models import Picture, Shot
from studio.review.dailies import film, lists, notes, reasons, verdicts
from studio.review.dailies.film import Cell
from studio.review.dailies.models import ListItem, Note, ReviewList, review_url

MODES = (
    ("single", "Single"),
    ("side", "Side by side"),
    ("wipe", "Wipe"),
    ("difference", "Difference"),
    ("flip", "Flip"),
    ("wall", "Wall"),
)
ON_THE_WALL = 4
TAKES = 60  # in the row at once


def of_take(
    shot: Shot, take: Render | None, *, seat, mode="single", compare=None, lead="", review_list=None
) -> dict:
    """Context of the page; `take` is None where the shot has nothing to look at yet.

    Args:
        take: what the page was opened on; it decides which takes are on screen.
        lead: the code of another take on screen, which title, rows, notes and verdicts are about.
    """
    takes = [_under(shot, each) for each in film.watchable(shot).order_by("-pk")[:TAKES]][::-1]
    ways = mode if mode in dict(MODES) else "single"
    mode = ways if len(takes) > 1 else "single"
    opened, compared = take, _other(take, takes, compare) if take else None
    shown = _shown(opened, compared, takes, mode)
    take = next((each for each in shown if str(each.code) == lead), opened)
    other = opened if take == compared else _other(take, takes, compare) if take else None
    row = _row_of_list(take, review_list, seat.user_id) if review_list else _row_of_shots(shot)
    context = {
        "shot": shot,
        "opened": opened,
        "compared": compared,
        "take": take,
        "subject": take,
        "is_still": bool(take and take.is_still),
        "takes": takes,
        "total": len(takes),
        "mode": mode,
        "ways": ways,
        "modes": MODES if len(takes) > 1 else MODES[:1],
        "other": other,
        "list": review_list,
        "row": row,
        **_neighbours(row, shot),
        "reels": [film.reel(each) for each in shown],
        "reasons": reasons.REASONS,
        "query": _query(review_list),
    }
    return context | (_said(take) | _changes(take, other, seat) if take else {"notes": [], "carried": []})


def of_picture(picture: Picture, *, seat) -> dict:
    return {
        "subject": picture,
        "picture": picture,
        "is_still": True,
        "take": None,
        "takes": [],
        "mode": "single",
        "modes": (),
        "reels": [film.reel_of_picture(picture)],
        "reasons": reasons.REASONS,
        "row": [],
        "carried": [],
        "notes": Note.objects.threads().filter(picture=picture),
        "said": verdicts.latest(picture),
    }


def _said(take: Render) -> dict:
    return {
        "notes": Note.objects.threads().filter(render=take),
        "carried": notes.carried(take),
        "said": verdicts.latest(take),
    }


def _changes(take: Render, other: Render | None, seat) -> dict:
    """What is different from the take compared with, or from the one before."""
    if other is None:
        return {"earlier": None}
    before, after = sorted((take, other), key=lambda each: each.pk)
    return {
        "earlier": before,
        "chips": differences.chips(before, after, money=seat.sees_money),
        "diff": differences.words(before.typed, after.typed),
    }


def _under(shot: Shot, take: Render) -> Render:
    take.shot, take.project = shot, shot.project
    return take


def _other(take: Render, takes: list[Render], compare) -> Render | None:
    """The take to compare with: the one asked for, else its parent, else the one before it, else any."""
    others = [each for each in takes if each.pk != take.pk and each.kind == take.kind]
    asked = [each for each in others if str(each.code) == compare]
    parent = [each for each in others if each.pk == take.parent_id]
    before = [each for each in others if each.pk < take.pk][-1:]
    return next(iter([*asked, *parent, *before, *others]), None)


def _shown(take, other, takes, mode) -> list[Render]:
    if take is None:
        return []
    if mode == "single" or (mode != "wall" and other is None):
        return [take]
    if mode != "wall":
        return [other, take]
    same = [each for each in takes if each.kind == take.kind]
    place = same.index(take) if take in same else 0
    start = max(0, min(place - ON_THE_WALL + 1, len(same) - ON_THE_WALL)) if place >= ON_THE_WALL else 0
    return same[start : start + ON_THE_WALL]


def _query(review_list: ReviewList | None) -> str:
    return f"&list={review_list.code}" if review_list else ""


# --- the row of shots, or of a list ---------------------------------------------------------


def _row_of_shots(shot: Shot) -> list[Cell]:
    shots = film.around(shot)
    stands = film.stand_ins(shots)
    known = {each.shot.pk: each for each in board.summaries(shots)}
    cells = []
    for each in shots:
        each.project = shot.project
        take = stands.get(each.pk)
        path = reverse("review:shot", args=[shot.project.slug, each.code])
        summary = known[each.pk]
        cells.append(Cell(each, take, summary.status, summary.status_label, each.pk == shot.pk, path))
    return cells


def _row_of_list(take: Render | None, review_list: ReviewList, user_id: int) -> list[Cell]:
    """One cell for each take on the list, in its order; which are left, for whoever was asked, is theirs."""
    left = lists.left_for(user_id, review_list)
    cells = []
    for item in items(review_list)[: lists.MOST_TAKES]:
        each = item.render
        status = each.verdict or "review"
        cells.append(
            Cell(
                each.shot,
                each,
                "retake" if status == "rejected" else status,
                shot_status.LABELS.get(status, status.capitalize()),
                here=take is not None and each.pk == take.pk,
                path=review_url(each, list=review_list.code),
                left=not each.verdict if left is None else item.pk in left,
            )
        )
    return cells


def items(review_list: ReviewList):
    """What is on it and can still be looked at, in order."""
    kept = {"render__trashed_at": None, "render__shot__trashed_at": None}
    found = ListItem.objects.filter(review_list=review_list, **kept)
    return found.select_related("render__shot__project", "render__project").order_by("position", "pk")


def _neighbours(row: list[Cell], shot: Shot) -> dict:
    """What comes before and after in the row: a take that is not on the list stands behind the first of its shot."""
    left = sum(cell.left for cell in row)
    here = next((index for index, cell in enumerate(row) if cell.here), None)
    beside = next((index for index, cell in enumerate(row) if cell.shot.pk == shot.pk), -1)
    before, after = (beside, beside + 1) if here is None else (here - 1, here + 1)
    return {
        "before": row[before] if before >= 0 else None,
        "after": row[after] if after < len(row) else None,
        "place": None if here is None else here + 1,
        "left": left,
    }


def to_decide(project, *, before=None):
    """Ready takes nobody has decided on, the newest first: what a producer opens the day with."""
    found = lists.reviewable(project).filter(verdict="").select_related("shot__project", "created_by")
    key = paging.number(before or "")
    return (found.filter(pk__lt=key) if key is not None else found).order_by("-pk")
