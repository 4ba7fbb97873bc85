"""The words a project offers beside its prompts, in groups; ours until it writes its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studio.planning.projects.models import Project
from studio.planning.prompts.models import Vocabulary
from studio.runtime.live import events

MOST = 24  # terms of one group
LONGEST_LABEL, LONGEST_WORDS = 24, 120  # characters


class Term(NamedTuple):
    """What a chip says, and the words it puts into a prompt."""

    label: str
    words: str


@dataclass(frozen=True)
class Group:
    """Terms of one subject. `own` tells that the project wrote them."""

    key: str
    label: str
    terms: tuple[Term, ...]
    own: bool = False

    @property
    def text(self) -> str:
        """As it is edited: one term a line."""
        return "\n".join(f"{term.label} = {term.words}" for term in self.terms)


def _ours(key: str, label: str, *pairs: tuple[str, str]) -> Group:
    return Group(key, label, tuple(Term(*pair) for pair in pairs))


OURS = (
    _ours(
        "size",
        "Size",
        ("Vast", "extreme wide shot, the figure tiny in it"),
        ("Wide", "wide shot"),
        ("Full", "full shot, head to toe"),
        ("Medium", "medium shot from the waist up"),
        ("Close", "close-up on the face"),
        ("Detail", "extreme close-up of a detail"),
        ("Two", "two-shot"),
    ),
    _ours(
        "angle",
        "Angle",
        ("Eye", "at eye level"),
        ("Low", "low angle, looking up"),
        ("High", "high angle, looking down"),
        ("Overhead", "straight down from overhead"),
        ("Shoulder", "over the shoulder"),
        ("Tilted", "tilted horizon"),
        ("Their eyes", "seen through their eyes"),
    ),
    _ours(
        "move",
        "Move",
        ("Still", "the camera stays still"),
        ("Push in", "the camera pushes in slowly"),
        ("Pull back", "the camera pulls back slowly"),
        ("Pan", "the camera pans from left to right"),
        ("Tilt up", "the camera tilts up"),
        ("Track", "the camera tracks beside the subject"),
        ("Orbit", "the camera circles the subject"),
        ("Rise", "the camera rises on a crane"),
        ("Handheld", "handheld camera, slight sway"),
    ),
    _ours(
        "light",
        "Light",
        ("Dawn", "cool light before sunrise"),
        ("Golden", "low golden sunlight, long shadows"),
        ("Overcast", "soft overcast daylight"),
        ("Window", "soft light from one window"),
        ("Backlit", "backlit, bright rim around the subject"),
        ("Neon", "coloured neon light on wet surfaces"),
        ("Candle", "warm flickering candlelight"),
        ("Moon", "pale moonlight, deep shadows"),
    ),
    _ours(
        "pace",
        "Pace",
        ("Held", "hardly anything moves"),
        ("Gentle", "gentle, unhurried movement"),
        ("Real", "movement in real time"),
        ("Brisk", "quick, energetic movement"),
        ("Slow motion", "slow motion"),
        ("Time-lapse", "time-lapse, hours in seconds"),
    ),
    _ours(
        "style",
        "Style",
        ("Photographic", "photographic, natural colour, fine grain"),
        ("Cinematic", "cinematic, shallow focus, rich contrast"),
        ("Documentary", "documentary, available light, unposed"),
        ("Animated", "hand-drawn animation, clean outlines"),
        ("Clay", "stop-motion clay figures"),
        ("Archive", "faded archive film, scratches and dust"),
    ),
)
_BY_KEY = {group.key: group for group in OURS}


class Problems(ValueError):
    """Lines that cannot be used; `lines` says by number what is wrong with each."""

    def __init__(self, lines: dict[int, str]) -> None:
        super().__init__(" ".join(f"Line {number}: {said}" for number, said in lines.items()))
        self.lines = lines


def groups(project: Project) -> list[Group]:
    """The project's vocabulary, in our order; one query."""
    own = dict(Vocabulary.objects.filter(project=project).values_list("group", "terms"))
    return [
        Group(ours.key, ours.label, tuple(Term(*pair) for pair in own[ours.key]), own=True)
        if ours.key in own
        else ours
        for ours in OURS
    ]


