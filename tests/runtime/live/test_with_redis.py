"""Several processes share a Redis: news and counters of one are the others' at once, and without it nothing breaks."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from asgiref.sync import sync_to_async
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import connection

from studio.core import rate_limits
from studio.runtime.live import hub
from tests.patience import patient

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db(transaction=True)


class Redis:
    """A server of the test's own on a free port; nothing of it is kept."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        command = ["redis-server", *where, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + patient(20)
        while True:
            try:
                return redis.Redis(port=self.port).ping()
            except redis.ConnectionError:
                assert time.monotonic() < until and self.process.poll() is None
                time.sleep(0.02)

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def elsewhere(server):
    """Run code in a process of its own on the same database and Redis; returns what it printed."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "REDIS_URL": server.url,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
    }

    def elsewhere(code):
        code = f"import django; django.setup()\n{code}"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    return elsewhere


@pytest.fixture
def layer(server, monkeypatch):
    """This process hears by Redis alone: it never looks into the database by itself."""

    async def never(self):
        await asyncio.Event().wait()

    made = RedisPubSubChannelLayer(hosts=[server.url])
    monkeypatch.setattr(hub, "get_channel_layer", lambda: made)
    monkeypatch.setattr(hub.Hub, "_look", never)
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(hub, "_census", [])
    return made


@pytest.fixture
async def running(layer):
    yield hub.current()
    await hub.stop()


class Page:
    """An open page of the project that writes down the numbers it is sent."""

    audience, place, ticket = "money", "", ()

    def __init__(self, project):
        self.project_id = project.pk
        self.seen = []

    async def deliver(self, frame):
        self.seen.append(json.loads(frame)["seq"])

    async def drop(self, code=4408):
        raise AssertionError("dropped")

    async def until(self, seq):
        async with asyncio.timeout(20):
            while seq not in self.seen:
                await asyncio.sleep(0.01)


HAPPEN = """
from studio.runtime.live import events
from tests.patience import patient
with events.locked({project}):
    events.record({project}, "project.changed")
"""


def happens(elsewhere, project):
    return sync_to_async(elsewhere)(HAPPEN.format(project=project.pk))


async def test_news_of_another_process_are_heard_without_looking(running, elsewhere, project):
    page = Page(project)
    running.join(page, since=1)
    await page.until(1)
    await asyncio.sleep(0.3)  # it has subscribed
    await happens(elsewhere, project)
    await page.until(2)


async def test_a_hub_that_begins_before_redis_hears_once_it_is_there(server, layer, elsewhere, project):
    server.stop()
    running = hub.current()
    page = Page(project)
    running.join(page, since=1)
    await page.until(1)
    await sync_to_async(server.start)()
    async with asyncio.timeout(20):
        while 2 not in page.seen:  # until it has subscribed, what is told is not heard
            await happens(elsewhere, project)
            await asyncio.sleep(0.2)
            if page.seen[-1] > 1:
                break
    await hub.stop()
    assert page.seen[-1] > 1


def test_what_is_committed_stays_so_while_redis_is_away(server, elsewhere, project):
    server.stop()
    elsewhere(HAPPEN.format(project=project.pk))
    project.refresh_from_db()
    assert project.last_event == 2
    server.start()


def test_presses_are_counted_together(server, elsewhere, settings, pia):
    shared = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": server.url}
    settings.CACHES = dict.fromkeys(settings.CACHES, shared)
    settings.PRESSES_PER_MINUTE = 3
    assert [rate_limits.pressed_too_often(pia) for _ in range(3)] == [False] * 3
    counted = elsewhere(
        "from django.conf import settings; settings.PRESSES_PER_MINUTE = 3\n"
        "from studio.core import rate_limits; from studio.people.accounts.models import User\n"
        f"print(rate_limits.pressed_too_often(User.objects.get(pk={pia.pk})))"
    )
    assert counted == "True"
