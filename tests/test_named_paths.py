"""What is named by a string somewhere exists: a move breaks such names without a word."""

import importlib
import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import get_commands, load_command_class
from django.template import engines
from django.template.loader import get_template

from tests import conftest

ROOT = Path(__file__).resolve().parents[1]
LABELS = {
    "accounts", "bootstrap", "checks", "costs", "cut", "grids", "jobs", "layout", "library", "listing", "live", "notices",
    "pictures", "projects", "prompts", "queue", "reconcile", "renders", "reports", "review", "room", "sandbox", "sharing",
    "shelf", "team",
}  # fmt: skip


def sources(*kinds):
    folders = {"py": ("studio", "tests"), "html": ("templates",), "js": ("static",)}
    return [path for kind in kinds for name in folders[kind] for path in (ROOT / name).rglob(f"*.{kind}")]


def named(pattern, *kinds):
    """What a pattern finds in the sources of these kinds, with where it stands."""
    found = {}
    for path in sources(*kinds):
        for match in re.finditer(pattern, path.read_text()):
            found.setdefault(match[1], str(path.relative_to(ROOT)))
    return sorted(found.items())


def strings_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings_in(each)


def exists(dotted):
    """Import what the path names: a module, or something of one, however deep."""
    parts, rest = dotted.split("."), []
    while not _is_module(".".join(parts)):
        rest.insert(0, parts.pop())
    found = importlib.import_module(".".join(parts))
    for name in rest:
        found = getattr(found, name)


def _is_module(dotted):
    try:
        return importlib.util.find_spec(dotted) is not None
    except ModuleNotFoundError:
        return False


IN_SETTINGS = sorted(
    {
        text
        for name in dir(settings)
        if name.isupper()
        for text in strings_in(getattr(settings, name))
        if re.fullmatch(r"studio(\.\w+)+", text)
    }
)


@pytest.mark.parametrize("dotted", IN_SETTINGS)
def test_a_path_in_the_settings_can_be_imported(dotted):
    exists(dotted)


def test_the_settings_name_what_the_studio_is_made_of():
    assert len(IN_SETTINGS) > 30


def test_every_app_has_the_label_its_tables_were_made_under():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("studio.")}
    assert ours == LABELS


def test_every_app_with_tables_has_its_migrations():
    """A folder of migrations that is no package is passed over without a word."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    with_models = {config.label for config in apps.get_app_configs() if list(config.get_models())}
    assert with_models & loader.unmigrated_apps & LABELS == set()
    on_disk = {path.parent.parent for path in (ROOT / "studio").rglob("migrations/0*.py")}
    assert all((folder / "migrations" / "__init__.py").exists() for folder in on_disk)


def test_every_command_of_ours_loads():
    ours = {name: app for name, app in get_commands().items() if app.startswith("studio.")}
    assert {"serve", "render", "reconcile", "sandbox", "signin-link", "provider-check"} <= set(ours)
    for name, app in ours.items():
        assert load_command_class(app, name)


@pytest.mark.parametrize(("name", "where"), named(r"""["']([\w/-]+\.html)["']""", "py", "html"))
def test_a_template_named_somewhere_exists(name, where):
    if "/" in name or name == "base.html":
        get_template(name)


@pytest.mark.parametrize(("name", "where"), named(r"""\{% static ['"]([^'"]+)['"]""", "html"))
def test_a_file_that_a_page_asks_for_exists(name, where):
    assert finders.find(name), f"{where} asks for {name}"


@pytest.mark.parametrize(("name", "where"), named(r"""(?:from|import) "(\.[^"]+\.js)\"""", "js"))
def test_a_script_that_another_imports_exists(name, where):
    for path in sources("js"):
        for wanted in re.findall(r"""(?:from|import) "(\.[^"]+\.js)\"""", path.read_text()):
            assert (path.parent / wanted).resolve().exists(), f"{path.name} imports {wanted}"


def test_every_template_library_that_a_page_loads_exists():
    known = engines["django"].engine.libraries
    for names, where in named(r"\{% load ([\w ]+) %\}", "html"):
        assert set(names.split()) <= set(known), where


def test_strict_sections_of_mypy_name_packages_there_are():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [name for section in config["tool"]["mypy"]["overrides"] for name in section["module"]]
    ours = [name.removesuffix(".*") for name in names if name.startswith("studio.")]
    assert ours
    for name in ours:
        exists(name)


def test_tests_that_run_together_and_those_on_postgresql_are_there():
    script = (ROOT / "tests/on_postgres.sh").read_text()
    paths = {*conftest.TOGETHER, *re.findall(r"\btests/[\w/.]+(?:\.py)?", script)} - {
        "tests/with_postgres.sh"
    }
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("dotted", "where"), named(r"""["'](studio(?:\.\w+){2,})["']""", "py"))
def test_a_module_named_in_a_string_exists_unless_it_is_the_salt_of_a_signature(dotted, where):
    salts = {
        "studio.accounts.known_browsers",
        "studio.accounts.links",
        "studio.checks.tokens",
        "studio.projects.people",
        "studio.sharing.links",
    }  # stored data: what was signed before the packages moved still opens
    if dotted in salts:
        assert Path(where).name in {
            "known_browsers.py",
            "links.py",
            "tokens.py",
            "people.py",
            Path(__file__).name,
        }
    elif "migrations" not in where and not where.endswith("upgrades/past.py"):  # which runs in older commits
        exists(dotted)


def test_no_file_of_the_sources_stands_outside_the_wings():
    """Named files beside the wings are those that Django and the servers look for."""
    tracked = subprocess.run(
        ["git", "ls-files", "studio"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    beside = {name for name in tracked if name.count("/") == 1}
    assert beside == {f"studio/{name}.py" for name in ("__init__", "settings", "urls", "asgi", "admin")}
