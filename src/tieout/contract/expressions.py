"""SQL expressions that people write, read into a SQLGlot tree that holds nothing but what is allowed.

Only the tree is ever used further, never the text. Whatever is not on a list here is refused: statements, subqueries,
comments, other functions, parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

from tieout.basics.findings import Finding, Level, nearest
from tieout.contract.places import shorten

MAX_LENGTH = 20_000
MAX_NESTING = 16
MAX_DEPTH = 60

_WORDS = frozenset(
    [
        "all",
        "and",
        "any",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "cast",
        "distinct",
        "else",
        "end",
        "escape",
        "false",
        "from",
        "ilike",
        "in",
        "is",
        "like",
        "not",
        "null",
        "on",
        "or",
        "then",
        "true",
        "try_cast",
        "when",
        "decimal",
        "numeric",
    ]
)
_VALUES = (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null)
_LOGIC = (exp.And, exp.Or, exp.Not, exp.Paren, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe)
_CALLS: dict[str, type[exp.Expression]] = {
    "abs": exp.Abs,
    "coalesce": exp.Coalesce,
    "concat": exp.Concat,
    "length": exp.Length,
    "lower": exp.Lower,
    "nullif": exp.Nullif,
    "round": exp.Round,
    "trim": exp.Trim,
    "upper": exp.Upper,
    "split_part": exp.SplitPart,
    "regexp_extract": exp.RegexpExtract,
    "try_cast": exp.TryCast,
}
_KEYS = frozenset(
    [
        "this",
        "expression",
        "expressions",
        "low",
        "high",
        "negate",
        "decimals",
        "delimiter",
        "part_index",
        "group",
        "ifs",
        "true",
        "default",
        "to",
        "quoted",
        "is_string",
        "kind",
        "nested",
    ]
)
"""The arguments of nodes that people may fill; any other one that holds a value is a form of SQL outside the list."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an expression, before it is known where it stands."""

    code: str
    message: str
    remedy: str
    given: str | None = None
    allowed: tuple[str, ...] = ()

    def finding(self, place: str) -> Finding:
        """Make it a finding of a place."""
        close = nearest(self.given, self.allowed) if self.given else None
        given = None if self.given is None else shorten(self.given)
        return Finding(self.code, Level.ERROR, place, self.message, self.remedy, given, self.allowed, close)


@dataclass(frozen=True, slots=True)
class Grammar:
    """What an expression may be made of: the names of functions, and the kinds of node beside them."""

    functions: frozenset[str]
    nodes: tuple[type[exp.Expression], ...] = ()

    @property
    def allowed(self) -> tuple[type[exp.Expression], ...]:
        """Every kind of node that may stand in the tree."""
        calls = tuple(_CALLS[name] for name in self.functions)
        return (*_VALUES, *_LOGIC, *_COMPARISONS, *_ARITHMETIC, *calls, *self.nodes)