def group_named(key: str) -> Group | None:
    """Our group of this key."""
    return _BY_KEY.get(key)


class Overtaken(Exception):
    """Somebody changed the group after it was shown; nothing is changed."""


def change(project: Project, key: str, terms: Sequence[Term], *, by, was: str | None = None) -> None:
    """Write the project's own terms of a group; the same as ours are ours again.

    Args:
        was: what the page showed, as `Group.text`; None where it does not say.

    Raises:
        Overtaken: the group is another by now.
    """
    with events.locked(project.pk):
        before = _standing(project, key, was)
        own = Vocabulary.objects.filter(project=project, group=key)
        if tuple(terms) == _BY_KEY[key].terms:
            own.delete()
        else:
            kept = [list(term) for term in terms]
            own.update_or_create(project=project, group=key, defaults={"terms": kept})
        if before.terms != tuple(terms):
            told = {"fields": ["vocabulary"], "replaced": {"vocabulary": f"{before.label}: {before.text}"}}
            events.record(project.pk, "project.changed", by=by, **told)


def back_to_ours(project: Project, key: str, *, by, was: str | None = None) -> None:
    """Take the project's own terms of a group away; as `change` does."""
    change(project, key, _BY_KEY[key].terms, by=by, was=was)


def _standing(project: Project, key: str, was: str | None) -> Group:
    now = next(group for group in groups(project) if group.key == key)
    if was is not None and was.split() != now.text.split():
        raise Overtaken
    return now


def read(text: str) -> list[Term]:
    """Terms as they are typed, one a line: "label = words", or the words alone.

    Raises:
        Problems: with every line that cannot be used.
    """
    terms: list[Term] = []
    wrong: dict[int, str] = {}
    first: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        label, mark, words = (part.strip() for part in line.partition("="))
        term = Term(label, " ".join(words.split()) if mark else label)
        said = _problem(term, first.setdefault(term.label.casefold(), number), number)
        if said:
            wrong[number] = said
        elif len(terms) == MOST:
            wrong[number] = f"A group holds {MOST} terms."
            break
        else:
            terms.append(term)
    if wrong:
        raise Problems(wrong)
    return terms


def _problem(term: Term, first: int, number: int) -> str:
    if not term.label:
        return "it has no label before the =."
    if not term.words:
        return "it has no words behind the =."
    if first != number:
        return f"line {first} has the label {term.label} already."
    if len(term.label) > LONGEST_LABEL:
        return f"its label is {len(term.label)} characters long; {LONGEST_LABEL} is the most."
    if len(term.words) > LONGEST_WORDS:
        return f"its words are {len(term.words)} characters long; {LONGEST_WORDS} is the most."
    if set("{}|") & set(term.words):
        return "braces and bars are for variables in a prompt."
    return ""


# --- in a prompt; prompt-desk.js does the same ------------------------------------------------


def holds(prompt: str, words: str) -> bool:
    """Whether the prompt has these words, as words."""
    return bool(_found(words).search(prompt))


def toggled(prompt: str, words: str) -> str:
    """The prompt with these words at its end, or without them where it has them."""
    if holds(prompt, words):
        return _without(prompt, words)
    prompt = prompt.rstrip()
    joint = "" if not prompt else " " if prompt[-1] in ",.;:!?" else ", "
    return f"{prompt}{joint}{words}"


def _found(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)


def _without(prompt: str, words: str) -> str:
    found = re.compile(rf"(,[ \t]*)?(?<!\w){re.escape(words)}(?!\w)([ \t]*,)?", re.IGNORECASE)
    left = found.sub(lambda match: "," if match[1] and match[2] else "", prompt, count=1)
    return re.sub(r"[ \t]{2,}", " ", left).strip(" \t")
