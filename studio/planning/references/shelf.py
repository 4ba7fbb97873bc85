"""Which references an order gets: those its prompt names, those the shot was given, those of the project's look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property

from studio.integrations.catalogue import utf16_length
from studio.planning.projects.models import Project
from studio.planning.references.models import Reference, ShotReference

# Scripts without spaces may stand beside a name; letters like its own go on with it. prompt-words.js reads it so too.
_MENTION = re.compile(
    r"(?<![A-Za-z0-9_@\u00c0-\u024f])@([A-Za-z][A-Za-z0-9_]{2,15})(?![A-Za-z0-9_\u00c0-\u024f])"
)
_WITH_ARTICLE = re.compile(rf"((?<![A-Za-z0-9_\u00c0-\u024f])[Tt]he[ \t]+)?{_MENTION.pattern}")
_LONG = "the second reference"
_PLACES = ("first", "second", "third", "fourth", "fifth")


def mentioned(prompt: str) -> list[str]:
    """The names written behind an @, in their order and once each, in small letters."""
    return list(dict.fromkeys(name.lower() for name in _MENTION.findall(prompt)))


def without_marks(prompt: str, names: set[str]) -> str:
    """The prompt for a model that takes no references: `@mira` is read as "mira"."""
    return _MENTION.sub(lambda found: found[1] if found[1].lower() in names else found[0], prompt)


def spelled_out(prompt: str, names: Sequence[str]) -> str:
    """The prompt for a model that knows pictures by their place among those that go along.

    `@mira` is read as "the first reference": the words of Gen-4 Image's documentation. A "the" before it is that one.

    Args:
        names: of those that go along, in their order; others are left as they are typed.
    """

    def words(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name not in names:
            return found[0]
        place = names.index(name)
        before = prompt[: found.start()].rstrip()
        article = "The" if not before or before[-1] in ".!?" else "the"
        return f"{article} {_PLACES[place] if place < len(_PLACES) else f'{place + 1}th'} reference"

    return _WITH_ARTICLE.sub(words, prompt)


def length_of(choice: str, known: Collection[str], *, by_place: bool) -> int:
    """How long a choice of a variable is as it is sent, in UTF-16 code units: names as the words they are read as."""
    if not by_place:
        return utf16_length(without_marks(choice, set(known)))
    return utf16_length(
        _WITH_ARTICLE.sub(lambda found: _LONG if found[2].lower() in known else found[0], choice)
    )


def renamed(prompt: str, old: str, new: str) -> str:
    """The prompt with `@new` wherever it says `@old`; a longer name that begins so stays."""
    return _MENTION.sub(lambda found: f"@{new}" if found[1].lower() == old else found[0], prompt)


class Shelf:
    """The references of a project, read once; two queries at most, however many shots are asked about."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def all(self) -> list[Reference]:
        """Those whose picture is not in the trash."""
        kept = Reference.objects.filter(project=self.project, picture__trashed_at=None)
        return list(kept.select_related("picture"))

    @cached_property
    def by_name(self) -> dict[str, Reference]:
        return {reference.name: reference for reference in self.all}

    @cached_property
    def _given(self) -> dict[int, list[int]]:
        given: dict[int, list[int]] = defaultdict(list)
        links = ShotReference.objects.filter(shot__project=self.project)
        for shot_id, reference_id in links.values_list("shot_id", "reference_id"):
            given[shot_id].append(reference_id)
        return given

    def given_to(self, shot_id: int | None) -> list[Reference]:
        """What the shot was given by hand."""
        by_key = {reference.pk: reference for reference in self.all}
        keys = self._given.get(shot_id, []) if shot_id else []
        return [by_key[key] for key in keys if key in by_key]

    def named_in(self, prompt: str) -> list[Reference]:
        """What the prompt names and the shelf has."""
        return [self.by_name[name] for name in mentioned(prompt) if name in self.by_name]

    def unknown_in(self, prompt: str) -> list[str]:
        """Names behind an @ that the shelf does not have."""
        return [name for name in mentioned(prompt) if name not in self.by_name]

    def of_order(self, prompt: str, shot_id: int | None, *, look: bool) -> list[Reference]:
        """All that goes along, once each: named in the prompt, given to the shot, then those the look names or has."""
        found = [*self.named_in(prompt), *self.given_to(shot_id)]
        if look:
            found += self.named_in(self.project.look)
            found += [reference for reference in self.all if reference.in_look]
        return list(dict.fromkeys(found))
