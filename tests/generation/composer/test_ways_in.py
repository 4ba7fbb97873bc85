"""The ways in for a first frame: a file, an address, a take, a picture the project holds."""

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from studio.core import rate_limits
from studio.generation.composer import frame_views
from studio.integrations.providers import fetching
from studio.integrations.providers.fetching import Unfetched
from studio.planning.projects import actions
from studio.planning.projects.models import Picture
from tests import numbered


@pytest.fixture
def place(client_of, ana, shot):
    def place(*, htmx=False, **fields):
        address = reverse("composer:place_frame", args=[shot.project.slug, shot.code])
        answer = client_of(ana).post(address, fields, **({"HTTP_HX_REQUEST": "true"} if htmx else {}))
        shot.refresh_from_db()
        return answer

    return place


@pytest.fixture
def choices(client_of, ana, shot):
    def choices(**query):
        return client_of(ana).get(
            reverse("composer:choose_frame", args=[shot.project.slug, shot.code]), query
        )

    return choices


@pytest.fixture
def answers(monkeypatch):
    """What lies at any address: bytes, or why it is not to be had."""

    def answers(content):
        def fetched(url, file, *, limit, seconds):
            if isinstance(content, Exception):
                raise content
            file.write(content)

        monkeypatch.setattr(fetching, "fetch_picture", fetched)

    return answers


@pytest.fixture
def kept(project, pia):
    """Pictures the project holds, by number: `kept(3)`."""

    def kept(count, *, name="board"):
        for number in range(count):
            Picture.objects.create(
                project=project,
                sha256=f"{uuid4().hex}{uuid4().hex}",
                name=f"{name} {number}",
                width=1600,
                height=900,
                file="x.jpg",
                preview="x-preview.jpg",
                created_by=pia,
            )

    return kept


def animated():
    out = io.BytesIO()
    one, other = (Image.new("RGB", (640, 360), colour) for colour in ((9, 9, 9), (200, 0, 0)))
    one.save(out, "WEBP", save_all=True, append_images=[other], duration=100)
    return out.getvalue()


# --- an address ---------------------------------------------------------------------------


def test_what_is_at_an_address_becomes_the_first_frame(place, shot, answers, picture_bytes):
    answers(picture_bytes())
    answer = place(address=" https://boards.example/lamp%20room.jpg?size=large ")

    assert answer.url == shot.get_absolute_url()
    assert (shot.first_frame.name, shot.first_frame.width) == ("lamp room.jpg", 1600)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (Unfetched("That address answered 404, not with a picture."), "answered 404"),
        (b"<html>", "not a picture we can read"),
        (b"", "This file is empty."),
    ],
)
def test_what_cannot_be_had_or_read_is_refused_beside_the_field_with_the_address_kept(
    place, shot, answers, content, sentence
):
    answers(content)
    for htmx in (False, True):
        answer = place(address="https://boards.example/lamp.jpg", htmx=htmx)
        assert answer.status_code == 422
        assert sentence in answer.text and 'value="https://boards.example/lamp.jpg"' in answer.text
        assert shot.first_frame is None
    assert answer["HX-Retarget"] == "#frame-address"


def test_an_empty_address_is_asked_for(place):
    answer = place(address="  ")
    assert answer.status_code == 422 and "Write the address of a picture." in answer.text


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/a.jpg", "file:///etc/passwd", "ftp://boards.example/a.jpg", "nonsense", "\x00"],
)
def test_an_address_that_may_not_be_fetched_is_refused(place, shot, address):
    answer = place(address=address)
    assert answer.status_code == 422 and 'id="address_error"' in answer.text
    assert shot.first_frame is None


def test_an_address_counts_as_an_upload(place, answers, picture_bytes, settings):
    settings.UPLOADS_PER_MINUTE = 1
    answers(picture_bytes())
    assert place(address="https://boards.example/a.jpg").status_code == 302
    answer = place(address="https://boards.example/b.jpg")
    assert answer.status_code == 429
    assert (
        rate_limits.TOO_MANY_PICTURES in answer.text and 'value="https://boards.example/b.jpg"' in answer.text
    )


def test_what_was_taken_of_an_animation_is_said(place, answers):
    answers(animated())
    answer = place(address="https://boards.example/a.webp", htmx=True)
    assert "This is an animated WebP: its first frame is used." in answer.text


def test_it_is_said_of_an_upload_too(client_of, ana, shot):
    upload = SimpleUploadedFile("a.webp", animated(), "image/webp")
    address = reverse("board:first_frame", args=[shot.project.slug, shot.code])
    answer = client_of(ana).post(address, {"first_frame": upload}, HTTP_HX_REQUEST="true")
    assert "its first frame is used." in answer.text


# --- a take -------------------------------------------------------------------------------


