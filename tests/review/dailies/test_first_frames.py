"""A project may ask for an approved first frame before Gen-4.5 money is spent."""

import pytest
from django.urls import reverse

from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.projects.models import Picture
from studio.review.dailies import retakes


@pytest.fixture
def asks(client_of, pia, project):
    """The project asks for it, as a producer sets it."""
    url = reverse("review:rules", args=[project.slug])
    client_of(pia).post(url, {"approval": "producer", "frames_first": "on"})
    project.refresh_from_db()
    assert project.frames_first
    return project


def problems(shot, project):
    shot.refresh_from_db()
    try:
        orders.check(Wish.of(shot), project)
    except orders.Problems as found:
        return found.fields
    return {}


def test_a_project_that_does_not_ask_takes_any_order(shot, project):
    assert problems(shot, project) == {}


def test_without_a_first_frame_it_is_not_ordered(client_of, ana, asks, shot):
    assert "asks for an approved first frame" in problems(shot, asks)["first_frame"]
    url = reverse("board:render", args=[asks.slug, shot.code])
    answer = client_of(ana).post(url, {"prompt": shot.prompt, "model": "gen-4.5", "takes": 1})
    assert answer.status_code == 422
    assert not Render.objects.exists()


def test_the_frame_has_to_be_approved(asks, shot, frame, say, rae, pia):
    type(shot).objects.filter(pk=shot.pk).update(first_frame=frame)
    assert "not approved yet" in problems(shot, asks)["first_frame"]
    say(rae, frame, "approved")  # a reviewer's word is not enough
    assert "not approved yet" in problems(shot, asks)["first_frame"]
    say(pia, frame, "approved")
    assert problems(shot, asks) == {}


def test_an_approval_that_is_taken_back_closes_it_again(asks, shot, frame, say, pia):
    type(shot).objects.filter(pk=shot.pk).update(first_frame=frame)
    for value in ("rejected", "none", "retake"):
        say(pia, frame, "approved")
        say(pia, frame, value)
        assert "first_frame" in problems(shot, asks)


def test_other_models_do_not_wait_for_it(asks, shot, frame):
    type(shot).objects.filter(pk=shot.pk).update(first_frame=frame, model="gen-4-turbo")
    assert problems(shot, asks) == {}
    type(shot).objects.filter(pk=shot.pk).update(first_frame=None, model="gen-4-image", aspect="1360x768")
    assert problems(shot, asks) == {}


def test_a_retake_waits_for_it_too(client_of, ana, asks, ready):
    take = ready()
    url = reverse("review:retake", args=[take.code])
    page = client_of(ana).get(url)
    assert page.context["total"] is None and "approved first frame" in page.text
    fields = {"prompt": "A kite", "model": "gen-4.5", "takes": 1}
    assert client_of(ana).post(url, fields).status_code == 422
    assert Render.objects.count() == 1


def test_a_retake_from_an_approved_frame_goes(asks, ready, frame, say, pia):
    say(pia, frame, "approved")
    take = ready(frames=[{"picture": str(frame.code), "sha256": frame.sha256, "position": "first"}])
    order = orders.check(retakes.wish(take, prompt="A kite", model="gen-4.5", takes=1, keep_seed=False), asks)
    assert order.first_frame.is_approved


def test_a_new_picture_begins_without_a_verdict(asks, project, pia, frame, say, picture_bytes):
    import io

    from studio.integrations.media import pictures

    say(pia, frame, "approved")
    other = pictures.read(io.BytesIO(picture_bytes(colour=(1, 2, 3))))
    assert actions.keep_picture(project, other, by=pia).verdict == ""
    assert Picture.objects.get(pk=frame.pk).is_approved


def test_an_approved_still_is_approved_as_a_first_frame_too(asks, shot, frame, ready, pia, say):
    still = ready(kind="still")
    frame.source, frame.from_take = "still", still.code
    frame.save()
    type(shot).objects.filter(pk=shot.pk).update(first_frame=frame)
    assert "not approved yet" in problems(shot, asks)["first_frame"]
    say(pia, still, "approved")
    assert problems(shot, asks) == {}
    say(pia, frame, "retake")
    assert "not approved yet" in problems(shot, asks)["first_frame"]


def test_artists_do_not_change_the_rule(client_of, ana, project):
    url = reverse("review:rules", args=[project.slug])
    assert client_of(ana).post(url, {"approval": "producer", "frames_first": "on"}).status_code == 404
