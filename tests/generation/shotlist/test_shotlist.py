"""A shot list from a spreadsheet: read kindly, refused in sentences, written so that it comes back."""

import csv
import io
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.csv_cells import safe_cell
from studio.generation.shotlist import shotlist
from studio.generation.shotlist.shotlist import Unreadable, read
from studio.integrations import catalogue
from studio.planning.projects.models import Shot

HEADER = "code,scene,title,prompt,model,aspect,seconds,takes,seed\n"


def shot(code="010", *, pk=7, **fields):
    """A shot as the database would give it, without one."""
    settings = {"model": "gen-4.5", "aspect": "1280x720", "seconds": 5, "takes": 1}
    return Shot(pk=pk, project_id=1, code=code, **{**settings, **fields})


def only_line(source, **kwargs):
    sheet = read(source, **kwargs)
    assert sheet.problems == []
    (line,) = sheet.lines
    return line


def only_problem(source, **kwargs):
    sheet = read(source, **kwargs)
    assert sheet.lines == []
    (problem,) = sheet.problems
    return problem


def kinds(sheet, existing):
    return [change.kind for change in shotlist.changes(sheet, existing)]


# --- files --------------------------------------------------------------------------------


def test_a_row_becomes_a_line_with_values_as_a_shot_stores_them():
    line = only_line(HEADER + "010,Beach,Kite,A kite,Quick,21:9,7s,2,42\n")

    assert (line.number, line.code) == (2, "010")
    assert line.fields == {
        "scene": "Beach",
        "title": "Kite",
        "prompt": "A kite",
        "model": "gen-4-turbo",
        "aspect": "1584x672",
        "seconds": 7,
        "takes": 2,
        "seed": 42,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_any_usual_encoding_is_read(encoding):
    assert only_line("code,title\n010,Café “Süd”\n".encode(encoding)).fields["title"] == "Café “Süd”"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_usual_delimiter_and_line_end_is_read(mark, end):
    line = only_line(end.join([f"code{mark}title{mark}seconds", f"010{mark}Kite{mark}8", ""]))

    assert (line.code, line.fields) == ("010", {"title": "Kite", "seconds": 8})


def test_a_decimal_comma_in_a_file_with_semicolons_is_no_delimiter():
    assert only_line("code;title;seconds\n010;Kite, high;5,0").fields == {"title": "Kite, high", "seconds": 5}


def test_a_text_in_quotation_marks_may_have_line_breaks_and_the_rows_count_as_in_a_spreadsheet():
    sheet = read('code,prompt\r\n010,"A kite\r\nover ""dunes"""\r\n\r\n020,Sea\r\n')

    assert [(line.number, line.fields["prompt"]) for line in sheet.lines] == [
        (2, 'A kite\nover "dunes"'),
        (4, "Sea"),
    ]


def test_a_title_above_the_header_and_blank_lines_are_skipped():
    sheet = read("\ufeffTidal Observatory,,\n\nShot,Name,\n010,Kite,\n,,\n020,Sea,\n")

    assert [(line.number, line.code) for line in sheet.lines] == [(4, "010"), (6, "020")]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("SHOT CODE", "code"),
        ("Shot_Number", "code"),
        ("Shot No.", "code"),
        ("#", "code"),
        ("Name", "title"),
        ("Sequence", "scene"),
        ("Description", "prompt"),
        ("Aspect Ratio", "aspect"),
        ("Ratio", "aspect"),
        ("Duration (s)", "seconds"),
        ("length", "seconds"),
    ],
)
def test_headers_go_by_the_names_people_use(header, column):
    other = "title" if column == "code" else "code"
    assert set(read(f"{header},{other}\n").columns) == {column, other}


