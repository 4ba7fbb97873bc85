"""Cells and lines of CSV that a spreadsheet opens as they are meant.

No cell we write is a formula to the spreadsheet that opens it, and what we wrote is read back unchanged.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from decimal import Decimal

BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8; before the first line

# Control characters except tab and line ends, stray byte-order marks, halves of characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")


def safe_cell(value: object) -> str:
    """The text of a CSV cell that no spreadsheet takes for a formula. Numbers stay numbers.

    One apostrophe goes before a text that begins like a formula, and before one that begins
    like a text we have protected: so reading takes away exactly what was added.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    text = writable(str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def unprotected(cell: str) -> str:
    """What a cell says, without the apostrophe that `safe_cell` put before it."""
    return cell[1:] if _PROTECTED.match(cell) else cell


def writable(text: str) -> str:
    """A text without the characters that no file of text should hold."""
    return _UNWRITABLE.sub("", text)


class _Line:
    """A file for `csv.writer` that hands back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def line_writer() -> Callable[[Iterable[object]], str]:
    """A function that makes a line of CSV of a row of cells."""
    return csv.writer(_Line(), lineterminator="\r\n").writerow
