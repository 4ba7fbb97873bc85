"""A name to offer for a picture that has none yet."""

from __future__ import annotations

import re
from collections.abc import Collection

from studio.planning.references.models import NAME

LONGEST = 16


def suggested(words: str, taken: Collection[str], *, otherwise: str) -> str:
    """A free name made of these words, as many of them as fit; of `otherwise` where none can begin a name."""
    name = _of(words) or otherwise
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name[: LONGEST - len(str(number))]}{number}"
    return free


def _of(words: str) -> str:
    parts = re.findall(r"[a-z0-9]+", words.lower())
    while parts and not parts[0][0].isalpha():
        del parts[0]
    name = ""
    for part in parts:
        longer = f"{name}_{part}" if name else part[:LONGEST]
        if len(longer) > LONGEST:
            break
        name = longer
    return name if NAME.fullmatch(name) else ""
