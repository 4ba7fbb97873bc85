"""Share links: made, found, closed, and never guessed."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.core import log_redaction, rate_limits
from studio.planning.projects import actions
from studio.planning.projects.models import Project
from studio.review.sharing import links
from studio.review.sharing.models import Guest, ShareLink, View
from studio.runtime.live.models import Event
from tests.review.sharing.conftest import at, door, media


@pytest.fixture
def post(client_of, project):
    def post(user, **fields):
        fields.setdefault("expires_on", timezone.localdate() + timedelta(days=3))
        return client_of(user).post(reverse("sharing:links", args=[project.slug]), fields)

    return post


# --- made ---------------------------------------------------------------------------------


def test_a_producer_makes_one_of_a_list_with_each_right_on_its_own(post, client_of, pia, listed, project):
    made, _ = listed()
    for right in ("may_note", "may_approve", "may_download"):
        assert post(pia, review_list=made.pk, label="Client", **{right: "on"}).status_code == 302
        link = ShareLink.objects.latest("pk")
        given = {name for name in ("may_note", "may_approve", "may_download") if getattr(link, name)}
        assert given == {right} and link.review_list == made
    page = client_of(pia).get(reverse("sharing:links", args=[project.slug])).text
    assert links.address_of(link) in page and "Dailies, for Client" in page


def test_without_a_list_it_is_of_the_cut(post, pia):
    post(pia)
    link = ShareLink.objects.get()
    assert link.what == "the cut" and link.watch_only


def test_its_password_is_not_kept_as_it_is(post, pia):
    post(pia, password="the sea")
    link = ShareLink.objects.get()
    assert "the sea" not in link.password
    assert link.accepts("the sea") and not link.accepts("The sea") and not link.accepts("")


@pytest.mark.parametrize("days", [-1, 367, None])
def test_a_day_that_will_not_do_is_refused_in_words(post, pia, days):
    day = timezone.localdate() + timedelta(days=days) if days is not None else "soon"
    answer = post(pia, expires_on=day)
    assert answer.status_code == 422 and 'class="error"' in answer.text
    assert not ShareLink.objects.exists()


def test_lists_of_another_project_are_not_to_be_shared(post, pia, listed):
    other = actions.create_project(name="Another", by=pia)
    elsewhere = other.review_lists.create(name="Theirs")
    assert post(pia, review_list=elsewhere.pk).status_code == 422


def test_only_producers_make_see_and_take_back(client_of, ana, rae, bo, cid, share, listed, project):
    link = share(listed()[0])
    for who in (ana, rae, bo, cid):
        browser = client_of(who)
        assert browser.get(reverse("sharing:links", args=[project.slug])).status_code == 404
        assert browser.get(reverse("sharing:link", args=[project.slug, link.code])).status_code == 404
        for name in ("sharing:revoke", "sharing:see"):
            assert browser.post(reverse(name, args=[project.slug, link.code])).status_code == 404
    assert link.revoked_at is None


@pytest.mark.parametrize("asked", ["kite", "00000000-0000-0000-0000-000000000000", "7"])
def test_a_list_that_is_none_is_not_chosen(client_of, pia, project, asked):
    answer = client_of(pia).get(reverse("sharing:links", args=[project.slug]), {"list": asked})
    assert answer.status_code in (200, 404)


def test_the_list_that_is_looked_at_is_chosen(client_of, pia, project, listed):
    made, _ = listed()
    page = client_of(pia).get(reverse("sharing:links", args=[project.slug]), {"list": str(made.code)})
    assert f'<option value="{made.pk}" selected>' in page.text


# --- the door -----------------------------------------------------------------------------


def test_a_guest_says_a_name_and_is_in(client, share, listed):
    made, _ = listed(2)
    link = share(made)
    assert "Your name" in client.get(door(link)).text
    assert client.post(door(link), {"name": "  Gil  "}).status_code == 302
    page = client.get(door(link)).text
    assert "Dune 0" in page and "Dune 1" in page
    assert Guest.objects.get().name == "Gil"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_without_a_name_nobody_is_in(client, share, name):
    assert client.post(door(share()), {"name": name}).status_code == 422
    assert not Guest.objects.exists()


def test_before_the_door_nothing_is_seen(client, share, listed):
    made, (take,) = listed()
    link = share(made, may_note=True, may_approve=True, may_download=True)
    for address in (at(link, "take", take.code), at(link, "notes", take.code)):
        assert client.get(address).url == door(link)
    for address in (at(link, "note", take.code), at(link, "verdict", take.code)):
        assert client.post(address, {"text": "x", "value": "approved"}).url == door(link)
    for kind in ("play", "poster", "download"):
        assert client.get(media(link, take, kind)).status_code == 404
    assert not take.notes.exists() and not take.verdicts.exists()


def test_a_wrong_password_stays_outside(client, share, listed):
    made, (take,) = listed()
    link = share(made, password="the sea")
    for password in ("", "sea", "the sea "):
        answer = client.post(door(link), {"name": "Gil", "password": password})
        assert answer.status_code == 422 and "not the password" in answer.text
    assert client.get(at(link, "take", take.code)).status_code == 302
    assert client.get(media(link, take, "play")).status_code == 404
    assert client.post(door(link), {"name": "Gil", "password": "the sea"}).status_code == 302
    assert client.get(at(link, "take", take.code)).status_code == 200


def test_whoever_tries_passwords_is_slowed_down(client, share, settings):
    settings.SIGNINS_PER_MINUTE = 3
    link = share(password="the sea")
    answers = [client.post(door(link), {"name": "Gil", "password": f"{n}"}).status_code for n in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    answer = client.post(door(link), {"name": "Gil", "password": "the sea"})
    assert answer.status_code == 429 and rate_limits.TOO_MANY_TRIES in answer.text


def test_the_door_of_one_link_opens_no_other(client, come, share, listed):
    one, two = share(listed()[0]), share(listed()[0], password="sea")
    gil = come(one)
    assert "Your name" in gil.get(door(two)).text


def test_a_guest_leaves(come, share, listed):
    link = share(listed()[0])
    gil = come(link)
    assert gil.get(at(link, "leave")).status_code == 405
    gil.post(at(link, "leave"))
    assert "Your name" in gil.get(door(link)).text


def test_made_up_links_are_nothing(client, share):
    link = share()
    token = links.token_of(link)
    code = link.code.hex
    forged = [
        code,
        f"{code}:",
        f"{code}:{'a' * 43}",
        token[:-1],
        token.swapcase(),
        links.token_of(ShareLink(code=uuid4())),  # signed by us, of a link that is gone
        Signer(salt="another").sign(code),
        "x" * 3000,
    ]
    for each in forged:
        assert client.get(reverse("sharing:enter", args=[each])).status_code == 404, each


def test_a_link_of_a_project_in_the_trash_is_nothing(client, share, project):
    link = share()
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    assert client.get(door(link)).status_code == 404


def test_a_guest_is_no_member(come, share, project, listed):
    made, (take,) = listed()
    gil = come(share(made))
    for address in (
        reverse("board:board", args=[project.slug]),
        reverse("review:shot", args=[project.slug, take.shot.code]),
        reverse("cut:entries", args=[project.slug]),
    ):
        assert gil.get(address).status_code == 302
    assert gil.get(take.media_url("original")).status_code == 404
    assert gil.post(reverse("review:note_take", args=[take.code]), {"text": "x"}).status_code == 302


# --- closed -------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch, settings):
    """It is then, in a studio in Berlin."""
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    timezone.deactivate()

    def clock(text):
        monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(text).replace(tzinfo=UTC))

    yield clock
    monkeypatch.undo()
    settings.TIME_ZONE = "UTC"
    timezone.get_default_timezone.cache_clear()


def test_it_is_good_until_the_end_of_its_day_where_the_studio_is(clock):
    link = ShareLink(expires_on=date(2026, 7, 4))
    clock("2026-07-04T21:59:59")  # one second to midnight in Berlin
    assert link.is_open and link.standing == "open"
    clock("2026-07-04T22:00:00")
    assert not link.is_open and link.standing == "expired"


def closed_to(browser, link, take):
    page = browser.get(door(link))
    assert page.status_code == 410
    assert take.shot.title not in page.text and link.project.name not in page.text
    for address in (at(link, "take", take.code), at(link, "notes", take.code)):
        assert browser.get(address).status_code == 410
    for address in (at(link, "note", take.code), at(link, "verdict", take.code)):
        assert browser.post(address, {"text": "Late", "value": "approved"}).status_code == 410
    for kind in ("play", "poster", "download"):
        assert browser.get(media(link, take, kind)).status_code == 404
    assert not take.notes.exists() and not take.verdicts.exists()
    return page.text


def test_expired_it_opens_nothing_also_for_who_was_in(come, share, listed):
    made, (take,) = listed()
    link = share(made, may_note=True, may_approve=True, may_download=True)
    gil = come(link)
    ShareLink.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert "good until the end of" in closed_to(gil, link, take)
    assert Client().post(door(link), {"name": "New"}).status_code == 410


def test_taken_back_it_opens_nothing_also_for_who_was_in(client_of, pia, come, share, listed, project):
    made, (take,) = listed()
    link = share(made, may_note=True, may_approve=True, may_download=True)
    gil = come(link)
    for _ in range(2):
        assert (
            client_of(pia).post(reverse("sharing:revoke", args=[project.slug, link.code])).status_code == 302
        )
    assert "was taken back" in closed_to(gil, link, take)
    assert Event.objects.filter(kind="link.revoked").count() == 1


def test_a_link_of_another_project_is_not_taken_back_here(client_of, pia, share):
    link = share()
    other = actions.create_project(name="Another", by=pia)
    for name in ("sharing:revoke", "sharing:see"):
        assert client_of(pia).post(reverse(name, args=[other.slug, link.code])).status_code == 404


# --- looked at ----------------------------------------------------------------------------


def test_every_look_is_a_row_with_a_name(client_of, pia, come, share, listed, project):
    made, (take,) = listed()
    link = share(made)
    gil = come(link)
    gil.get(door(link))
    gil.get(at(link, "take", take.code))
    assert list(View.objects.order_by("pk").values_list("guest__name", "what")) == [
        ("Gil", "the list"),
        ("Gil", take.shot.code),
    ]
    page = client_of(pia).get(reverse("sharing:link", args=[project.slug, link.code])).text
    assert "Gil" in page and take.shot.code in page
    assert "2 looks" in client_of(pia).get(reverse("sharing:links", args=[project.slug])).text


def test_seen_as_a_guest_nothing_is_kept(client_of, pia, share, listed, project):
    made, (take,) = listed(prompt="A secret prompt")
    link = share(made, password="sea", may_note=True, may_approve=True)
    browser = client_of(pia)
    answer = browser.post(reverse("sharing:see", args=[project.slug, link.code]))
    assert answer.url == door(link)
    page = browser.get(at(link, "take", take.code))
    assert page.status_code == 200 and "seen as a guest" in page.text and take.prompt not in page.text
    for name, fields in (("note", {"text": "Hm"}), ("verdict", {"value": "approved"})):
        assert browser.post(at(link, name, take.code), fields).status_code == 422
    assert browser.get(media(link, take, "play")).status_code == 200
    assert not View.objects.exists() and not Guest.objects.exists()
    assert not take.notes.exists() and not take.verdicts.exists()


def test_its_address_never_reaches_the_log(share):
    token = links.token_of(share())
    assert token not in log_redaction.scrubbed(f"Not Found: /s/{token}/takes/")
    assert token not in log_redaction.scrubbed(f"GET http://127.0.0.1:8000/s/{token}/")
