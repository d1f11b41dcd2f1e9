"""Which finding codes the source can give: read from its trees, so that no list of them is kept by hand.

A code is a literal in `Finding(code="...")`, a constant of its module, either side of a conditional, or comes from
elsewhere: a parameter of the function that makes the finding, or the `code` of another object. Then the calls of that
function, or the makings of such objects, are read in the same way. Whatever else stands there is told as unreadable,
because a code that nobody can find cannot be documented, unless the name alone cannot say which function is called.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tests.structure.python_rules import Function, functions

SHAPE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z0-9_]*)+")
"""What a finding code looks like."""


@dataclass
class Codes:
    """The codes found, and the places where a code could not be read."""

    known: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Origin:
    """Where a code comes from: the argument number `index`, called `name`, of calls of `callee` in a file or in all.

    `sure`: every such call gives a code, so that what cannot be read is told.
    """

    callee: str
    name: str
    index: int
    file: str | None = None
    sure: bool = True


@dataclass(frozen=True)
class _Use:
    """A call, with the function that it stands in."""

    file: str
    call: ast.Call
    function: Function | None


READ_BACK = ("src/tieout/warehouse/contents.py",)
"""Files that make findings again from what another file stored: their codes stand there."""


def collect(trees: Iterable[tuple[str, ast.Module]]) -> Codes:
    """Collect the codes of all findings that these files make."""
    reader = _Reader({file: tree for file, tree in trees if file not in READ_BACK})
    todo, seen = [_Origin("Finding", "code", 0)], set[_Origin]()
    while todo:
        if (origin := todo.pop()) not in seen:
            seen.add(origin)
            for use in reader.uses.get(origin.callee, ()):
                if origin.file in {None, use.file}:
                    todo += reader.read(_argument(use.call, origin), use, sure=origin.sure)
    return reader.codes


class _Reader:
    """The calls and classes of some files, and the codes read so far."""

    def __init__(self, files: dict[str, ast.Module]) -> None:
        self.files = files
        self.codes = Codes()
        self.uses: dict[str, list[_Use]] = {}
        for file, tree in files.items():
            for call, function in _calls(tree):
                self.uses.setdefault(_called(call), []).append(_Use(file, call, function))
        self.carriers = tuple(_carriers(files.values()))
        self.defined = Counter(function.name for tree in files.values() for function in functions(tree))

    def read(self, given: ast.expr | None, use: _Use, *, sure: bool) -> list[_Origin]:
        """Take a code that is written there, or give the places that it comes from."""
        if isinstance(given, ast.IfExp):
            return [origin for side in (given.body, given.orelse) for origin in self.read(side, use, sure=sure)]
        if code := self._written(given, use):
            self.codes.known.add(code)
            return []
        if isinstance(given, ast.Name) and use.function and (origin := _parameter(use.function, given.id, use.file)):
            only = bool(origin.file) or self.defined[origin.callee] == 1
            return [replace(origin, sure=sure and only)]
        if isinstance(given, ast.Attribute) and given.attr == "code" and self.carriers:
            return list(self.carriers)
        if sure:
            words = ast.unparse(given) if given else "no code"
            self.codes.unreadable.append(f"{use.file}, line {use.call.lineno}: {words}")
        return []

    def _written(self, given: ast.expr | None, use: _Use) -> str | None:
        text = _constant(self.files[use.file], given.id) if isinstance(given, ast.Name) else _literal(given)
        return text if text and SHAPE.fullmatch(text) else None


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Function | None]]:
    owner: dict[int, Function] = {}
    for function in functions(tree):
        owner |= {id(node): function for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, owner.get(id(node))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _argument(call: ast.Call, origin: _Origin) -> ast.expr | None:
    named = (word.value for word in call.keywords if word.arg == origin.name)
    by_place = call.args[origin.index] if 0 <= origin.index < len(call.args) else None
    return next(named, by_place)


def _parameter(function: Function, name: str, file: str) -> _Origin | None:
    positional = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    bound = positional[:1] in (["self"], ["cls"])
    where = file if function.name.startswith("_") else None
    if name in positional:
        return _Origin(function.name, name, positional.index(name) - bound, where)
    if name in {argument.arg for argument in function.args.kwonlyargs}:
        return _Origin(function.name, name, -1, where)
    return None


def _literal(given: ast.expr | None) -> str | None:
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _constant(tree: ast.Module, name: str) -> str | None:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return _literal(node.value)
    return None


def _carriers(trees: Iterable[ast.Module]) -> Iterator[_Origin]:
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name != "Finding" and "code" in (names := _taken(node)):
                yield _Origin(node.name, "code", names.index("code"), sure=False)


def _taken(node: ast.ClassDef) -> list[str]:
    maker = next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None)
    if maker:
        return [later.arg for _, later in pairwise(maker.args.args)]
    fields = (item.target for item in node.body if isinstance(item, ast.AnnAssign))
    return [target.id for target in fields if isinstance(target, ast.Name)]
