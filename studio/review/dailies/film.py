"""Takes as a player needs them, and which take stands for a shot."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from studio.generation.renders import timing
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.planning.projects.models import Picture, Shot

ROW = 41  # shots in the row under the player at once: the one in the middle and its neighbours


def reel(take: Render) -> dict:
    """What the player is told of a take. Nothing that only members may know is in it."""
    return {
        "code": str(take.code),
        "number": take.number,
        "label": take.label,
        "still": take.is_still,
        "src": take.play_url,
        "poster": take.poster_url,
        "strip": take.media_url("filmstrip") if take.filmstrip else "",
        "width": take.file_width or take.width,
        "height": take.file_height or take.height,
        "sound": bool(take.has_sound),
        **timing.of(take),
    }


def reel_of_picture(picture: Picture) -> dict:
    return {
        "code": str(picture.code),
        "number": 0,
        "label": str(picture),
        "still": True,
        "src": reverse("renders:picture", args=[picture.code, "working", picture.sha256[:12]]),
        "poster": picture.preview_url,
        "strip": "",
        "width": picture.width,
        "height": picture.height,
        "fps": [24, 1],
        "frames": 1,
    }


def watchable(shot: Shot):
    """The takes of a shot that can be looked at, oldest first."""
    return shot.renders.watchable().order_by("pk")


def stand_ins(shots) -> dict[int, Render]:
    """The take that stands for each of these shots: the circled one, else the newest clip, else the newest still.

    Two queries.
    """
    takes = Render.objects.watchable()
    return first_of(shots, takes.filter(circled=True), takes.filter(kind=catalogue.Kind.VIDEO), takes)


def first_of(shots, *choices) -> dict[int, Render]:
    """The newest take of each shot among the first of these querysets that has one; by the shot's key.

    Two queries.
    """
    newest = [
        Subquery(takes.filter(shot=OuterRef("pk")).order_by("-pk").values("pk")[:1]) for takes in choices
    ]
    chosen = Shot.objects.filter(pk__in=[shot.pk for shot in shots]).annotate(chosen=Coalesce(*newest))
    by_shot = dict(chosen.exclude(chosen=None).order_by().values_list("pk", "chosen"))
    found = {take.pk: take for take in Render.objects.filter(pk__in=by_shot.values()).select_related("shot")}
    return {shot: found[pk] for shot, pk in by_shot.items() if pk in found}


@dataclass
class Cell:
    """A shot in the row under the player, or a take of a review list."""

    shot: Shot
    take: Render | None
    status: str = ""
    status_label: str = ""
    here: bool = False
    path: str = ""
    left: bool = False


def around(shot: Shot, *, number: int = ROW) -> list[Shot]:
    """The shot with those before and after it in the list, in order. Two queries."""
    others = Shot.objects.kept().filter(project=shot.project)
    before = Q(position__lt=shot.position) | Q(position=shot.position, pk__lt=shot.pk)
    earlier = list(others.filter(before).order_by("-position", "-pk")[: number // 2])
    later = list(others.exclude(before).exclude(pk=shot.pk).order_by("position", "pk")[: number // 2])
    return [*reversed(earlier), shot, *later]
