"""What guests draw does not weigh a page down: limits, and points that come when they are looked at."""

import json
import uuid

import pytest

from studio.core import rate_limits
from studio.review.dailies import strokes
from studio.review.dailies.models import Note, Stroke
from tests.review.sharing.conftest import at

SCRIPT = {"X-Rushes": "script"}


def drawing(count=10, points=1500):
    return [
        {
            "code": str(uuid.uuid4()),
            "kind": "pen",
            "colour": "amber",
            "points": [[0.1234, 0.5678]] * points,
            "text": "",
        }
        for _ in range(count)
    ]


@pytest.fixture
def film(listed):
    return listed()


@pytest.fixture
def link(share, film):
    return share(film[0], may_note=True)


@pytest.fixture
def send(come, link, film):
    gil = come(link)

    def send(drawn, *, browser=gil, code=None, **more):
        fields = {"text": "Here", "frame": 3, "strokes": json.dumps(drawn), "code": code or uuid.uuid4()}
        return browser.post(at(link, "note", film[1][0].code), fields, headers=SCRIPT, **more)

    return send


@pytest.fixture
def no_hurry(settings):
    settings.POINTS_PER_MINUTE = 0


def test_fifteen_of_the_longest_drawings_do_not_weigh_a_page_down(
    send, no_hurry, come, link, film, client_of, rae
):
    """They made it 24 MB: 15 notes of 1.6 MB each; now each holds 20,000 points at most, and the page none."""
    take = film[1][0]
    for _ in range(15):
        assert send(drawing(13)).status_code == 200
    pages = [
        come(link).get(at(link, "take", take.code)).content,
        client_of(rae).get(f"/projects/{take.project.slug}/review/shots/{take.shot.code}/").content,
    ]
    assert all(len(page) < 150_000 for page in pages)
    assert all(page.count(b"data-strokes-from=") == 15 for page in pages)


def test_the_points_come_when_they_are_looked_at(send, come, link, client_of, rae, cid):
    assert send(drawing(2, 400)).status_code == 200
    code = Note.objects.get().code
    for answer in (
        come(link).get(at(link, "strokes", code)),
        client_of(rae).get(f"/notes/{code}/strokes"),
    ):
        assert [len(each["points"]) for each in answer.json()] == [400, 400]
    assert client_of(cid).get(f"/notes/{code}/strokes").status_code == 404


def test_a_guest_of_another_link_gets_none_of_them(send, come, link, share, film):
    send(drawing(1, 400))
    other = share(film[0], may_note=True)
    assert come(other).get(at(other, "strokes", Note.objects.get().code)).status_code == 404


def test_a_guest_gets_nothing_that_the_team_draws_among_itself(come, link, film, client_of, rae):
    body = {"code": uuid.uuid4(), "text": "", "frame": 3, "strokes": json.dumps(drawing(1, 400))}
    assert client_of(rae).post(f"/takes/{film[1][0].code}/notes", body, headers=SCRIPT).status_code == 200
    assert come(link).get(at(link, "strokes", Note.objects.get().code)).status_code == 404


def test_a_small_drawing_stands_on_the_page(send, come, link, film):
    send(drawing(3, 20))
    page = come(link).get(at(link, "take", film[1][0].code)).content.decode()
    assert "data-strokes-from" not in page and "0.1234" in page


def test_one_note_holds_so_many_points(send, no_hurry):
    refused = send(drawing(14))
    assert refused.status_code == 422 and "another note" in refused.json()["errors"]["strokes"]
    code = uuid.uuid4()
    assert send(drawing(10), code=code).status_code == 200
    assert send(drawing(10), code=code).status_code == 422
    assert Stroke.objects.count() == 10


def test_one_note_holds_so_many_strokes_however_they_are_sent(send):
    code = uuid.uuid4()
    assert send(drawing(strokes.MOST, 2), code=code).status_code == 200
    assert send(drawing(1, 2), code=code).status_code == 422


def test_a_minute_has_so_many_points_and_nothing_is_lost(send, come, link, settings, monkeypatch):
    """The browser keeps what is refused so and sends it again (`outbox.js`)."""
    monkeypatch.setattr(rate_limits.time, "time", lambda: 4_000_000_000)
    settings.POINTS_PER_MINUTE = 3000
    assert send(drawing(2)).status_code == 200
    refused = send(drawing(1))
    assert refused.status_code == 429 and rate_limits.TOO_OFTEN in refused.content.decode()
    assert send(drawing(1), browser=come(link, name="Gus")).status_code == 429, "another name from there"
    elsewhere = send(drawing(1), browser=come(link, name="Gus"), REMOTE_ADDR="9.9.9.9")
    assert elsewhere.status_code == 200


def test_a_minute_has_so_many_notes(send, settings, monkeypatch):
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4_000_000_000)
    settings.NOTES_PER_MINUTE = 2
    assert [send([]).status_code for _ in range(3)] == [200, 200, 429]


def test_a_minute_has_so_many_verdicts(come, share, film, settings, monkeypatch, client_of, rae):
    """150 of them were 150 rows, and 150 notices for the team."""
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4_000_000_000)
    settings.VERDICTS_PER_MINUTE = 2
    take, link = film[1][0], share(film[0], may_approve=True)
    gil, said = come(link), lambda: {"value": "approved", "text": "", "code": uuid.uuid4()}
    address = at(link, "verdict", take.code)
    assert [gil.post(address, said(), headers=SCRIPT).status_code for _ in range(3)] == [200, 200, 429]
    team = [
        client_of(rae).post(f"/takes/{take.code}/verdicts", said(), headers=SCRIPT).status_code
        for _ in range(3)
    ]
    assert team == [200, 200, 429]
