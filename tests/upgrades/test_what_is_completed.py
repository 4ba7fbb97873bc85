"""What the repair writes into the columns it adds is what those studios went by."""

import sqlite3

import psycopg
import pytest

from studio.bootstrap import schema_repair
from tests.upgrades import kept

COMPARED = (
    "INSERT INTO reconcile_comparison (sandbox, at, days, ours, theirs, account, used_ever, beyond,"
    " on_their_way, asked, late_bills, late_results, problem) VALUES (%s, %s, 30, 0, 0, %s, %s, %s, %s, 0, 0, 0, '')"
)
# sandbox, hour, account, used ever, beyond, on their way: from which hour it counts, and whether it concludes
LATER = [
    ((True, 10, "Ours", 10, 2, 0), (10, True)),  # the first of this account
    ((True, 11, "Ours", 12, 2, 0), (10, True)),  # goes on from it
    ((True, 12, "Ours", 13, 2, 1), (10, False)),  # a take was on its way
    ((False, 13, "Ours", 5, 1, 0), (13, True)),  # real money is counted by itself
    ((True, 14, "Ours", 15, None, 0), (None, False)),  # the account did not say
    ((True, 15, "Ours", 16, 2, 0), (10, True)),
    ((True, 16, "Ours", 3, 0, 0), (16, True)),  # its use has fallen: another account
    ((True, 17, "Theirs", 30, 9, 0), (17, True)),  # and one of another name
]


@pytest.fixture
def repaired(older, django_db_blocker):
    """A connection to an older database that was written to by hand, and then completed."""
    opened = []

    def repaired(commit, *statements):
        manager = kept.opened(older(commit))
        connection = manager.__enter__()
        opened.append(manager)
        with connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)
        schema_repair.repair(connection)
        return connection

    with django_db_blocker.unblock():
        yield repaired
        for manager in opened:
            manager.__exit__(None, None, None)


def rows(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def read(database, statement):
    """The rows of a database that nobody has completed."""
    if kept.vendor(database) == "postgres":
        with psycopg.connect(database) as postgres:
            return postgres.execute(statement).fetchall()
    sqlite = sqlite3.connect(database.removeprefix(kept.SQLITE))
    found = sqlite.execute(statement).fetchall()
    sqlite.close()
    return found


def day(hour):
    return f"2031-01-01 {hour}:00:00+00:00"


def test_comparisons_count_from_where_they_began_and_conclude_what_they_could(repaired):
    wrote = [(COMPARED, [sandbox, day(hour), *rest]) for (sandbox, hour, *rest), _ in LATER]
    connection = repaired("0dd1983", *wrote)

    found = rows(connection, "SELECT counted_from, conclusive FROM reconcile_comparison ORDER BY id")[2:]

    assert [(hour_of(moment), bool(concluded)) for moment, concluded in found] == [told for _, told in LATER]


def hour_of(moment):
    """A driver tells of a moment as such, SQLite's as text."""
    return moment and int(str(moment)[11:13])


def test_a_comparison_beside_a_charge_concludes_nothing(repaired):
    """Nobody looked then whether the account lagged; the next comparison does."""
    connection = repaired("0dd1983")
    found = rows(connection, "SELECT counted_from, conclusive FROM reconcile_comparison ORDER BY id")
    ((first, one), (second, other)) = found
    assert first == second is not None
    assert not one and not other


def test_a_shot_does_not_give_the_number_of_a_take_that_is_gone_again(repaired):
    connection = repaired("1f8abce")
    found = dict(rows(connection, "SELECT code, numbers_gone FROM projects_shot WHERE project_id = 2"))
    told = {code: kept.as_json(numbers) for code, numbers in found.items()}
    assert told == {"010": {}, "020": {"still": 3}}


@pytest.mark.parametrize("commit", ["1f8abce", "ef80ebb", "0dd1983"])
def test_the_ledger_is_not_written_to(older, django_db_blocker, commit):
    database = older(commit)
    ledger = "SELECT * FROM costs_ledgerentry ORDER BY id"
    before = read(database, ledger)
    with django_db_blocker.unblock(), kept.opened(database) as connection:
        schema_repair.repair(connection)
    assert read(database, ledger) == before
    if commit != "1f8abce":  # whose ledger had no seal yet
        with pytest.raises(Exception, match="only added"):
            kept.execute(database, "UPDATE costs_ledgerentry SET amount = 0")
