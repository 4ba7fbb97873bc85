"""The prompt that is sent: what was typed, with the project's look behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from studio.integrations.catalogue import Model
from studio.planning.projects.models import Project
from studio.planning.prompts import variables
from studio.planning.references import shelf


class Compiled(NamedTuple):
    """A prompt for one model. `text` is what is sent; `words`, as typed, and `look` are what it was made of."""

    text: str
    words: str
    look: str


def compiled(
    words: str,
    project: Project,
    model: Model,
    *,
    names: Sequence[str],
    known: Iterable[str] = (),
    without_look: bool = False,
) -> Compiled:
    """Put the look behind the words.

    Args:
        names: of a model with references those that go along, in their order: it gets their places instead;
            else what the project's shelf has: it gets them without their @.
        known: what else the shelf has: without their @ in any case.
    """
    words = words.strip()
    look = "" if without_look else project.look.strip()
    text = " ".join(part for part in (variables.unescaped(words), look) if part)
    said = shelf.spelled_out(text, names) if model.references else text
    return Compiled(shelf.without_marks(said, {*names, *known}), words, look)
