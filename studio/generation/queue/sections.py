"""The queue of a project as people read it: takes by how far they are, grouped by the press that ordered them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from studio.core import paging, sql
from studio.core.money import ZERO
from studio.generation.orders import queue_actions
from studio.generation.renders import durations, failure_messages
from studio.generation.renders.models import Batch, Render
from studio.integrations import catalogue
from studio.people.accounts.models import User
from studio.planning.ledger import estimate
from studio.planning.projects.models import Project

State = Render.State
PAGE = 40  # takes of a section at once
LATELY = timedelta(minutes=30)  # for so long what has ended is shown

_STATES = {
    "waiting": {State.WAITING},
    "queued": {State.QUEUED},
    "rendering": {State.SUBMITTING, State.RENDERING, State.EXPIRED},
    "saving": {State.SAVING},
    "done": {State.READY, State.KEPT, State.FAILED},
}
TITLES = {
    "waiting": "Waiting to be allowed",
    "queued": "Queued",
    "rendering": "Rendering",
    "saving": "Saving",
    "done": "Just done",
}
_UNSENT = Q(state=State.QUEUED, sent_at=None)


@dataclass
class Line:
    """A take in the queue."""

    take: Render
    usual: int | None = None  # seconds it usually takes at the provider
    failure: failure_messages.Failure | None = None
    price: Decimal | None = None  # of ordering it again, where it failed and nobody has


@dataclass
class Group:
    """What of one press stands in a section. The numbers are of the whole press."""

    batch: UUID
    name: str
    by: User | None
    at: datetime
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    ready: int = 0
    holdable: int = 0
    held: int = 0
    free: int = 0  # to be taken back for nothing
    sent: int = 0  # and still waited for
    failed: int = 0  # and not ordered again
    price: Decimal = ZERO  # of ordering those again


@dataclass
class Section:
    """Takes that are equally far: the groups of one page, and how many more there are."""

    key: str
    groups: list[Group] = field(default_factory=list)
    total: int = 0
    more: int = 0
    next: str = ""  # the page after this one begins behind this key

    @property
    def title(self) -> str:
        return TITLES[self.key]


@dataclass(frozen=True)
class Room:
    """How many takes are at the provider, of how many that may be."""

    taken: int
    limit: int
    of_studio: bool  # of all projects; else of this one, which has a limit of its own


# asked by every page and every event that changes it
_MOVING = (
    "SELECT COUNT(*) FROM renders_render AS take JOIN projects_shot AS shot ON shot.id = take.shot_id"
    " WHERE take.trashed_at IS NULL AND shot.trashed_at IS NULL AND take.held_at IS NULL"
    " AND take.project_id = %%s AND take.state IN (%s)"
)


def moving(project_id: int) -> int:
    """How many takes of a project are on their way, those held by hand not counted; one query."""
    states = sorted(Render.MOVING)
    return sql.rows(_MOVING % sql.marks(states), [project_id, *states])[0][0]


def room(project: Project) -> Room:
    """One query."""
    at_provider = Render.objects.filter(state__in=Render.IN_FLIGHT)
    if project.in_flight is None:
        return Room(at_provider.count(), settings.IN_FLIGHT_LIMIT, of_studio=True)
    limit = min(project.in_flight, settings.IN_FLIGHT_LIMIT)
    return Room(at_provider.filter(project=project).count(), limit, of_studio=False)


def read(project: Project, *, only: str = "", after: str = "") -> list[Section]:
    """The sections that hold something; a constant number of queries.

    Args:
        only: the key of one section, to go on in it.
        after: the key of the last take on the page before.
    """
    totals = _totals(project)
    keys = [only] if only in _STATES else [key for key in _STATES if totals[key]]
    place = paging.number(after) if only else None
    found = [_section(project, key, total=totals[key], after=place) for key in keys]
    groups = [group for section in found for group in section.groups]
    _name(groups)
    _add_up(project, groups)
    return found


def _kept(project_id: int):
    return Render.objects.kept().filter(project=project_id, shot__trashed_at=None)


def _in(project: Project, key: str):
    found = _kept(project.pk).filter(state__in=_STATES[key])
    return found.filter(ended_at__gte=timezone.now() - LATELY) if key == "done" else found


def _totals(project: Project) -> dict[str, int]:
    on_their_way = set().union(*(states for key, states in _STATES.items() if key != "done"))
    by_state = dict(
        _kept(project.pk)
        .filter(state__in=on_their_way)
        .values("state")
        .annotate(number=Count("pk"))
        .values_list("state", "number")
    )
    totals = {key: sum(by_state.get(state, 0) for state in states) for key, states in _STATES.items()}
    return totals | {"done": _in(project, "done").count()}


def _section(project: Project, key: str, *, total: int, after: int | None) -> Section:
    """A page of a section: the oldest order first, or the newest of what is done."""
    found, rest = _in(project, key), total
    newest_first = key == "done"
    if after is not None:
        found = found.filter(pk__lt=after) if newest_first else found.filter(pk__gt=after)
        rest = found.count()
    children = Render.objects.kept().filter(parent=OuterRef("pk")).exclude(state=State.CANCELLED)
    found = found.annotate(was_ordered_again=Exists(children)).select_related("shot", "created_by")
    found = found.defer("prompt", "words", "look", "result_url")
    takes, more = paging.page(found.order_by("-pk" if newest_first else "pk"), PAGE)
    section = Section(key, total=total, more=max(0, rest - len(takes)) if more else 0)
    section.next = str(takes[-1].pk) if more else ""
    groups: dict[UUID, Group] = {}
    for take in takes:
        take.project = take.shot.project = project
        group = Group(take.batch, str(take.shot), take.created_by, take.created_at)
        groups.setdefault(take.batch, group).lines.append(_line(take))
    section.groups = list(groups.values())
    return section


def _line(take) -> Line:
    line = Line(take)
    if take.state == State.RENDERING:
        line.usual = durations.usual_seconds(take.model, take.seconds, sandbox=take.sandbox)
    if take.state == State.FAILED:
        line.failure = failure_messages.of_failure(take)
        if not take.was_ordered_again:
            line.price = estimate.of_take(take.catalogue_model, take.seconds)
    return line


def _name(groups: list[Group]) -> None:
    """Presses from before they had names keep that of their shot."""
    names = dict(Batch.objects.filter(code__in={group.batch for group in groups}).values_list("code", "name"))
    for group in groups:
        group.name = names.get(group.batch, group.name)


def _add_up(project: Project, groups: list[Group]) -> None:
    """The numbers of each press, whatever sections its takes stand in."""
    batches = {group.batch for group in groups}
    takes = _kept(project.pk).filter(batch__in=batches)
    sums = takes.exclude(state=State.CANCELLED).values("batch")
    sums = sums.annotate(
        total=Count("pk"),
        ready=Count("pk", filter=Q(state=State.READY)),
        holdable=Count("pk", filter=_UNSENT & Q(held_at=None)),
        held=Count("pk", filter=Q(state=State.QUEUED, held_at__isnull=False)),
        free=Count("pk", filter=_UNSENT | Q(state=State.WAITING)),
        sent=Count("pk", filter=Q(state__in=Render.IN_FLIGHT, dismissed_at=None)),
    )
    by_batch = {row.pop("batch"): row for row in sums}
    failed = queue_actions.to_retry(takes).values("batch", "model", "seconds").annotate(number=Count("pk"))
    prices: dict[UUID, tuple[int, Decimal]] = {}
    for row in failed.order_by():
        number, price = prices.get(row["batch"], (0, ZERO))
        each = estimate.of_take(catalogue.named(row["model"]), row["seconds"])
        prices[row["batch"]] = number + row["number"], price + each * row["number"]
    for group in groups:
        for name, value in by_batch.get(group.batch, {}).items():
            setattr(group, name, value)
        group.failed, group.price = prices.get(group.batch, (0, ZERO))
