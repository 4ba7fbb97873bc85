"""Watching together: the row decides who presents and where the playhead is, whichever tab asks."""

import json
import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.asgi import application
from studio.planning.projects import actions as project_actions
from studio.planning.projects.models import Membership
from studio.review.room import actions, consumers
from studio.review.room.consumers import LONGEST, RoomConsumer
from studio.review.room.models import Room, Tab
from tests.runtime.live.test_socket import Talk

HERE = "a session in the room"
TAKE = str(uuid.uuid4())


def place(**changes):
    there = {
        "shot": "010",
        "subject": TAKE,
        "take": TAKE,
        "frame": 12,
        "playing": False,
        "speed": 1,
        "mode": "single",
    }
    return {**there, **changes}


@pytest.fixture
def enter(project):
    """A tab comes in: `enter(rae)`; its code."""

    def enter(user, tab=None):
        tab = tab or uuid.uuid4()
        assert actions.enter(project.pk, user, tab)
        return tab

    return enter


@pytest.fixture
def pictured(project):
    return lambda: actions.picture(project.pk)


def presenter(project):
    return actions.picture(project.pk)["presenter"]


# --- the row ------------------------------------------------------------------------------


def test_who_comes_in_is_seen(enter, pictured, rae, bo):
    one, two = enter(rae), enter(bo)
    assert [(each["tab"], each["name"]) for each in pictured()["here"]] == [
        (str(one), "Rae"),
        (str(two), "Bo"),
    ]
    assert pictured()["presenter"] is None


def test_two_tabs_of_one_person_are_two(enter, pictured, project, rae):
    one, two = enter(rae), enter(rae)
    actions.present(project.pk, one, rae)
    assert len(pictured()["here"]) == 2
    assert actions.move(project.pk, one, place()) is True
    assert actions.move(project.pk, two, place()) is False
    actions.leave(two)
    assert presenter(project) == str(one)


def test_the_presenter_moves_and_nobody_else(enter, pictured, project, rae, ana):
    one, two = enter(rae), enter(ana)
    assert actions.move(project.pk, one, place()) is False  # nobody presents yet
    actions.present(project.pk, one, rae)
    before = pictured()["revision"]
    assert actions.move(project.pk, one, place(frame=30)) is True
    assert actions.move(project.pk, two, place(frame=5)) is False
    assert pictured()["revision"] == before + 1
    assert pictured()["state"] == {**place(frame=30), "compare": "", "list": ""}


def test_what_is_told_is_where_it_is_and_when(enter, pictured, project, rae):
    one = enter(rae)
    actions.present(project.pk, one, rae)
    sent = place(playing=True, speed=2, mode="wipe", compare=str(uuid.uuid4()), list=str(uuid.uuid4()))
    actions.move(project.pk, one, sent)
    told = pictured()
    assert told["state"] == sent
    assert 0 <= told["now"] - told["at"] < 10_000


def test_presenting_moves_nothing(enter, pictured, project, rae, ana):
    one, two = enter(rae), enter(ana)
    actions.present(project.pk, one, rae)
    actions.move(project.pk, one, place())
    before = pictured()
    actions.hand_over(project.pk, one, two)
    after = pictured()
    assert (after["state"], after["at"]) == (before["state"], before["at"])
    assert after["revision"] == before["revision"] + 1


def test_a_second_who_presses_present_asks(enter, pictured, project, rae, ana):
    one, two = enter(rae), enter(ana)
    actions.present(project.pk, one, rae)
    actions.present(project.pk, two, ana)
    assert presenter(project) == str(one)
    assert [each["asks"] for each in pictured()["here"]] == [False, True]
    assert actions.hand_over(project.pk, two, two) is False  # who asks does not take
    assert actions.hand_over(project.pk, one, two) is True
    assert presenter(project) == str(two)
    assert [each["asks"] for each in pictured()["here"]] == [False, False]


def test_let_go_it_is_free(enter, project, rae, ana):
    one, two = enter(rae), enter(ana)
    actions.present(project.pk, one, rae)
    assert actions.hand_over(project.pk, one, None) is True
    assert presenter(project) is None
    actions.present(project.pk, two, ana)
    assert presenter(project) == str(two)


