"""The money SQL of the costs page beside the bare rollup, and what keeping the sums costs. On one database."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from unittest import mock

from django.db import connection, transaction

from studio.core import sql
from studio.oversight.cost_reports import period, spending
from studio.planning.ledger import ledger
from studio.planning.ledger.models import LedgerEntry
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects.models import Project
from tests import sums_in_sql
from tests.bench import film, ledgers, measured
from tests.bench.table import Figure

ROUNDS, PER_ROUND = 60, 20
_MEASURES = "spent, estimated, over, charges, seconds"
Statement = tuple[str, list]


def figures(database: str) -> list[Figure]:
    began = time.monotonic()
    big, _ = ledgers.make()
    made = Figure(
        f"{database}: {ledgers.ROWS:,} rows of ledger are made",
        time.monotonic() - began,
        "s",
        goal=("<=", 60),
    )
    return [made, *_read(database, big), *_kept(database)]


# --- reading --------------------------------------------------------------------------------


def _read(database: str, project: Project) -> list[Figure]:
    found = []
    for name, days in (("4w", "4 weeks"), ("all", f"{ledgers.DAYS} days")):
        asked = period.read({"range": name}, sandbox=False)
        since = f" AND day >= '{asked.first}'" if asked.first else ""
        ours = {
            "day": _statement(lambda asked=asked: spending.by_day(project, asked)),
            "shot": _statement(lambda asked=asked: spending.by_shot(project, asked)),
        }
        bare = {
            "day": f"SELECT day, model, person, {_MEASURES} FROM costs_dayspend",
            "shot": f"SELECT shot_ref, {_MEASURES} FROM costs_shotspend",
        }
        for key, statement in bare.items():
            floor = (f"{statement} WHERE project_id = %s AND sandbox = FALSE{since}", [project.pk])
            taken = _times(ROUNDS, floor=floor, ours=ours[key])
            what = f"{database}: spend by {key}, {days}"
            note = f"{len(_fetch(floor))} rows kept, {len(_fetch(ours[key]))} answered"
            found.append(Figure(what, taken["ours"], floor=taken["floor"], goal=("<=", 1.1), note=note))
            from_ledger = (_grouped(key, since), [project.pk])
            taken = _times(9, floor=from_ledger, ours=ours[key])
            found.append(Figure(f"{what}, beside adding up the ledger", taken["ours"], floor=taken["floor"]))
    return found


def _grouped(key: str, since: str) -> str:
    """What the rollup saves: the same figures from the ledger's own rows."""
    table = {"day": "costs_dayspend", "shot": "costs_shotspend"}[key]
    rows = sums_in_sql.anew(table, f"project_id = %s AND sandbox = FALSE{since}")
    if key == "day":
        return rows
    measures = ", ".join(f"SUM({name})" for name in _MEASURES.split(", "))
    return f"SELECT shot_ref, {measures} FROM ({rows}) AS kept GROUP BY shot_ref"


def _statement(way: Callable[[], object]) -> Statement:
    """The one statement that this runs."""
    seen: list[Statement] = []

    def note(execute, statement, values, many, context):
        seen.append((statement, values))
        return execute(statement, values, many, context)

    with connection.execute_wrapper(note):
        way()
    (only,) = seen
    return only


def _times(rounds: int, **statements: Statement) -> dict[str, float]:
    ways = {name: (lambda each=each: _fetch(each)) for name, each in statements.items()}
    return measured.times(rounds, clock=time.perf_counter, **ways)


def _fetch(statement: Statement) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


# --- keeping --------------------------------------------------------------------------------


def _kept(database: str) -> list[Figure]:
    with_sums, without, bare = (film.project(name, shots=1) for name in ("kept", "unkept", "bare"))
    no_sums = mock.patch.object(ledger._Book, "close", lambda book: sql.insert(*book._entries))
    insert, values, place = _bare_insert(bare)

    def plain() -> None:
        with transaction.atomic(), no_sums:
            _buy(without)

    def inserts() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            code = sql.uuid(uuid.uuid4())
            for row in values:
                row[place] = code
                cursor.execute(insert, row)

    def kept() -> None:
        with transaction.atomic():
            _buy(with_sums)

    on_server = connection.vendor == "postgresql"  # another process does half of the work
    ways = {"kept": kept, "plain": plain, "inserts": inserts}
    taken = measured.times(
        ROUNDS,
        clock=time.perf_counter if on_server else time.process_time,
        **{name: (lambda way=way: [way() for _ in range(PER_ROUND)]) for name, way in ways.items()},
    )
    each = {name: ms / PER_ROUND for name, ms in taken.items()}
    what = f"{database}: a take is held, charged and released"
    note = "time, both processes" if on_server else "processor time"
    _odd_ends(with_sums)
    wrong = sum(len(_fetch((sums_in_sql.differing(table), []))) for table in sums_in_sql.TABLES)
    unkept = f"project_id IN ({without.pk}, {bare.pk})"
    missing = sum(len(_fetch((sums_in_sql.differing(table, unkept), []))) for table in sums_in_sql.TABLES)
    return [
        Figure(f"{what}, beside bare inserts", each["kept"], floor=each["inserts"], note=note),
        Figure(f"{what}, beside no sums", each["kept"], floor=each["plain"], note=note),
        Figure(f"{database}: sums that are not the ledger's", wrong - missing, "rows", None, ("=", 0.0)),
    ]


def _buy(project: Project, cost: Decimal | None = Decimal("0.605"), **other) -> Purchase:
    purchase = replace(_purchase(project), **other)
    ledger.hold(purchase)
    ledger.charge(purchase, cost, result=str(purchase.render_code))
    return purchase


def _purchase(project: Project) -> Purchase:
    return Purchase(
        project_id=project.pk,
        render_code=uuid.uuid4(),
        what="0300 take 2 · Gen-4.5 · 5 s",
        shot_code="0300",
        model=film.MODEL.key,
        seconds=film.SECONDS,
        sandbox=False,
        by_id=project.created_by_id,
        estimate=Decimal("0.605"),
        shot_ref=1,
    )


def _bare_insert(project: Project) -> tuple[str, list[list], int]:
    """The three rows of a take as the ledger writes them, ready to go, and where their code stands."""
    with transaction.atomic():
        purchase = _buy(project)
        rows = list(LedgerEntry.objects.filter(render_code=purchase.render_code).order_by("pk"))
        transaction.set_rollback(True)
    statement, fields = sql._insertion(LedgerEntry)
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows
    ]
    return statement, values, [field.attname for field in fields].index("render_code")


def _odd_ends(project: Project) -> None:
    """What else the ledger may be told, for the sums to be compared over it."""
    with transaction.atomic():
        _buy(project, Decimal("0.7123456789"))  # above the estimate
        _buy(project, None, by_id=None, shot_ref=None, seconds=None)
        late = _buy(project, Decimal("0.5"), sandbox=True)
        source = LedgerEntry.Source.PERSON
        ledger.adjust(late, Decimal("-0.123456789"), reason="billed wrongly", source=source, by=None, key="1")
        given_back = _purchase(project)
        ledger.hold(given_back)
        ledger.release(given_back)
