"""Places in the header and the navigation that packages above fill: each says what it shows there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Draw = Callable[[Mapping[str, Any]], str]
_slots: dict[str, Draw] = {}


def fill(name: str, draw: Draw) -> None:
    """Show `draw(context)` wherever a template says `{% slot name %}`; the context is the page's."""
    _slots[name] = draw


def draw(name: str, context: Mapping[str, Any]) -> str:
    """What stands in this place: HTML, "" where nobody fills it."""
    filled = _slots.get(name)
    return filled(context) if filled else ""
