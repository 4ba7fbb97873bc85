"""The ledger counted anew, row by row in Python, to hold against the sums that are kept beside it."""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone

from studio.planning.ledger.models import Balance, DaySpend, LedgerEntry, ShotSpend

MEASURES = ("spent", "held", "estimated", "over", "charges", "seconds")
OF_DAY = ("sandbox", "day", "model", "person")
OF_SHOT = (*OF_DAY, "shot_ref")


def add_up(project):
    """Check every sum of a project against its ledger, to the last digit; return the ledger's rows."""
    entries = list(LedgerEntry.objects.filter(project=project).select_related("by").order_by("pk"))
    assert kept(DaySpend, project, OF_DAY) == counted(entries, OF_DAY)
    assert kept(ShotSpend, project, OF_SHOT) == counted(entries, OF_SHOT)
    balances = {row.sandbox: (row.spent, row.held) for row in Balance.objects.filter(project=project)}
    assert balances == {money: sums[:2] for (money,), sums in counted(entries, ("sandbox",)).items()}
    return entries


def kept(model, project, key):
    """The sums as they are kept: a dict from `key` to the measures."""
    rows = list(model.objects.filter(project=project).values_list(*key, *MEASURES))
    found = {row[: len(key)]: row[len(key) :] for row in rows}
    assert len(found) == len(rows)
    return found


def counted(entries, key):
    """The same from the ledger."""
    sums = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for entry in entries:
        about = {
            "sandbox": entry.sandbox,
            "day": entry.day,
            "model": entry.model,
            "person": entry.by_id or 0,
            "shot_ref": entry.shot_ref or 0,
        }
        _count(sums[tuple(about[name] for name in key)], entry)
    return {about: tuple(measures.values()) for about, measures in sums.items()}


def _count(sums, entry):
    match entry.kind:
        case "hold":
            sums["held"] += entry.amount
        case "release":
            sums["held"] -= entry.amount
        case "adjustment":
            sums["spent"] += entry.amount
        case "charge":
            sums["spent"] += entry.amount
            sums["estimated"] += entry.estimate
            sums["over"] += max(Decimal(0), entry.amount - entry.estimate)
            sums["charges"] += 1
            sums["seconds"] += entry.seconds or 0


def on_its_day(entry):
    """Whether an entry is filed under the day of its moment, where the studio is."""
    return entry.day == timezone.localdate(entry.at)