def test_columns_nobody_knows_are_reported_and_so_is_the_lesser_of_two_for_one_column():
    sheet = read("#,Code,Lens,Description,Prompt\n1,010,35mm,Old,New\n")

    assert sheet.ignored == ["#", "Lens", "Description"]
    assert sheet.columns == ["code", "prompt"]
    assert sheet.lines[0].code == "010"
    assert sheet.lines[0].fields == {"prompt": "New"}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "nothing"),
        (" \n\n", "nothing"),
        (b"PK\x03\x04 and the rest", "CSV"),
        (bytes(range(64)) * 9, "no text"),
        ("title,seconds\nKite,5\n", "header"),
        ("010,Kite\n020,Sea\n", "header"),
        ("code\n" + "A\n" * 10_001, "10,000"),
        (b"x" * 5_000_001, "5 MB"),
    ],
)
def test_what_nothing_can_be_made_of_is_refused_in_a_sentence(source, says):
    with pytest.raises(Unreadable, match=says):
        read(source)


def test_control_characters_are_dropped():
    assert only_line("code,title\n010,Ki\x00te\x07 \ud800high\n").fields["title"] == "Kite high"


def test_an_open_quotation_mark_costs_its_own_row_only():
    sheet = read('code,title\n010,"Kite\n020,Sea\n030,Sky\n')

    assert [line.code for line in sheet.lines] == ["020", "030"]
    assert [(p.number, p.message) for p in sheet.problems] == [
        (2, "A quotation mark in this row is never closed.")
    ]


def test_many_open_quotation_marks_end_the_reading_soon_and_it_says_so():
    began = time.monotonic()
    sheet = read("code,title\n" + 'a","""\n' * 400_000)

    assert time.monotonic() - began < 5
    assert sheet.problems[-1].message.endswith("no row after it was read.")


# --- rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (",,Kite", "code", "This row has no code."),
        ("01 0", "code", "A code is letters, digits, dots and dashes, like 010 or A-12."),
        ("=1+1", "code", "A code is letters, digits, dots and dashes, like 010 or A-12."),
        ("A" * 21, "code", "A code has at most 20 characters."),
        ("010,,%s" % ("x" * 161), "title", "This title is 161 characters long; 160 is the most."),
        ("010,%s" % ("x" * 81), "scene", "This scene is 81 characters long; 80 is the most."),
        ("010,,,%s" % ("x" * 20_001), "prompt", "This prompt is 20001 characters long; 20000 is the most."),
        (
            "010,,,,Gen-5",
            "model",
            "There is no model called “Gen-5”; there are Gen-4 Image, Gen-4 Turbo and Gen-4.5.",
        ),
        ("010,,,,,21:9", "aspect", "Gen-4.5 has no aspect “21:9”; it has 16:9, 9:16, 4:3, 3:4 and 1:1."),
        ("010,,,,,,7", "seconds", "Gen-4.5 makes 5, 8 or 10 seconds, not “7”."),
        ("010,,,,,,5.5", "seconds", "Gen-4.5 makes 5, 8 or 10 seconds, not “5.5”."),
        ("010,,,,still,,long", "seconds", "“long” is no number of seconds."),
        ("010,,,,,,,5", "takes", "Gen-4.5 makes 1 to 4 takes at once, not “5”."),
        ("010,,,,,,,two", "takes", "Gen-4.5 makes 1 to 4 takes at once, not “two”."),
        ("010,,,,,,,,-1", "seed", "A seed is a whole number from 0 to 4294967295, not “-1”."),
        ("010,,,,,,,,99999999999999999999", "seed", None),
        ("010,,,,,,,,1,spare", "", None),
    ],
)
def test_a_bad_row_says_why(row, column, message):
    problem = only_problem(HEADER + row + "\n")

    assert (problem.number, problem.column) == (2, column)
    assert message is None or problem.message == message


def test_every_fault_of_a_row_is_told_and_good_rows_pass():
    sheet = read(HEADER + "010,,Kite\n0 0,,,,,,7\n020,,Sea\n")

    assert [line.code for line in sheet.lines] == ["010", "020"]
    assert [(problem.number, problem.column) for problem in sheet.problems] == [(3, "code"), (3, "seconds")]


