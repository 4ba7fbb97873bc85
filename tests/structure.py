"""Count what the map of the house promises: `python tests/structure.py [--setting NAME]`.

Reads imports from the source (late ones too) and the order from the contracts of import-linter in
`pyproject.toml`; nothing of the studio is run.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 400  # of code in a file
MOST_FILES = 4  # that name a setting of a take, besides migrations
SETTING = "threshold"  # one that reaches the provider and means nothing else anywhere


def modules() -> dict[str, Path]:
    """Every module of the studio by its dotted name; migrations are history and left out."""
    found = {}
    for path in sorted((ROOT / "studio").rglob("*.py")):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if "migrations" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(found: dict[str, Path]) -> dict[str, set[str]]:
    """Which modules each module imports, wherever in it the import stands."""
    edges: dict[str, set[str]] = defaultdict(set)
    for name, path in found.items():
        for node in ast.walk(ast.parse(path.read_text())):
            edges[name].update(
                target for target in _targets(node, found) if target in found and target != name
            )
    return edges


def _targets(node: ast.AST, found: dict[str, Path]) -> Iterator[str]:
    """The modules an import names; a name that a package itself holds is of the package."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            name = f"{node.module}.{alias.name}"
            yield name if name in found else node.module


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, directly or in a round (Tarjan's algorithm)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in edges.get(name, ()):
            if other not in number:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == number[name]:
            group = [stack.pop()]
            while group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for name in list(edges):
        if name not in number:
            visit(name)
    return found


def order() -> list[list[list[str]]]:
    """The layers of every contract, the highest first, each a list of packages that may not know each other."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings.get("tool", {}).get("importlinter", {}).get("contracts", [])
    found = []
    for contract in contracts:
        if contract["type"] == "layers":
            for container in contract.get("containers", [""]):
                prefix = f"{container}." if container else ""
                found.append([_names(layer, prefix) for layer in contract["layers"]])
    return found


def _names(layer: str, prefix: str) -> list[str]:
    return [f"{prefix}{name.strip().strip('()')}" for name in re.split(r"[|:]", layer)]


def against_the_order(edges: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Imports of a module from a layer above its own, or beside it, each named once."""
    found = set()
    for layers in order():
        place = {name: (height, name) for height, names in enumerate(layers) for name in names}
        for name, others in edges.items():
            mine = _place(name, place)
            for other in others if mine else ():
                theirs = _place(other, place)
                if theirs and theirs != mine and theirs[0] <= mine[0]:
                    found.add((name, other))
    return sorted(found)


def _place(name: str, place: dict[str, tuple[int, str]]) -> tuple[int, str] | None:
    parts = name.split(".")
    known = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((place[each] for each in known if each in place), None)


def code_lines(path: Path) -> int:
    """Lines that hold code: no comments, no docstrings, no blank ones."""
    text = path.read_text()
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def naming(setting: str) -> list[Path]:
    """Files of the studio that name a setting, migrations and words of comments left out."""
    folders = ((ROOT / "studio", "*.py"), (ROOT / "templates", "*.html"), (ROOT / "static", "*.js"))
    paths = [path for folder, kind in folders for path in folder.rglob(kind)]
    return sorted(path for path in paths if "migrations" not in path.parts and _names_it(path, setting))


def _names_it(path: Path, setting: str) -> bool:
    text = path.read_text()
    if path.suffix == ".py":
        text = re.sub(r"#.*", "", re.sub(r'"""(?s:.*?)"""', "", text))
    return re.search(rf"\b{setting}\b", text) is not None


def packages(found: Iterable[str]) -> set[str]:
    """Folders below `studio` that hold code of ours, commands and template tags left out."""
    names = {name.rpartition(".")[0] for name in found}
    return {
        name
        for name in names
        if name.count(".") and not {"management", "templatetags"} & set(name.split("."))
    }


def main() -> int:
    """Print the counts; 1 where one of them is not as the map promises."""
    parser = argparse.ArgumentParser(description="Count what the map of the house promises.")
    parser.add_argument("--setting", default=SETTING, help="the setting whose files are counted")
    setting = parser.parse_args().setting
    found = modules()
    edges = imports(found)
    wrong, round_, named = against_the_order(edges), circles(edges), naming(setting)
    long = sorted(path for path in found.values() if code_lines(path) > MOST_LINES)
    wings = {name.split(".")[1] for name in packages(found)}
    print(f"packages: {len(packages(found))} in {len(wings)} folders of studio/, {len(found)} modules")
    _tell("imports against the order", [f"{one} -> {other}" for one, other in wrong])
    _tell("circles", [" ".join(circle) for circle in round_])
    _tell(f"files over {MOST_LINES} code lines", long)
    _tell(f"files that name the setting {setting!r}", named)
    return 1 if wrong or round_ or long or len(named) > MOST_FILES else 0


def _tell(what: str, found: list[object]) -> None:
    print(f"{what}: {len(found)}")
    for each in found:
        print(f"  {each.relative_to(ROOT) if isinstance(each, Path) else each}")


if __name__ == "__main__":
    raise SystemExit(main())