def test_a_take_gives_its_first_frame(place, shot):
    take = numbered.take_of(shot, frames=8, first=300)
    place(take=take.code)

    picture = shot.first_frame
    assert (picture.from_take, picture.from_frame) == (take.code, 0)
    assert picture.from_label == f"from 010, {take.label}, frame 0"


def test_a_take_whose_file_is_gone_is_refused_in_words(place, shot, ready):
    take = ready(file="gone.mp4", review="")
    answer = place(take=take.code, htmx=True)
    assert answer.status_code == 422 and "cannot be read any more" in answer.text


def test_a_still_whose_file_is_gone_stays_a_still(client_of, ana, shot, ready):
    still = ready(kind="still", file="gone.jpg")
    address = reverse("viewer:use_as_first_frame", args=[still.code])
    answer = client_of(ana).post(address, follow=True)
    assert answer.status_code == 200 and "cannot be read any more" in answer.content.decode()
    shot.refresh_from_db()
    assert shot.first_frame is None


@pytest.mark.parametrize("columns", [{"state": "rendering"}, {"flagged": True}])
def test_a_take_that_cannot_be_looked_at_is_not_there(place, ready, columns):
    take = ready(**columns)
    assert place(take=take.code).status_code == 404


# --- a picture of the project -------------------------------------------------------------


def test_a_picture_of_the_project_becomes_the_first_frame(place, shot, frame):
    answer = place(picture=frame.code, htmx=True)
    assert shot.first_frame == frame
    assert "frame:placed" in answer["HX-Trigger"]
    assert 'id="composer-settings"' in answer.text


@pytest.mark.parametrize("field", ["picture", "take"])
@pytest.mark.parametrize("code", ["", "nonsense", "5e0d1c77-7b1f-4e3e-b0f6-7b1b6a5d3301"])
def test_what_is_not_there_is_not_there(place, field, code):
    assert place(**{field: code}).status_code == 404


def test_a_picture_and_a_take_of_another_project_are_not_there(place, pia, _board, ready):
    other = actions.create_project(name="Another", by=pia)
    theirs = actions.keep_picture(other, _board, by=pia)
    take = ready(shot=actions.create_shot(other, by=pia), by=pia)
    assert place(picture=theirs.code).status_code == 404
    assert place(take=take.code).status_code == 404


def test_a_picture_in_the_trash_is_not_there(place, frame):
    from django.utils import timezone

    Picture.objects.filter(pk=frame.pk).update(trashed_at=timezone.now())
    assert place(picture=frame.code).status_code == 404


def test_nothing_chosen_is_asked_for(place):
    assert "Choose a picture first." in place(htmx=True).text


# --- the page to choose on ----------------------------------------------------------------


def test_the_page_works_without_scripts_and_is_a_part_for_a_dialog(choices, client_of, ana, shot, frame):
    page = choices()
    assert f'value="{frame.code}"' in page.text and "<html" in page.text and "hx-post" not in page.text
    address = reverse("composer:choose_frame", args=[shot.project.slug, shot.code])
    part = client_of(ana).get(address, HTTP_HX_REQUEST="true").text
    assert "<html" not in part and "hx-post" in part


def test_pictures_go_on_by_key(choices, kept, monkeypatch):
    monkeypatch.setattr(frame_views, "PAGE", 2)
    kept(5)
    seen, query = [], {}
    for _ in range(3):
        page = choices(**query)
        seen += [picture.name for picture in page.context["pictures"]]
        query = {"before": page.context["next"]}
    assert seen == [f"board {number}" for number in (4, 3, 2, 1, 0)]
    assert page.context["next"] == ""


@pytest.mark.parametrize("before", ["nonsense", "9" * 30, "-1"])
def test_nonsense_where_to_go_on_is_the_beginning(choices, kept, before):
    kept(1)
    assert len(choices(before=before).context["pictures"]) == 1


def test_they_are_found_by_name_and_by_where_they_came_from(choices, kept, project):
    kept(3)
    Picture.objects.filter(name="board 1").update(from_label="from 020, take 3")
    assert [picture.name for picture in choices(q="BOARD 2").context["pictures"]] == ["board 2"]
    assert [picture.name for picture in choices(q="020, take").context["pictures"]] == ["board 1"]
    assert "No picture is called “nothing&lt;”." in choices(q="nothing<").text


def test_the_shots_takes_stand_above_them(choices, shot, ready):
    take = ready()
    veiled = ready(flagged=True)
    page = choices()
    assert f'name="take" value="{take.code}"' in page.text
    assert str(veiled.code) not in page.text


def test_the_page_takes_as_many_queries_for_sixty_as_for_five(choices, kept, ready, monkeypatch):
    monkeypatch.setattr(frame_views, "PAGE", 100)

    def queries():
        for _ in range(2):  # once what is cached is there
            with CaptureQueriesContext(connection) as seen:
                assert choices().status_code == 200
        return len(seen)

    kept(5)
    ready()
    few = queries()
    kept(55, name="another")
    for _ in range(8):
        ready()
    assert queries() == few
