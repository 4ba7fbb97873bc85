"""A take held by hand stays queued and is not sent, whatever comes round, until somebody lets it go on."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from studio.generation.orders import queue_actions
from studio.generation.renders import create_takes, lifecycle, provider_backoff, settlement
from studio.generation.renders.models import ProviderHold, Render
from studio.generation.trash import trash
from studio.planning.projects import actions
from studio.runtime.live.models import Event

PRICE = Decimal("0.605")


@pytest.fixture
def held(order, ana):
    takes = order(takes=3)
    assert queue_actions.hold(takes, by=ana) == 3
    return takes


def states():
    return list(Render.objects.order_by("pk").values_list("state", flat=True))


def test_a_held_take_is_not_sent_by_the_sweep_or_after_a_restart(held, engine, books):
    for _ in range(3):
        engine.step()
    lifecycle.wake_all()
    lifecycle.sweep()
    lifecycle.submit(str(held[0].batch))

    assert states() == ["queued"] * 3
    assert books().held == 3 * PRICE


def test_the_others_of_its_press_go_out(order, engine, ana):
    takes = order(takes=3)
    queue_actions.hold([takes[1]], by=ana)
    engine.until(lambda: states() == ["ready", "queued", "ready"])


def test_let_go_on_it_is_made_once(held, engine, ana, posts, books):
    assert queue_actions.release(held, by=ana) == 3
    assert queue_actions.release(held, by=ana) == 0
    engine.run()

    assert states() == ["ready"] * 3
    assert [posts(take) for take in held] == [1, 1, 1]
    assert books().spent == 3 * PRICE


def test_a_hold_that_comes_between_choosing_and_sending_counts(order, ana, runware, monkeypatch):
    """The job has read its rows; somebody holds one of them; the rest is sent."""
    first, second = order(takes=2)
    may_send = provider_backoff.may_send

    def meanwhile(renders):
        queue_actions.hold([Render.objects.get(pk=first.pk)], by=ana)
        return may_send(renders)

    monkeypatch.setattr(provider_backoff, "may_send", meanwhile)
    lifecycle.submit(str(first.batch))
    first.refresh_from_db()
    second.refresh_from_db()

    assert (first.state, first.sent_at) == ("queued", None)
    assert second.state in ("rendering", "saving")


def test_what_was_sent_cannot_be_held(order, runware, ana):
    runware.faults("never_ends")
    (take,) = order()
    lifecycle.submit(str(take.batch))

    assert queue_actions.hold([take], by=ana) == 0
    take.refresh_from_db()
    assert (take.state, take.held_at) == ("rendering", None)


def test_what_may_have_been_bought_cannot_be_held(order, ana):
    """Queued for a second try, with the first one in doubt."""
    (take,) = order()
    Render.objects.filter(pk=take.pk).update(sent_at=take.created_at, attempts=1)

    assert queue_actions.hold([take], by=ana) == 0


def test_taking_a_held_one_back_frees_its_money(held, ana, client_of, books):
    client_of(ana).post(reverse("viewer:cancel", args=[held[0].code]))

    assert states() == ["cancelled", "queued", "queued"]
    assert books().held == 2 * PRICE


def test_throwing_its_shot_away_frees_its_money(held, shot, pia, books, project):
    trash.trash_shots(project, [shot], by=pia)

    assert states() == ["cancelled"] * 3
    assert books().held == 0


def test_a_project_with_something_held_is_not_put_away(held, project, pia):
    with pytest.raises(trash.Busy, match="3 takes"):
        trash.archive_project(project, by=pia)


def test_a_held_take_does_not_wake_with_the_provider(order, engine, runware, ana):
    """The provider was busy; when it is not any more, what a person holds stays."""
    runware.faults("http_429", times=1)
    (busy,) = order()
    lifecycle.submit(str(busy.batch))
    (held,) = order()
    queue_actions.hold([held], by=ana)
    ProviderHold.objects.update(until=held.created_at)
    engine.until(lambda: states() == ["ready", "queued"])
    assert not ProviderHold.objects.exists()


def test_a_waiting_take_is_a_producers_to_decide_about(order, project, pia, ana):
    actions.change_project(project, by=pia, budget=Decimal("0.10"))
    project.refresh_from_db()
    (take,) = order()

    assert take.state == "waiting"
    assert queue_actions.hold([take], by=ana) == 0


def test_it_is_told(held, ana):
    kinds = Event.objects.filter(kind="render.held").values_list("by", flat=True)
    assert list(kinds) == [ana.pk] * 3
    queue_actions.release(held[:1], by=ana)
    assert Event.objects.filter(kind="render.released").count() == 1


def test_its_card_says_so_and_offers_what_can_be_done(held, client_of, ana, rae):
    address = reverse("viewer:card", args=[held[0].code])
    mine = client_of(ana).get(address).content.decode()
    assert "Held by hand" in mine
    assert reverse("viewer:release", args=[held[0].code]) in mine
    theirs = client_of(rae).get(address).content.decode()
    assert "Held by hand" in theirs
    assert "<button" not in theirs


def test_by_the_buttons(order, client_of, ana):
    (take,) = order()
    browser = client_of(ana)
    browser.post(reverse("viewer:hold", args=[take.code]))
    take.refresh_from_db()
    assert take.held_at
    answer = browser.post(f"{reverse('viewer:release', args=[take.code])}?from=queue")
    take.refresh_from_db()
    assert take.held_at is None
    assert answer.url == reverse("queue:queue", args=[take.project.slug])


@pytest.mark.django_db(transaction=True)
def test_let_go_on_by_two_at_once_it_is_sent_once(held, ana, posts, runware):
    def both(_):
        try:
            done = queue_actions.release([Render.objects.get(pk=held[0].pk)], by=ana)
            lifecycle.submit(str(held[0].batch))
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(both, range(2)))

    assert sorted(done) == [0, 1]
    assert posts(held[0]) == 1


# --- again --------------------------------------------------------------------------------


@pytest.fixture
def failed(order, engine, runware):
    """Three takes of one press, two of which failed."""
    runware.faults("fail", code="inferenceError", message="Over there.", times=2)
    takes = order(takes=3, seed=7)
    engine.run()
    for take in takes:
        take.refresh_from_db()
    return [take for take in takes if take.state == "failed"]


def test_what_failed_is_ordered_again_as_it_was(failed, engine, ana, project, books):
    done = queue_actions.retry(
        failed, project_id=project.pk, by=ana, press="", shown=str(2 * PRICE), once=True, title="Again"
    )
    assert len(done.made) == len(failed) == 2
    for old, new in zip(failed, done.made, strict=True):
        assert new.parent == old
        same = ("shot_id", "model", "prompt", "words", "aspect", "width", "seconds", "seed_asked", "format")
        assert {name: getattr(new, name) for name in same} == {name: getattr(old, name) for name in same}
    engine.run()
    assert books().spent == 3 * PRICE


def test_the_same_press_twice_orders_once(failed, ana, project):
    press = "7f3f2a54-6d42-4a08-9f0a-1d7b3a3c9d01"
    asked = {"project_id": project.pk, "by": ana, "press": press, "shown": "9", "once": True}
    first = queue_actions.retry(failed, **asked)
    second = queue_actions.retry(failed, **asked)

    assert second.repeated
    assert {take.pk for take in second.made} == {take.pk for take in first.made}
    assert Render.objects.count() == 5


def test_two_people_who_retry_the_same_order_it_once(failed, ana, pia, project):
    asked = {"project_id": project.pk, "press": "", "shown": "9", "once": True}
    queue_actions.retry(failed, by=ana, **asked)
    assert queue_actions.retry(failed, by=pia, **asked).made == []
    assert Render.objects.count() == 5


@pytest.mark.parametrize("shown", ["1.20", "", None])
def test_dearer_than_the_button_said_nothing_is_ordered(failed, ana, project, shown):
    with pytest.raises(queue_actions.Dearer, match=r"\$1\.21 now"):
        queue_actions.retry(failed, project_id=project.pk, by=ana, press="", shown=shown)
    assert Render.objects.count() == 3


def test_what_cannot_be_ordered_any_more_is_left_out_and_said(order, frame, ana, project, runware, engine):
    runware.faults("fail", code="inferenceError", message="Over there.")
    order(model="gen-4-turbo", first_frame=frame)
    order()
    engine.run()
    frame.delete()
    failed = list(Render.objects.filter(state="failed").order_by("pk"))

    done = queue_actions.retry(failed, project_id=project.pk, by=ana, press="", shown="9")
    assert [take.parent_id for take in done.made] == [failed[1].pk]
    assert "Its first frame is gone." in queue_actions.said(done)


def test_over_the_budget_it_waits(failed, ana, pia, project):
    for take in failed:
        settlement.write_off(take, by=pia)
    actions.change_project(project, by=pia, budget=Decimal("1.30"))
    done = queue_actions.retry(failed, project_id=project.pk, by=ana, press="", shown="9")

    assert [take.state for take in done.made] == ["queued", "waiting"]
    assert "1 waits to be allowed: over the project's budget." in queue_actions.said(done)


def test_a_put_away_project_orders_nothing(failed, ana, pia, project):
    actions.archive_project(project, by=pia)
    with pytest.raises(create_takes.Closed):
        queue_actions.retry(failed, project_id=project.pk, by=ana, press="", shown="9")
