from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("renders", "0008_why_takes_fail_and_what_just_ended"),
    ]

    operations = [
        migrations.AddField(
            model_name="render",
            name="copy_frames",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="render",
            name="frame_places",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="render",
            name="has_sound",
            field=models.BooleanField(null=True),
        ),
        migrations.AddIndex(
            model_name="render",
            index=models.Index(
                condition=models.Q(("has_sound", None), ("kind", "video"), ("state", "ready")),
                fields=["check_at"],
                name="clips_to_measure",
            ),
        ),
    ]
