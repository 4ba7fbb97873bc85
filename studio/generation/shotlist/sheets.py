"""Sheets as text: CSV files of whatever kind, and cells pasted out of a spreadsheet.

A cell is never evaluated, whatever it begins with.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from studio.core.csv_cells import unprotected, writable

MOST_BYTES = 5_000_000  # of a file; characters of pasted text
_DELIMITERS = (",", ";", "\t")
_HEADER_WITHIN = 100  # lines of the file
OPEN_QUOTES = 5  # rows that may leave a quotation mark open before we stop reading
_END = "\x1fend"  # after the last line; what was read holds no control characters


class Unreadable(ValueError):
    """Nothing can be made of this list; the message says why, for the person who brought it."""


def cell(raw: str) -> str:
    """What a cell says, without the apostrophe that protects it."""
    return words(unprotected(raw))


def words(text: str) -> str:
    """A text without control characters and outer spaces, its lines ended one way."""
    return writable(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def lines_of(source: bytes | str) -> list[str]:
    """The lines of a file or of pasted text, with their ends.

    Raises:
        Unreadable: empty, too large, or no text.
    """
    return list(io.StringIO(_text(source), newline=""))


def _text(source: bytes | str) -> str:
    if len(source) > MOST_BYTES:
        raise Unreadable("This list is larger than 5 MB. Split it and bring the parts one by one.")
    text = source if isinstance(source, str) else _decoded(source)
    clean = writable(text)
    if not clean.strip():
        raise Unreadable("There is nothing in this list.")
    if (len(text) - len(clean)) * 10 > len(text) + 10:
        raise Unreadable("This is no text. Export the list from the spreadsheet as CSV and bring that file.")
    return clean


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            "This is a workbook such as XLSX, not CSV. Export the list as CSV, or copy its cells and paste them."
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")


def rows(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Give number and raw cells of each row; None for one whose quotation mark is never closed.

    Such a mark would swallow the rest of the file, so we go on at the line after it: a few
    times, since each time reads the rest again.
    """
    number = start = 0
    for _ in range(OPEN_QUOTES):
        reader = csv.reader([*lines[start:], _END], delimiter=delimiter)
        done = 0  # lines of this reading that are behind us
        try:
            for row in reader:
                if row == [_END]:
                    return
                if row and row[-1].endswith(_END):
                    break
                number += 1
                yield number, row
                done = reader.line_num
        except csv.Error:  # a cell longer than 128 kB: an open mark too, or no better
            pass
        number += 1
        yield number, None
        start += done + 1


@dataclass(frozen=True)
class Header:
    """The row that names the columns, and what follows from it for the rows below."""

    number: int  # of the row
    delimiter: str
    places: dict[str, int]  # column → which cell of a row
    width: int  # cells up to the last header
    ignored: list[str]


def find_header(lines: Sequence[str], names: Mapping[str, Sequence[str]], *, needed: str) -> Header:
    """The row near the top that names most of our columns, with whatever delimiter shows them.

    A title may stand above it.

    Args:
        names: what each column may be called, the likeliest first. Where a sheet has two names
            of one column, the likelier is read and the other ignored.
        needed: the column that a header must have.

    Raises:
        Unreadable: there is no such row.
    """
    column_of = {name: (column, rank) for column, those in names.items() for rank, name in enumerate(those)}
    found = [
        _header(number, delimiter, column_of, [cell(raw) for raw in row])
        for delimiter in _DELIMITERS
        for number, row in rows(lines[:_HEADER_WITHIN], delimiter)
        if row
    ]
    best = max(
        (header for header in found if needed in header.places),
        key=lambda header: len(header.places),
        default=None,
    )
    if best is None:
        raise Unreadable(
            f"There is no header with a column called {needed}. Name the columns in the first row."
        )
    return best


def _header(number: int, delimiter: str, column_of: Mapping[str, tuple[str, int]], row: list[str]) -> Header:
    while row and not row[-1]:
        row.pop()
    ranks: dict[str, tuple[int, int]] = {}  # column → the best (rank, place) so far
    for place, name in enumerate(row):
        column, rank = column_of.get(_plain(name), ("", 0))
        if column:
            ranks[column] = min(ranks.get(column, (rank, place)), (rank, place))
    places = {column: place for column, (_, place) in ranks.items()}
    ignored = [name for place, name in enumerate(row) if name and place not in places.values()]
    return Header(number, delimiter, places, len(row), ignored)


def _plain(header: str) -> str:
    """A header as we know it: "Shot_No." is "shot no" and "Duration (s)" is "duration"."""
    return " ".join(re.sub(r"\([^()]*\)|[_.:-]", " ", header.casefold()).split())
