"""A model that is no longer sold stays readable everywhere, and nothing is ordered of it."""

import pytest
from django.db import transaction
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.projects.models import Project, Shot
from tests.planning.projects.doors import PAGES
from tests.planning.projects.test_offers import ENDS_THE_VISIT, Offers
from tests.planning.projects.test_offers_by_role import lively, states  # noqa: F401

GONE = "gen-3-alpha"


@pytest.fixture(params=["takes", "takes and shots", "takes, shots and project"])
def retired(request, states):  # noqa: F811
    Render.objects.update(model=GONE, model_id="runway:0@1")
    if "shots" in request.param:
        Shot.objects.update(model=GONE)
    if "project" in request.param:
        Project.objects.update(model=GONE)
    return states


def test_every_page_can_be_read_and_every_press_gets_an_answer(retired, address, client_of, pia):
    client, broken, seen = client_of(pia), [], set()
    for name in PAGES:
        where = address(name)
        page = client.get(where)
        if page.status_code >= 500:
            broken.append(name)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        html = b"".join(page) if page.streaming else page.content
        for action, sent, _ in Offers(html.decode(), where).pressed:
            path = action.partition("?")[0]
            if path in ENDS_THE_VISIT or path in seen:
                continue
            seen.add(path)
            with transaction.atomic():
                answer = client.post(action, sent)
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                broken.append(path)
    assert broken == [] and len(seen) > 20


def test_a_take_of_it_keeps_its_name_and_is_not_ordered_again(retired, client_of, pia, project, shot):
    take = Render.objects.filter(state="failed").first()
    client = client_of(pia)
    page = client.get(reverse("board:viewer", args=[project.slug, take.shot.code]), {"take": take.code})
    assert GONE in page.content.decode()
    before = Render.objects.count()
    answer = client.post(reverse("viewer:again", args=[take.code]), {"shown": "0.605"}, follow=True)
    assert answer.status_code < 500
    assert Render.objects.count() == before
