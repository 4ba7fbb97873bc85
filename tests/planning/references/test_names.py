"""Names on the shelf: what can be written behind an @, and what to offer."""

import pytest
from django.core.exceptions import ValidationError

from studio.planning.references import names, shelf
from studio.planning.references.models import check_name


@pytest.mark.parametrize("name", ["mira", "old_harbour", "a12", "a234567890123456"])
def test_a_name_is_small_letters_digits_and_underscores(name):
    check_name(name)


@pytest.mark.parametrize(
    "name", ["", "mi", "Mira", "1mira", "_mira", "mi ra", "mi-ra", "a2345678901234567", "míra"]
)
def test_anything_else_is_none(name):
    with pytest.raises(ValidationError, match="3 to 16"):
        check_name(name)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Mira", "mira"),
        ("020 board, harbour at dusk", "board_harbour_at"),
        ("Lamp on the ridge above", "lamp_on_the"),
        ("Incomprehensibilities", "incomprehensibil"),
        ("010", "reference"),
        ("", "reference"),
        ("海", "reference"),
    ],
)
def test_a_name_is_offered_for_what_it_is_called(words, name):
    assert names.suggested(words, set(), otherwise="reference") == name


def test_one_that_is_taken_gets_a_number():
    assert names.suggested("Mira", {"mira", "mira2"}, otherwise="reference") == "mira3"
    long = "a" * 16
    assert names.suggested(long, {long}, otherwise="reference") == f"{'a' * 15}2"


def test_a_new_name_replaces_the_old_one_and_no_longer_one():
    prompt = "@mira and @Mira meet @mira_two; write to a@mira.example, mira"
    assert shelf.renamed(prompt, "mira", "keeper") == (
        "@keeper and @keeper meet @mira_two; write to a@mira.example, mira"
    )


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        ("@mira at the window", "The first reference at the window"),
        ("A portrait of @mira by @harbour", "A portrait of the first reference by the second reference"),
        ("Portrait. @Mira's coat", "Portrait. The first reference's coat"),
        ("the @harbour at dusk, The @mira", "The second reference at dusk, the first reference"),
        ("@mira and @mira again", "The first reference and the first reference again"),
        ("@mirage, a@mira.example, @@mira", "@mirage, a@mira.example, @@mira"),
        ("@nobody waits", "@nobody waits"),
        ("nothing named", "nothing named"),
    ],
)
def test_a_model_that_takes_references_reads_them_by_their_place(prompt, sent):
    assert shelf.spelled_out(prompt, ["mira", "harbour"]) == sent


@pytest.mark.parametrize("prompt", ["@miraが歩く", "猫@mira", "彼女は@miraです", "@mira２"])
def test_scripts_without_spaces_stand_beside_a_name(prompt):
    assert shelf.mentioned(prompt) == ["mira"]


@pytest.mark.parametrize("prompt", ["josé@mira.example", "@mirañ", "@miraé", "ñ@mira"])
def test_letters_like_its_own_make_it_another_word(prompt):
    assert shelf.mentioned(prompt) == []
