"""A studio's ledger of a million rows with the sums beside it, made by the database itself.

Takes are drawn in the order of time, so the rows of all projects lie mixed as they would. Every figure of a
take follows from its number by whole-number arithmetic: each run makes the same film.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from studio.core.money import to_column
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.people.accounts.models import User
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects import actions
from studio.planning.projects.models import Membership, Project, Role, Shot
from tests import sums_in_sql
from tests.bench import film

TAKES = 340_000  # one in ten is the big project's; one in seventeen fails and is not charged: 1,000,000 rows
ROWS, ROWS_OF_BIG = 1_000_000, 100_000
SHOTS, SCENES, PEOPLE, DAYS, OTHERS = 400, 40, 6, 120, 30
SLOTS = 24  # moments of a day at which something is ordered
_ORDERS = (
    [("gen-4-image", None)] * 3 + [("gen-4-turbo", 5)] * 4 + [("gen-4.5", 5), ("gen-4.5", 8), ("gen-4.5", 10)]
)


def make() -> tuple[Project, Project]:
    """The project with 100,000 rows, and one of the thirty others; both have their takes and shots."""
    people = [film.person(f"person-{number}") for number in range(PEOPLE)]
    projects = [
        actions.create_project(name=f"Ledger {number}", by=people[0], budget=100_000)
        for number in range(OTHERS + 1)
    ]
    big, other = projects[:2]
    with transaction.atomic(), connection.cursor() as cursor:
        _moments(cursor)
        _people(cursor, people, (big, other))
        _projects(cursor, projects, {big: _shots(big), other: _shots(other)})
        _orders(cursor)
        cursor.execute(_TAKES.format(code=_random_code()))
        _entries()
        _renders(big, other)
        for table in sums_in_sql.TABLES:
            cursor.execute(f"INSERT INTO {table} ({sums_in_sql.columns(table)}) {sums_in_sql.anew(table)}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert LedgerEntry.objects.count() == ROWS
    assert LedgerEntry.objects.filter(project=big).count() == ROWS_OF_BIG
    return big, other


def made() -> tuple[Project, Project]:
    """The same two, once they are there."""
    big, other = Project.objects.filter(name__in=["Ledger 0", "Ledger 1"]).order_by("pk")
    return big, other


def _moments(cursor) -> None:
    """Every half hour of twelve hours of each day until today, by number."""
    last = timezone.localdate()
    begin = datetime.combine(last - timedelta(days=DAYS - 1), time(9), tzinfo=UTC)
    at, day = LedgerEntry._meta.get_field("at"), LedgerEntry._meta.get_field("day")
    cursor.execute(
        f"CREATE TEMPORARY TABLE bench_moment (slot integer PRIMARY KEY, at {at.db_type(connection)}, day {day.db_type(connection)})"
    )
    moments = [
        begin + timedelta(days=slot // SLOTS, minutes=30 * (slot % SLOTS)) for slot in range(DAYS * SLOTS)
    ]
    _fill(
        cursor,
        "bench_moment",
        [
            (slot, at.get_db_prep_save(moment, connection), day.get_db_prep_save(moment.date(), connection))
            for slot, moment in enumerate(moments)
        ],
    )


def _people(cursor, people: list[User], projects) -> None:
    for project in projects:
        for user in people[1:]:
            Membership.objects.create(project=project, user=user, role=Role.ARTIST)
    cursor.execute("CREATE TEMPORARY TABLE bench_person (place integer, id bigint, name varchar(150))")
    _fill(cursor, "bench_person", [(place, user.pk, user.name) for place, user in enumerate(people)])


def _shots(project: Project) -> int:
    """Make the shots in their scenes; the key of the first, from which they count."""
    Shot.objects.bulk_create(
        [
            Shot(
                project=project,
                code=f"{10 * number:04d}",
                title=f"The kite over the dunes, {number}",
                scene=f"{number * SCENES // SHOTS + 1} · Dunes",
                position=number,
                prompt="A red kite over pale dunes at dawn, slow push in, haze over the sea.",
                model="gen-4.5",
                aspect="1280x720",
                seconds=5,
            )
            for number in range(SHOTS)
        ]
    )
    keys = list(Shot.objects.filter(project=project).order_by("position").values_list("pk", flat=True))
    assert keys == list(range(keys[0], keys[0] + SHOTS))
    return keys[0]


def _projects(cursor, projects: list[Project], first_shots: dict[Project, int]) -> None:
    cursor.execute("CREATE TEMPORARY TABLE bench_project (place integer, id bigint, first_shot bigint)")
    _fill(
        cursor,
        "bench_project",
        [
            (place, project.pk, first_shots.get(project, 1_000_000 * place))
            for place, project in enumerate(projects)
        ],
    )


def _orders(cursor) -> None:
    cursor.execute(
        "CREATE TEMPORARY TABLE bench_order"
        " (place integer, model varchar(40), kind varchar(5), seconds smallint, estimate bigint)"
    )
    found = [(place, catalogue.get(key), seconds) for place, (key, seconds) in enumerate(_ORDERS)]
    _fill(
        cursor,
        "bench_order",
        [
            (place, model.key, model.kind.value, seconds, to_column(model.estimate(seconds)))
            for place, model, seconds in found
        ],
    )


def _fill(cursor, table: str, rows: list[tuple]) -> None:
    cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)


def _random_code() -> str:
    return "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"


# A person works on five shots in a day, and moves over the shot list from day to day. Of sixteen takes
# that are there five are judged, and one in fifty is thrown away.
_TAKES = f"""
CREATE TEMPORARY TABLE bench_take AS
WITH RECURSIVE counted (n) AS (
  SELECT CAST(0 AS bigint) UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < {TAKES}
),
drawn AS (
  SELECT n, n / 10 % 17 = 0 AS failed,
    CASE WHEN n % 10 = 0 THEN 0 ELSE 1 + n * 7919 % 10007 % {OTHERS} END AS project,
    n * {DAYS * SLOTS} / {TAKES} AS slot,
    n * 48271 % 65537 % {PEOPLE} AS person,
    n * 69621 % 65537 % 5 AS part,
    n * 16807 % 65537 % {len(_ORDERS)} AS wish,
    n * 39373 % 65537 AS chance
  FROM counted
)
SELECT n, {{code}} AS code, project.id AS project_id, slot, failed,
  project.first_shot + (person * 67 + slot / {SLOTS} * 2 + part * 13) % {SHOTS} AS shot,
  bench_person.id AS person, bench_person.name AS name, model, kind, seconds, estimate,
  estimate + CASE chance % 20 WHEN 0 THEN 2000000 WHEN 1 THEN -1000000 ELSE 0 END AS cost,
  chance % 3 = 0 AS framed, chance % 50 = 7 AS thrown,
  CASE WHEN failed THEN '' WHEN chance % 16 < 2 THEN 'approved' WHEN chance % 16 < 4 THEN 'retake'
    WHEN chance % 16 < 5 THEN 'rejected' ELSE '' END AS verdict,
  CASE WHEN failed OR chance % 16 NOT IN (2, 3, 4) THEN '' ELSE
    CASE chance / 16 % 5 WHEN 0 THEN '' WHEN 1 THEN 'hands,camera' WHEN 2 THEN 'identity' ELSE 'prompt' END
  END AS reasons
