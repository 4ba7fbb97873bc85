"""Go on from a frame of a take: that very frame becomes a picture, and what another shot starts from."""

from __future__ import annotations

import io
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Q
from PIL import Image

from studio.generation.renders.models import Render
from studio.generation.reuse.frame_links import Source
from studio.integrations import catalogue
from studio.integrations.catalogue import Need
from studio.integrations.media import clip_pictures, clips, pictures
from studio.planning.projects import actions, shot_order
from studio.planning.projects.models import Picture, Shot
from studio.runtime.live import events


class Gone(ValueError):
    """The frame cannot be had any more; the sentence is for the person who wanted it."""


def picture_of(take: Render, frame: int, *, by) -> Picture:
    """Hold this frame of the take as a picture that knows where it came from; it is decoded once.

    Decodes: call it outside any transaction.

    Raises:
        Gone: neither the original nor its review copy can be read.
    """
    held = Picture.objects.kept().filter(project=take.project_id, from_take=take.code, from_frame=frame)
    return held.first() or actions.keep_picture(
        take.project,
        _read(take, frame),
        by=by,
        name=_name(take, frame),
        source=Picture.Source.STILL if take.is_still else Picture.Source.FRAME,
        from_take=take.code,
        from_frame=frame,
        from_label=label_of(take, frame),
    )


def label_of(take: Render, frame: int) -> str:
    """How a picture says where it came from."""
    of_clip = "" if take.is_still else f", frame {frame}"
    return f"from {take.shot.code}, {take.label}{of_clip}"


def _name(take: Render, frame: int) -> str:
    return take.file_name if take.is_still else f"{Path(take.file_name).stem}_f{frame:04d}.png"


def _read(take: Render, frame: int) -> pictures.Read:
    try:
        if take.is_still:
            with default_storage.open(take.file) as file:
                return pictures.read(file)
        png = io.BytesIO()
        _decoded(take, frame).save(png, "PNG", compress_level=3)
        png.seek(0)
        return pictures.read(png)
    except (OSError, pictures.Unreadable) as exc:
        raise Gone(f"The file of {take.label} cannot be read any more.") from exc


def _decoded(take: Render, frame: int) -> Image.Image:
    """From the original; from the review copy only where that cannot be read."""
    places = take.frame_places or range(take.frame_count or 0)
    in_copy = places[frame] if frame < len(places) else frame
    for name, number in ((take.file, frame), (take.review, in_copy)):
        if not name:
            continue
        try:
            return clip_pictures.frame_at(Path(default_storage.path(name)), number)
        except (OSError, clips.Unreadable):
            continue
    raise Gone(f"Frame {frame} of {take.label} cannot be read any more.")


# --- where it goes on ---------------------------------------------------------------------


def next_after(shot: Shot) -> Shot | None:
    """The shot that follows this one in the list."""
    later = Q(position__gt=shot.position) | Q(position=shot.position, pk__gt=shot.pk)
    return Shot.objects.kept().filter(later, project=shot.project_id).in_order().first()


def new_shot(take: Render, picture: Picture, *, by) -> Shot:
    """A shot behind the one the take is of, that starts from this picture: same scene, same shape."""
    before = take.shot
    project = before.project
    model = next(
        model
        for model in (before.catalogue_model, catalogue.named(project.model), *catalogue.MODELS[::-1])
        if model.is_sold and model.first_frame is not Need.REFUSED
    )
    preset = model.preset(take.aspect) or model.presets[0]
    fields = {**actions.defaults_of(project, model.key), "aspect": preset.key}
    return shot_order.add_behind(before, by=by, scene=before.scene, first_frame=picture, **fields)


def refresh(shot: Shot, source: Source, *, by) -> str:
    """Let a stale shot start from the take that is circled now; returns what was done, in words.

    It is the frame of the same number: the last one if it was the last, or if there are not so many.
    Nothing is rendered. Decodes: call it outside any transaction.

    Raises:
        Gone: that take has gone meanwhile, its frame cannot be read, or the shot starts from another picture by now.
    """
    taken = Render.objects.watchable().filter(project=shot.project_id).select_related("shot", "project")
    now = taken.filter(code=source.now.code).first() if source.now else None
    if now is None:
        raise Gone("The take that was circled there is gone.")
    before = Render.objects.filter(code=source.take.code).first()
    last = (now.frame_count or 1) - 1
    was_last = before is not None and before.frame_count and source.frame == before.frame_count - 1
    frame = last if was_last else min(source.frame, last)
    picture, old = picture_of(now, frame, by=by), shot.first_frame
    alike = old is not None and (old.width, old.height) == (picture.width, picture.height)
    with events.locked(shot.project_id):
        if not Shot.objects.filter(pk=shot.pk, first_frame=shot.first_frame_id).exists():
            raise Gone("Somebody gave the shot another first frame meanwhile.")
        actions.change_shot(shot, by=by, first_frame=picture, crop=shot.crop if alike else None)
    return f"{shot.code} starts {picture.from_label} now. Nothing was rendered."
