"""A database of any earlier commit is brought up to date with all that is in it, and its studio carries on.

They were made by those commits' own code, which also said what is in them (`make_dumps.py`). Files of pictures and
clips are not kept, so nothing here looks at them. Each upgrade runs in a process of its own, as a studio does.
"""

import json

import pytest

from tests.upgrades import kept
from tests.upgrades.make_dumps import COMMITS, DUMPS

REPAIRED = {
    "8624751": {"migrations had other names", "shots do not keep the numbers of takes that are gone"},
    "1f8abce": {"shots do not keep the numbers of takes that are gone"},
    "ef80ebb": {"the spend of a day has no index"},
    "8c3a951": {"comparisons do not keep whether they concluded something"},
    "0dd1983": {
        "comparisons do not keep whether they concluded something",
        "an account does not keep since when it is empty",
    },
}
ONCE = {"state": "ready", "cost": "0.605000000", "ledger": ["charge", "hold", "release"]}
WITH_REVIEW = {"ef80ebb", "8c3a951", "0dd1983", "606d909", "a4981c3"}
WITH_TRASH = set(COMMITS) - {"9db87a5", "347450a"}


def test_every_commit_that_dumps_are_made_of_has_them():
    assert sorted(COMMITS) == kept.COMMITS
    assert REPAIRED.keys() <= COMMITS.keys()


@pytest.mark.parametrize("commit", COMMITS)
def test_a_database_of_an_earlier_commit_comes_up_to_date_and_carries_on(older, tmp_path, commit):
    database = older(commit)
    before = kept.facts(commit, database)

    done = kept.migrate(database, tmp_path)

    assert done.returncode == 0, done.stderr[-4000:]
    said = [line for line in done.stderr.splitlines() if "Completed: " in line]
    stories = {story for line in said for story in line.partition("Completed: ")[2].split("; ")}
    assert (stories, len(said)) == (REPAIRED.get(commit, set()), bool(stories))

    facts = DUMPS / f"{commit}.{kept.vendor(database)}.json"
    after = kept.told("-m", "tests.upgrades.carries_on", str(facts), database=database, var=tmp_path)
    assert after["differences"] == []
    same_as_before(before, after["facts"])
    assert after["numbers gone"] == ({"020": {"still": 3}} if commit in WITH_TRASH else {})
    assert after["kept frames"] == ([1] if commit in WITH_REVIEW else [])  # before 6b7de1a: all of them
    assert after["comparisons"] == [before["rows"].get("reconcile_comparison", 0), 0]
    carried_on(before, after)


def same_as_before(before, now):
    """Nothing that was there has gone or moved."""
    for about in ("owner", "projects", "shots", "takes"):
        assert now[about] == before[about], about
    assert {table: now["rows"][table] for table in before["rows"]} == before["rows"]


def carried_on(before, after):
    assert set(after["pages"].values()) == set(after["pages after"].values()) == {200}, after["pages"]
    assert after["landed"] == {"statuses": [204, 204, 204], "takes": [ONCE, ONCE]}
    # two takes that ended are two charges and two releases
    written = {slug: count + 4 * bool(count) for slug, count in after["added up"].items()}
    assert after["added up after"] == written
    assert sum(after["added up"].values()) == before["rows"]["costs_ledgerentry"]


def test_what_a_healthy_upgrade_leaves_is_migrated_again_without_a_word(older, tmp_path):
    database = older("a4981c3")
    once = kept.migrate(database, tmp_path)
    first = kept.picture(database)
    again = kept.migrate(database, tmp_path)

    assert (once.returncode, again.returncode) == (0, 0), once.stderr + again.stderr
    assert kept.picture(database) == first
    assert json.loads((DUMPS / "a4981c3.sqlite.json").read_text())["takes"]
