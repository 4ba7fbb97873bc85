"""Every regular expression of the studio, and the longest way through each."""

from __future__ import annotations

import ast
import importlib
import re
import re._parser as parser  # type: ignore[import-not-found]
from dataclasses import dataclass
from pathlib import Path

import studio

ROOT = Path(studio.__file__).parent
_CALLS = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer", "subn"}
_MANY = 100  # repeats that are as good as any number
_END = "\x00"  # what few patterns take, so that they look for another way


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and how it is asked."""

    place: str
    pattern: re.Pattern[str]
    ways: frozenset[str]

    def ask(self, text: str) -> None:
        """As the studio does: anywhere in the text, or from its beginning alone."""
        for way in self.ways & {"match", "fullmatch"}:
            getattr(self.pattern, way)(text)
        if not self.ways <= {"match", "fullmatch"}:
            self.pattern.sub("", text)


def all_of_them() -> list[Found]:
    return [
        found for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts for found in _in(path)
    ]


def _in(path: Path) -> list[Found]:
    tree = ast.parse(path.read_text())
    scope = _Scope(path)
    place = str(path.relative_to(ROOT.parent))
    found = []
    for node in ast.walk(tree):
        if _is_call(node):
            for pattern in scope.patterns(node):
                name = scope.name_of(tree, node)
                ways = {node.func.attr} if node.func.attr != "compile" else _asked(tree, name)
                found.append(Found(f"{place}:{node.lineno}", pattern, frozenset(ways)))
    return found


def _is_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _CALLS
    )


def _asked(tree: ast.Module, name: str) -> set[str]:
    """How a pattern with this name is asked in its module; anywhere, where that is not seen."""
    ways = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }
    return ways & _CALLS or {"search"}


class _Scope:
    """What the names in a module stand for. A word that is only known later is the letter a."""

    def __init__(self, path: Path) -> None:
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        self._module = importlib.import_module(".".join(part for part in parts if part != "__init__"))

    def name_of(self, tree: ast.Module, call: ast.Call) -> str:
        for node in tree.body:
            if isinstance(node, ast.Assign) and node.value is call and isinstance(node.targets[0], ast.Name):
                return node.targets[0].id
        return ""

    def patterns(self, call: ast.Call) -> list[re.Pattern[str]]:
        flags = 0
        given = [*call.args[1:], *(word.value for word in call.keywords)]
        for each in given:
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "re":
                flags |= getattr(re, each.attr)
        return [re.compile(text, flags) for text in self._texts(call.args[0])]

    def _texts(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.Constant):
            return [node.value]
        known = eval(
            compile(ast.Expression(_Filled(self._module).visit(node)), "pattern", "eval"), vars(self._module)
        )
        return [known] if isinstance(known, str) else list(known)


class _Filled(ast.NodeTransformer):
    """The expression with what only a function knows as the letter a."""

    def __init__(self, module: object) -> None:
        self._module = module

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if hasattr(self._module, node.id) or node.id in {"map", "re"} or node.id in dir(__builtins__):
            return node
        return ast.copy_location(ast.Constant("a"), node)


# --- attacks ------------------------------------------------------------------------------


def attacks(pattern: re.Pattern[str], length: int) -> list[str]:
    """Texts of this length that make the pattern look for long: each of its repeats, as long as it goes."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    pumps: set[str] = {" ", "a", "0", "(", "a+", "\t"}
    for before, body in _repeats(tree, ""):
        for each in body:
            pumps |= {each, before + each, (before + each)[::-1]}
    texts = []
    for pump in sorted(filter(None, pumps)):
        many = (pump * (length // len(pump) + 1))[: length - 1]
        texts += [many + _END, many + "a"]
    for before, body in _repeats(tree, ""):
        texts += [(before + each * length)[: length - 1] + _END for each in body]
    return list(dict.fromkeys(texts))


def _repeats(tree, before: str):
    """Each repeat without an end: what matches before it, and some texts that it repeats."""
    for kind, value in tree:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, most, body = value
            if most is parser.MAXREPEAT or most >= _MANY:
                yield before, _samples(body)
            yield from _repeats(body, before)
        elif name == "SUBPATTERN":
            yield from _repeats(value[3], before)
        elif name == "BRANCH":
            for each in value[1]:
                yield from _repeats(each, before)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repeats(value[1], before)
        elif name == "ATOMIC_GROUP":
            yield from _repeats(value, before)
        before += (_samples([(kind, value)]) or [""])[0]


def _samples(tree) -> list[str]:
    """A few texts that this part of a pattern takes."""
    texts = [""]
    for kind, value in tree:
        texts = [text + more for text in texts for more in (_one(str(kind), value) or [""])][:8]
    return [text for text in dict.fromkeys(texts) if text]


def _one(name: str, value) -> list[str]:
    if name == "LITERAL":
        return [chr(value)]
    if name == "NOT_LITERAL":
        return [letter for letter in "a ." if ord(letter) != value][:2]
    if name == "ANY":
        return ["a", " "]
    if name == "IN":
        return _of_class(value)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, body = value
        return [text * max(1, least) for text in _samples(body)]
    if name == "SUBPATTERN":
        return _samples(value[3])
    if name == "BRANCH":
        return [text for each in value[1][:4] for text in _samples(each)[:2]]
    return []


def _of_class(parts) -> list[str]:
    probe = [letter for letter in "a0+ -_.:,;/\\{}|()\"'\t\n@[]=<>&?é" if _takes(parts, letter)]
    return probe[:3] + probe[-1:]


def _takes(parts, letter: str) -> bool:
    pattern = parser.SubPattern(parser.State(), [(parser.IN, parts)])
    import re._compiler as compiler  # type: ignore[import-not-found]

    pattern.state.str = letter
    return compiler.compile(pattern).match(letter) is not None
