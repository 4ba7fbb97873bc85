"""A take goes on to another model: its words, frame and settings are in the composer, and nothing is rendered."""

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.generation.renders.models import Render
from studio.generation.reuse import reuse
from studio.planning.projects import actions

CROP_BOX = [100.0, 50.0, 900.0, 500.0]


@pytest.fixture
def promote(client_of, ana):
    """Take a take to a model as Ana; returns the page it leads to."""

    def promote(take, model, *, who=ana):
        address = reverse("composer:promote", args=[take.code])
        return client_of(who).post(address, {"model": model}, follow=True)

    return promote


@pytest.fixture
def quick(ready, frame):
    """A Turbo take with a frame: `quick(aspect="21:9", width=1584, height=672)`."""

    def quick(**columns):
        first = {
            "picture": str(frame.code),
            "sha256": frame.sha256,
            "position": "first",
            "from": "",
            "box": CROP_BOX,
        }
        return ready(**{"model": "gen-4-turbo", "seconds": 7, "frames": [first], **columns})

    return quick


def said(page):
    (message,) = page.context["messages"]
    return str(message)


def names(take):
    return [model.key for model in reuse.promotions(Render.objects.get(pk=take.pk))]


def test_a_quick_take_goes_to_final_with_everything_but_its_seed(promote, quick, shot, frame):
    take = quick(format="WEBM", quality=80)
    page = promote(take, "gen-4.5")

    shot.refresh_from_db()
    order = orders.check(Wish.of(shot), shot.project)
    assert (order.model.key, order.seconds, order.takes, order.seed) == ("gen-4.5", 5, 1, None)
    assert (order.words, order.preset.label) == (take.typed, "16:9")
    assert (order.format, order.quality) == ("WEBM", 80)
    assert order.first_frame == frame and list(order.box) == CROP_BOX
    assert "A seed does not carry over to another model." in said(page)
    assert "Render 1 take" in page.text and "≈ $0.61" in page.text
    assert Render.objects.count() == 1  # nothing renders by itself


def test_undo_puts_the_draft_back(promote, quick, shot):
    page = promote(quick(), "gen-4.5")
    (message,) = page.context["messages"]
    page.client.post(message.extra_tags)

    shot.refresh_from_db()
    assert (shot.model, shot.first_frame) == ("gen-4.5", None)


def test_a_still_becomes_the_first_frame(promote, ready, shot):
    still = ready(kind="still", filed=True, width=1360, height=768)
    page = promote(still, "gen-4-turbo")

    shot.refresh_from_db()
    assert (shot.model, shot.aspect, shot.seconds) == ("gen-4-turbo", "1280x720", 5)
    assert shot.first_frame.from_take == still.code
    assert shot.first_frame.from_label == "from 010, still 1"
    assert "seed" not in said(page)
    assert page.redirect_chain[-1][0] == f"{still.get_absolute_url()}#id_prompt"


def test_a_shape_the_model_does_not_have_becomes_the_nearest_and_is_said(promote, quick, shot):
    page = promote(quick(aspect="21:9", width=1584, height=672), "gen-4.5")

    shot.refresh_from_db()
    assert shot.preset.label == "16:9"
    assert "21:9 is not on Gen-4.5; Gen-4 Turbo has it. Now 16:9." in said(page)


def test_only_what_is_legal_there_is_offered(ready, quick, project, pia):
    assert names(ready(kind="still")) == ["gen-4-turbo", "gen-4.5"]
    assert names(quick()) == ["gen-4.5"]
    assert names(ready()) == []  # nothing comes after it
    assert names(quick(prompt="")) == []  # Final needs words
    assert names(ready(kind="still", prompt="k" * 1001)) == []  # both have a longest prompt
    assert names(ready(model="a model of old")) == []
    assert names(ready(model="gen-4-turbo")) == ["gen-4.5"]  # its frame is gone, and Final needs none
    actions.change_project(project, by=pia, frames_first=True)
    assert names(quick()) == []  # Final waits for an approved frame
    assert names(ready(kind="still", verdict="approved")) == ["gen-4-turbo", "gen-4.5"]


def test_the_viewer_has_a_button_for_each(client_of, ana, bo, ready):
    still = ready(kind="still")
    for who, offered in ((ana, True), (bo, False)):
        page = client_of(who).get(still.get_absolute_url()).text
        assert ("To Quick" in page and "To Final" in page) is offered


@pytest.mark.parametrize("model", ["gen-4-image", "gen-4.5", "kite", ""])
def test_what_is_not_offered_is_refused_in_words(promote, ready, shot, model):
    page = promote(ready(), model)

    assert said(page) == "That model cannot make it as it stands."
    shot.refresh_from_db()
    assert shot.first_frame is None


def test_a_still_whose_file_is_gone_says_so(promote, ready, shot):
    assert "cannot be read any more" in said(promote(ready(kind="still", file="gone.jpg"), "gen-4-turbo"))


def test_it_is_for_those_who_make_and_for_what_can_be_looked_at(promote, quick, rae, bo, cid):
    take = quick()
    for who in (rae, bo, cid):
        assert promote(take, "gen-4.5", who=who).status_code == 404
    for columns in (
        {"flagged": True},
        {"flagged": False, "trashed_at": timezone.now()},
        {"trashed_at": None, "state": "failed"},
    ):
        Render.objects.update(**columns)
        assert promote(take, "gen-4.5").status_code == 404
