"""The steps of align: one SQL file each, each run after those it reads.

A file gives the table of its own name. What it reads is found in the SQL itself; what is neither a step, a source view
nor a table of the contract is a mistake in the file.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from tieout.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
def step_graph(package: str = "tieout.align") -> dict[str, set[str]]:
    """Give the steps that each step reads."""
    texts = step_texts(package)
    return {name: reads(sql) & set(texts) for name, sql in sorted(texts.items())}


@cache
def step_order(package: str = "tieout.align") -> tuple[str, ...]:
    """Give the steps in an order in which each comes after those it reads."""
    return tuple(TopologicalSorter(step_graph(package)).static_order())


@cache
def _waiting(package: str) -> dict[str, int]:
    """Count the steps that have to wait for each."""
    graph = step_graph(package)
    waiting: dict[str, set[str]] = {name: set() for name in graph}
    for name in reversed(step_order(package)):
        for read in graph[name]:
            waiting[read] |= waiting[name] | {name}
    return {name: len(those) for name, those in waiting.items()}


def run_steps(
    ways: Sequence[Connection], progress: Callable[[str], None] | None = None, package: str = "tieout.align"
) -> None:
    """Create every table of align, each after those it reads; a few are views of others.

    As many steps run at once as there are ways into the engine, since most have parts that one core does alone; first
    come those for which most others wait. Where one fails, or somebody interrupts, the others end too.
    """
    texts, waiting = step_texts(package), _waiting(package)
    graph, free, ready = TopologicalSorter(step_graph(package)), list(ways), list[str]()
    running: dict[Future[None], tuple[str, Connection]] = {}
    graph.prepare()
    with ThreadPoolExecutor(len(ways)) as pool:
        try:
            while graph.is_active():
                ready = sorted((*ready, *graph.get_ready()), key=waiting.__getitem__)
                while ready and free:
                    name, way = ready.pop(), free.pop()
                    if progress:
                        progress(name)
                    running[pool.submit(_create, way, name, texts[name])] = name, way
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    name, way = running.pop(future)
                    future.result()
                    free.append(way)
                    graph.done(name)
        except BaseException:
            while wait(running, timeout=0.05).not_done:  # one that begins just now would not hear of it
                for way in ways:
                    way.interrupt()
            raise


def _create(way: Connection, name: str, text: str) -> None:
    way.execute(f"create {'view' if name in VIEWS else 'table'} {name} as {text}")
