"""A page of reviews takes as many queries for twenty of something as for two."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.planning.projects import actions
from studio.review.dailies.models import Retake
from studio.review.dailies.strokes import read
from studio.review.sharing import links
from studio.review.sharing.models import Guest


@pytest.fixture
def queries(client_of):
    """How many queries an address takes for somebody, once what is kept of it is kept."""

    def queries(address, who):
        browser = client_of(who)
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
        return len(seen)

    return queries


def drawing():
    return read(f'[{{"code": "{uuid.uuid4()}", "kind": "pen", "colour": "red", "points": [[0.5, 0.5]]}}]')


@pytest.fixture
def discussed(ready, note, say, rae, ana, pia):
    """So many takes of a shot, each with notes, replies, drawings and verdicts."""

    def discussed(shot, count):
        takes = []
        for _ in range(count):
            take = ready(shot=shot)
            first = note(rae, take, "Too dark", frame=3, strokes=drawing())
            note(ana, take, "Will do", reply_to=first)
            for who in (rae, ana, pia):
                say(who, take, "retake", reasons=["hands"])
            takes.append(take)
        return takes

    return discussed


@pytest.fixture
def shots(project, pia):
    return lambda count: [actions.create_shot(project, by=pia, title="Gull") for _ in range(count)]


def test_the_review_page(queries, discussed, note, shot, shots, rae, ana, pia):
    (take,) = discussed(shot, 1)
    address = f"{reverse('review:shot', args=[shot.project.slug, shot.code])}?take={take.code}&mode=side"
    discussed(shot, 1)
    for other in shots(2):
        discussed(other, 1)
    few = queries(address, pia)

    for _ in range(18):
        note(ana, take, "Look", frame=5, strokes=drawing())
    discussed(shot, 18)
    for other in shots(10):
        discussed(other, 1)
    assert queries(address, pia) == few


def test_notes_carried_to_the_page(queries, discussed, shot, pia):
    discussed(shot, 2)
    (last,) = discussed(shot, 1)
    address = f"{reverse('review:shot', args=[shot.project.slug, shot.code])}?take={last.code}"
    few = queries(address, pia)
    first = shot.renders.first()
    for each in first.notes.all():
        for _ in range(10):
            type(each).objects.create(
                project=each.project, render=first, by=each.by, text="More", frame=each.frame
            )
    assert queries(address, pia) == few


def test_the_overview(queries, ask, ready, shots, project, rae, ana, pia):
    address = reverse("review:overview", args=[project.slug])

    def wait(count):
        for shot in shots(count):
            take = ready(shot=shot)
            ask([take], rae, ana, by=ana)
            Retake.objects.create(project=project, render=take, by=rae, model="gen-4.5", reasons=["hands"])

    wait(2)
    few = queries(address, rae)
    wait(18)
    assert queries(address, rae) == few


def test_the_page_of_a_list(queries, ask, discussed, shots, rae, ana, pia):
    small = ask([discussed(shot, 1)[0] for shot in shots(2)], rae, ana)
    large = ask([discussed(shot, 1)[0] for shot in shots(20)], rae, ana, pia)
    assert queries(small.get_absolute_url(), rae) == queries(large.get_absolute_url(), rae)


def test_the_row_of_a_list(queries, ask, discussed, shots, rae):
    def address(count):
        takes = [discussed(shot, 1)[0] for shot in shots(count)]
        made = ask(takes, rae)
        first = reverse("review:shot", args=[made.project.slug, takes[0].shot.code])
        return f"{first}?take={takes[0].code}&list={made.code}"

    assert queries(address(2), rae) == queries(address(20), rae)


def test_the_form_of_a_new_list(queries, ready, shots, project, pia):
    address = reverse("review:new_list", args=[project.slug])
    for shot in shots(2):
        ready(shot=shot)
    few = queries(address, pia)
    for shot in shots(18):
        ready(shot=shot)
    assert queries(address, pia) == few


def test_the_cut(queries, discussed, shots, project, pia, frame):
    address = reverse("cut:cut", args=[project.slug])

    def film(count):
        for shot in shots(count):
            discussed(shot, 2)
        for shot in shots(count):
            type(shot).objects.filter(pk=shot.pk).update(first_frame=frame)

    film(2)
    few = queries(address, pia)
    film(18)
    assert queries(address, pia) == few
    assert queries(reverse("cut:entries", args=[project.slug]), pia) <= few


def test_what_guests_see(client, ask, discussed, shots, project, pia, rae):
    def address(count):
        made = ask([discussed(shot, 1)[0] for shot in shots(count)], rae)
        link = links.create(project, by=pia, review_list=made, expires_on="2999-01-01")
        guest = Guest.objects.create(link=link, name="Gil")
        session = client.session
        links.remember(session, link, guest.code)
        session.save()
        return reverse("sharing:enter", args=[links.token_of(link)])

    def number(where):
        client.get(where)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(where).status_code == 200
        return len(seen)

    assert number(address(2)) == number(address(20))


def test_the_links(queries, project, pia, ask, ready, rae):
    address = reverse("sharing:links", args=[project.slug])
    made = ask([ready()], rae)
    for count in (2, 18):
        for _ in range(count):
            links.create(project, by=pia, review_list=made, expires_on="2999-01-01")
        if count == 2:
            few = queries(address, pia)
    assert queries(address, pia) == few