def test_it_is_handed_to_nobody_who_is_not_there(enter, project, rae, ana, pia):
    one, gone = enter(rae), enter(ana)
    actions.leave(gone)
    other = project_actions.create_project(name="Another", by=pia)
    elsewhere = uuid.uuid4()
    actions.enter(other.pk, pia, elsewhere)
    actions.present(project.pk, one, rae)
    for to in (gone, elsewhere, uuid.uuid4()):
        assert actions.hand_over(project.pk, one, to) is False
    assert presenter(project) == str(one)


def test_a_viewer_follows_and_never_presents(enter, project, rae, bo):
    one, two = enter(rae), enter(bo)
    actions.present(project.pk, two, bo)
    assert presenter(project) is None
    actions.present(project.pk, one, rae)
    actions.present(project.pk, two, bo)
    assert not Tab.objects.get(code=two).asks
    assert actions.hand_over(project.pk, one, two) is False  # nor when it is given to them
    assert presenter(project) == str(one)


def test_who_may_not_review_any_more_moves_nothing(enter, project, rae):
    one = enter(rae)
    actions.present(project.pk, one, rae)
    Membership.objects.filter(user=rae).update(role="viewer")
    assert actions.move(project.pk, one, place()) is False


def test_looking_away_is_seen_and_following_again(enter, pictured, rae):
    one = enter(rae)
    actions.follow(one, following=False)
    assert pictured()["here"][0]["following"] is False
    actions.follow(one, following=True)
    assert pictured()["here"][0]["following"] is True


def test_a_presenter_who_comes_back_in_time_still_presents(enter, project, rae, ana):
    one, two = enter(rae), enter(ana)
    actions.present(project.pk, one, rae)
    actions.move(project.pk, one, place(frame=30))
    actions.leave(one)
    actions.present(project.pk, two, ana)  # only asks: the presenter may be back in a moment
    assert presenter(project) == str(one)
    enter(rae, one)
    assert presenter(project) == str(one)
    assert actions.move(project.pk, one, place(frame=31)) is True


def test_after_the_grace_another_may(enter, project, rae, ana):
    one, two = enter(rae), enter(ana)
    actions.present(project.pk, one, rae)
    actions.leave(one)
    Tab.objects.filter(code=one).update(gone_at=timezone.now() - actions.GRACE)
    assert presenter(project) is None
    actions.present(project.pk, two, ana)
    assert presenter(project) == str(two)
    enter(rae, one)
    assert actions.move(project.pk, one, place()) is False


def test_a_presenter_who_falls_silent_presents_no_more(enter, pictured, project, rae):
    one = enter(rae)
    actions.present(project.pk, one, rae)
    Tab.objects.filter(code=one).update(seen_at=timezone.now() - actions.SILENT)
    assert presenter(project) is None and pictured()["here"] == []
    actions.here(project.pk, one)
    assert presenter(project) == str(one)


def test_the_others_hear_that_the_presenter_is_gone_for_good(enter, project, rae, ana):
    one, two = enter(rae), enter(ana)
    actions.present(project.pk, one, rae)
    actions.leave(one)
    assert actions.here(project.pk, two) is False  # within the grace
    Tab.objects.filter(code=one).update(gone_at=timezone.now() - actions.GRACE)
    assert actions.here(project.pk, two) is True
    assert actions.here(project.pk, two) is False
    assert presenter(project) is None


def test_an_old_connection_that_ends_late_does_not_send_the_tab_away(enter, pictured, project, rae):
    """The page is back already when the server hears that its first connection broke."""
    one = enter(rae)
    actions.present(project.pk, one, rae)
    enter(rae, one)
    actions.leave(one)
    assert actions.here(project.pk, one) is True
    assert [each["tab"] for each in pictured()["here"]] == [str(one)]
    assert actions.here(project.pk, one) is False  # nothing new


def test_a_tab_of_somebody_else_is_not_entered(enter, project, rae, ana, pia):
    one = enter(rae)
    assert actions.enter(project.pk, ana, one) is False
    other = project_actions.create_project(name="Another", by=pia)
    Membership.objects.create(project=other, user=rae, role="reviewer")
    assert actions.enter(other.pk, rae, one) is False


def test_tabs_long_gone_are_forgotten(enter, rae, ana):
    one = enter(rae)
    Tab.objects.filter(code=one).update(seen_at=timezone.now() - timedelta(hours=2))
    enter(ana)
    assert not Tab.objects.filter(code=one).exists()


