"""Storyboard files dropped as a folder: each finds its shot by name, and no doubt is settled by guessing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.generation.shotlist import boards
from studio.generation.shotlist.boards import Match, match


def only(name, *codes):
    (found,) = match([name], codes)
    return found


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("010.png", "010"),
        ("010_kite.PNG", "010"),
        ("010 kite.jpeg", "010"),
        ("010 - kite.webp", "010"),
        ("010.v2.heic", "010"),
        ("boards/day 1/010-kite.jpg", "010"),
        ("boards\\010-kite.jpg", "010"),
        ("a-12_wide.avif", "A-12"),
        ("SC1_010_wide.jpg", "sc1_010"),
        ("A.jpg", "A"),
    ],
)
def test_a_file_goes_to_the_shot_its_name_begins_with(name, code):
    assert only(name, "010", "A", "A-12", "sc1", "sc1_010") == Match(name, code, False, "")


def test_the_longest_code_wins():
    assert only("A-12-b.png", "A", "A-12").code == "A-12"
    assert only("A-13-b.png", "A", "A-12").code == "A"


def test_a_code_ends_where_a_word_ends():
    assert only("0100.png", "010") == Match("0100.png", "0100", True, "")


@pytest.mark.parametrize("name", ["10_x.png", "0010.png", "10.png"])
def test_a_number_matches_whatever_zeros_it_begins_with(name):
    assert only(name, "010", "020") == Match(name, "010", False, "")


def test_a_number_that_two_shots_have_is_for_a_person():
    assert only("0010.png", "010", "10").problem == "This could be shot 010 or 10: name it exactly."
    assert only("10.png", "010", "10").code == "10"


def test_a_code_nobody_has_makes_a_new_shot():
    assert only("B7_sea.jpg", "010") == Match("B7_sea.jpg", "B7", True, "")


@pytest.mark.parametrize("name", ["_kite.jpg", "été.jpg", "(1).png", f"{'a' * 21}.png"])
def test_a_name_without_a_code_is_a_problem(name):
    assert only(name, "010") == Match(name, "", False, boards.NO_CODE)


@pytest.mark.parametrize("name", ["010.pdf", "010", "010.", "notes.txt", "010.png.zip", ""])
def test_what_is_no_picture_is_a_problem(name):
    assert only(name, "010") == Match(name, "", False, "This is no picture we can read.")


def test_files_that_systems_leave_behind_are_dropped():
    assert match([".DS_Store", "a/._010.png", "b\\Thumbs.db", "Desktop.ini"], ["010"]) == []


@pytest.mark.parametrize(
    ("other", "codes"), [("010_b.png", ["010"]), ("010.png", ["010"]), ("010_b.png", [])]
)
def test_two_files_that_claim_one_shot_wait_for_a_person(other, codes):
    found = match([other, "010_a.png"], codes)

    first, second = sorted(["010_a.png", other], key=boards.natural)
    assert {each.problem for each in found} == {f"{first} and {second} both claim shot 010: keep one."}
    assert {each.code for each in found} == {"010"}


def test_two_spellings_of_one_new_code_are_rivals_too():
    assert all(found.problem for found in match(["b7.png", "B7_x.png"], []))
    assert all(found.problem for found in match(["10.png", "010.png"], []))


def test_rivals_of_one_name_are_told_apart_by_folder_and_many_are_counted():
    two = match(["a/010.png", "b/010.png"], ["010"])
    many = match([f"010_{n}.png" for n in range(9)], ["010"])

    assert two[0].problem == "a/010.png and b/010.png both claim shot 010: keep one."
    assert many[0].problem == "010_0.png, 010_1.png, 010_2.png and 6 more all claim shot 010: keep one."


def test_of_300_boards_only_the_two_that_claim_one_shot_are_held_back():
    codes = [f"{n * 10:04d}" for n in range(1, 300)]
    names = [f"boards/{code}_v1.jpg" for code in codes] + ["boards/0500_alt.jpg"]
    found = match(names, codes)

    assert [each.name for each in found if each.problem] == ["boards/0500_alt.jpg", "boards/0500_v1.jpg"]
    assert sum(not each.problem for each in found) == 298


def test_names_come_in_the_order_a_person_counts():
    found = match(["10.png", "9.png", "a2.png", "a10.png", "A1.png"], [])

    assert [each.name for each in found] == ["9.png", "10.png", "A1.png", "a2.png", "a10.png"]


CODES = st.lists(st.from_regex(r"[Aa01][Aa01_.-]{0,4}", fullmatch=True), max_size=6)
NAMES = st.lists(
    st.text(max_size=12)
    | st.from_regex(r"([a/\\.]{0,2})[Aa01][Aa01_. -]{0,5}\.(png|JPG|txt)", fullmatch=True)
    | st.integers(0, 6000).map(lambda many: "1" * many + ".png"),
    max_size=12,
)


@settings(max_examples=100)
@given(NAMES, CODES)
def test_every_file_has_one_answer_and_every_shot_one_file(names, codes):
    found = match(names, codes)
    used = [each.code.casefold() for each in found if not each.problem]

    assert sorted(each.name for each in found) == sorted(n for n in names if not boards.is_hidden(n))
    assert len(set(used)) == len(used)
    assert all(each.code or each.problem for each in found)
    assert all(each.is_new or each.problem or each.code in codes for each in found)
