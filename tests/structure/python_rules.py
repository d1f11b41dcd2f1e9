"""The habits of the source, as functions from a file's tree to what breaks them.

Each has its bad snippets in a test.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef

CLOCKS = frozenset({
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
})  # fmt: skip
ENGINES = "duckdb."
_ERRORS = frozenset(
    key for key, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_ALWAYS_RIGHT = frozenset({"AssertionError", "KeyboardInterrupt", "NotImplementedError", "StopIteration", "SystemExit"})
_VALIDATORS = frozenset({"field_validator", "model_validator", "validator"})


def functions(tree: ast.AST) -> Iterator[Function]:
    """Find every function, methods and inner ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Count a function's lines, from its name to its end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def prints(tree: ast.Module) -> list[str]:
    """Find calls of print."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [_at(node, "print") for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]


def clocks(tree: ast.Module) -> list[str]:
    """Find every mention of a clock, called or handed on."""
    return [_at(node, dotted) for node, dotted in _references(tree) if dotted in CLOCKS]


def engines(tree: ast.Module) -> list[str]:
    """Find what opens an engine: connecting to one, or using the one that DuckDB keeps hidden."""
    openers = ("connect", "default_connection", "execute", "query", "read_csv", "read_parquet", "sql")
    return [_at(node, dotted) for node, dotted in _references(tree) if dotted in {ENGINES + name for name in openers}]


def deferred_imports(tree: ast.Module) -> list[str]:
    """Find imports of ourselves inside functions."""
    inside = (node for function in functions(tree) for node in ast.walk(function))
    imports = (node for node in inside if isinstance(node, ast.Import | ast.ImportFrom))
    return [_at(node, target) for node in imports for target in _imported(node) if target.split(".")[0] == "tieout"]


def builtin_raises(tree: ast.Module) -> list[str]:
    """Find raises of Python's own errors that leave: not caught in the same file, nor meant for pydantic."""
    caught = {name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) for name in _caught(node)}
    allowed = {id(node) for function in functions(tree) if _is_validator(function) for node in ast.walk(function)}
    raises = (node for node in ast.walk(tree) if isinstance(node, ast.Raise) and id(node) not in allowed)
    return [_at(node, name) for node in raises if (name := _raised(node)) in _ERRORS - _ALWAYS_RIGHT - caught]


def long_names(tree: ast.Module, limit: int = 30) -> list[str]:
    """Find public functions and classes whose name is longer than the idea."""
    return [_at(node, node.name) for node in _public(tree) if len(node.name) > limit]


def undocumented(tree: ast.Module) -> list[str]:
    """Find public functions and classes without a docstring."""
    return [_at(node, node.name) for node in _public(tree) if not ast.get_docstring(node)]


def _public(node: ast.AST) -> Iterator[Function | ast.ClassDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            if child.name.startswith("_"):
                continue
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _public(child)


def _at(node: ast.stmt | ast.expr, what: str) -> str:
    return f"line {node.lineno}: {what}"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if node.module else []


def _aliases(tree: ast.Module) -> dict[str, str]:
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head = alias.name.split(".")[0]
                known[alias.asname or head] = alias.name if alias.asname else head
        elif isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


def _references(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    known = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (dotted := _dotted(node)):
            first, *rest = dotted.split(".")
            if first in known:
                yield node, ".".join([known[first], *rest])


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return None


def _raised(node: ast.Raise) -> str | None:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return error.id if isinstance(error, ast.Name) else None


def _caught(handler: ast.ExceptHandler) -> list[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [kind.id for kind in kinds if isinstance(kind, ast.Name)]


def _is_validator(function: Function) -> bool:
    decorators = (item.func if isinstance(item, ast.Call) else item for item in function.decorator_list)
    return any((_dotted(item) or "").split(".")[-1] in _VALIDATORS for item in decorators)
