"""What stands around the prompt box: its length as it will be sent, advice, and words to write with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from studio.integrations.catalogue import Need, utf16_length
from studio.planning.projects.models import Shot
from studio.planning.prompts import advice, look, variables, vocabulary
from studio.planning.prompts.look import Compiled
from studio.planning.references import shelf
from studio.planning.references.shelf import Shelf


@dataclass
class Desk:
    """The prompt of a shot while it is written.

    Args:
        prompt: what stands in the box.
        shelf: the project's.
    """

    shot: Shot
    prompt: str
    shelf: Shelf

    @property
    def model(self):
        return self.shot.catalogue_model

    @property
    def look(self) -> str:
        """The project's look, whether it is added or not."""
        return self.shot.project.look.strip()

    @cached_property
    def names(self) -> list[str]:
        """Names of the shelf that are read without their @ by a model that takes no references."""
        return [] if self.model.references else sorted(self.shelf.by_name)

    @cached_property
    def sent_as(self) -> str:
        """The prompt as it is sent where pictures are named in it by their place; "" where it goes as it is typed."""
        if not self.model.references or variables.axes(self.prompt):
            return ""
        sent = self._compiled(self.prompt)
        typed = " ".join(part for part in (variables.unescaped(sent.words), sent.look) if part)
        return sent.text if sent.text != typed else ""

    @property
    def units(self) -> int:
        """UTF-16 code units of the prompt as it is sent; of the longest, where variables make many."""
        return utf16_length(self._compiled(variables.longest(self.prompt, self._length_of)).text)

    def _length_of(self, choice: str) -> int:
        known = self.shelf.by_name if "@" in choice else ()
        return shelf.length_of(choice, known, by_place=bool(self.model.references))

    def _compiled(self, words: str) -> Compiled:
        shot, names = self.shot, self.names
        if self.model.references and "@" in words + self.look:
            names = [each.name for each in self.shelf.of_order(words, shot.pk, look=not shot.no_look)]
        return look.compiled(words, shot.project, self.model, names=names, without_look=shot.no_look)

    @property
    def advice(self) -> list[str]:
        frame = self.shot.first_frame_id is not None and self.model.first_frame is not Need.REFUSED
        seconds = self.shot.seconds if self.model.durations else None
        return advice.of(self.prompt, still=self.model.is_still, first_frame=frame, seconds=seconds)

    @property
    def guide(self):
        return advice.GUIDE

    @cached_property
    def vocabulary(self):
        """Groups, each with its terms and whether the prompt holds them."""
        return [
            (group, [(term, vocabulary.holds(self.prompt, term.words)) for term in group.terms])
            for group in vocabulary.groups(self.shot.project)
        ]
