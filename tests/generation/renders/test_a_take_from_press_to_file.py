from decimal import Decimal

from django.core.files.storage import default_storage

from studio.generation.renders.models import Render
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.runtime.live.models import Event


def kinds(render):
    return list(
        LedgerEntry.objects.filter(render_code=render.code).order_by("pk").values_list("kind", flat=True)
    )


def test_a_press_queues_takes_and_sets_their_price_aside(order, project):
    takes = order(takes=2)

    assert [take.state for take in takes] == ["queued", "queued"]
    assert [take.number for take in takes] == [1, 2]
    assert Balance.of(project, sandbox=True).held == Decimal("1.21")


def test_each_take_has_a_seed_of_its_own(order):
    one, other = order(takes=2)

    assert one.seed_asked != other.seed_asked


def test_a_locked_seed_counts_up(order):
    assert [take.seed_asked for take in order(takes=3, seed=4294967294)] == [4294967294, 4294967295, 0]


def test_the_same_press_sent_twice_orders_once(shot, ana, order):
    from studio.generation.orders import orders
    from studio.generation.renders import lifecycle

    legal = orders.check(orders.Wish.of(shot), shot.project)
    press = "7f3a9f0c-83cb-4a4f-8a0b-2b1d6a0c2201"
    first = lifecycle.start(shot=shot, by=ana, order=legal, press=press)
    again = lifecycle.start(shot=shot, by=ana, order=legal, press=press)

    assert first == again
    assert Render.objects.count() == 1


def test_a_take_ends_ready_with_its_file_and_is_charged_once(order, engine):
    (take,) = order()
    engine.run()
    take.refresh_from_db()

    assert take.state == "ready"
    assert take.cost == Decimal("0.605")
    assert take.seed == take.seed_asked
    assert default_storage.exists(take.file)
    assert kinds(take) == ["hold", "charge", "release"]


def test_what_the_ledger_says_is_what_was_billed(order, engine, runware, project):
    takes = order(takes=3)
    engine.run()

    billed = sum(runware.book({"taskUUID": str(take.code)})["billed"] for take in takes)
    balance = Balance.of(project, sandbox=True)
    assert balance.spent == billed == Decimal("1.815")
    assert balance.held == 0


def test_every_step_is_an_event_in_order_without_gaps(order, engine, project):
    order()
    engine.run()

    numbers = list(Event.objects.filter(project=project).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    moves = Event.objects.filter(kind="render.moved").order_by("seq").values_list("payload__state", flat=True)
    assert list(moves) == ["submitting", "rendering", "saving", "ready"]


def test_a_still_is_sent_without_a_seed_and_comes_back_with_one(order, engine):
    (still,) = order(model="gen-4-image")
    engine.run()
    still.refresh_from_db()

    assert (still.state, still.seed_asked, still.label) == ("ready", None, "still 1")
    assert still.seed is not None
    assert still.cost == Decimal("0.08")


def test_turbo_starts_from_the_first_frame(order, engine, frame, runware):
    (take,) = order(model="gen-4-turbo", first_frame=frame)
    engine.run()
    take.refresh_from_db()

    assert take.state == "ready"
    assert take.cost == Decimal("0.2542")
    assert take.frames[0]["sha256"] == frame.sha256
