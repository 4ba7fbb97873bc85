"""Shot lists as sheets: what people bring from a spreadsheet, and what they take back to one.

Nothing here asks the database or changes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from studio.core.csv_cells import line_writer, safe_cell
from studio.generation.shotlist import sheets
from studio.generation.shotlist.sheets import Header, Unreadable
from studio.integrations import catalogue
from studio.integrations.catalogue import Model
from studio.planning.projects import codes
from studio.planning.projects.models import LONGEST_PROMPT, Shot

__all__ = [
    "COLUMNS",
    "MOST_LINES",
    "Change",
    "Line",
    "Problem",
    "Sheet",
    "Unreadable",
    "changes",
    "read",
    "write",
]

MOST_LINES = 10_000  # shots in one sheet
COLUMNS = ("code", "scene", "title", "prompt", "model", "aspect", "seconds", "takes", "seed")

# What else people call our columns, the likeliest first.
_HEADERS = {
    "code": ("code", "shot code", "shot", "shot number", "shot no", "shot #", "shot id", "number", "no", "#"),
    "scene": ("scene", "sequence", "scene number", "seq"),
    "title": ("title", "name", "shot title", "shot name"),
    "prompt": ("prompt", "description", "shot description"),
    "model": ("model",),
    "aspect": ("aspect", "aspect ratio", "ratio"),
    "seconds": ("seconds", "duration", "length", "secs", "sec"),
    "takes": ("takes", "number of takes"),
    "seed": ("seed",),
}
_LIMITS: dict[str, int] = {
    "scene": Shot._meta.get_field("scene").max_length or 0,
    "title": Shot._meta.get_field("title").max_length or 0,
    "prompt": LONGEST_PROMPT,
}
_LARGEST_SEED = 2**63 - 1  # of the column; what a model takes is checked when a take is ordered
_LONGEST_CLIP = 999  # seconds kept for a still, which has none

_WHOLE = re.compile(r"([0-9]{1,19})(?:[.,]0*)?")
_SECONDS = re.compile(r"([0-9]{1,4})(?:[.,]0*)?\s*(?:s|secs?|seconds?)?\.?")
# Spreadsheets take 16:9 for a time of day and give back 16:09 or 16:09:00.
_SHAPE = re.compile(r"0*([0-9]{1,5})\s*[:x×*/]\s*0*([0-9]{1,5})(?::00)?\s*(?:px)?")


class _Refused(ValueError):
    """A cell that cannot be used; the message says why."""


@dataclass(frozen=True)
class Line:
    """A row without a fault. Fields are columns of a shot, the values as a shot stores them.

    A cell left empty is "" for words and None for the seed; model, aspect, seconds and takes
    are then absent and stay what they are.
    """

    number: int  # as a spreadsheet counts rows, the first is 1
    code: str
    fields: dict[str, object]


@dataclass(frozen=True)
class Problem:
    """Why a row was left out. The column is empty when it is about the row as a whole."""

    number: int
    column: str
    message: str


@dataclass(frozen=True)
class Sheet:
    lines: list[Line]
    problems: list[Problem]  # by number
    columns: list[str]  # those of ours that it has, in our order
    ignored: list[str]  # headers that mean nothing to us, as they are written


@dataclass(frozen=True)
class Change:
    """What a line does to the shot list. Before and after hold what differs and no more."""

    line: Line
    kind: Literal["new", "changed", "same"]
    shot_id: int | None
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)  # all fields of the line for a new shot


def read(source: bytes | str, *, existing: Iterable[Shot] = (), model: str = "") -> Sheet:
    """Read a shot list from a CSV file or from cells pasted out of a spreadsheet.

    Args:
        existing: the shots of the project. A row without a model is checked against the model
            its shot has.
        model: key of the model that new shots get, the project's; the catalogue's default if
            empty.

    Raises:
        Unreadable: empty, too large, no text, or no row that names a code column.
    """
    lines = sheets.lines_of(source)
    header = sheets.find_header(lines, _HEADERS, needed="code")
    rows, problems = _rows_under(header, lines)
    standing = _standing([row.code for row in rows], existing)
    good = []
    first: dict[str, int] = {}  # the row that has a code first
    for row in rows:
        shot = standing.get(row.code.casefold())
        fields, wrong = _fields(row.cells, shot, _model_of(shot, model))
        about_code = _code_problem(row.code, first.setdefault(row.code.casefold(), row.number), row.number)
        if about_code:
            wrong["code"] = about_code
        problems += [Problem(row.number, column, wrong[column]) for column in COLUMNS if column in wrong]
        if not wrong:
            good.append(Line(row.number, row.code, fields))
    problems.sort(key=lambda problem: problem.number)
    return Sheet(good, problems, [name for name in COLUMNS if name in header.places], header.ignored)


def changes(sheet: Sheet, existing: Iterable[Shot]) -> list[Change]:
    """What importing this sheet would do, line by line. Columns it does not have stay as they are."""
    standing = _standing([line.code for line in sheet.lines], existing)
    return [_change(line, standing.get(line.code.casefold())) for line in sheet.lines]


def write(shots: Iterable[Shot]) -> Iterator[str]:
    """Give the lines of a CSV file that changes nothing when it is imported again.

    Send a byte-order mark before them, or Excel takes the text for Windows-1252.
    """
    line = line_writer()
    yield line(COLUMNS)
    for shot in shots:
        yield line(_cells_of(shot))


@dataclass(frozen=True)
class _Row:
    number: int
    code: str
    cells: dict[str, str]  # those of our columns; what a short row lacks is empty


def _rows_under(header: Header, lines: Sequence[str]) -> tuple[list[_Row], list[Problem]]:
    rows: list[_Row] = []
    problems: list[Problem] = []
    unclosed = 0
    for number, raw in sheets.rows(lines, header.delimiter):
        if number <= header.number:
            continue
        if raw is None:
            unclosed += 1
            problems.append(Problem(number, "", _never_closed(last=unclosed == sheets.OPEN_QUOTES)))
            continue
        row = [sheets.cell(cell) for cell in raw]
        if not any(row):
            continue
        if len(rows) + len(problems) == MOST_LINES:
            raise Unreadable("This list has more than 10,000 lines. Split it and bring the parts one by one.")
        if any(row[header.width :]):
            problems.append(Problem(number, "", _too_wide(len(row), header)))
            continue
        cells = {name: row[place] if place < len(row) else "" for name, place in header.places.items()}
        rows.append(_Row(number, cells["code"], cells))
    return rows, problems


def _never_closed(*, last: bool) -> str:
    sentence = "A quotation mark in this row is never closed"
    return f"{sentence}, as in others before it: no row after it was read." if last else f"{sentence}."


def _too_wide(cells: int, header: Header) -> str:
    mark = {",": "comma", ";": "semicolon", "\t": "tab"}[header.delimiter]
    return (
        f"This row has {cells} cells and the header {header.width}: "
        f"a text with a {mark} in it needs quotation marks around it."
    )


def _as_read(column: str, text: str) -> str:
    """Words as they are after reading: one kind of line end; titles and scenes on one line."""
    text = sheets.words(text)
    return text if column == "prompt" else " ".join(text.split())


# --- a row --------------------------------------------------------------------------------


def _code_problem(code: str, first: int, number: int) -> str:
    if not code:
        return "This row has no code."
    if first != number:
        return f"Line {first} has the code {code} already."
    return codes.problem(code)


def _fields(
    cells: dict[str, str], shot: Shot | None, model: Model
) -> tuple[dict[str, object], dict[str, str]]:
    """The values of a row, and by column what is wrong with it."""
    fields: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for column in [name for name in _LIMITS if name in cells]:
        text = _as_read(column, cells[column])
        fields[column] = text
        if len(text) > _LIMITS[column]:
            wrong[column] = f"This {column} is {len(text)} characters long; {_LIMITS[column]} is the most."
    if "seed" in cells:
        fields["seed"] = None
    try:
        if cells.get("model"):
            model = _model(cells["model"])
            fields["model"] = model.key
    except _Refused as refusal:  # what the other settings may be depends on it
        return fields, {**wrong, "model": str(refusal)}
    for column in [name for name in _SETTINGS if cells.get(name)]:
        try:
            fields[column] = _SETTINGS[column](cells[column].casefold(), model, shot.aspect if shot else "")
        except _Refused as refusal:
            wrong[column] = str(refusal)
    return fields, wrong


def _model_of(shot: Shot | None, key: str) -> Model:
    if shot:
        return shot.catalogue_model
    try:
        return catalogue.get(key)
    except catalogue.UnknownModel:
        return catalogue.default()


def _squeezed(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())


_MODELS = {
    _squeezed(name): model for model in catalogue.MODELS for name in (model.intent, model.name, model.key)
}


def _model(text: str) -> Model:
    """The model of this key, name or intent."""
    try:
        return _MODELS[_squeezed(text)]
    except KeyError:
        names = _listed([model.name for model in catalogue.MODELS], "and")
        raise _Refused(f"There is no model called {_short(text)}; there are {names}.") from None


def _aspect(text: str, model: Model, now: str) -> str:
    """The key of the preset meant by a label or by pixels.

    A still has three sizes of 16:9: the label leaves the shot the one it has `now`.
    """
    shape = _SHAPE.fullmatch(text)
    if shape:
        width, height = int(shape[1]), int(shape[2])
        exact = model.preset_of_size(width, height)
        if exact:
            return exact.key
        label = f"{width}:{height}"
        fitting = [preset.key for preset in model.presets if preset.label == label]
        if fitting:
            return now if now in fitting else fitting[0]
    labels = list(dict.fromkeys(preset.label for preset in model.presets))
    raise _Refused(f"{model.name} has no aspect {_short(text)}; it has {_listed(labels, 'and')}.")


def _seconds(text: str, model: Model, now: str) -> int:
    """Whole seconds that the model makes. A still has none: then any, for when it becomes a clip."""
    whole = _SECONDS.fullmatch(text)
    seconds = int(whole[1]) if whole else 0
    if model.durations and seconds not in model.durations:
        raise _Refused(
            f"{model.name} makes {_listed([str(n) for n in model.durations], 'or')} seconds, not {_short(text)}."
        )
    if not 1 <= seconds <= _LONGEST_CLIP:
        raise _Refused(f"{_short(text)} is no number of seconds.")
    return seconds


def _takes(text: str, model: Model, now: str) -> int:
    whole = _WHOLE.fullmatch(text)
    if not whole or not 1 <= int(whole[1]) <= model.max_takes:
        raise _Refused(f"{model.name} makes 1 to {model.max_takes} takes at once, not {_short(text)}.")
    return int(whole[1])


def _seed(text: str, model: Model, now: str) -> int:
    whole = _WHOLE.fullmatch(text)
    if not whole or int(whole[1]) > _LARGEST_SEED:
        raise _Refused(f"A seed is a whole number from 0 to {model.max_seed}, not {_short(text)}.")
    return int(whole[1])


_SETTINGS: dict[str, Callable[[str, Model, str], object]] = {
    "aspect": _aspect,
    "seconds": _seconds,
    "takes": _takes,
    "seed": _seed,
}


def _short(text: str) -> str:
    """What somebody wrote, for a sentence that repeats it."""
    return f"“{text if len(text) <= 30 else text[:29] + '…'}”"


def _listed(words: Sequence[str], joint: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"


# --- beside the shots there are -----------------------------------------------------------


def _standing(wanted: list[str], existing: Iterable[Shot]) -> dict[str, Shot]:
    """The shot each of these codes means, by casefolded code.

    "10" means 010, since spreadsheets drop zeros; but only while nothing else in the sheet and
    no second shot is that number.
    """
    shots = {shot.code: shot for shot in existing}
    known = codes.Known(shots)
    numbers = Counter(codes.number(code) for code in {code.casefold() for code in wanted})
    standing = {}
    for code in wanted:
        found = known.exactly(code)
        same_number = known.of_number(code)
        if not found and len(same_number) == 1 and numbers[codes.number(code)] == 1:
            found = same_number[0]
        if found:
            standing[code.casefold()] = shots[found]
    return standing


def _change(line: Line, shot: Shot | None) -> Change:
    if shot is None:
        return Change(line, "new", None, {}, dict(line.fields))
    after = {name: value for name, value in line.fields.items() if value != _now(shot, name)}
    before = {name: getattr(shot, name) for name in after}
    return Change(line, "changed" if after else "same", shot.pk, before, after)


def _now(shot: Shot, column: str) -> object:
    """What reading would make of the shot's value, so that line ends and spaces are no change."""
    value = getattr(shot, column)
    return _as_read(column, value) if column in _LIMITS else value


# --- writing ------------------------------------------------------------------------------


_IF_READABLE = {"model", "aspect", "seconds", "takes"}


def _cells_of(shot: Shot) -> list[str]:
    return [
        _setting(shot, name) if name in _IF_READABLE else safe_cell(getattr(shot, name)) for name in COLUMNS
    ]


def _setting(shot: Shot, column: str) -> str:
    """A setting in words; empty, which leaves it alone, where it could not be read back.

    Shots keep settings as they were typed, legal or not.
    """
    try:
        model = catalogue.get(shot.model)
    except catalogue.UnknownModel:
        return ""
    if column == "model":
        return model.key
    value = getattr(shot, column)
    words = [] if value is None else [str(value)]
    if column == "aspect":
        words = [preset.label for preset in model.presets if preset.key == value] + words
    return next((word for word in words if _reads_as(word, column, model) == value), "")


def _reads_as(word: str, column: str, model: Model) -> object:
    try:
        return _SETTINGS[column](word, model, "")
    except _Refused:
        return None
