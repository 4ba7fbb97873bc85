"""Keys by the names that pages know them by, as WebDriver writes them."""

from __future__ import annotations

from typing import Any

NAMED = {
    "Backspace": "\ue003", "Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008", "Control": "\ue009",
    "Alt": "\ue00a", "Escape": "\ue00c", "Space": " ", "PageUp": "\ue00e", "PageDown": "\ue00f",
    "End": "\ue010", "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014",
    "ArrowDown": "\ue015", "Delete": "\ue017", "Meta": "\ue03d",
}  # fmt: skip


def strokes(chord: str) -> list[dict[str, Any]]:
    """A key, or several held together: "Enter", "w", "Shift+ArrowRight"."""
    names = chord.split("+") if len(chord) > 1 else [chord]
    values = [NAMED.get(name, name) for name in names]
    down = [{"type": "keyDown", "value": value} for value in values]
    up = [{"type": "keyUp", "value": value} for value in reversed(values)]
    return down + up


def words(text: str) -> list[dict[str, Any]]:
    """A text, one character after the other."""
    keys = ["\ue007" if each == "\n" else each for each in text]
    return [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
