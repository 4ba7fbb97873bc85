"""What a grid asks for beside its prompt, kept so that its empty cells can be ordered later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.generation.grids.models import Grid
from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.integrations.catalogue import render_settings
from studio.planning.projects.models import Picture, Shot

_PLAIN = (*render_settings.NAMES, "crop", "no_look")


def of_shot(shot: Shot) -> Wish:
    """As the shot is set now; a line of a plan is one take."""
    return replace(Wish.of(shot), takes=1)


def of_grid(grid: Grid) -> Wish:
    """As it was asked for, with the references that the shot has now; one query for the first frame.

    Raises:
        orders.Problems: its first frame was thrown away; without it, it would be another order.
    """
    kept = dict(grid.wish)
    code = kept.pop("first_frame")
    frame = Picture.objects.kept().filter(project=grid.project_id, code=code).first() if code else None
    if code and frame is None:
        raise orders.Problems({"first_frame": "The first frame of this grid was thrown away."})
    return Wish(prompt=grid.prompt, takes=1, first_frame=frame, shot_id=grid.shot_id, sold=True, **kept)


def kept(wish: Wish) -> dict[str, Any]:
    """The wish as a grid remembers it."""
    frame = wish.first_frame
    return {
        **{name: getattr(wish, name) for name in _PLAIN},
        "first_frame": str(frame.code) if frame else None,
    }
