from django.db import migrations, models

import studio.core.money

STATES = [
    ("waiting", "Waiting"),
    ("queued", "Queued"),
    ("submitting", "Sending"),
    ("rendering", "Rendering"),
    ("saving", "Saving"),
    ("ready", "Ready"),
    ("kept", "Kept, not shown"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("expired", "No answer"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("renders", "0009_frames_are_listed"),
    ]

    operations = [
        migrations.AddField(
            model_name="render",
            name="awaits_host",
            field=models.CharField(blank=True, default="", max_length=253),
        ),
        migrations.AddField(
            model_name="render",
            name="told_cost",
            field=studio.core.money.MoneyField(null=True),
        ),
        migrations.AddField(
            model_name="render",
            name="unclear",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="render",
            name="unshown",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="render",
            name="state",
            field=models.CharField(choices=STATES, max_length=12),
        ),
        migrations.RemoveIndex(model_name="render", name="takes_just_done"),
        migrations.AddIndex(
            model_name="render",
            index=models.Index(
                condition=models.Q(("state__in", ["ready", "kept", "failed"])),
                fields=["project", "ended_at"],
                name="takes_that_ended",
            ),
        ),
    ]
