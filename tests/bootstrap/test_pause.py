"""A restored studio stands still until its owner says that the other copy is off."""

import time
from functools import partial

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from studio.people.accounts.models import StudioEvent, User
from studio.runtime.jobs import engine as engines
from studio.runtime.jobs import pause
from studio.runtime.jobs.models import EnginePause

BANNER = "This studio was restored from a backup"
BUTTON = "The other copy is off: go on"
done = []


def job(what):
    done.append(what)


@pytest.fixture
def standing(db):
    return pause.begin("restored", backup_at=timezone.now())


@pytest.fixture
def olga(db):
    return User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")


@pytest.fixture
def looks(monkeypatch):
    """When the engine asked whether it stands still."""
    seen, paused = [], pause.paused

    def looked():
        found = paused()
        seen.append(found)
        return found

    monkeypatch.setattr(pause, "paused", looked)
    return seen


def until(check):
    end = time.monotonic() + 10
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- the engine ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_job_and_no_sweep_runs_until_it_is_confirmed(monkeypatch, settings, looks):
    """Confirmed by another hand: the engine looks at the row each time."""
    settings.SWEEP_SECONDS = 0.01
    done.clear()
    monkeypatch.setattr(engines, "_sweeps", [partial(done.append, "sweep")])
    pause.begin("restored", backup_at=None)
    own = engines.Engine()
    own.start()
    try:
        engines.wake(job, ("first",))
        until(lambda: len(looks) > 5)
        assert done == [] and all(looks)

        assert pause.confirm(by=None)
        until(lambda: "sweep" in done)
        engines.wake(job, ("second",))
        until(lambda: "second" in done)
        assert "first" not in done, "its row is found by the sweep"
    finally:
        own.stop()


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_cannot_read_its_pause_does_nothing(monkeypatch, settings):
    settings.SWEEP_SECONDS = 0.01
    done.clear()
    asked = []

    def broken():
        asked.append(1)
        raise RuntimeError("the database is away")

    monkeypatch.setattr(pause, "paused", broken)
    monkeypatch.setattr(engines, "_sweeps", [partial(done.append, "sweep")])
    own = engines.Engine()
    own.start()
    try:
        engines.wake(job, ("job",))
        until(lambda: len(asked) > 3)
        assert done == []
    finally:
        own.stop()


def test_a_backup_of_a_standing_studio_brings_its_pause_and_both_end_together(standing):
    pause.begin("restored again", backup_at=None)
    assert pause.current().reason == "restored again"
    assert pause.confirm(by=None)
    assert not pause.paused()
    assert not pause.confirm(by=None), "done once"


# --- pages --------------------------------------------------------------------------------


def test_everyone_reads_it_and_only_the_owner_has_the_button(client_of, standing, olga, ana, project):
    when = timezone.localtime(standing.backup_at).strftime("%Y, %H:%M")
    for page in ("/projects/", reverse("board:board", args=[project.slug]), "/account"):
        seen = client_of(ana).get(page).content.decode()
        assert BANNER in seen and when in seen and BUTTON not in seen, page
        seen = client_of(olga).get(page).content.decode()
        assert BANNER in seen and BUTTON in seen, page


def test_strangers_do_not_read_where_a_studio_comes_from(client, standing):
    assert BANNER not in client.get(reverse("accounts:signin")).content.decode()


def test_the_owner_confirms_once_and_it_is_written_down(client_of, standing, olga):
    browser = client_of(olga)
    seen = browser.post(reverse("bootstrap:confirm"), follow=True).content.decode()
    assert "goes on with what was on its way" in seen and BANNER not in seen
    standing.refresh_from_db()
    assert standing.confirmed_at and standing.confirmed_by == olga
    event = StudioEvent.objects.get(kind="resumed")
    assert (event.user, event.address) == (olga, "127.0.0.1")

    seen = browser.post(reverse("bootstrap:confirm"), follow=True).content.decode()
    assert "goes on already" in seen
    assert StudioEvent.objects.filter(kind="resumed").count() == 1


def test_a_member_cannot_confirm(client_of, standing, pia):
    assert client_of(pia).post(reverse("bootstrap:confirm")).status_code == 404
    assert pause.paused()
    assert StudioEvent.objects.filter(kind="refused", user=pia).exists()


def test_the_page_of_the_books_does_not_promise_what_is_not_done(client_of, standing, olga):
    seen = client_of(olga).post(reverse("reconcile:compare"), follow=True).content.decode()
    assert "not asked while this studio stands still" in seen and "Comparing now" not in seen


# --- commands -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["render", "--project", "x", "--prompt", "y"],
        ["reconcile"],
        ["provider-check", "--max-spend", "1"],
    ],
)
def test_commands_that_talk_to_a_provider_refuse(command, standing):
    with pytest.raises(CommandError, match=r"restored from a backup of .*switched off") as told:
        call_command(*command)
    assert str(told.value).count("\n") == 0


def test_the_command_confirms_without_a_page(standing, capsys):
    call_command("confirm-restore", "--yes")
    assert not pause.paused()
    assert StudioEvent.objects.get(kind="resumed").detail == "on the command line"
    call_command("confirm-restore")
    assert capsys.readouterr().out.endswith("goes on already.\n")


@pytest.mark.parametrize(("answer", "goes_on"), [("y", True), ("", False), ("no", False), (None, False)])
def test_the_command_asks_first(standing, monkeypatch, answer, goes_on):
    def said(_):
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", said)
    if goes_on:
        call_command("confirm-restore")
    else:
        with pytest.raises(CommandError, match="stands still"):
            call_command("confirm-restore")
    assert pause.paused() != goes_on


def test_a_studio_that_was_never_restored_says_nothing(client_of, olga):
    cache.clear()
    assert BANNER not in client_of(olga).get("/projects/").content.decode()
    assert not EnginePause.objects.exists()