def read_tree(text: str, grammar: Grammar) -> tuple[exp.Expression | None, list[Problem]]:
    """Read an expression; without a tree there is at least one problem."""
    try:
        tokens = _tokens(text)
        problems = list(_token_problems(text, tokens, grammar))
        if problems:
            return None, problems
        trees = Dialect.get_or_raise("duckdb").parser().parse(tokens, text)
        if len(trees) != 1 or trees[0] is None:
            return None, [_unreadable(text)]
        tree = cast("exp.Expression", trees[0])
        problems = list(_node_problems(tree, grammar))
    except RecursionError:
        return None, [_too_deep()]
    except (SqlglotError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        return None, [_unreadable(text, error)]
    return (None, problems) if problems else (tree, [])


def _tokens(text: str) -> list[Token]:
    return [] if len(text) > MAX_LENGTH else Dialect.get_or_raise("duckdb").tokenize(text)


def _too_deep() -> Problem:
    message = f"The expression is nested more than {MAX_NESTING} deep."
    return Problem("criterion.deep", message, "Write it flatter, with 'in' lists or fewer brackets.")


def _unreadable(text: str, error: Exception | None = None) -> Problem:
    details = getattr(error, "errors", None)
    near = str(details[0].get("highlight") or "") if details else ""
    where = f" near '{shorten(near)}'" if near else ""
    message = f"'{shorten(text)}' cannot be read as an SQL expression{where}."
    return Problem(
        "criterion.syntax", message, "Write a condition such as: employees >= 200 and region in ('EMEA').", text
    )


def _token_problems(text: str, tokens: list[Token], grammar: Grammar) -> Iterator[Problem]:
    if len(text) > MAX_LENGTH:
        message = f"The expression has {len(text):,} letters; at most {MAX_LENGTH:,} are read."
        yield Problem("criterion.too_long", message, "Move long lists of records into a register.")
        return
    if not tokens:
        yield Problem("criterion.empty", "The expression is empty.", "Write a condition, or delete the key.")
        return
    if any(token.comments for token in tokens) or _comment_only(text):
        yield Problem("criterion.comment", "The expression holds a comment.", "Write comments in YAML, after '#'.")
    if any(token.token_type is TokenType.SEMICOLON for token in tokens):
        message = "The expression holds a ';', as if it were several statements."
        yield Problem("criterion.statement", message, "Keep the one condition.")
    if _nesting(tokens) > MAX_NESTING:
        yield _too_deep()
    names = tuple(sorted(grammar.functions))
    for token, following in pairwise(tokens):
        called = following.token_type is TokenType.L_PAREN and re.fullmatch(r"[^\W\d]\w*", token.text)
        if called and token.token_type is not TokenType.STRING and token.text.casefold() not in {*_WORDS, *names}:
            message = f"'{shorten(token.text)}' is no function that may be used here."
            yield Problem("criterion.function", message, "Use an allowed one.", token.text, names)


def _comment_only(text: str) -> bool:
    bare = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "", text)
    return "--" in bare or "/*" in bare


def _nesting(tokens: list[Token]) -> int:
    """Count how deep brackets, cases and runs of signs lie in one another, before any parser goes into them."""
    depth = deepest = run = 0
    for token in tokens:
        kind = token.token_type
        if kind in {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}:
            depth += 1
        elif kind in {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}:
            depth -= 1
        signs = {TokenType.NOT, TokenType.DASH, TokenType.TILDE, TokenType.PLUS}
        run = run + 1 if kind in signs else 0
        deepest = max(deepest, depth + run)
    return max(deepest, sum(token.token_type is TokenType.NOT for token in tokens) // 4)


def _node_problems(tree: exp.Expression, grammar: Grammar) -> Iterator[Problem]:
    allowed = grammar.allowed
    stack: list[tuple[exp.Expression, int]] = [(tree, 0)]
    seen: set[str] = set()
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            yield _too_deep()
            return
        if type(node) not in allowed or any(_holds(node, key) for key in node.args if key not in _KEYS):
            if (problem := _refused(node)).message not in seen:
                seen.add(problem.message)
                yield problem
            continue
        for child in node.iter_expressions():
            chained = isinstance(child, exp.And | exp.Or) and type(child) is type(node)
            stack.append((child, depth if chained else depth + 1))


def _holds(node: exp.Expression, key: str) -> bool:
    """Say whether a node carries an argument that was written, not one that SQLGlot notes for itself."""
    value = node.args.get(key)
    return isinstance(value, exp.Expression | str) or (isinstance(value, list) and bool(value))


def _refused(node: exp.Expression) -> Problem:
    text = shorten(shown(node))
    if isinstance(node, exp.Column):
        message = f"'{text}' names a column of a table; columns stand alone here."
        return Problem("criterion.column", message, "Write the column's name only.", text)
    if isinstance(node, exp.Cast):
        remedy = "Write a date or time as plain text: close_date >= '2026-07-01'."
        return Problem("criterion.cast", f"'{text}' changes a type, which is not allowed here.", remedy)
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return Problem("criterion.subquery", f"'{text}' is a query of its own.", "Use the columns of the record only.")
    remedy = "Use and, or, not, in, like, between, is null, comparison, arithmetic and the allowed functions."
    return Problem("criterion.form", f"'{text}' is a form of SQL that is not allowed here.", remedy)


def shown(node: exp.Expression) -> str:
    """Write a part as SQL, for a sentence."""
    try:
        return node.sql("duckdb")
    except (SqlglotError, RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return type(node).__name__
