"""The steps of align: one SQL file each, run in the order in which they read one another.

A file gives the table of its own name. What it reads is found in the SQL itself; what is neither a step, a source view
nor a table of the contract is a mistake in the file.
"""

from __future__ import annotations

import hashlib
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from tieout.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tieout.warehouse.engine import Connection


MADE_BY = ("tieout.align", "tieout.measure.quality")
"""The packages whose text makes the tables and findings of a build."""

VIEWS = frozenset({"activities_told", "activity_versions", "opportunity_versions"})
"""Steps that only pick or put together rows of others: as tables they would be the largest ones, written twice."""


@cache
def step_texts(package: str = "tieout.align") -> dict[str, str]:
    """Give the SQL of every step of a package by the name of its table."""
    found = (entry for entry in files(package).iterdir() if entry.name.endswith(".sql"))
    return {entry.name.removesuffix(".sql"): entry.read_text("utf-8") for entry in found}


@cache
def program() -> str:
    """Name the program that makes a build: its version and the text of its steps, so that no build outlives them."""
    found = (entry for part in MADE_BY for entry in files(part).iterdir() if entry.name.endswith((".py", ".sql")))
    told = "\n".join(f"{entry.name}\n{entry.read_text('utf-8')}" for entry in sorted(found, key=lambda one: one.name))
    return f"{VERSION}+{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def reads(sql: str) -> set[str]:
    """Give the tables that a statement reads, without its own common table expressions."""
    tree = parse_one(sql, dialect="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - own


@cache
def step_order(package: str = "tieout.align") -> tuple[str, ...]:
    """Give the steps in an order in which each comes after those it reads."""
    texts = step_texts(package)
    graph = {name: reads(sql) & set(texts) for name, sql in sorted(texts.items())}
    return tuple(TopologicalSorter(graph).static_order())


def run_steps(engine: Connection, progress: Callable[[str], None] | None = None) -> None:
    """Create every table of align, in order; a few are views of others."""
    texts = step_texts()
    for name in step_order():
        if progress:
            progress(name)
        engine.execute(f"create {'view' if name in VIEWS else 'table'} {name} as {texts[name]}")
