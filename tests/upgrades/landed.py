"""What each landed migration does, as a fingerprint: `python -m tests.upgrades.landed --add` keeps those of new ones.

Databases were made by a migration from the day it is on main. So its operations, and the functions beside them,
never change; where it imports from may follow a move. `landed.json` holds the fingerprints, by app label.
"""

import ast
import hashlib
import json
import sys
from pathlib import Path

from tests.generation.renders.served import ROOT

KEPT = Path(__file__).with_name("landed.json")
OURS = "studio"
SET_BY_PYTHON = {"ctx", "type_params", "type_ignores", "kind", "type_comment"}  # versions differ in these


def present():
    """The migrations of our apps: a dict from "label/name" to a fingerprint."""
    from django.apps import apps

    return {
        f"{app.label}/{path.stem}": fingerprint(path.read_text())
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(ROOT / OURS)
        for path in sorted((Path(app.path) / "migrations").glob("[!_]*.py"))
    }


def kept():
    return json.loads(KEPT.read_text())


def complaints(present, kept):
    """A sentence for each migration that is not as it landed, or is not kept yet."""
    for name in sorted(present.keys() | kept.keys()):
        if name not in present:
            yield (
                f"{name} has landed and is gone: databases name it as applied. Put it back under that name,"
                " and undo what it does in a new migration."
            )
        elif name not in kept:
            yield (
                f"{name} is not kept yet: when it is as it should land, run"
                " `.venv/bin/python -m tests.upgrades.landed --add` and commit landed.json with it."
            )
        elif present[name] != kept[name]:
            yield (
                f"{name} has landed, and what it does was changed: databases made by it would lack the change."
                " Put it back, and say what you want in a new migration."
            )


def add():
    """Keep the fingerprints of new migrations. Those that are kept are never written again."""
    there, before = present(), kept() if KEPT.exists() else {}
    changed = [line for line in complaints(there, before) if "is not kept yet" not in line]
    if changed:
        raise SystemExit("\n".join(changed))
    KEPT.write_text(json.dumps({**before, **there}, indent=1, sort_keys=True) + "\n")
    print(f"{len(there.keys() - before.keys())} added")


# --- a fingerprint --------------------------------------------------------------------------


def fingerprint(source):
    """A hash of the class Migration and of everything in the module that it uses; layout and imports do not count."""
    module = ast.parse(source)
    ours = _imported(module)
    there = {name: node for node in module.body for name in _names_of(node)}
    parts, found = ["Migration"], []
    while parts:
        name = parts.pop(0)
        if name in found:
            continue
        found.append(name)
        parts += sorted(
            {each.id for each in ast.walk(there[name]) if isinstance(each, ast.Name)} & there.keys()
        )
    told = [_told(there[name], ours) for name in found]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def _names_of(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _imported(module):
    """Local names for what is ours: a dict to the name it has where it is defined."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == OURS:
            found |= {each.asname or each.name: each.name for each in node.names}
        if isinstance(node, ast.Import):
            ours = [each for each in node.names if each.name.split(".")[0] == OURS]
            found |= {each.asname or OURS: each.asname or OURS for each in ours}
    return found


def _told(node, ours):
    """A part of the program as plain lists, without places, imports, docstrings, and where ours stand."""
    if isinstance(node, list):
        return [_told(each, ours) for each in node if not _says_nothing(each)]
    if not isinstance(node, ast.AST):
        return repr(node)
    chain = _chain(node)
    if chain and chain[0] in ours:
        return ["ours", _without_modules([ours[chain[0]], *chain[1:]])]
    fields = [
        (name, _told(value, ours))
        for name, value in ast.iter_fields(node)
        if name not in SET_BY_PYTHON and value is not None and value != []
    ]
    return [type(node).__name__, *fields]


def _says_nothing(node):
    is_words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_words or isinstance(node, ast.Import | ast.ImportFrom)


def _chain(node):
    """`a.b.c` as ["a", "b", "c"]; None for anything else."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        before = _chain(node.value)
        return before and [*before, node.attr]
    return None


def _without_modules(chain):
    """`studio.money.MoneyField` and `money.MoneyField` are the same thing wherever its module stands."""
    while len(chain) > 1 and chain[0].islower():
        chain = chain[1:]
    return chain


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    django.setup()
    if sys.argv[1:] == ["--add"]:
        add()
    else:
        print(*complaints(present(), kept()), sep="\n")
