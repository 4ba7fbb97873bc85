"""The ways in for a first frame: a file, an address, a take, a picture the project holds."""

from __future__ import annotations

import io
import tempfile
from typing import IO
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import default_storage

from studio.generation.renders.models import Render
from studio.generation.reuse import continue_from_frame
from studio.integrations.media import pictures, turning
from studio.integrations.providers import fetching
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Shot

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


def turn(shot: Shot, *, by) -> None:
    """Turn the picture that the shot starts from a quarter to the right. The picture as it was stays with the project.

    Decodes: call it outside any transaction.

    Raises:
        Refused: there is none, or it cannot be read any more.
    """
    if shot.first_frame is None:
        raise Refused("There is no first frame to turn.")
    try:
        picture = turned(shot.first_frame, by=by)
    except pictures.Unreadable as exc:
        raise Refused(str(exc)) from exc
    actions.change_shot(shot, by=by, first_frame=picture)


def turned(picture: Picture, *, by) -> Picture:
    """A picture of the project's, a quarter to the right; it keeps the name and where it came from.

    Raises:
        pictures.Unreadable: its file cannot be read any more.
    """
    try:
        with default_storage.open(picture.original or picture.file) as file:
            content = turning.turned(file.read())
        read = pictures.read(io.BytesIO(content), limit=len(content))
    except OSError as exc:
        raise pictures.Unreadable("The file of this picture is not there any more.") from exc
    origin = {name: getattr(picture, name) for name in ("source", "from_take", "from_frame", "from_label")}
    return actions.keep_picture(picture.project, read, by=by, name=picture.name, **origin)


def _name_in(address: str) -> str:
    return unquote(urlsplit(address).path.rpartition("/")[2]).replace("\x00", "")


def from_take(shot: Shot, take: Render, *, by) -> None:
    """Start the shot from a still, or from the first frame of a clip.

    Decodes: call it outside any transaction.

    Raises:
        Refused: the take's file cannot be read any more.
    """
    try:
        picture = continue_from_frame.picture_of(take, 0, by=by)
    except continue_from_frame.Gone as exc:
        raise Refused(str(exc)) from exc
    actions.change_shot(shot, by=by, first_frame=picture)
