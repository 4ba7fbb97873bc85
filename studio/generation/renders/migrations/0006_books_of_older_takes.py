"""Tell the ledger's older rows which shot, task and person they are about, and add them up by day."""

from collections import defaultdict

from django.db import migrations
from django.utils import timezone

from studio.planning.ledger import seal


def fill(apps, schema_editor):
    for statement in seal.breaking(schema_editor.connection.vendor):  # set if `migrate costs` ran before
        schema_editor.execute(statement)
    entries = apps.get_model("costs", "LedgerEntry").objects
    takes = {}
    for render in (
        apps.get_model("renders", "Render").objects.values_list("code", "task_code", "shot_id").iterator()
    ):
        takes[render[0]] = render[1:]
    names = {
        user.pk: (user.name or user.email)[:150] for user in apps.get_model("accounts", "User").objects.all()
    }
    sums = defaultdict(lambda: defaultdict(int))
    changed = []
    for entry in entries.order_by("pk").iterator():
        entry.day = timezone.localdate(entry.at)
        entry.task_code, entry.shot_ref = takes.get(entry.render_code, (entry.render_code, None))
        entry.by_name = names.get(entry.by_id, "")
        if entry.kind == "release" and not _is_charged(entries, entry):
            entry.reason = "not charged"
        changed.append(entry)
        _count(sums, entry)
    entries.bulk_update(changed, ["day", "task_code", "shot_ref", "by_name", "reason"], batch_size=200)
    for name, with_shot in (("DaySpend", False), ("ShotSpend", True)):
        model = apps.get_model("costs", name)
        model.objects.bulk_create(_rows(model, sums, with_shot=with_shot), batch_size=200)


def _is_charged(entries, entry):
    return entries.filter(render_code=entry.render_code, kind="charge").exists()


def _count(sums, entry):
    key = (entry.project_id, entry.sandbox, entry.day, entry.model, entry.by_id or 0, entry.shot_ref or 0)
    row = sums[key]
    if entry.kind in ("hold", "release"):
        row["held"] += entry.amount if entry.kind == "hold" else -entry.amount
        return
    estimate = entry.estimate or entry.amount
    row["spent"] += entry.amount
    row["estimated"] += estimate
    row["over"] += max(0, entry.amount - estimate)
    row["charges"] += 1
    row["seconds"] += entry.seconds or 0


def _rows(model, sums, *, with_shot):
    grouped = defaultdict(lambda: defaultdict(int))
    for key, row in sums.items():
        for name, value in row.items():
            grouped[key if with_shot else key[:-1]][name] += value
    names = ("project_id", "sandbox", "day", "model", "person", "shot_ref")
    return [model(**dict(zip(names, key, strict=False)), **row) for key, row in grouped.items()]


class Migration(migrations.Migration):
    dependencies = [
        ("renders", "0005_why_and_how_much_is_kept"),
        ("costs", "0002_budgets_and_sums"),
        ("accounts", "0002_profiles_devices_and_a_log"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