FROM drawn
JOIN bench_project AS project ON project.place = drawn.project
JOIN bench_person ON bench_person.place = drawn.person
JOIN bench_order ON bench_order.place = drawn.wish
"""


def _entries() -> None:
    """A hold, a charge and a release of each take, half an hour later, which may be the next day."""
    _insert(
        LedgerEntry,
        "FROM bench_take AS take"
        " CROSS JOIN (SELECT 0 AS step UNION ALL SELECT 1 UNION ALL SELECT 2) AS steps"
        f" JOIN bench_moment AS moment ON moment.slot = CASE WHEN step = 0 OR take.slot = {DAYS * SLOTS - 1}"
        " THEN take.slot ELSE take.slot + 1 END"
        " WHERE NOT (failed AND step = 1) ORDER BY n, step",
        project_id="project_id",
        render_code="code",
        task_code="code",
        kind="CASE step WHEN 0 THEN 'hold' WHEN 1 THEN 'charge' ELSE 'release' END",
        result="CASE step WHEN 1 THEN CAST(code AS varchar(64)) ELSE '' END",
        amount="CASE step WHEN 1 THEN cost ELSE estimate END",
        estimate="estimate",
        source="CASE step WHEN 1 THEN 'provider' ELSE 'estimate' END",
        sandbox="FALSE",
        by_id="person",
        by_name="name",
        at="moment.at",
        day="moment.day",
        shot_ref="shot",
        shot_code="CAST(shot AS varchar(20))",
        what="'0300 take 2 · Gen-4.5 · 5 s'",
        model="model",
        seconds="seconds",
        reason="CASE WHEN failed AND step = 2 THEN 'not charged' ELSE '' END",
    )


def _renders(*projects: Project) -> None:
    as_json = "CAST({} AS jsonb)" if connection.vendor == "postgresql" else "{}"
    framed = '[{"picture": "6a1c", "sha256": "6a1c", "position": "first", "from": "A still"}]'
    _insert(
        Render,
        "FROM bench_take AS take JOIN bench_moment AS moment ON moment.slot = take.slot"
        f" WHERE project_id IN ({', '.join(str(project.pk) for project in projects)}) ORDER BY n",
        code="code",
        task_code="code",
        project_id="project_id",
        shot_id="shot",
        number="ROW_NUMBER() OVER (PARTITION BY shot, kind ORDER BY n)",
        kind="kind",
        created_by_id="person",
        created_at="moment.at",
        sandbox="FALSE",
        model="model",
        model_id="model",
        prompt="'A red kite over pale dunes at dawn, slow push in, haze over the sea, gulls far off.'",
        aspect="'16:9'",
        width="1280",
        height="720",
        seconds="seconds",
        format="'MP4'",
        quality="95",
        safety="'none'",
        threshold="'auto'",
        frames=as_json.format(f"CASE WHEN framed THEN '{framed}' ELSE '[]' END"),
        estimate="estimate",
        state="CASE WHEN failed THEN 'failed' ELSE 'ready' END",
        queued_at="moment.at",
        sent_at="moment.at",
        accepted_at="moment.at",
        answered_at="moment.at",
        ended_at="moment.at",
        result_uuid="CASE WHEN failed THEN '' ELSE CAST(code AS varchar(64)) END",
        cost="CASE WHEN failed THEN NULL ELSE cost END",
        cost_source="'provider'",
        file="CASE WHEN failed THEN '' ELSE 'takes/original.mp4' END",
        frame_count="CASE WHEN failed THEN NULL ELSE seconds * 24 END",
        fps_num="CASE WHEN seconds IS NULL THEN NULL ELSE 24 END",
        fps_den="CASE WHEN seconds IS NULL THEN NULL ELSE 1 END",
        verdict="verdict",
        reasons="reasons",
        trashed_at="CASE WHEN thrown THEN moment.at ELSE NULL END",
    )


def _insert(model: type[models.Model], source: str, /, **chosen: str) -> None:
    """INSERT … SELECT of whole rows: what is chosen is SQL over the source, the rest has its field's default."""
    columns, picked, values = [], [], []
    for field in model._meta.local_concrete_fields:
        if field.primary_key:
            continue
        columns.append(field.column)
        if field.attname in chosen:
            picked.append(chosen.pop(field.attname))
        else:
            picked.append("%s")
            values.append(field.get_db_prep_save(field.get_default(), connection))
    assert not chosen, f"no such columns: {chosen}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(picked)} {source}",
            values,
        )
