"""The log of refusals says who asked for what is not theirs; it cannot be flooded, and blames nobody for a typo."""

import pytest
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.people.accounts import audit
from studio.people.accounts.models import StudioEvent, User
from studio.planning.projects import actions
from studio.planning.projects.models import Project


def lines(user):
    found = StudioEvent.objects.filter(kind="refused", user=user).order_by("pk")
    return list(found.values_list("detail", flat=True))


def test_many_refusals_of_one_person_leave_so_many_lines_and_one_more(cid, pia, client_of):
    browser = client_of(cid)
    for number in range(audit.MOST_REFUSALS + 15):
        project = actions.create_project(name=f"Film {number}", by=pia)
        assert browser.get(project.get_absolute_url()).status_code == 404
    told = lines(cid)
    assert len(told) == audit.MOST_REFUSALS + 1
    assert told[-1].startswith("many more")


@pytest.mark.parametrize(
    "address",
    [
        "/projects/nope/",
        "/takes/00000000-0000-4000-8000-000000000000/card",
        "/projects/nope/costs",
        "/media/00000000-0000-4000-8000-000000000000/poster/0",
    ],
)
def test_what_is_nowhere_is_refused_to_nobody(address, client_of, ana, cid):
    owner = User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")
    for person in (ana, cid, owner):
        assert client_of(person).get(address).status_code == 404
        assert lines(person) == []


def test_an_open_page_that_asks_for_what_was_thrown_away_leaves_no_line(client_of, ana, ready, project):
    take = ready()
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    assert client_of(ana).get(f"/takes/{take.code}/card").status_code == 404
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    assert client_of(ana).get(f"/projects/{project.slug}/live").status_code == 404
    assert lines(ana) == []


def test_a_long_address_is_no_trouble(client_of, cid, project, recwarn):
    audit.refused(cid, "look on " + "x" * 3000)
    assert len(lines(cid)) == 1
    assert not [each for each in recwarn if "CacheKey" in str(each.category)]


def test_pressing_twice_on_ones_own_browser_is_no_refusal(client_of, ana):
    assert client_of(ana).post("/account/devices/999999/end").status_code == 404
    assert lines(ana) == []
