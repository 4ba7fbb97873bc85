"""The socket of a page, and the poll where sockets are blocked."""

import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from studio.asgi import application
from studio.people.accounts.models import User
from studio.planning.projects.models import Membership
from studio.runtime.live import events, hub
from studio.runtime.live.consumers import ProjectConsumer

HERE = "a session here"  # shorter than eight characters it would be none
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def stopped():
    yield
    await hub.stop()


class Talk(ApplicationCommunicator):
    """A browser's end of a socket (the one that Channels brings needs a second web server)."""

    async def connect(self):
        """Whether it was accepted, or the code it was closed with."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(3)
        return True if answer["type"] == "websocket.accept" else answer.get("code", 1006)

    async def say(self, text):
        await self.send_input({"type": "websocket.receive", "text": text})

    async def news(self):
        message = await self.receive_output(3)
        return json.loads(message["text"])

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(3)


def scope(project, query="", headers=()):
    return {
        "type": "websocket",
        "path": f"/live/{project.slug}/",
        "query_string": query.removeprefix("?").encode("latin-1"),
        "headers": list(headers),
        "subprotocols": [],
    }


@pytest.fixture(autouse=True)
def session(transactional_db):
    """The session that everyone here is signed in with."""
    later = timezone.now() + timedelta(days=1)
    return Session.objects.create(session_key=HERE, session_data="", expire_date=later)


def socket(project, user, query=""):
    route = {"kwargs": {"slug": project.slug}}
    who = {"user": user, "session": SessionStore(HERE), "url_route": route}
    return Talk(ProjectConsumer.as_asgi(), {**scope(project, query), **who})


async def closed(talk):
    """The code it is closed with, once what is still said has been heard."""
    while (message := await talk.receive_output(4))["type"] != "websocket.close":
        pass
    return message["code"]


async def test_who_is_removed_is_shown_out_within_about_a_second(project, ana):
    talk = socket(project, ana)
    assert await talk.connect() is True
    await sync_to_async(Membership.objects.filter(user=ana).delete)()
    assert await closed(talk) == 4404


async def test_who_may_not_see_money_any_more_is_shown_out(project, ana):
    talk = socket(project, ana)
    assert await talk.connect() is True
    await sync_to_async(Membership.objects.filter(user=ana).update)(role="reviewer")
    assert await closed(talk) == 4404


async def test_who_signs_out_is_shown_out(project, ana, session):
    talk = socket(project, ana)
    assert await talk.connect() is True
    await sync_to_async(session.delete)()
    assert await closed(talk) == 4404


@sync_to_async
def happen(project):
    with events.locked(project.pk):
        events.record(project.pk, "project.changed")


async def test_a_member_is_admitted_and_sent_everything(project, pia):
    talk = socket(project, pia)

    assert await talk.connect() is True
    frame = await talk.news()
    assert (frame["from"], frame["seq"]) == (1, 1)
    await talk.disconnect()


async def test_a_page_that_comes_back_gets_only_what_it_missed(project, pia):
    await happen(project)
    await happen(project)
    talk = socket(project, pia, "?since=2")
    await talk.connect()

    frame = await talk.news()
    assert (frame["from"], frame["seq"]) == (3, 3)
    await talk.disconnect()


@pytest.mark.parametrize("nonsense", ["", "x", "-5", "1e9", "²", "9" * 40])
async def test_a_number_that_is_none_does_no_harm(project, pia, nonsense):
    talk = socket(project, pia, f"?since={nonsense}")

    assert await talk.connect() is True
    assert "seq" in await talk.news()
    await talk.disconnect()


@pytest.mark.parametrize("who", ["stranger", "nobody"])
async def test_strangers_are_closed_with_4404(project, who):
    @sync_to_async
    def stranger():
        return User.objects.create_user("cid@studio.example", "a long enough word", name="Cid")

    user = AnonymousUser() if who == "nobody" else await stranger()

    assert await socket(project, user).connect() == 4404


async def test_a_page_that_sees_a_gap_asks_again(project, pia):
    talk = socket(project, pia, "?since=1")
    await talk.connect()
    await talk.news()
    for said in ("nonsense", "[]", '{"since": null}', '{"since": "x"}', '{"since": 0}'):
        await talk.say(said)

    seen = [await talk.news()]
    while seen[-1]["from"] != 1:
        seen.append(await talk.news())
    await talk.disconnect()


async def test_news_come_by_themselves(project, pia):
    talk = socket(project, pia, "?since=1")
    await talk.connect()
    await talk.news()
    await happen(project)

    assert (await talk.news())["seq"] == 2
    await talk.disconnect()


async def test_a_viewer_is_sent_no_money(project, pia):
    @sync_to_async
    def viewer():
        user = User.objects.create_user("bo@studio.example", "a long enough word", name="Bo")
        Membership.objects.create(project=project, user=user, role="viewer")
        return user

    bo, producer = socket(project, await viewer(), "?since=1"), socket(project, pia, "?since=1")
    for talk in (bo, producer):
        await talk.connect()
        await talk.news()
    await happen(project)

    assert (await bo.news())["html"] == ""
    assert "spent" in (await producer.news())["html"]
    for talk in (bo, producer):
        await talk.disconnect()


async def test_a_page_of_another_site_is_turned_away(project):
    headers = [(b"origin", b"https://elsewhere.example"), (b"host", b"localhost")]
    talk = Talk(application, scope(project, headers=headers))

    assert await talk.connect() is not True


# --- the poll -----------------------------------------------------------------------------


def test_the_poll_gives_the_same_frames(project, pia, client_of):
    address = reverse("live:poll", args=[project.slug])

    frame = client_of(pia).get(f"{address}?since=0").json()
    assert (frame["from"], frame["seq"]) == (1, 1)
    assert client_of(pia).get(f"{address}?since=1").json()["html"] == ""


def test_the_poll_of_a_stranger_finds_nothing(project, cid, client_of):
    assert client_of(cid).get(reverse("live:poll", args=[project.slug])).status_code == 404


def test_the_poll_of_somebody_signed_out_leads_to_the_door(project, client):
    assert client.get(reverse("live:poll", args=[project.slug])).status_code == 302


@pytest.mark.parametrize("nonsense", ["x", "-1", "²", "9" * 40, ""])
def test_a_poll_with_nonsense_gives_everything(project, pia, client_of, nonsense):
    address = reverse("live:poll", args=[project.slug])

    assert client_of(pia).get(address, {"since": nonsense}).json()["from"] == 1


@pytest.mark.parametrize("future", ["99999999", "2", "9" * 18])
async def test_a_number_that_is_yet_to_come_silences_nobody(project, pia, ana, future):
    """What others are told went on from what one page had said that it knew."""
    liar, other = socket(project, pia, f"?since={future}"), socket(project, ana, "?since=1")
    await liar.connect()
    told = await liar.news()
    assert (told["seq"], told["reload"], told["ahead"]) == (1, True, True)
    await other.connect()
    while (await other.news()).get("seq") != 1:
        pass
    await liar.say(json.dumps({"since": int(future)}))
    await happen(project)
    for talk in (other, liar):
        while (await talk.news()).get("seq") != 2:
            pass
        await talk.disconnect()


async def test_a_poll_from_the_future_is_told_to_load_the_page_again(project, pia, client_of):
    address = reverse("live:poll", args=[project.slug])
    client = await sync_to_async(client_of)(pia)
    answer = await sync_to_async(client.get)(address, {"since": "5000"})
    assert answer.json() == {"from": 2, "seq": 1, "reload": True, "ahead": True}
    answer = await sync_to_async(client.get)(address, {"since": "1"})
    assert answer.json()["seq"] == 1 and "ahead" not in answer.json()
