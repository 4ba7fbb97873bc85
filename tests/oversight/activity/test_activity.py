"""Who did what, when: read, filtered, taken along as a file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.trash import trash
from studio.generation.viewer import viewer
from studio.planning.projects import actions, people


@pytest.fixture
def read(client_of, pia, project):
    def read(by=pia, **wish):
        return client_of(by).get(reverse("activity:activity", args=[project.slug]), wish).content.decode()

    return read


@pytest.fixture
def lived(project, shot, order, engine, pia, ana):
    """A project on which something has happened."""
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    viewer.circle(take, by=ana, circled=True)
    people.invite(project, role="viewer", by=pia)
    actions.create_shot(project, by=pia, code="020", title="Harbour")
    return take


def test_it_tells_in_sentences_who_did_what(read, lived):
    page = read()
    for sentence in (
        "ordered 010 take 1",
        "010 take 1 is ready",
        "circled 010 take 1",
        "invited a viewer",
        "added shot 020",
        "made the project",
    ):
        assert sentence in page, sentence
    assert "render.moved" not in page


def test_it_can_be_narrowed(read, lived, ana):
    assert "invited a viewer" not in read(group="takes")
    assert "ordered 010" not in read(group="people")
    assert "added shot 020" not in read(person=ana.code)
    of_shot = read(shot="010")
    assert "ordered 010 take 1" in of_shot and "added shot 020" not in of_shot


def test_a_gone_thing_is_told_without_a_link(read, lived, pia, project, shot):
    trash.trash_shots(project, [shot], by=pia)
    page = read()
    assert "threw away shot 010" in page
    assert f'href="{shot.get_absolute_url()}"' not in page


def test_as_a_file_it_is_whole_and_harmless(client_of, pia, project, lived):
    pia.name = "=cmd()"
    pia.save()
    for number in range(130):
        actions.change_shot(project.shots.get(code="020"), by=pia, title=f"Harbour {number}")
    answer = client_of(pia).get(reverse("activity:activity_csv", args=[project.slug]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["when", "who", "what"]
    assert len(rows) > 135
    assert {row[1] for row in rows[1:] if "Harbour" not in row[1]} >= {"'=cmd()"}
    assert answer["Content-Disposition"] == 'attachment; filename="tidal-observatory-activity.csv"'


def test_a_hundred_lines_ask_as_few_questions_as_ten(client_of, pia, project, lived):
    browser, address = client_of(pia), reverse("activity:activity", args=[project.slug])
    browser.get(address)

    def count():
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        return len(asked)

    few = count()
    for number in range(150):
        actions.change_shot(project.shots.get(code="020"), by=pia, title=f"Harbour {number}")
    assert count() <= few


def test_pages_go_on_by_number(read, lived, pia, project):
    for number in range(150):
        actions.change_shot(project.shots.get(code="020"), by=pia, title=f"Harbour {number}")
    first = read()
    key = first.split("?before=")[1].split('"')[0]
    assert "made the project" not in first
    assert "made the project" in read(before=key)


@pytest.mark.parametrize(
    "wish", [{"person": "x"}, {"before": "x"}, {"group": "x"}, {"shot": "'; --"}, {"person": "0" * 36}]
)
def test_an_odd_wish_is_no_failure(client_of, pia, project, lived, wish):
    assert client_of(pia).get(reverse("activity:activity", args=[project.slug]), wish).status_code == 200
