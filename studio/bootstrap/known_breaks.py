"""The stretches of history whose databases a later Rushes could not bring up to date, and how each is completed.

A migration was edited after databases had been made by it, so these lack what it makes since. Only what
such a database lacks is listed; what it has besides is compared with the promise as ever. Commits are named
so that the edit can be read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.migrations.state import StateApps

from studio.bootstrap.schema_promise import MISSING, Difference

QUIET = timedelta(minutes=2)  # as long without a charge, and two sums can be held against each other


class Break(NamedTuple):
    story: str
    lacks: frozenset[Difference]
    complete: Callable[[Any, StateApps], None]  # with a schema editor, and the models as they should be


# Between 8624751 and 1ddda8e the migrations of people and trash had names that a generator had chosen.
RENAMED = {
    (
        "accounts",
        "0002_user_code_user_colour_user_initials_chosen_and_more",
    ): "0002_profiles_devices_and_a_log",
    ("projects", "0002_invitation_remove_shot_shot_code_once_and_more"): "0002_invitations_archive_and_trash",
    ("renders", "0003_remove_render_takes_added_up_render_trashed_at_and_more"): "0003_trash",
}


def _add(editor, apps: StateApps, model: str, *names: str) -> None:
    made = apps.get_model(model)
    for name in names:
        editor.add_field(made, made._meta.get_field(name))


def _rows(editor, apps: StateApps, model: str):
    return apps.get_model(model).objects.using(editor.connection.alias)


# --- 8624751 to 2005e11 (5414261 added a column to projects.0002) ---------------------------


def _add_numbers_gone(editor, apps: StateApps) -> None:
    """Add the column, and say in it what the ledger still knows of takes that are gone from the trash.

    A shot never gives a number twice; then nobody wrote down which were given, but the ledger names each take.
    """
    _add(editor, apps, "projects.Shot", "numbers_gone")
    for (project, code), numbers in _gone(editor, apps).items():
        shots = _rows(editor, apps, "projects.Shot")
        shots.filter(project=project, code=code).update(numbers_gone=numbers)


def _gone(editor, apps: StateApps) -> dict[tuple[int, str], dict[str, int]]:
    try:
        there = set(_rows(editor, apps, "renders.Render").values_list("code", flat=True))
    except LookupError:  # only shots have their tables yet
        return {}
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    entries = _rows(editor, apps, "costs.LedgerEntry").values_list(
        "project", "shot_code", "what", "render_code"
    )
    for project, shot, what, render in entries.iterator():
        named = re.match(rf"{re.escape(shot)} (take|still) (\d+)\b", what)
        if named and render not in there:
            kind = {"take": "video", "still": "still"}[named[1]]
            numbers = found[project, shot]
            numbers[kind] = max(numbers.get(kind, 0), int(named[2]))
    return found


# --- 3bd8eb4 to ef80ebb (a7b5822 added an index to costs.0002) ------------------------------


def _add_spend_of_day(editor, apps: StateApps) -> None:
    model = apps.get_model("costs.DaySpend")
    (index,) = (index for index in model._meta.indexes if index.name == "spend_of_day")
    editor.add_index(model, index)


# --- f56591a to 0dd1983 (606d909 added a column to costs.0003) ------------------------------


def _add_empty_since(editor, apps: StateApps) -> None:
    """Nobody knows since when an account was empty: where it still is, it is said once more."""
    _add(editor, apps, "costs.Purse", "empty_since")


# --- cf7c4e8 to 0dd1983 (606d909 added two columns to reconcile.0001) -----------------------


def _add_conclusions(editor, apps: StateApps) -> None:
    """Add both columns, with what those comparisons went by.

    Without a moment to count from the next comparison would fail at the sum that an earlier one began with.
    """
    _add(editor, apps, "reconcile.Comparison", "counted_from", "conclusive")
    before: dict[bool, Any] = {}
    for seen in _rows(editor, apps, "reconcile.Comparison").exclude(beyond=None).order_by("pk"):
        last = before.get(seen.sandbox)
        seen.counted_from = last.counted_from if last and _goes_on(last, seen) else seen.at
        seen.conclusive = (
            seen.used_ever is not None and not seen.on_their_way and _was_quiet(editor, apps, seen)
        )
        seen.save(update_fields=["counted_from", "conclusive"])
        before[seen.sandbox] = seen


def _goes_on(last, seen) -> bool:
    """Whether both looked at one account; an account of another name, or whose use has fallen, is another."""
    return last.account == seen.account and (seen.used_ever or 0) >= (last.used_ever or 0)


def _was_quiet(editor, apps: StateApps, seen) -> bool:
    """Whether nothing was charged just then; that was not looked at, and decides since whether a sum can be believed."""
    charges = _rows(editor, apps, "costs.LedgerEntry").filter(sandbox=seen.sandbox, kind="charge")
    return not charges.filter(at__range=(seen.at - QUIET, seen.at + QUIET)).exists()


def _lacks(table: str, what: str, *names: str) -> frozenset[Difference]:
    return frozenset(Difference(MISSING, table, what, name) for name in names)


BREAKS = [
    Break(
        "shots do not keep the numbers of takes that are gone",
        _lacks("projects_shot", "column", "numbers_gone"),
        _add_numbers_gone,
    ),
    Break(
        "the spend of a day has no index",
        _lacks("costs_dayspend", "index", "spend_of_day"),
        _add_spend_of_day,
    ),
    Break(
        "an account does not keep since when it is empty",
        _lacks("costs_purse", "column", "empty_since"),
        _add_empty_since,
    ),
    Break(
        "comparisons do not keep whether they concluded something",
        _lacks("reconcile_comparison", "column", "counted_from", "conclusive"),
        _add_conclusions,
    ),
]
