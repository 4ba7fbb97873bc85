"""A picture that the provider has is not sent to it again while its id lives."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from studio.generation.renders.models import Render, Sent
from studio.integrations.media import pictures
from studio.integrations.providers import NoAnswer
from studio.integrations.providers.runware import Runware
from studio.planning.projects import actions
from studio.planning.references.models import Reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def framed(shot, project, pia):
    """The shot, with a picture that is bright at its left and dark at its right."""
    out = io.BytesIO()
    Image.linear_gradient("L").rotate(90).resize((1600, 900)).save(out, "JPEG")
    out.seek(0)
    shot.first_frame = actions.keep_picture(project, pictures.read(out), by=pia, name="gradient.jpg")
    shot.save()
    return shot


@pytest.fixture
def uploads(monkeypatch):
    """The pictures that were really sent to be stored."""
    sent, upload = [], Runware.upload

    def watched(self, content, *, mime):
        sent.append(content)
        return upload(self, content, mime=mime)

    monkeypatch.setattr(Runware, "upload", watched)
    return sent


def test_four_takes_of_a_frame_send_it_once(order, engine, framed, uploads):
    order(model="gen-4-turbo", takes=4)
    engine.run()
    order(model="gen-4-turbo", takes=2)
    engine.run()
    assert set(Render.objects.values_list("state", flat=True)) == {"ready"}
    assert len(uploads) == 1


def test_another_part_of_the_picture_is_another_picture(order, engine, framed, uploads):
    order(model="gen-4-turbo")
    engine.run()
    order(model="gen-4-turbo", crop={"left": 0, "top": 0, "width": 640, "for": "1280x720"})
    engine.run()
    assert len(uploads) == 2


def test_after_its_life_it_is_sent_anew(order, engine, framed, uploads):
    order(model="gen-4-turbo")
    engine.run()
    Sent.objects.update(used_at=timezone.now() - timedelta(days=26))
    order(model="gen-4-turbo")
    engine.run()
    assert len(uploads) == 2
    assert Sent.objects.get().used_at > timezone.now() - timedelta(minutes=5)


def test_one_that_the_provider_dropped_early_is_sent_anew_and_the_take_is_made(
    order, engine, framed, uploads
):
    order(model="gen-4-turbo")
    engine.run()
    Sent.objects.update(ref="00000000-0000-4000-8000-000000000000")
    (take,) = order(model="gen-4-turbo")
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    assert len(uploads) == 2


def test_where_nothing_can_be_stored_it_goes_along_with_the_order(order, engine, framed, monkeypatch):
    def refuses(self, content, *, mime):
        raise NoAnswer("busy")

    monkeypatch.setattr(Runware, "upload", refuses)
    (take,) = order(model="gen-4-turbo")
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    assert not Sent.objects.exists()


def test_references_go_along_with_stills(order, engine, shot, frame, uploads, project):
    Reference.objects.create(project=project, name="mira", picture=frame)
    (still,) = order(model="gen-4-image", prompt="@mira at the window", shot_id=shot.pk)
    engine.run()
    still.refresh_from_db()
    assert still.state == "ready"
    assert [(each["position"], each["name"]) for each in still.frames] == [("reference", "mira")]
    assert len(uploads) == 1


def test_a_picture_that_is_refused_as_new_is_not_sent_again_for_each_take(
    order, engine, framed, uploads, runware
):
    order(model="gen-4-turbo", takes=4)
    runware.faults("refuse", code="invalidImage", parameter="frameImages", times=8)
    engine.run()

    assert set(Render.objects.values_list("state", flat=True)) == {"failed"}
    assert len(uploads) == 1


def test_a_provider_that_is_silent_is_waited_for_once_and_not_for_each_picture(
    order, engine, framed, monkeypatch
):
    asked = []

    def silent(self, content, *, mime):
        asked.append(content)
        raise NoAnswer("no answer in time")

    monkeypatch.setattr(Runware, "upload", silent)
    order(model="gen-4-turbo", takes=3)
    engine.run()
    assert set(Render.objects.values_list("state", flat=True)) == {"ready"}
    assert len(asked) == 1


def test_one_that_is_refused_after_the_task_was_taken_is_sent_anew(order, engine, framed, uploads, runware):
    runware.faults("fail", code="invalidInputImage", message="It is gone.", times=1)
    (failed,) = order(model="gen-4-turbo")
    engine.run()
    failed.refresh_from_db()
    assert failed.state == "failed"
    order(model="gen-4-turbo")
    engine.run()
    assert len(uploads) == 2


def test_any_other_failure_leaves_it_where_it_is(order, engine, framed, uploads, runware):
    runware.faults("fail", code="inferenceError", times=1)
    order(model="gen-4-turbo")
    engine.run()
    order(model="gen-4-turbo")
    engine.run()
    assert len(uploads) == 1


def test_a_take_without_pictures_says_nothing_about_them(order, engine, framed, shot, uploads, runware):
    order(model="gen-4-turbo")
    engine.run()
    runware.faults("fail", code="imageEncoderBusy", times=1)
    order(first_frame=None, crop=None)
    engine.run()
    order(model="gen-4-turbo")
    engine.run()
    assert len(uploads) == 1


def test_an_id_too_long_to_be_kept_is_used_and_not_remembered(order, engine, framed, monkeypatch):
    address, sent, submit = f"https://im.runware.example/{'x' * 80}", [], Runware.submit

    def watched(self, orders):
        sent.extend(orders)
        return submit(self, orders)

    monkeypatch.setattr(Runware, "upload", lambda self, content, *, mime: address)
    monkeypatch.setattr(Runware, "submit", watched)
    order(model="gen-4-turbo")
    engine.step()
    assert sent[0].frames[0].image == address
    assert not Sent.objects.exists()
