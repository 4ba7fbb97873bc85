"""What changed between two takes: words of the prompt, and everything else as chips."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from studio.money import dollars

_WORDS = re.compile(r"\s+|[^\s]+")


class Piece(NamedTuple):
    """Some words of a prompt: kept ("same"), taken out ("del") or put in ("ins")."""

    kind: str
    text: str


def words(before: str, after: str) -> list[Piece]:
    """The difference of two prompts, word by word, in the order to be read."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece("del", "".join(old[i:j])))
        if k < m:
            pieces.append(Piece("ins", "".join(new[k:m])))
    return pieces


def chips(before, after, *, money: bool) -> list[str]:
    """What else differs between two takes, each as a few words; prices only for those who may see them."""
    found = [_prompt_chip(before.prompt, after.prompt)]
    if before.model != after.model:
        found.append(after.catalogue_model.name)
    if before.seed != after.seed and after.seed is not None:
        found.append(f"seed {after.seed}")
    if before.seconds != after.seconds and after.seconds:
        found.append(f"{after.seconds} s")
    if before.aspect != after.aspect:
        found.append(after.aspect)
    found.append(_frame_chip(before, after))
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


def _frame_chip(before, after) -> str:
    old = [frame["sha256"] for frame in before.frames]
    new = [frame["sha256"] for frame in after.frames]
    if not old and not new:
        return ""
    return "same frame" if old == new else "another frame"
