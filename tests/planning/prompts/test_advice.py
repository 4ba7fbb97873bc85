"""Advice follows what is written and what it is for; it forbids nothing."""

import pytest
from django.urls import reverse

from studio.planning.prompts import advice


def of(prompt, *, still=False, first_frame=False, seconds=5):
    return " ".join(advice.of(prompt, still=still, first_frame=first_frame, seconds=seconds))


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("Please make a kite fly", "“Please make” speaks to somebody"),
        ("I want a kite that climbs", "“I want” speaks to somebody"),
        ("A kite climbs without people", "“without people”: what is named tends to appear"),
        ("The kite doesn’t fall", "“doesn’t fall”"),
        ("A kite climbs, then cut to the sea", "“cut to”: a take is one shot"),
        ("The glass shatters after he throws a stone", "“after”: effects may come before their causes"),
        ("She walks behind a pillar", "“behind”: what goes out of sight may be gone"),
        ("He tries to lift the wheel", "“tries”: actions succeed too easily"),
        ("{No|Some} kites climb", "“No Some kites”"),
    ],
)
def test_what_tends_to_go_wrong_is_said(prompt, sentence):
    assert sentence in of(prompt)


def test_a_plain_prompt_gets_none():
    assert of("A kite climbs over dunes, slow push in, its tail snapping in the wind") == ""
    assert of("") == ""


def test_with_a_first_frame_what_stands_still_is_named():
    text = "A brass lens on its stand, the camera pushes in slowly"
    assert of(text, first_frame=True).startswith(
        "“A brass lens on its …”: if the first frame shows it already,"
    )
    assert "first frame" not in of(text)
    assert "“A close shot”" in of("A close shot, waves rolling in", first_frame=True)
    assert of("The lens turns, the camera pushes in slowly", first_frame=True) == ""


def test_too_much_for_its_length():
    many = "She walks in, turns round, lifts the lid, drops it, runs away, jumps down, falls over"
    assert "That is much for 5 s" in of(many)
    assert "That is much" not in of(many, seconds=10)
    assert "That is much" not in of(many, still=True, seconds=None)


def test_it_comes_with_the_page_and_with_every_draft(client_of, ana, shot):
    browser = client_of(ana)
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    data = {"prompt": "A kite climbs without people", "part": "prompt"}
    drafted = browser.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert 'id="prompt-advice"' in drafted and "what is named tends to appear" in drafted
    assert "what is named tends to appear" in browser.get(shot.get_absolute_url()).content.decode()
    assert browser.post(reverse("board:render", args=[shot.project.slug, shot.code]), data).status_code == 302
