"""A migration that has landed does for ever what it did: databases were made by it."""

import pytest

from tests.upgrades import landed

SOURCE = '''
"""Words."""
import django.db.models.deletion
from django.db import migrations, models
import studio.money
from studio.costs import seal
from studio.shelf.models import folded as fold

BATCH = 200
UNUSED = 1


def fill(apps, schema_editor):
    """More words."""
    for statement in seal.breaking("sqlite"):
        schema_editor.execute(statement)
    _write(apps, fold("A"), BATCH)


def _write(apps, name, batch):
    apps.get_model("costs", "Purse").objects.update(account=name)


class Migration(migrations.Migration):
    dependencies = [("costs", "0001_initial")]

    operations = [
        migrations.AddField("purse", "left", studio.money.MoneyField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
'''


def changed(*pairs):
    source = SOURCE
    for before, after in pairs:
        assert before in source
        source = source.replace(before, after)
    return source


def test_every_landed_migration_does_what_it_did_when_it_landed():
    assert list(landed.complaints(landed.present(), landed.kept())) == []


@pytest.mark.parametrize(
    "pairs",
    [
        [("null=True", "null=False")],
        [('"left"', '"rest"')],
        [("studio.money.MoneyField", "models.DateField")],
        [("MoneyField(null=True)", "MoneyField(null=True, blank=True)")],
        [('("costs", "0001_initial")', '("costs", "0002_more")')],
        [('seal.breaking("sqlite")', 'seal.closing("sqlite")')],
        [("account=name", "provider=name")],
        [("BATCH = 200", "BATCH = 20")],
        [("        migrations.RunPython(fill, migrations.RunPython.noop),\n", "")],
        [
            (
                "class Migration(migrations.Migration):",
                "class Migration(migrations.Migration):\n    atomic = False",
            )
        ],
    ],
    ids=lambda pairs: pairs[0][1].strip()[:30],
)
def test_a_change_of_what_it_does_is_noticed(pairs):
    assert landed.fingerprint(changed(*pairs)) != landed.fingerprint(SOURCE)


@pytest.mark.parametrize(
    "pairs",
    [
        [("import studio.money\n", "import studio.core.money\n"), ("studio.money.MoneyField", "studio.core.money.MoneyField")],
        [("import studio.money\n", "from studio.core.money import MoneyField\n"), ("studio.money.MoneyField", "MoneyField")],
        [("import studio.money\n", "from studio.core import money\n"), ("studio.money.MoneyField", "money.MoneyField")],
        [("from studio.costs import seal", "from studio.planning.ledger import seal")],
        [("from studio.shelf.models import folded as fold", "from studio.planning.references.models import folded"), ('fold("A")', 'folded("A")')],
        [("from django.db import migrations, models\nimport studio.money", "import studio.money\nfrom django.db import migrations, models")],
        [('"""Words."""', '"""Other words."""'), ("More words", "Fewer words")],
        [("UNUSED = 1", "UNUSED = 2")],
        [("    operations", "    # a remark\n    operations")],
    ],
    ids=lambda pairs: pairs[0][1].strip()[:30],
)  # fmt: skip
def test_where_it_imports_from_and_how_it_is_laid_out_do_not_count(pairs):
    assert landed.fingerprint(changed(*pairs)) == landed.fingerprint(SOURCE)


def test_who_changes_removes_or_adds_one_is_told_what_to_do():
    kept = {"costs/0001_initial": "a", "costs/0002_budgets": "b"}
    said = list(landed.complaints({"costs/0001_initial": "other", "costs/0003_more": "c"}, kept))

    assert [line.split(" ")[0] for line in said] == sorted({*kept, "costs/0003_more"})
    assert "a new migration" in said[0] and "Put it back" in said[1] and "landed --add" in said[2]


def test_what_is_kept_is_never_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr(landed, "KEPT", tmp_path / "landed.json")
    first = {"costs/0001_initial": "a"}
    monkeypatch.setattr(landed, "present", lambda: first)
    landed.add()
    monkeypatch.setattr(landed, "present", lambda: {**first, "costs/0002_more": "b"})
    landed.add()
    assert landed.kept() == {"costs/0001_initial": "a", "costs/0002_more": "b"}

    monkeypatch.setattr(landed, "present", lambda: {"costs/0001_initial": "z", "costs/0002_more": "b"})
    with pytest.raises(SystemExit, match=r"costs/0001_initial has landed"):
        landed.add()
    assert landed.kept()["costs/0001_initial"] == "a"
