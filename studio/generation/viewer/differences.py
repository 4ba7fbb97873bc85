"""What changed between two takes: words of the prompt, and everything else as chips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from studio.core.money import dollars
from studio.generation.renders.models import Render

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST = 160_000  # pairs of words that are compared; the time goes with their square


class Piece(NamedTuple):
    """Some words of a prompt: kept ("same"), taken out ("del") or put in ("ins")."""

    kind: str
    text: str


def words(before: str, after: str) -> list[Piece]:
    """The difference of two prompts, word by word, in the order to be read.

    Where two long ones have little in common, what lies between their common ends is one change.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    changes = _changes(old[head:old_end], new[head:new_end])
    moved = [(kind, i + head, j + head, k + head, m + head) for kind, i, j, k, m in changes]
    ends = [("equal", 0, head, 0, head), *moved, ("equal", old_end, len(old), new_end, len(new))]
    return _pieces(old, new, ends)


def _same(old: list[str], new: list[str]) -> int:
    """How many words they have in common at their beginning."""
    return next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )


def _changes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(old) * len(new) > _MOST:
        return [("replace", 0, len(old), 0, len(new))]
    return SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes()


def _pieces(old: list[str], new: list[str], changes) -> list[Piece]:
    pieces: list[Piece] = []
    for kind, i, j, k, m in changes:
        if kind == "equal":
            if i < j:
                pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece("del", "".join(old[i:j])))
        if k < m:
            pieces.append(Piece("ins", "".join(new[k:m])))
    return pieces


def chips(before: Render, after: Render, *, money: bool) -> list[str]:
    """What else differs between two takes, each as a few words; prices only for those who may see them."""
    found = [_prompt_chip(before.typed, after.typed), _look_chip(before.look, after.look)]
    if before.model != after.model:
        found.append(after.catalogue_model.name)
    if before.seed_used != after.seed_used and after.seed_used is not None:
        found.append(f"seed {after.seed_used}")
    if before.seconds != after.seconds and after.seconds:
        found.append(f"{after.seconds} s")
    if before.aspect != after.aspect:
        found.append(after.aspect)
    found += [_frame_chip(before, after), *_reference_chips(before, after)]
    if money and after.cost is not None and before.cost != after.cost:
        found.append(dollars(after.cost))
    return [chip for chip in found if chip]


def _prompt_chip(before: str, after: str) -> str:
    pieces = words(before, after)
    added = sum(len(piece.text.split()) for piece in pieces if piece.kind == "ins")
    removed = sum(len(piece.text.split()) for piece in pieces if piece.kind == "del")
    if not added and not removed:
        return "same prompt"
    parts = [f"+{added}" if added else "", f"−{removed}" if removed else ""]
    number = added or removed
    return f"prompt {' '.join(part for part in parts if part)} word{'' if number == 1 else 's'}"


def _look_chip(before: str, after: str) -> str:
    if before == after:
        return ""
    return "another look" if before and after else "with a look" if after else "without a look"


def _frame_chip(before: Render, after: Render) -> str:
    old, new = _frames(before, "first"), _frames(after, "first")
    if not old and not new:
        return ""
    if not new:
        return "no first frame"
    if [frame["sha256"] for frame in old] != [frame["sha256"] for frame in new]:
        return "another frame"
    cut_alike = [frame.get("box") for frame in old] == [frame.get("box") for frame in new]
    return "same frame" if cut_alike else "another crop"


def _reference_chips(before: Render, after: Render) -> list[str]:
    """What came and went, by name; a name that stands for another picture is told too."""
    old = {frame.get("name", ""): frame["sha256"] for frame in _frames(before, "reference")}
    new = {frame.get("name", ""): frame["sha256"] for frame in _frames(after, "reference")}
    came = [f"+@{name}" for name in new if name not in old]
    went = [f"−@{name}" for name in old if name not in new]
    return [*came, *went, *(f"another @{name}" for name in new if old.get(name, new[name]) != new[name])]


def _frames(take: Render, position: str) -> list[dict[str, Any]]:
    return [frame for frame in take.frames if frame.get("position", "first") == position]
