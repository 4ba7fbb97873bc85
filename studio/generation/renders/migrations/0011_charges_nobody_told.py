from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("renders", "0010_kept_though_not_shown"),
    ]

    operations = [
        migrations.AddField(
            model_name="render",
            name="charge_unknown",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="render",
            index=models.Index(
                condition=models.Q(("charge_unknown", True)),
                fields=["project"],
                name="takes_of_unknown_charge",
            ),
        ),
    ]
