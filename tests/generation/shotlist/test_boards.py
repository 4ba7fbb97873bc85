"""A folder of boards becomes first frames."""

import io

import pytest
from django.urls import reverse

from studio.planning.projects import actions
from studio.planning.projects.models import Picture


@pytest.fixture
def send(client_of, ana, project, picture_bytes):
    def send(*names, content=None):
        files = []
        for number, name in enumerate(names):
            file = io.BytesIO(content or picture_bytes(320, 180 + 2 * number))
            file.name = name
            files.append(file)
        return client_of(ana).post(
            reverse("listing:boards", args=[project.slug]), {"boards": files}, follow=True
        )

    return send


def test_each_goes_to_the_shot_its_name_tells(send, project, shot):
    send("010_kite.png", "020_new.png")
    shot.refresh_from_db()
    assert shot.first_frame.name == "010_kite.png"
    assert project.shots.get(code="020").first_frame.name == "020_new.png"


def test_two_that_claim_one_shot_wait_for_a_person(send, shot):
    page = send("010_a.png", "010_b.png")
    assert page.status_code == 422
    assert "claim shot 010" in page.content.decode()
    shot.refresh_from_db()
    assert shot.first_frame is None


def test_what_is_no_picture_is_named_and_the_others_are_placed(send, project, shot):
    page = send("010.png", content=b"no picture at all")
    assert "What became of it" in page.content.decode()
    assert not Picture.objects.exists()


def test_a_preview_of_three_hundred_asks_little_and_marks_the_two_rivals(
    client_of, ana, project, shot, django_assert_max_num_queries
):
    names = [f"{n:03d}_board.png" for n in range(1, 300)] + ["Boards/010 again.png"]
    browser = client_of(ana)
    with django_assert_max_num_queries(6):
        page = browser.post(reverse("listing:match", args=[project.slug]), {"name": names}).content.decode()
    assert page.count("data-problem") == 2
    assert "Place 298 boards" in page


def test_one_board_of_the_preview_is_placed(client_of, ana, project, shot, picture_bytes):
    board = io.BytesIO(picture_bytes())
    board.name = "010.jpg"
    address = reverse("listing:place", args=[project.slug])
    assert client_of(ana).post(address, {"board": board, "code": "010"}).json() == {"problem": ""}
    shot.refresh_from_db()
    assert shot.first_frame.name == "010.jpg"


@pytest.mark.parametrize("code", ["", "../x", "=1", "x" * 30])
def test_a_code_that_cannot_be_is_refused(client_of, ana, project, picture_bytes, code):
    board = io.BytesIO(picture_bytes())
    board.name = "010.jpg"
    answer = client_of(ana).post(
        reverse("listing:place", args=[project.slug]), {"board": board, "code": code}
    )
    assert answer.status_code == 422
    assert answer.json()["problem"]


def test_a_board_placed_again_is_held_once(client_of, ana, pia, project, shot, picture_bytes):
    actions.create_shot(project, by=pia, code="020")
    for code in ("010", "020", "010"):
        board = io.BytesIO(picture_bytes())
        board.name = "same.jpg"
        client_of(ana).post(reverse("listing:place", args=[project.slug]), {"board": board, "code": code})
    assert Picture.objects.count() == 1


def test_far_too_many_are_asked_to_wait_and_come_again(client_of, ana, project, picture_bytes, settings):
    settings.UPLOADS_PER_MINUTE = 2
    answers = []
    for number in range(3):
        board = io.BytesIO(picture_bytes(320, 180 + 2 * number))
        board.name = f"{number}.png"
        answers.append(
            client_of(ana).post(
                reverse("listing:place", args=[project.slug]), {"board": board, "code": f"{number}"}
            )
        )
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Wait a little" in answers[-1].json()["problem"]
