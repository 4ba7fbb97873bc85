"""A project's settings: shown as they are, refused beside their field."""

from decimal import Decimal

import pytest
from django.urls import reverse

from studio.planning.projects import actions

GOOD = {
    "name": "Tidal Observatory",
    "budget": "120",
    "model": "gen-4-turbo",
    "aspect": "4:3",
    "seconds": "8",
    "takes": "3",
    "video_format": "WEBM",
    "still_format": "PNG",
    "quality": "80",
    "safety": "full",
    "threshold": "low",
}


@pytest.fixture
def send(client_of, pia, project):
    def send(**fields):
        return client_of(pia).post(reverse("dashboard:settings", args=[project.slug]), {**GOOD, **fields})

    return send


def test_new_shots_begin_with_the_projects_defaults(send, project, pia):
    assert send().status_code == 302
    project.refresh_from_db()
    shot = actions.create_shot(project, by=pia)

    assert project.budget == Decimal(120)
    assert (shot.model, shot.aspect, shot.seconds, shot.takes) == ("gen-4-turbo", "1104x832", 8, 3)


def test_a_still_gets_the_strictest_check_it_has(send, project, pia, frame):
    from studio.generation.orders import orders

    send()
    project.refresh_from_db()
    shot = actions.create_shot(project, by=pia, model="gen-4-image", prompt="Dunes")
    order = orders.check(orders.Wish.of(shot), project)

    assert (order.safety, order.format, order.quality, order.threshold) == ("fast", "PNG", 80, "low")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"budget": "a lot"}, "Give an amount in dollars, like 120 or 0.50."),
        ({"budget": "-1"}, "greater than or equal to 0"),
        ({"budget": "1e400"}, "Ensure that there are no more than"),
        ({"budget": "NaN"}, "Give an amount in dollars"),
        ({"quality": "100"}, "less than or equal to 99"),
        ({"model": "gen-9"}, "Select a valid choice"),
        ({"seconds": "11"}, "Select a valid choice"),
    ],
)
def test_bad_settings_are_refused_beside_their_field(send, project, fields, sentence):
    response = send(**fields)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    project.refresh_from_db()
    assert project.budget is None


def test_a_budget_is_shown_as_it_was_typed(send, client_of, pia, project):
    send(budget="0.50")
    page = client_of(pia).get(reverse("dashboard:settings", args=[project.slug])).content.decode()
    assert 'value="0.5"' in page


@pytest.mark.parametrize(
    ("code", "sentence"), [("010", "There is a shot 010 already."), ("a/b", "A code is letters")]
)
def test_a_bad_shot_code_is_refused(client_of, ana, shot, code, sentence):
    response = client_of(ana).post(
        reverse("board:new_shot", args=[shot.project.slug]), {"code": code, "title": "Kept"}
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Kept" in response.content.decode()


def test_shot_codes_count_in_tens(project, pia):
    assert [actions.create_shot(project, by=pia).code for _ in range(3)] == ["010", "020", "030"]
    actions.create_shot(project, by=pia, code="A-1")
    assert actions.next_code(project) == "040"


def test_a_shot_cannot_take_anothers_code(client_of, ana, shot, project, pia):
    actions.create_shot(project, by=pia, code="020")
    edit = reverse("board:edit_shot", args=[project.slug, "010"])
    response = client_of(ana).post(edit, {"code": "020", "title": "Kept"})

    assert response.status_code == 422
    assert "There is a shot 020 already." in response.content.decode()
    assert "Kept" in response.content.decode()
