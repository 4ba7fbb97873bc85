"""A first frame, or a reference, that lies on its side is turned by a person."""

import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from studio.integrations.media import pictures
from studio.planning.projects import actions
from studio.planning.projects.models import Picture
from studio.planning.references import actions as shelf


@pytest.fixture
def lying(project, ana):
    out = io.BytesIO()
    Image.effect_noise((120, 90), 40).convert("RGB").save(out, "JPEG", quality=95)
    read = pictures.read(io.BytesIO(out.getvalue()))
    return actions.keep_picture(project, read, by=ana, name="pier.jpg")


@pytest.fixture
def turn(client_of, ana, shot):
    def turn(picture, by=ana, **headers):
        address = reverse("composer:turn_frame", args=[shot.project.slug, shot.code])
        return client_of(by).post(address, {"picture": str(picture.code)}, headers=headers)

    return turn


def image(picture):
    with default_storage.open(picture.file) as file, Image.open(file) as found:
        return found.convert("RGB").copy()


def test_the_first_frame_is_turned_and_the_picture_as_it_was_stays(shot, lying, turn, ana):
    actions.change_shot(shot, by=ana, first_frame=lying)
    actions.change_shot(shot, by=ana, crop={"left": 0, "top": 0, "width": 64, "for": "1280x720"})
    assert turn(lying).status_code == 302
    shot.refresh_from_db()
    turned = shot.first_frame
    assert turned != lying and turned.name == "pier.jpg"
    assert (turned.width, turned.height) == (lying.height, lying.width)
    assert image(turned).size == (90, 120)
    assert Picture.objects.kept().filter(pk=lying.pk).exists()
    assert shot.crop is None  # it was of the picture as it lay


def test_four_turns_are_the_picture_as_it_was(shot, lying, turn, ana):
    actions.change_shot(shot, by=ana, first_frame=lying)
    for _ in range(4):
        shot.refresh_from_db()
        turn(shot.first_frame)
    shot.refresh_from_db()
    assert image(shot.first_frame).tobytes() == image(lying).tobytes()


def test_one_that_came_since_is_not_turned(shot, lying, frame, turn, ana):
    actions.change_shot(shot, by=ana, first_frame=frame)
    answer = turn(lying, **{"HX-Request": "true"})
    assert answer.status_code == 422
    assert "Another first frame, or none, is there by now" in answer.content.decode()
    shot.refresh_from_db()
    assert shot.first_frame == frame


def test_one_whose_file_is_gone_says_so(shot, lying, turn, ana):
    actions.change_shot(shot, by=ana, first_frame=lying)
    default_storage.delete(lying.original)
    answer = turn(lying, **{"HX-Request": "true"})
    assert (answer.status_code, "is not there any more" in answer.content.decode()) == (422, True)


def test_the_composer_offers_it_to_those_who_may(shot, lying, client_of, ana, rae):
    actions.change_shot(shot, by=ana, first_frame=lying)
    assert "Turn the first frame to the right" in client_of(ana).get(shot.get_absolute_url()).content.decode()
    assert "Turn the first frame" not in client_of(rae).get(shot.get_absolute_url()).content.decode()


def test_a_reference_is_turned_on_the_shelf(project, lying, client_of, ana):
    mira = shelf.add(project, lying, name="mira", kind="character", by=ana)
    address = reverse("pictures:turn", args=[project.slug, "mira"])
    client_of(ana).post(address, {"picture": str(lying.code)})
    mira.refresh_from_db()
    assert (mira.picture.width, mira.picture.height) == (90, 120)
    client_of(ana).post(address, {"picture": str(lying.code)})  # pressed on a page that is older
    after = type(mira).objects.get(pk=mira.pk)
    assert after.picture == mira.picture
