"""Write beside each judged take how much of it is approved, and why it is not."""

from django.db import migrations


def fill(apps, schema_editor):
    renders = apps.get_model("renders", "Render").objects
    verdicts = apps.get_model("review", "Verdict").objects
    for render in renders.exclude(verdict="").iterator():
        said = {}
        for verdict in verdicts.filter(render=render).order_by("pk"):
            speaker = verdict.guest or verdict.by_id or verdict.code
            said.pop(speaker, None)
            said[speaker] = verdict
        approved = render.verdict == "approved"
        words = [v for v in said.values() if v.value == render.verdict and not (v.guest and approved)]
        words.sort(key=lambda verdict: verdict.role == "producer")
        if not words:
            continue
        word = words[-1]
        last = word.frame if word.last is None else word.last
        kept = last - word.frame + 1 if approved and word.frame is not None else None
        reasons = "" if approved else ",".join(word.reasons)[:200]
        renders.filter(pk=render.pk).update(kept_frames=kept, reasons=reasons)


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
        ("renders", "0005_why_and_how_much_is_kept"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
