"""What people do with takes in the queue: hold them by hand, let them go on, order again what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as column
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from studio.core import money
from studio.core.money import ZERO
from studio.generation.orders import order_again, orders
from studio.generation.orders.orders import TakeOrder
from studio.generation.renders import create_takes, lifecycle, waiting
from studio.generation.renders.models import Render
from studio.planning.ledger import estimate
from studio.planning.references.shelf import Shelf
from studio.runtime import jobs
from studio.runtime.live import events

State = Render.State


class Dearer(ValueError):
    """It costs more than the pressed button said. Nothing was ordered."""

    def __init__(self, total: Decimal) -> None:
        super().__init__(f"The price is {money.dollars(total)} now. Press again to order.")


@dataclass
class Ordered:
    """What a press on Again brought about."""

    made: list[Render] = column(default_factory=list)
    left_out: list[tuple[Render, str]] = column(default_factory=list)  # each with why, for a person
    repeated: bool = False  # this very press has ordered before


# --- holding ------------------------------------------------------------------------------


def hold(takes: Sequence[Render], *, by) -> int:
    """Keep takes of one project from being sent until somebody lets them go on; how many that were.

    What was sent, or may have been, cannot be held. Their money stays set aside, and taking them back stays free.
    """
    if not takes:
        return 0
    done = 0
    with events.locked(takes[0].project_id):
        for take in takes:
            take.refresh_from_db()
            if take.undoable and take.held_at is None and take.trashed_at is None:
                take.touch("render.held", by=by, held_at=timezone.now())
                done += 1
    return done


def release(takes: Sequence[Render], *, by) -> int:
    """Let held takes go out again, at once; how many that were."""
    if not takes:
        return 0
    done = 0
    with events.locked(takes[0].project_id):
        for take in takes:
            take.refresh_from_db()
            if take.state == State.QUEUED and take.held_at is not None:
                take.touch("render.released", by=by, held_at=None, due_at=timezone.now())
                transaction.on_commit(partial(jobs.soon, "renders.submit", str(take.batch)))
                done += 1
    return done


# --- ordering again -----------------------------------------------------------------------


def to_retry(takes):
    """Those of these takes that failed and were not ordered again since; a queryset."""
    children = Render.objects.kept().filter(parent=OuterRef("pk")).exclude(state=State.CANCELLED)
    return _failed(takes).exclude(Exists(children))


def _failed(takes):
    return takes.kept().filter(state=State.FAILED, shot__trashed_at=None)


def price(takes) -> Decimal:
    """What ordering these again is expected to cost now, USD."""
    return sum((estimate.of_take(take.catalogue_model, take.seconds) for take in takes), ZERO)


def retry(takes: Sequence[Render], *, project_id, by, press, shown, once=False, title="") -> Ordered:
    """Order failed takes of a project again, each as it was asked for.

    Args:
        press: the UUID of the button's press. The same press sent twice orders once.
        shown: the price that stood on the button.
        once: leave out what somebody has ordered again since.
        title: what the batch is called in the queue.

    Raises:
        Dearer: it costs more than that; nothing was ordered.
        taking.Closed: a shot or the project went meanwhile.
    """
    with events.locked(project_id) as project:
        before = create_takes.ordered_by(press, [take.shot_id for take in takes])
        if before:
            return Ordered(before, repeated=True)
        choose = to_retry if once else _failed
        failed = choose(Render.objects.filter(project=project_id, pk__in=[take.pk for take in takes]))
        done, wanted, parents = Ordered(), [], []
        shelf = Shelf(project)
        for take in failed.select_related("shot__first_frame").order_by("pk"):
            take.project = take.shot.project = project
            try:
                wanted.append((take.shot, _order(take, project, shelf)))
                parents.append(take)
            except orders.Problems as problems:
                done.left_out.append((take, str(problems)))
        total = sum((order.total for _, order in wanted), ZERO)
        if wanted and (not shown or money.risen(total, shown)):
            raise Dearer(total)
        if wanted:
            done.made = lifecycle.start_many(
                wanted, project_id=project_id, by=by, parents=parents, press=press, title=title
            )
    return done


def _order(take: Render, project, shelf: Shelf) -> TakeOrder:
    """What was asked for: the seed too, and the look as it was then.

    Raises:
        orders.Problems: it cannot be made as it was.
    """
    gone = order_again.missing(take)
    if gone:
        raise orders.Problems({"first_frame": gone})
    wish = replace(order_again.wish_of(take), seed=take.seed_asked, no_look=True)
    order = orders.check(wish, project, shelf=shelf)
    return replace(order, prompt=take.prompt, words=take.typed, look=take.look)


def said(done: Ordered) -> str:
    """What a press on Again did, for whoever pressed."""
    if done.repeated:
        return "That was ordered already; nothing was ordered twice."
    number = f"{len(done.made)} take{'' if len(done.made) == 1 else 's'}"
    parts = [f"{number} ordered again."] if done.made else []
    parts += filter(None, [waiting.told(done.made)])
    parts += [f"Not {take}: {why}" for take, why in done.left_out[:3]]
    if len(done.left_out) > 3:
        parts.append(f"Nor {len(done.left_out) - 3} more.")
    return " ".join(parts) or "There is nothing left to order again."
