"""Write beside each take of which one frame was approved that this frame is approved, and not all of it.

Until 6b7de1a both the studio and 0002 as it was then took one frame for the whole take, and the price of an
approved second counted it so. Databases that ran either still say it.
"""

from django.db import migrations


def fill(apps, schema_editor):
    database = schema_editor.connection.alias
    renders = apps.get_model("renders", "Render").objects.using(database)
    verdicts = apps.get_model("review", "Verdict").objects.using(database)
    one_frame = verdicts.filter(value="approved", last=None).exclude(frame=None)
    found = renders.filter(verdict="approved", kept_frames=None, pk__in=one_frame.values("render"))
    for pk in list(found.values_list("pk", flat=True)):
        word = _that_counts(verdicts.filter(render=pk).order_by("pk"))
        if word is not None and word.frame is not None:
            last = word.frame if word.last is None else word.last
            renders.filter(pk=pk).update(kept_frames=last - word.frame + 1)


def _that_counts(verdicts):
    """The last word of somebody who approves; a producer's before another's."""
    said = {}
    for verdict in verdicts:
        speaker = verdict.guest or verdict.by_id or verdict.code
        said.pop(speaker, None)
        said[speaker] = verdict
    words = [word for word in said.values() if word.value == "approved" and not word.guest]
    words.sort(key=lambda word: word.role == "producer")  # the rest stays in order
    return words[-1] if words else None


class Migration(migrations.Migration):
    dependencies = [("review", "0002_older_verdicts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
