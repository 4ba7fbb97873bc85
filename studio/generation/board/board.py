"""What a board shows: shots with their status and newest takes, in a constant number of queries."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.db.models import Q

from studio.core import sql
from studio.core.money import ZERO, from_column
from studio.generation.renders import shot_status
from studio.generation.renders.models import Render
from studio.generation.reuse import frame_links
from studio.generation.reuse.frame_links import Source
from studio.planning.projects.models import Shot

PAGE = 50  # shots
NEWEST = 5  # takes of a shot, besides the circled one


@dataclass(frozen=True)
class Tile:
    """A take on the board: enough to find its card among those already drawn."""

    code: UUID
    revision: int


@dataclass
class Row:
    """A shot as the board shows it."""

    shot: Shot
    takes: list[Tile] = field(default_factory=list)
    total: int = 0
    open: int = 0
    ready: int = 0
    spent: object = ZERO
    verdict: str = ""  # on the take that stands for it
    source: Source | None = None  # the take it starts from
    html: str = ""  # once it is drawn

    def add_up(self, total, in_flight, ready, spent, verdict):
        self.verdict = verdict or ""
        # PostgreSQL adds whole numbers up to a numeric
        self.total, self.open, self.ready = int(total), int(in_flight), int(ready)
        self.spent = from_column(spent) or ZERO

    @property
    def hidden(self):
        """Takes beyond the ones shown."""
        return self.total - len(self.takes)

    @property
    def status(self):
        if self.open:
            return "rendering"
        return shot_status.of_verdict(self.verdict) if self.ready else "draft"

    @property
    def status_label(self):
        return f"Rendering {self.open}" if self.open else shot_status.LABELS[self.status]


def page(project, *, status="", after=None):
    """Up to PAGE rows after a key, and the key of the next page ("" at the end).

    The key is "position-pk" of the last shot seen.
    """
    shots = project.shots.kept().select_related("first_frame").in_order()
    if status:
        shots = shot_status.with_status(shots).filter(status=status)
    found = list(after_key(shots, after)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    key = f"{found[-1].position}-{found[-1].pk}" if more else ""
    return rows(found), key


def after_key(shots, key):
    """Those that come after a page key in the list; all of them for None."""
    if key is None:
        return shots
    position, pk = key
    return shots.filter(Q(position__gt=position) | Q(position=position, pk__gt=pk))


def rows(shots):
    """The board's view of these shots, in their order; one query, and one for those that start from a take."""
    by_id = {shot.pk: Row(shot) for shot in shots}
    found = sql.rows(
        f"SELECT total.*, take.code, take.revision FROM ({_TOTALS % sql.marks(by_id)}) AS total"  # noqa: S608
        f" JOIN {_SHOWN[connection.vendor]} ORDER BY take.id",
        [*Render.MOVING, *by_id],
    )
    for pk, *totals, code, revision in found:
        row = by_id[pk]
        row.add_up(*totals)
        row.takes.append(Tile(sql.read_uuid(code), revision))
    return frame_links.linked(list(by_id.values()))


def summaries(shots):
    """What is known of each of these shots, without its takes; as many queries."""
    by_id = {shot.pk: Row(shot) for shot in shots}
    for pk, *totals in sql.rows(_TOTALS % sql.marks(by_id), [*Render.MOVING, *by_id]):
        by_id[pk].add_up(*totals)
    return frame_links.linked(list(by_id.values()))


# The index "kept_takes_added_up" holds all that the innermost one reads, in its order.
_TOTALS = (
    f"SELECT added.*, {shot_status.STANDS.format(shot='added.shot_id')} AS verdict FROM ("  # noqa: S608
    "SELECT shot_id, SUM(number) AS takes,"
    f" SUM(CASE WHEN state IN ({sql.marks(Render.MOVING)}) THEN number ELSE 0 END) AS open,"
    " SUM(CASE WHEN state = 'ready' THEN number ELSE 0 END) AS ready, SUM(spent) AS spent FROM"
    " (SELECT shot_id, state, COUNT(*) AS number, SUM(cost) AS spent FROM renders_render"
    " WHERE shot_id IN (%s) AND state <> 'cancelled' AND trashed_at IS NULL GROUP BY shot_id, state) AS by_state GROUP BY shot_id) AS added"
).replace("%s", "%%s", len(Render.MOVING))


# The takes shown of a shot: its newest, and the circled one. Each database looks them up in an index for each shot
# if it is asked in its own words, and reads all takes for each shot if not.
_NEWEST = (
    "SELECT {columns} FROM renders_render WHERE shot_id = total.shot_id"  # noqa: S608
    f" AND state <> 'cancelled' AND trashed_at IS NULL ORDER BY id DESC LIMIT {NEWEST}"
)
_CIRCLED = (
    "SELECT {columns} FROM renders_render WHERE shot_id = total.shot_id AND circled AND trashed_at IS NULL"
)
_SHOWN = {
    "sqlite": "renders_render AS take ON take.id IN (SELECT id FROM"  # noqa: S608
    f" ({_NEWEST.format(columns='id')}) AS newest UNION {_CIRCLED.format(columns='id')})",
    "postgresql": f"LATERAL (({_NEWEST.format(columns='id, code, revision')})"
    f" UNION {_CIRCLED.format(columns='id, code, revision')}) AS take ON TRUE",
}


def key_of(text):
    """Read a page key; None for none, or for nonsense."""
    position, _, pk = text.partition("-")
    if position.isascii() and position.isdigit() and pk.isascii() and pk.isdigit() and len(text) < 36:
        return int(position), int(pk)
    return None
