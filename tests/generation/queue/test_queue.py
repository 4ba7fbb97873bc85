"""The queue of a project: who reads what there, by press, and for how long."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.generation.orders import orders, queue_actions
from studio.generation.orders.orders import Wish
from studio.generation.queue import sections
from studio.generation.renders import lifecycle
from studio.generation.renders.models import Batch, ProviderHold, Render
from studio.planning.projects import actions
from tests.pages import text


@pytest.fixture
def read(client_of, project):
    """The queue as somebody reads it."""

    def read(who, **query):
        return client_of(who).get(reverse("queue:queue", args=[project.slug]), query).content.decode()

    return read


@pytest.fixture
def press(project, pia):
    """Several shots ordered by one press: `press(3, takes=2, title="…")`."""

    def press(shots, *, takes=1, title=""):
        made = [
            actions.create_shot(project, by=pia, title="Kite", prompt="A kite over dunes", takes=takes)
            for _ in range(shots)
        ]
        wanted = [(shot, orders.check(Wish.of(shot), project)) for shot in made]
        return lifecycle.start_many(wanted, project_id=project.pk, by=pia, title=title)

    return press


def set_states(takes, *states):
    for take, state in zip(takes, states, strict=True):
        sent = None if state in ("queued", "waiting") else timezone.now()
        ended = timezone.now() if state in ("ready", "failed") else None
        Render.objects.filter(pk=take.pk).update(state=state, sent_at=sent, accepted_at=sent, ended_at=ended)


def section(html, key):
    found = re.search(rf'data-section="{key}".*?(?=data-section=|</main>)', html, re.DOTALL)
    return text(found[0]) if found else ""


def test_takes_stand_by_how_far_they_are_under_what_started_them(press, read, pia):
    takes = press(6, title="Morning of the chase")
    set_states(takes, "waiting", "queued", "submitting", "rendering", "saving", "failed")
    html = read(pia)

    for key in ("waiting", "queued", "rendering", "saving", "done"):
        assert "Morning of the chase" in section(html, key)
        assert "0 of 6 ready" in section(html, key)
    assert "sending" in section(html, "rendering")
    assert "see why" in section(html, "done")
    assert "5 rendering" not in text(html)
    assert "4 rendering" in text(html)  # waiting is not on its way


def test_a_press_from_before_they_had_names_goes_by_its_shot(press, read, pia):
    press(1)
    Batch.objects.all().delete()
    assert "010 Kite" in section(read(pia), "queued")


def test_what_ended_is_there_for_half_an_hour(press, read, pia):
    takes = press(2)
    set_states(takes, "ready", "failed")
    assert "Just done" in text(read(pia))
    Render.objects.update(ended_at=timezone.now() - timedelta(minutes=31))
    assert "Nothing is on its way" in text(read(pia))


def test_what_lies_in_the_trash_is_not_there(press, read, pia):
    (take,) = press(1)
    set_states([take], "rendering")
    take.shot.trashed_at = timezone.now()
    take.shot.save()
    assert "Nothing is on its way" in text(read(pia))


def test_who_may_only_look_reads_no_price_and_presses_nothing(press, read, bo, rae, pia):
    takes = press(4)
    set_states(takes, "waiting", "queued", "rendering", "failed")
    assert "$" in read(pia)
    for person in (bo, rae):
        html = read(person)
        queue = html[html.index('id="queue"') :]
        queue = queue[: queue.index("</main>")]
        assert "010" in queue
        assert "$" not in queue
        assert "formaction" not in queue
        assert "<form" not in queue


def test_a_long_section_goes_on_by_key(press, read, pia, monkeypatch):
    monkeypatch.setattr(sections, "PAGE", 4)
    takes = press(10)
    html = read(pia)
    assert "and 6 more" in section(html, "queued")
    after = re.search(r"section=queued&amp;after=(\d+)", html)[1]
    assert int(after) == takes[3].pk
    second = section(read(pia, section="queued", after=after), "queued")
    assert "and 2 more" in second
    assert "050" in second
    assert "040 take" not in second
    for odd in ("x", "-1", "9" * 40):
        assert "queue-title" in read(pia, section="queued", after=odd)
    assert "queue-title" in read(pia, section="nonsense", after=after)


def test_what_is_done_goes_on_backwards(press, read, pia, monkeypatch):
    monkeypatch.setattr(sections, "PAGE", 4)
    takes = press(6)
    set_states(takes, *["failed"] * 6)
    html = read(pia)
    assert "and 2 more" in section(html, "done")
    after = re.search(r"section=done&amp;after=(\d+)", html)[1]
    assert int(after) == takes[2].pk


def test_it_takes_as_many_queries_for_sixty_as_for_six(press, client_of, project, pia):
    states = ["waiting", "queued", "rendering", "saving", "ready", "failed"]
    browser, address = client_of(pia), reverse("queue:queue", args=[project.slug])

    def count():
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            browser.get(address)
        return len(seen)

    set_states(press(6), *states)
    few = count()
    for _ in range(9):
        set_states(press(6), *states)
    assert count() == few
    assert few < 30


def test_the_drawer_is_the_same_without_the_page(press, client_of, project, pia):
    press(1)
    answer = client_of(pia).get(reverse("queue:queue", args=[project.slug]), headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<section id="queue"')
    assert "HX-Request" in answer["Vary"]


# --- by the press -------------------------------------------------------------------------


def post(client_of, who, name, take, **data):
    address = reverse(name, args=[take.project.slug, take.batch])
    return client_of(who).post(address, data, follow=True).content.decode()


def test_a_whole_press_is_held_and_let_go_on(press, client_of, ana):
    takes = press(3)
    set_states(takes, "queued", "queued", "rendering")
    assert "2 takes held" in post(client_of, ana, "queue:hold", takes[0])
    assert Render.objects.filter(held_at__isnull=False).count() == 2
    assert "2 takes on the way again" in post(client_of, ana, "queue:release", takes[0])
    assert "None of it is held" in post(client_of, ana, "queue:release", takes[0])


def test_nobody_waits_for_a_press_any_more(press, client_of, ana):
    takes = press(3)
    set_states(takes, "queued", "rendering", "submitting")
    assert "filed and charged" in post(client_of, ana, "queue:dismiss", takes[0])
    assert Render.objects.filter(dismissed_at__isnull=False).count() == 2


def test_the_failed_ones_are_retried_at_the_price_on_the_button(press, client_of, read, ana):
    takes = press(4, title="Chase")
    set_states(takes, "ready", "failed", "failed", "failed")
    html = read(ana)
    assert "Retry the 3 that failed" in html
    (form,) = re.findall(r"<form[^>]*/retry\".*?</form>", html, re.DOTALL)
    sent = dict(re.findall(r'name="(press|shown)" value="([^"]+)"', form))
    assert Decimal(sent["shown"]) == 3 * Decimal("0.605")
    for _ in range(2):
        post(client_of, ana, "queue:retry", takes[0], **sent)
    made = Render.objects.exclude(parent=None)
    assert {take.parent_id for take in made} == {take.pk for take in takes[1:]}
    assert Batch.objects.get(code=made[0].batch).name == "Chase, again"
    html = read(ana)
    assert "that failed" not in html
    assert "ordered again" in html
    assert "nothing left to order" in post(
        client_of, ana, "queue:retry", takes[0], press=str(uuid.uuid4()), shown="9"
    )


def test_a_press_of_another_project_is_not_there(press, client_of, pia):
    (take,) = press(1)
    other = actions.create_project(name="Other", by=pia)
    for name in ("hold", "release", "dismiss", "retry"):
        answer = client_of(pia).post(reverse(f"queue:{name}", args=[other.slug, take.batch]))
        assert answer.status_code == 404


# --- how many at once ---------------------------------------------------------------------


def test_no_more_than_the_project_may_are_at_the_provider(press, project, runware, engine, read, pia):
    """The rest wait their turn, and the sweep comes round to them."""
    actions.change_project(project, by=pia, in_flight=2)
    runware.faults("never_ends")
    takes = press(6)
    for _ in range(3):
        engine.step()
    assert Render.objects.filter(state="rendering").count() == 2
    assert "2 of 2 at the provider" in text(read(pia))

    seen = set()
    while Render.objects.exclude(state="ready").exists():
        at_provider = Render.objects.filter(state="rendering")
        assert at_provider.count() <= 2
        for take in at_provider:
            seen.add(take.pk)
            runware.finish({"taskUUID": str(take.code)})
        for _ in range(3):
            engine.step()
    assert seen == {take.pk for take in takes}


def test_jobs_that_run_at_once_do_not_pass_the_limit(press, project, runware, pia, monkeypatch):
    """Each has looked when there was still room."""
    actions.change_project(project, by=pia, in_flight=2)
    runware.faults("never_ends")
    first, second = press(2), press(2)
    room = lifecycle.provider_backoff.may_send

    def meanwhile(renders):
        monkeypatch.setattr(lifecycle.provider_backoff, "may_send", room)
        lifecycle.submit(str(second[0].batch))
        return room(renders)

    monkeypatch.setattr(lifecycle.provider_backoff, "may_send", meanwhile)
    lifecycle.submit(str(first[0].batch))
    assert Render.objects.filter(state="rendering").count() == 2


def test_a_full_project_does_not_keep_the_sweep_from_others(press, project, pia, order):
    takes = press(60)
    for take in takes:
        Render.objects.filter(pk=take.pk).update(batch=uuid.uuid4())
    Render.objects.filter(pk=takes[0].pk).update(state="rendering")
    actions.change_project(project, by=pia, in_flight=1)
    other = actions.create_project(name="Other", by=pia)
    (one,) = order(shot=actions.create_shot(other, by=pia, prompt="A kite"), by=pia)

    assert list(lifecycle._batches_to_send()) == [one.batch]


@pytest.mark.parametrize("typed", ["0", "-1", "many", "1000"])
def test_a_limit_that_is_none_is_refused_beside_its_field(client_of, project, pia, typed):
    answer = client_of(pia).post(reverse("dashboard:settings", args=[project.slug]), {"in_flight": typed})
    assert answer.status_code == 422
    assert "id_in_flight_error" in answer.content.decode()


# --- a provider that takes nothing --------------------------------------------------------


def test_what_stands_in_the_way_is_told_once_and_can_be_tried(
    press, read, client_of, project, runware, engine, pia, ana
):
    runware.faults("insufficient_credits", times=3)
    takes = press(3)
    lifecycle.submit(str(takes[0].batch))
    html = read(ana)
    queue = text(html[html.index('id="queue"') :])
    assert queue.count("out of money. Nothing is charged meanwhile. Next try") == 1
    assert "Try now" not in html
    assert "Try now" in read(pia)
    assert not Render.objects.to_send().exists()

    client_of(pia).post(reverse("queue:try_now", args=[project.slug]))
    assert ProviderHold.objects.get().until <= timezone.now()
    assert Render.objects.to_send().count() == 3
    lifecycle.sweep()
    lifecycle.submit(str(takes[0].batch))
    assert not ProviderHold.objects.exists()


def test_trying_now_lets_nothing_out_that_a_person_holds(press, client_of, project, runware, pia):
    runware.faults("insufficient_credits")
    takes = press(2)
    lifecycle.submit(str(takes[0].batch))
    queue_actions.hold(takes[:1], by=pia)
    client_of(pia).post(reverse("queue:try_now", args=[project.slug]))
    assert set(Render.objects.to_send()) == {takes[1]}
