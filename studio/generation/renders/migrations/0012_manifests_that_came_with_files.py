from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("renders", "0011_charges_nobody_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="render",
            name="manifest_sha256",
            field=models.CharField(max_length=64, null=True),
        ),
    ]
