"""What a board shows: shots with their status and newest takes, in a constant number of queries."""

from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Value, When, Window
from django.db.models.functions import RowNumber

from studio import sql
from studio.money import ZERO, from_column
from studio.projects.models import Shot
from studio.renders.models import Render

PAGE = 50  # shots
NEWEST = 5  # takes of a shot, besides the circled one
STATUSES = [
    ("", "All", ""),
    ("draft", "Not rendered", "draft"),
    ("rendering", "Rendering", "rendering"),
    ("review", "For review", "review"),
]


@dataclass
class Row:
    """A shot as the board shows it."""

    shot: Shot
    takes: list[Render] = field(default_factory=list)
    hidden: int = 0  # takes beyond the ones shown
    open: int = 0
    ready: int = 0
    spent: object = ZERO

    @property
    def status(self):
        return "rendering" if self.open else "review" if self.ready else "draft"

    @property
    def status_label(self):
        if self.open:
            return f"Rendering {self.open}"
        return "For review" if self.ready else "Not rendered"

    @property
    def count(self):
        return len(self.takes) + self.hidden


def with_status(shots):
    """Annotate the derived status; never stored (design 1)."""
    takes = Render.objects.filter(shot=OuterRef("pk"))
    return shots.annotate(
        status=Case(
            When(Exists(takes.filter(state__in=Render.OPEN)), then=Value("rendering")),
            When(Exists(takes.filter(state="ready")), then=Value("review")),
            default=Value("draft"),
            output_field=CharField(),
        )
    )


def counts(project):
    """How many shots have each status; "" is all of them."""
    found = with_status(project.shots.all()).values_list("status").annotate(number=Count("pk"))
    by_status = dict(found.order_by())
    return {"": sum(by_status.values()), **by_status}


def page(project, *, status="", after=None):
    """Up to PAGE rows after a key, and the key of the next page ("" at the end).

    The key is "position-pk" of the last shot seen.
    """
    shots = project.shots.select_related("first_frame", "project").in_order()
    if status:
        shots = with_status(shots).filter(status=status)
    if after:
        position, pk = after
        shots = shots.filter(Q(position__gt=position) | Q(position=position, pk__gt=pk))
    found = list(shots[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    key = f"{found[-1].position}-{found[-1].pk}" if more else ""
    return rows(found), key


def rows(shots):
    """The board's view of these shots, in their order."""
    found = summaries(shots)
    by_id = {row.shot.pk: row for row in found}
    takes = Render.objects.filter(shot_id__in=by_id).exclude(state="cancelled")
    numbered = takes.annotate(place=Window(RowNumber(), partition_by=F("shot_id"), order_by=F("pk").desc()))
    shown = numbered.filter(Q(place__lte=NEWEST) | Q(circled=True)).order_by("pk")
    for take in shown:
        row = by_id[take.shot_id]
        take.shot = row.shot
        take.project = row.shot.project
        row.takes.append(take)
        row.hidden -= 1
    return found


def summaries(shots):
    """What is known of each of these shots, without its takes; one query."""
    by_id = {shot.pk: Row(shot) for shot in shots}
    totals = sql.rows(
        "SELECT shot_id, COUNT(*),"  # noqa: S608
        f" SUM(CASE WHEN state IN ({sql.marks(Render.OPEN)}) THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN state = 'ready' THEN 1 ELSE 0 END), SUM(cost) FROM renders_render"
        f" WHERE shot_id IN ({sql.marks(by_id)}) AND state <> 'cancelled' GROUP BY shot_id",
        [*Render.OPEN, *by_id],
    )
    for pk, total, in_flight, ready, spent in totals:
        row = by_id[pk]
        row.hidden, row.open, row.ready, row.spent = total, in_flight, ready, from_column(spent) or ZERO
    return list(by_id.values())


def key_of(text):
    """Read a page key; None for none, or for nonsense."""
    position, _, pk = text.partition("-")
    if position.isascii() and position.isdigit() and pk.isascii() and pk.isdigit() and len(text) < 36:
        return int(position), int(pk)
    return None
