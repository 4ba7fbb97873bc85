"""A reference as the shelf page shows it: what it is, and where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.generation.reference_pages import made_with
from studio.planning.projects.models import Project
from studio.planning.references import uses
from studio.planning.references.models import Reference
from studio.planning.references.uses import Use

SHOWN = 8  # shots named on a card; its own page has all of them
GROUPS = {
    Reference.Kind.CHARACTER: "Characters",
    Reference.Kind.PLACE: "Places",
    Reference.Kind.STYLE: "Styles",
}


@dataclass(frozen=True)
class Card:
    reference: Reference
    uses: Sequence[Use]
    takes: int  # made with it

    @property
    def shown(self) -> Sequence[Use]:
        return self.uses[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.uses) - SHOWN)


@dataclass(frozen=True)
class Group:
    kind: str
    label: str
    cards: list[Card]


def of(project: Project, references: Sequence[Reference]) -> list[Card]:
    """Their cards; three queries, however many."""
    if not references:
        return []
    by_shots, counts = uses.by_shots(project, references), made_with.counts(project)
    return [
        Card(reference, by_shots.get(reference.pk, []), counts.get(str(reference.picture.code), 0))
        for reference in references
    ]


def grouped(project: Project) -> list[Group]:
    """The whole shelf: characters, places, styles, each by name; four queries."""
    references = Reference.objects.filter(project=project).select_related("picture").order_by("name")
    drawn = of(project, list(references))
    return [
        Group(kind.value, label, [card for card in drawn if card.reference.kind == kind])
        for kind, label in GROUPS.items()
    ]
