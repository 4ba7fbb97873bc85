"""Which references go along with a shot whether its prompt names them or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from studio.planning.projects.models import Shot
from studio.planning.references.models import Reference, ShotReference


def given(shot: Shot) -> list[int]:
    """The keys of the references this shot was given, in the order they were."""
    return list(ShotReference.objects.filter(shot=shot).values_list("reference_id", flat=True))


def give_exactly(shot: Shot, keys: Collection[int]) -> None:
    """Let these references go along with the shot, and no others. Call it under the project's lock."""
    links = ShotReference.objects.filter(shot=shot)
    links.exclude(reference__in=keys).delete()
    known = Reference.objects.filter(project=shot.project_id, pk__in=keys)
    fresh = known.exclude(pk__in=links.values("reference"))
    ShotReference.objects.bulk_create(ShotReference(shot=shot, reference=each) for each in fresh)


def copied(copies: Sequence[tuple[int, Shot]]) -> None:
    """Copies of shots are given what their originals were; two statements, however many."""
    copy_of = dict(copies)
    links = ShotReference.objects.filter(shot__in=copy_of)
    ShotReference.objects.bulk_create(
        ShotReference(shot=copy_of[link.shot_id], reference_id=link.reference_id) for link in links
    )
