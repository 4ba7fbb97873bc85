"""What a press changed about the draft of a shot, kept in the session of who pressed so that Undo puts it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from studio.generation.trash import trash
from studio.integrations.catalogue import render_settings
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Shot
from studio.planning.references import giving
from studio.runtime.live import events

_KEPT = 8  # presses, the newest
_COLUMNS = (*render_settings.NAMES, "prompt", "takes", "crop", "no_look")


class TooLate(ValueError):
    """It cannot be put back any more; the sentence is for who pressed Undo."""


def draft_of(shot: Shot) -> dict[str, Any]:
    """The draft as it stands, as a session can keep it."""
    columns = {name: getattr(shot, name) for name in _COLUMNS}
    return {**columns, "first_frame": shot.first_frame_id, "references": giving.given(shot)}


def remember(request, shot: Shot, before: dict[str, Any]) -> str:
    """Keep what the draft was before a press; returns where Undo goes, "" where nothing was changed."""
    now = draft_of(shot)
    changed = {name: [was, now[name]] for name, was in before.items() if was != now[name]}
    return _keep(request, shot, {"changed": changed, "frame": now["first_frame"]}) if changed else ""


def remember_new(request, shot: Shot, *, back: str) -> str:
    """Keep that this shot was just made; Undo throws it away again and leads back."""
    return _keep(request, shot, {"new": True, "back": back})


def _keep(request, shot: Shot, what: dict[str, Any]) -> str:
    key = str(uuid.uuid4())
    request.session["undo"] = [*request.session.get("undo", []), [key, shot.pk, what]][-_KEPT:]
    return reverse("composer:put_back", args=[shot.project.slug, shot.code, key])


def undo(request, shot: Shot, key: uuid.UUID) -> str:
    """Put back what that press changed and nobody has changed since; returns where to go, "" to stay.

    Raises:
        TooLate: it was not pressed in this session, or the new shot has takes by now.
    """
    kept = request.session.get("undo", [])
    found = next((what for each, pk, what in kept if each == str(key) and pk == shot.pk), None)
    if found is None:
        raise TooLate("That cannot be undone any more.")
    if found.get("new"):
        _throw_away(shot, by=request.user)
    else:
        _put_back(shot, found["changed"], found["frame"], by=request.user)
    request.session["undo"] = [each for each in kept if each[0] != str(key)]
    return str(found.get("back", ""))


def _throw_away(shot: Shot, *, by) -> None:
    if shot.renders.exists():
        raise TooLate(f"{shot.code} has takes by now; it stays.")
    trash.trash_shots(shot.project, [shot], by=by)


def _put_back(shot: Shot, changed: dict[str, Any], frame: int | None, *, by) -> None:
    """Args: frame: the key of the picture the shot started from after the press; a crop goes with its picture."""
    with events.locked(shot.project_id):
        shot.refresh_from_db(fields=[*_COLUMNS, "first_frame"])
        now = draft_of(shot)
        fields = {name: was for name, (was, set_to) in changed.items() if now[name] == set_to}
        references = fields.pop("references", None)
        if now["first_frame"] != frame:
            fields.pop("crop", None)
        if fields.get("first_frame"):
            pictures = Picture.objects.kept().filter(project=shot.project_id)
            fields["first_frame"] = pictures.filter(pk=fields["first_frame"]).first()
            if fields["first_frame"] is None:  # thrown away since: the shot keeps what it has
                fields = {name: was for name, was in fields.items() if name not in ("first_frame", "crop")}
        actions.change_shot(shot, by=by, **fields)
        if references is not None:
            giving.give_exactly(shot, references)
