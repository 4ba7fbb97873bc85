"""Which references go along with a shot as it is set, as the composer shows them."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from studio.planning.projects.models import Shot
from studio.planning.references.models import Reference
from studio.planning.references.shelf import Shelf


class Chip(NamedTuple):
    """A reference that goes along, and why: `named` in the prompt, `given` to the shot, or of the `look`."""

    reference: Reference
    why: str


class Along:
    """The references of one shot. For a model that takes none, only the names its prompt says.

    Args:
        prompt: as it is typed now.
    """

    def __init__(self, shelf: Shelf, shot: Shot, prompt: str) -> None:
        self.shelf = shelf
        self.most = shot.catalogue_model.references
        self._shot = shot
        self._prompt = prompt

    @cached_property
    def chips(self) -> list[Chip]:
        """In the order in which they are sent."""
        if not self.most:
            return []
        named = self.shelf.named_in(self._prompt)
        given = self.shelf.given_to(self._shot.pk)
        found = self.shelf.of_order(self._prompt, self._shot.pk, look=not self._shot.no_look)
        return [
            Chip(each, "named" if each in named else "given" if each in given else "look") for each in found
        ]

    @property
    def too_many(self) -> bool:
        return len(self.chips) > self.most

    @property
    def unknown(self) -> list[str]:
        """Names in the prompt that the shelf does not have, where references are taken."""
        return self.shelf.unknown_in(self._prompt) if self.most and "@" in self._prompt else []

    @property
    def read_as_words(self) -> list[Reference]:
        """What the prompt names, where no references are taken."""
        return [] if self.most or "@" not in self._prompt else self.shelf.named_in(self._prompt)

    @property
    def offered(self) -> list[Reference]:
        """What could be given as well."""
        here = {chip.reference for chip in self.chips}
        return [reference for reference in self.shelf.all if reference not in here]
