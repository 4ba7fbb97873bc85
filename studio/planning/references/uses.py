"""Which shots use a reference: those that were given it, and those whose prompt names it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Q

from studio.planning.projects.models import Project, Shot
from studio.planning.references.models import Reference, ShotReference
from studio.planning.references.shelf import mentioned


class Use(NamedTuple):
    """A shot that uses a reference, and how: by hand, by its prompt, or both."""

    shot: Shot
    given: bool
    named: bool


def by_shots(project: Project, references: Collection[Reference]) -> dict[int, list[Use]]:
    """The shots of each of these references, by its key, in their order; two queries."""
    keys = {reference.pk for reference in references}
    given = set(
        ShotReference.objects.filter(reference__in=keys).values_list("shot_id", "reference_id")
        if keys
        else ()
    )
    found: dict[int, list[Use]] = defaultdict(list)
    if not keys:
        return found
    shots = Shot.objects.kept().filter(project=project)
    shots = shots.filter(Q(prompt__contains="@") | Q(pk__in={shot for shot, _ in given}))
    for shot in shots.in_order().only("code", "title", "prompt", "position", "project"):
        shot.project = project
        names = set(mentioned(shot.prompt))
        for reference in references:
            use = Use(shot, (shot.pk, reference.pk) in given, reference.name in names)
            if use.given or use.named:
                found[reference.pk].append(use)
    return found


def naming(project: Project, name: str) -> list[Shot]:
    """The shots whose prompt says this name, whether or not the shelf has it."""
    shots = Shot.objects.kept().filter(project=project, prompt__icontains=f"@{name}").in_order()
    return [shot for shot in shots.only("code", "prompt", "position") if name in mentioned(shot.prompt)]
