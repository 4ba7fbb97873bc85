"""Plain SQL names the tables of its own package. Where it must name another's, for speed, it stands here with why."""

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
# The file, the tables of other packages it reads, and why a queryset of their owner would not do.
CROSSING = {
    "layout/money_header.py": (
        {"costs_balance", "costs_budget"},
        "the header is one statement on every page and every piece of news; what waits is said by its owner",
    ),
    "planning/ledger/ledger.py": (
        {"projects_project"},
        "what a project has committed and its budget come back from the very statement that moves the balance",
    ),
    "planning/ledger/lines.py": (
        {"projects_shot"},
        "the spend of a scene joins shots that are there with those that are gone, in one pass",
    ),
    "generation/board/board.py": (
        {"renders_render"},
        "the totals of fifty shots of ten thousand takes read one covering index; the ORM reads every take",
    ),
    "generation/board/live_fragments.py": (
        {"renders_render"},
        "the shots of many takes in one read, per news",
    ),
    "generation/queue/sections.py": (
        {"renders_render", "projects_shot"},
        "the number in the bar, on every page",
    ),
    "generation/reference_pages/made_with.py": (
        {"renders_render", "projects_shot"},
        "which takes were made with a picture is inside their JSON, which each database unfolds in its own words",
    ),
    "generation/renders/shot_status.py": (
        {"projects_shot"},
        "how many shots of many projects have which status, in one statement on the list of projects",
    ),
    "generation/reuse/frame_links.py": (
        {"renders_render", "projects_shot", "projects_project", "projects_picture"},
        "a board asks for the source of every shot at once: five tables, one statement",
    ),
    "oversight/cost_reports/spending.py": (
        {"costs_shotspend", "costs_dayspend", "costs_shotgone", "projects_shot"},
        "the costs page is as fast as the raw rollup beside it; `make bench costs` holds it to that",
    ),
}


def owners():
    """Every table of ours with the folder of the app that made it."""
    return {
        model._meta.db_table: Path(config.path).relative_to(ROOT / "studio")
        for config in apps.get_app_configs()
        if config.name.startswith("studio.")
        for model in config.get_models(include_auto_created=True)
    }


def named_in_sql():
    """Tables that stand in statements, by file."""
    found = {}
    tables = owners()
    word = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+({'|'.join(tables)})\b")
    for path in sorted((ROOT / "studio").rglob("*.py")):
        here = path.relative_to(ROOT / "studio")
        if "migrations" in here.parts or here.parts[0] == "bootstrap":
            continue
        others = {name for name in word.findall(path.read_text()) if tables[name] not in here.parents}
        if others:
            found[str(here)] = others
    return found


def test_statements_that_name_another_package_s_table_are_known():
    assert named_in_sql() == {file: tables for file, (tables, _) in CROSSING.items()}


@pytest.mark.parametrize("file", CROSSING)
def test_each_says_why(file):
    assert len(CROSSING[file][1]) > 30
