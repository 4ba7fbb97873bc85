"""Words to write with: ours, a project's own, put into a prompt and taken out again."""

import pytest
from django.urls import reverse

from studio.planning.prompts import vocabulary
from studio.planning.prompts.vocabulary import Term
from tests import pages


@pytest.fixture
def save(client_of, ana, project):
    def save(text, group="size", **more):
        address = reverse("prompts:change_words", args=[project.slug, group])
        return client_of(ana).post(address, {"terms": text, **more})

    return save


def group(project, key="size"):
    return next(each for each in vocabulary.groups(project) if each.key == key)


def test_every_group_of_ours_can_be_edited_as_it_is():
    for ours in vocabulary.OURS:
        assert 5 <= len(ours.terms) <= 9
        assert vocabulary.read(ours.text) == list(ours.terms)


def test_a_project_writes_its_own_words_and_goes_back_to_ours(save, project):
    assert save("Wide = wide, the sea behind\n\nlamp room").status_code == 302
    assert group(project).own
    assert group(project).terms == (Term("Wide", "wide, the sea behind"), Term("lamp room", "lamp room"))
    assert not group(project, "angle").own
    save("", do="ours")
    assert group(project) == vocabulary.OURS[0]


def test_lines_that_cannot_be_used_are_named_beside_the_field_and_nothing_is_lost(save, project):
    typed = "Wide = wide\n= nothing\nFar =\nWide = again\nOdd = {a|b}\nLong = " + "x" * 121
    answer = save(typed)
    assert answer.status_code == 422
    words = pages.text(answer.content.decode())
    for sentence in (
        "Line 2: it has no label before the =.",
        "Line 3: it has no words behind the =.",
        "Line 4: line 1 has the label Wide already.",
        "Line 5: braces and bars are for variables",
        "Line 6: its words are 121 characters long; 120 is the most.",
    ):
        assert sentence in words
    assert "Odd = {a|b}" in words
    assert not group(project).own


def test_an_unknown_group_is_not_there(save):
    assert save("Wide = wide", group="mood").status_code == 404


@pytest.mark.parametrize(
    ("prompt", "words", "after"),
    [
        ("", "wide shot", "wide shot"),
        ("Dunes", "wide shot", "Dunes, wide shot"),
        ("Dunes.", "wide shot", "Dunes. wide shot"),
        ("Dunes, wide shot", "wide shot", "Dunes"),
        ("Wide shot, dunes", "wide shot", "dunes"),
        ("Dunes, wide shot, dusk", "wide shot", "Dunes, dusk"),
        ("A worldwide shot", "wide shot", "A worldwide shot, wide shot"),
    ],
)
def test_words_go_into_a_prompt_and_out_again(prompt, words, after):
    assert vocabulary.toggled(prompt, words) == after


def test_a_chip_works_by_a_plain_post_and_keeps_what_is_typed(client_of, ana, shot):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    browser = client_of(ana)
    assert (
        browser.post(address, {"prompt": "Typed just now", "takes": "3", "word": "wide shot"}).url
        == shot.get_absolute_url()
    )
    shot.refresh_from_db()
    assert (shot.prompt, shot.takes) == ("Typed just now, wide shot", 3)
    shown = browser.get(shot.get_absolute_url()).content.decode()
    assert 'value="wide shot"' in shown.partition('aria-pressed="true"')[0].rpartition("<button")[2]
