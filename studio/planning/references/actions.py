"""What people do with the shelf: put a picture on it, rename it, give it to a shot, take it off again."""

from __future__ import annotations

from typing import Any

from studio.people.accounts.models import User
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Project, Shot
from studio.planning.references import shelf
from studio.planning.references.models import Reference, ShotReference, check_name
from studio.runtime.live import events

MOST = 100  # references of a project: a composer offers all of them


class NotPossible(ValueError):
    """It cannot be put there, or not under this name; the message says why, for the person who tried."""


def add(
    project: Project, picture: Picture, *, name: str, kind: str, by: User, in_look: bool = False
) -> Reference:
    """Give a picture of the project a name.

    Raises:
        ValidationError: no name at all.
        NotPossible: the name is taken, the shelf full or the picture in the trash.
    """
    check_name(name)
    with events.locked(project.pk):
        there = Reference.objects.filter(project=project)
        _check_free(there, name)
        if there.count() >= MOST:
            raise NotPossible(f"A shelf holds {MOST} pictures. Take one off it first.")
        if not Picture.objects.kept().filter(pk=picture.pk, project=project).exists():
            raise NotPossible("This picture was thrown away meanwhile.")
        reference = Reference.objects.create(
            project=project, picture=picture, name=name, kind=kind, in_look=in_look, created_by=by
        )
        events.record(project.pk, "shelf.added", subject=reference.pk, by=by, name=name)
    return reference


def change(reference: Reference, *, by: User, **fields: Any) -> None:
    """Rename it, make it of another kind, or put it in the look. Prompts keep the name they were written with.

    Raises:
        ValidationError: no name at all.
        NotPossible: another has this name.
    """
    changed = {name: value for name, value in fields.items() if getattr(reference, name) != value}
    if not changed:
        return
    if "name" in changed:
        check_name(changed["name"])
    with events.locked(reference.project_id):
        mine = Reference.objects.filter(pk=reference.pk)
        if "name" in changed:
            others = Reference.objects.filter(project=reference.project_id).exclude(pk=reference.pk)
            _check_free(others, changed["name"])
        mine.update(**changed)
        told = {"name": changed.get("name", reference.name), "was": reference.name}
        events.record(
            reference.project_id,
            "shelf.changed",
            subject=reference.pk,
            by=by,
            fields=sorted(changed),
            **told,
        )
    for name, value in changed.items():
        setattr(reference, name, value)


def remove(reference: Reference, *, by: User) -> None:
    """Take it off the shelf, and from the shots that were given it. Its picture stays; queued takes keep it."""
    with events.locked(reference.project_id):
        if Reference.objects.filter(pk=reference.pk).delete()[0]:
            name = reference.name
            events.record(reference.project_id, "shelf.removed", subject=reference.pk, by=by, name=name)


def give(shot: Shot, reference: Reference, *, by: User) -> None:
    """Have it go along with the stills of this shot, whether its prompt names it or not."""
    with events.locked(shot.project_id):
        if ShotReference.objects.get_or_create(shot=shot, reference=reference)[1]:
            _tell(shot, by)


def take_back(shot: Shot, reference: Reference, *, by: User) -> None:
    """Have it go along no longer, unless the prompt names it."""
    with events.locked(shot.project_id):
        if ShotReference.objects.filter(shot=shot, reference=reference).delete()[0]:
            _tell(shot, by)


def reword(project: Project, old: str, new: str, *, by: User) -> int:
    """Write the new name where prompts, or the project's look, say the old one; how many of them did."""
    with events.locked(project.pk) as now:
        reworded = 0
        for shot in Shot.objects.kept().filter(project=project, prompt__icontains=f"@{old}"):
            prompt = shelf.renamed(shot.prompt, old, new)
            reworded += prompt != shot.prompt
            actions.change_shot(shot, by=by, prompt=prompt)
        look = shelf.renamed(now.look, old, new)
        if look != now.look:
            actions.change_project(now, by=by, look=look)
            reworded += 1
    return reworded


def _check_free(others, name: str) -> None:
    if others.filter(name=name).exists():
        raise NotPossible(f"There is a @{name} on the shelf already.")


def _tell(shot: Shot, by: User) -> None:
    events.record(shot.project_id, "shot.changed", subject=shot.code, by=by, fields=["references"])
