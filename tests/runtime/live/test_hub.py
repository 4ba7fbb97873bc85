"""The hub of a process: one drawing for many sockets, nothing missed, nobody held up."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import pytest
from asgiref.sync import sync_to_async

from studio.runtime.live import events, frames, hub

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(eq=False)
class Page:
    """An open page that writes down what it is sent."""

    project_id: int
    audience: str = "money"
    got: list = field(default_factory=list)
    dropped: bool = False
    stuck: asyncio.Event | None = None
    ticket: tuple = ()

    async def deliver(self, frame):
        if self.stuck:
            await self.stuck.wait()
        self.got.append(json.loads(frame))

    async def drop(self, code=4408):
        self.dropped = code

    async def until(self, seq, within=5):
        async with asyncio.timeout(within):
            while not self.got or self.got[-1]["seq"] < seq:
                await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def everyone_stays(monkeypatch):
    """These pages belong to nobody; who is shown out is the subject of its own tests."""
    monkeypatch.setattr(hub, "_census", [])


@pytest.fixture
async def running():
    yield hub.current()
    await hub.stop()


def _happen(project, times=1):
    for _ in range(times):
        with events.locked(project.pk):
            events.record(project.pk, "project.changed")


happen = sync_to_async(_happen)


class Drawings(list):
    """Since when, and for whom; `takes(seconds)` makes each take that long."""


@pytest.fixture
def drawings(monkeypatch):
    """Every drawing that is made: since when, and for whom."""
    made, draw = Drawings(), frames.draw

    def noted(project_id, since, audiences):
        made.append((since, set(audiences)))
        time.sleep(noted.pause)
        return draw(project_id, since, audiences)

    noted.pause = 0
    made.takes = lambda seconds: setattr(noted, "pause", seconds)
    monkeypatch.setattr(frames, "draw", noted)
    return made


async def test_who_joins_is_sent_what_was_missed(running, project):
    await happen(project, 3)
    page = Page(project.pk)
    running.join(page, since=2)

    await page.until(4)
    assert [(frame["from"], frame["seq"]) for frame in page.got] == [(3, 4)]


async def test_news_are_drawn_once_for_everyone(running, project, drawings):
    pages = [Page(project.pk) for _ in range(8)] + [Page(project.pk, "member") for _ in range(4)]
    for page in pages:
        running.join(page, since=1)
    for page in pages:
        await page.until(1)
    drawings.clear()
    await happen(project)
    for page in pages:
        await page.until(2)

    assert drawings == [(1, {"money", "member"})]
    assert {len(page.got) for page in pages} == {2}
    assert "budget" in pages[0].got[-1]["html"]
    assert pages[-1].got[-1]["html"] == ""


async def test_pages_that_come_back_together_share_a_drawing(running, project, drawings):
    pages = [Page(project.pk) for _ in range(20)]
    for page in pages:
        running.join(page, since=0)
    for page in pages:
        await page.until(1)

    assert len(drawings) == 1


async def test_a_burst_is_coalesced_and_nothing_is_missed(running, project, drawings):
    page = Page(project.pk)
    running.join(page, since=1)
    await page.until(1)
    drawings.takes(0.1)
    await happen(project, 60)
    await page.until(61)

    assert len(page.got) < 30
    at = 1
    for frame in page.got:
        assert frame["from"] <= at + 1, "a gap"
        at = frame["seq"]
    assert at == 61


async def test_what_another_process_wrote_appears_within_about_a_second(running, project, monkeypatch):
    page = Page(project.pk)
    running.join(page, since=1)
    await page.until(1)
    monkeypatch.setattr(hub, "announce", lambda project_id: None)  # as if it were written elsewhere
    began = time.monotonic()
    await happen(project)

    await page.until(2)
    assert time.monotonic() - began < 2


async def test_a_slow_socket_does_not_hold_up_the_others(running, project, monkeypatch):
    monkeypatch.setattr(hub, "SLOW_SOCKET", 0.3)
    slow, quick = Page(project.pk), Page(project.pk)
    for page in (slow, quick):
        running.join(page, since=1)
        await page.until(1)
    slow.stuck, drop, quick_had = asyncio.Event(), slow.drop, []

    async def dropped(*args):
        quick_had.append(quick.got[-1]["seq"])
        await drop(*args)

    slow.drop = dropped
    await happen(project)
    await quick.until(2)
    await asyncio.sleep(0.4)

    assert slow.dropped and quick_had == [2]
    await happen(project)
    await quick.until(3)
    assert slow.got[-1]["seq"] == 1


async def test_a_socket_that_is_late_but_not_too_late_gets_its_frames_in_order(running, project):
    page = Page(project.pk)
    running.join(page, since=1)
    await page.until(1)
    page.stuck = asyncio.Event()
    await happen(project)
    await asyncio.sleep(0.1)
    await happen(project)
    await asyncio.sleep(0.1)
    page.stuck.set()

    await page.until(3)
    assert [frame["seq"] for frame in page.got] == [1, 2, 3]
    assert not page.dropped


async def test_a_socket_that_breaks_is_dropped(running, project):
    broken, whole = Page(project.pk), Page(project.pk)
    for page in (broken, whole):
        running.join(page, since=1)
        await page.until(1)

    async def breaks(frame):
        raise ConnectionResetError

    broken.deliver = breaks
    await happen(project)
    await whole.until(2)
    await asyncio.sleep(0)

    assert broken.dropped


async def test_a_drawing_that_fails_is_tried_again(running, project, monkeypatch):
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.05)
    draw, fails = frames.draw, [True, True]

    def failing(*args):
        if fails:
            fails.pop()
            raise RuntimeError("no luck")
        return draw(*args)

    monkeypatch.setattr(frames, "draw", failing)
    page = Page(project.pk)
    running.join(page, since=0)

    await page.until(1)


async def test_who_left_is_sent_nothing(running, project):
    page = Page(project.pk)
    running.join(page, since=1)
    await page.until(1)
    running.leave(page)
    await happen(project)
    await asyncio.sleep(0.1)

    assert len(page.got) == 1
