"""The ways in for a first frame: a file, an address, a take, a picture the project holds."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import default_storage

from studio.media import clips, pictures
from studio.projects import actions
from studio.projects.models import Picture, Shot
from studio.providers import fetching
from studio.renders.models import Render

SECONDS = 20.0  # that somebody waits for a picture from an address


class Refused(ValueError):
    """It became no first frame; the sentence is for the person who gave it."""


def from_file(shot: Shot, file: IO[bytes], *, by, name: str = "") -> str:
    """Start the shot from this file. Returns what a person should know about what was taken of it, or "".

    Decodes: call it outside any transaction.

    Raises:
        Refused: it is no picture we take.
    """
    try:
        read = pictures.read(file)
    except pictures.Unreadable as exc:
        raise Refused(str(exc)) from exc
    picture = actions.keep_picture(shot.project, read, by=by, name=name)
    actions.change_shot(shot, by=by, first_frame=picture)
    return read.remark


def from_address(shot: Shot, address: str, *, by) -> str:
    """Fetch a picture and start the shot from it; like a file in everything else."""
    with tempfile.TemporaryFile() as file:
        try:
            fetching.fetch_picture(address, file, limit=settings.UPLOAD_LIMIT_BYTES, seconds=SECONDS)
        except fetching.Unfetched as exc:
            raise Refused(str(exc)) from exc
        file.seek(0)
        return from_file(shot, file, by=by, name=_name_in(address))


def _name_in(address: str) -> str:
    return unquote(urlsplit(address).path.rpartition("/")[2]).replace("\x00", "")


def from_take(shot: Shot, take: Render, *, by) -> None:
    """Start the shot from a still, or from the first frame of a clip.

    Decodes: call it outside any transaction.

    Raises:
        Refused: the take's file cannot be read any more.
    """
    kept = Picture.objects.kept().filter(project=shot.project_id, from_take=take.code, from_frame=0).first()
    actions.change_shot(shot, by=by, first_frame=kept or _first_frame(take, by=by))


def _first_frame(take: Render, *, by) -> Picture:
    try:
        read = _read(take)
    except (OSError, pictures.Unreadable, clips.Unreadable) as exc:
        raise Refused(f"The file of {take.label} cannot be read any more.") from exc
    return actions.keep_picture(
        take.project,
        read,
        by=by,
        name=take.file_name if take.is_still else f"{Path(take.file_name).stem}_f0000.png",
        source=Picture.Source.STILL if take.is_still else Picture.Source.FRAME,
        from_take=take.code,
        from_frame=0,
        from_label=f"from {take.shot.code}, {take.label}{'' if take.is_still else ', frame 0'}",
    )


def _read(take: Render) -> pictures.Read:
    if take.is_still:
        with default_storage.open(take.file) as file:
            return pictures.read(file)
    png = io.BytesIO()
    clips.frame_at(Path(default_storage.path(take.file)), 0).save(png, "PNG", compress_level=3)
    png.seek(0)
    return pictures.read(png)