def test_a_second_row_with_a_code_says_which_had_it_first():
    sheet = read("code\nA-12\nB\na-12\n")

    assert [line.code for line in sheet.lines] == ["A-12", "B"]
    assert [(p.number, p.message) for p in sheet.problems] == [(4, "Line 2 has the code a-12 already.")]


@pytest.mark.parametrize("name", ["gen-4-turbo", "Gen-4 Turbo", "QUICK", "gen 4 turbo"])
def test_a_model_goes_by_key_name_or_intent(name):
    assert only_line(f"code,model\n010,{name}\n").fields == {"model": "gen-4-turbo"}


@pytest.mark.parametrize("shape", ["16:9", "1280x720", "1280 × 720", "16:09", "16:09:00", "1280 X 720 px"])
def test_an_aspect_goes_by_label_or_pixels_even_where_a_spreadsheet_took_it_for_a_time(shape):
    assert only_line(f"code,aspect\n010,{shape}\n").fields == {"aspect": "1280x720"}


@pytest.mark.parametrize("seconds", ["5", "5s", "5.0", "5 sec", "5 seconds"])
def test_seconds_are_written_in_many_ways(seconds):
    assert only_line(f"code,duration\n010,{seconds}\n").fields == {"seconds": 5}


def test_a_row_without_a_model_is_checked_against_the_one_its_shot_has():
    existing = [shot("010", model="gen-4-turbo")]

    assert only_line("code,aspect\n010,21:9\n", existing=existing).fields == {"aspect": "1584x672"}
    assert only_line("code,aspect\n020,21:9\n", model="gen-4-turbo").fields == {"aspect": "1584x672"}
    assert only_problem("code,aspect\n020,21:9\n", existing=existing).column == "aspect"


def test_a_label_leaves_a_still_the_size_of_that_shape_it_has():
    existing = [shot(model="gen-4-image", aspect="1920x1080")]

    assert only_line("code,aspect\n010,16:9\n", existing=existing).fields == {"aspect": "1920x1080"}


# --- formulas -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_formula_is_kept_as_the_text_it_is(text):
    assert only_line(f"code,title\n010,{text}\n").fields["title"] == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\x00=x", "'=x"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == "'" + text.replace("\x00", "")


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-5, "-5"), (Decimal("-0.10"), "-0.10"), (None, ""), ("Kite", "Kite"), ("'tis", "'tis")],
)
def test_numbers_and_ordinary_texts_stay(value, cell):
    assert safe_cell(value) == cell


# --- what would change --------------------------------------------------------------------


def test_a_code_nobody_has_is_new_and_brings_all_its_fields():
    (change,) = shotlist.changes(read("code,title,seed\n020,Sea,\n"), [shot("010")])

    assert (change.kind, change.shot_id, change.before) == ("new", None, {})
    assert change.after == {"title": "Sea", "seed": None}


def test_only_columns_of_the_sheet_are_compared_and_only_what_differs_is_told():
    existing = [shot("A-12", title="Kite", prompt="Keep me", scene="Beach")]
    (change,) = shotlist.changes(read("code,title,scene\na-12,Sea,Beach\n"), existing)

    assert (change.kind, change.shot_id) == ("changed", 7)
    assert (change.before, change.after) == ({"title": "Kite"}, {"title": "Sea"})


def test_an_empty_cell_clears_words_and_seed_and_leaves_settings_alone():
    existing = [shot(title="Kite", seed=4, takes=3, model="gen-4-turbo")]
    (change,) = shotlist.changes(read(HEADER + "010\n", existing=existing), existing)

    assert change.after == {"title": "", "seed": None}


def test_a_number_that_lost_its_zeros_in_a_spreadsheet_finds_its_shot():
    existing = [shot("010")]

    assert kinds(read("code\n10\n"), existing) == ["same"]
    assert kinds(read("code\n10\n010\n"), existing) == ["new", "same"]
    assert kinds(read("code\n10\n"), [*existing, shot("0010", pk=8)]) == ["new"]