NONSENSE = {
    "nothing": None,
    "a list": [],
    "words": "010",
    "no shot": {k: v for k, v in place().items() if k != "shot"},
    "an empty shot": place(shot=""),
    "a long shot": place(shot="x" * 21),
    "a zero byte": place(shot="a\x00"),
    "half a character": place(shot="\ud800"),
    "a shot that is a list": place(shot=["010"]),
    "a take that is none": place(take="kite"),
    "a number for a take": place(take=7),
    "a frame before the first": place(frame=-1),
    "a frame far beyond": place(frame=10**9),
    "half a frame": place(frame=1.5),
    "true for a frame": place(frame=True),
    "another speed": place(speed=3),
    "a speed that is a list": place(speed=[1]),
    "no speed": place(speed=float("nan")),
    "another mode": place(mode="kaleidoscope"),
    "a mode that is a map": place(mode={}),
    "to compare with nothing": place(compare="kite"),
    "a list that is none": place(list=[1]),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_moves_nothing(enter, project, rae, what):
    one = enter(rae)
    actions.present(project.pk, one, rae)
    before = Room.objects.get().revision
    with pytest.raises(actions.Nonsense):
        actions.move(project.pk, one, NONSENSE[what])
    assert Room.objects.get().revision == before


# --- the socket -----------------------------------------------------------------------------

sockets = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(transactional_db):
    later = timezone.now() + timedelta(days=1)
    return Session.objects.create(session_key=HERE, session_data="", expire_date=later)


@pytest.fixture
async def door(project, session):
    """The browser's end of a socket of the room; all are closed in the end."""
    opened = []

    def door(user):
        route = {"kwargs": {"slug": project.slug}}
        path = f"/live/{project.slug}/room/"
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": [], "subprotocols": []}
        talk = Talk(
            RoomConsumer.as_asgi(),
            {**scope, "user": user, "session": SessionStore(HERE), "url_route": route},
        )
        opened.append(talk)
        return talk

    yield door
    for talk in opened:
        if not talk.future.done():
            talk.stop(exceptions=False)


@pytest.fixture
def join(door):
    """Connect and enter: `talk, told = await join(rae)`."""

    async def join(user, tab=None):
        talk = door(user)
        assert await talk.connect() is True
        await tell(talk, do="enter", tab=str(tab or uuid.uuid4()))
        return talk, await talk.news()

    return join


async def tell(talk, **message):
    await talk.say(json.dumps(message))


async def until(talk, true):
    """The first news of which this is true."""
    while not true(told := await talk.news()):
        pass
    return told


async def closing(talk):
    while (message := await talk.receive_output(3))["type"] != "websocket.close":
        pass
    return message.get("code", 1006)


@sockets
async def test_everybody_hears_where_the_presenter_is(join, rae, bo):
    tab = uuid.uuid4()
    one, _ = await join(rae, tab)
    two, _ = await join(bo)
    await one.news()  # that Bo came
    await tell(one, do="present")
    for talk in (one, two):
        await until(talk, lambda told: told["presenter"] == str(tab))
    await tell(one, do="move", state=place(frame=30, playing=True))
    for talk in (one, two):
        told = await until(talk, lambda told: told["state"])
        assert (told["state"]["frame"], told["state"]["playing"]) == (30, True)
    assert [each["name"] for each in told["here"]] == ["Rae", "Bo"]


@sockets
async def test_who_comes_late_lands_where_the_others_are(join, rae, ana):
    one, _ = await join(rae)
    await tell(one, do="present")
    await tell(one, do="move", state=place(frame=30, mode="wipe", compare=TAKE))
    await until(one, lambda told: told["state"])
    _, told = await join(ana)
    assert told["state"] == {**place(frame=30, mode="wipe"), "compare": TAKE, "list": ""}


@sockets
async def test_a_presenter_whose_connection_broke_comes_back_and_presents(join, rae, ana):
    tab = uuid.uuid4()
    one, _ = await join(rae, tab)
    two, _ = await join(ana)
    await tell(one, do="present")
    await tell(one, do="move", state=place(frame=30))
    await until(two, lambda told: told["state"])
    await one.disconnect()
    told = await until(two, lambda told: len(told["here"]) == 1)
    assert [each["name"] for each in told["here"]] == ["Ana"] and told["presenter"] == str(tab)

    _, told = await join(rae, tab)
    assert told["presenter"] == str(tab) and told["state"]["frame"] == 30


@sockets
async def test_it_is_asked_for_and_handed_over(join, rae, ana):
    tabs = uuid.uuid4(), uuid.uuid4()
    one, _ = await join(rae, tabs[0])
    await tell(one, do="present")
    two, _ = await join(ana, tabs[1])
    await tell(two, do="present")
    told = await until(two, lambda told: told["here"][-1]["asks"])
    assert told["presenter"] == str(tabs[0]) and [each["asks"] for each in told["here"]] == [False, True]
    await tell(one, do="hand", to=str(tabs[1]))
    await until(two, lambda told: told["presenter"] == str(tabs[1]))
    await tell(two, do="hand", to=None)
    await until(two, lambda told: told["presenter"] is None)


@sockets
@pytest.mark.parametrize("who", ["stranger", "nobody"])
async def test_strangers_are_closed_with_4404(door, cid, who):
    assert await door(AnonymousUser() if who == "nobody" else cid).connect() == 4404


@sockets
async def test_the_tab_of_somebody_else_is_closed_with_4409(join, door, rae, ana):
    tab = uuid.uuid4()
    await join(rae, tab)
    talk = door(ana)
    await talk.connect()
    await tell(talk, do="enter", tab=str(tab))
    assert await closing(talk) == 4409


@sockets
@pytest.mark.parametrize("tab", [None, "kite", 7, []])
async def test_a_tab_that_is_none_is_closed(door, rae, tab):
    talk = door(rae)
    await talk.connect()
    await tell(talk, do="enter", tab=tab)
    assert await closing(talk) == 4409


@sockets
async def test_nonsense_changes_nothing_and_closes_nothing(join, project, rae):
    tab = uuid.uuid4()
    talk, _ = await join(rae, tab)
    await tell(talk, do="present")
    before = await talk.news()
    for text in ("nonsense", "[]", "7", "[" * 1000, '{"do": []}', '{"do": "fly"}', "x" * (LONGEST + 1)):
        await talk.say(text)
    for state in NONSENSE.values():
        await tell(talk, do="move", state=state)
    for to in ("kite", 7, [], str(uuid.uuid4())):
        await tell(talk, do="hand", to=to)
    await tell(talk, do="follow", following=False)
    told = await until(talk, lambda told: not told["here"][0]["following"])
    assert (told["revision"], told["presenter"], told["state"]) == (before["revision"], str(tab), {})
    assert told["here"][0]["following"] is False


@sockets
async def test_before_it_entered_a_page_does_nothing(door, project, rae):
    talk = door(rae)
    await talk.connect()
    await tell(talk, do="present")
    await tell(talk, do="move", state=place())
    await tell(talk, do="enter", tab=str(uuid.uuid4()))
    told = await talk.news()
    assert told["presenter"] is None and told["state"] == {}


@sockets
async def test_who_is_removed_is_shown_out_at_the_next_word(join, rae):
    talk, _ = await join(rae)
    await sync_to_async(Membership.objects.filter(user=rae).delete)()
    await tell(talk, do="here")
    assert await closing(talk) == 4404


@sockets
async def test_who_is_removed_and_says_nothing_hears_nothing_more(join, rae, ana, monkeypatch):
    monkeypatch.setattr(consumers, "ASK_EVERY", 0)
    listener, _ = await join(ana)
    talk, _ = await join(rae)
    await listener.news()
    await sync_to_async(Membership.objects.filter(user=ana).delete)()
    await tell(talk, do="present")
    assert await closing(listener) == 4404


@sockets
async def test_who_signs_out_is_shown_out(join, rae, session):
    talk, _ = await join(rae)
    await sync_to_async(session.delete)()
    await tell(talk, do="present")
    assert await closing(talk) == 4404


@sockets
async def test_a_page_of_another_site_is_turned_away(project):
    headers = [(b"origin", b"https://elsewhere.example"), (b"host", b"localhost")]
    path = f"/live/{project.slug}/room/"
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    assert await Talk(application, scope).connect() is not True