def test_other_line_ends_are_no_change():
    existing = [shot(prompt=" A kite\r\nover dunes\n")]

    assert kinds(read('code,prompt\n010,"A kite\nover dunes"\n'), existing) == ["same"]


def test_5000_rows_come_back_as_they_were_written():
    existing = [shot(f"{n:04d}", pk=n, title=f"Shot {n}") for n in range(5000)]
    text = "".join(shotlist.write(existing))
    sheet = read(text, existing=existing)

    assert kinds(sheet, existing) == ["same"] * 5000


# --- there and back -----------------------------------------------------------------------


def test_a_written_list_is_for_people():
    lines = list(
        shotlist.write([shot(title="=Kite", seed=3), shot("020", model="gen-4-image", aspect="1920x1080")])
    )

    assert lines == [
        "code,scene,title,prompt,model,aspect,seconds,takes,seed\r\n",
        "010,,'=Kite,,gen-4.5,16:9,5,1,3\r\n",
        "020,,,,gen-4-image,1920x1080,5,1,\r\n",
    ]


def test_settings_that_cannot_be_ordered_are_left_out_so_that_they_stay():
    odd = [shot(seconds=7, takes=9, aspect="1x1"), shot("020", model="gone"), shot("030", seconds=None)]

    assert list(shotlist.write(odd))[1:] == [
        "010,,,,gen-4.5,,,,\r\n",
        "020,,,,,,,,\r\n",
        "030,,,,gen-4.5,16:9,,1,\r\n",
    ]


PRESETS = sorted({preset.key for model in catalogue.MODELS for preset in model.presets})
WORDS = st.text(st.one_of(st.sampled_from("=+-@\t\r\n'\",; \x00ab"), st.characters()), max_size=30)
SHOTS = st.lists(
    st.builds(
        shot,
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,5}", fullmatch=True),
        scene=WORDS,
        title=WORDS,
        prompt=WORDS,
        model=st.sampled_from([*(model.key for model in catalogue.MODELS), "gone"]),
        aspect=st.sampled_from([*PRESETS, "16:9", ""]),
        seconds=st.none() | st.integers(0, 32767),
        takes=st.integers(0, 99),
        seed=st.none() | st.integers(0, 2**63 - 1),
    ),
    max_size=8,
    unique_by=lambda shot: shot.code.casefold(),
)


@settings(max_examples=80)
@given(SHOTS, st.booleans())
def test_a_list_that_was_exported_changes_nothing_when_it_comes_back(shots, known):
    sheet = read("\ufeff" + "".join(shotlist.write(shots)), existing=shots if known else ())

    assert sheet.problems == []
    assert kinds(sheet, shots) == ["same"] * len(shots)


@given(WORDS)
def test_no_text_is_written_as_a_formula(text):
    (row,) = csv.reader(io.StringIO(list(shotlist.write([shot(title=text)]))[1], newline=""))

    assert row[2][:1] not in {*"=+-@\t\r"} - {""}


ROWS = st.lists(
    st.lists(WORDS | st.sampled_from(["010", "16:9", "5s", "gen-4.5"]), max_size=11).map(",".join)
)


@settings(max_examples=80)
@given(
    st.binary(max_size=300)
    | st.text(max_size=300)
    | st.binary(max_size=200).map(lambda rest: b"code,prompt,seconds\n" + rest)
    | ROWS.map(lambda rows: HEADER + "\n".join(rows))
)
def test_whatever_comes_is_read_or_refused(source):
    try:
        sheet = read(source)
    except Unreadable as refusal:
        assert str(refusal)
    else:
        shotlist.changes(sheet, [shot()])
        assert all(problem.message for problem in sheet.problems)
        assert not {line.number for line in sheet.lines} & {problem.number for problem in sheet.problems}
