"""Run compiled SQL: only the parameters that a statement names are given to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tieout.warehouse.engine import Connection

_NAMED = re.compile(r"\$(\w+)")


def named_in(sql: str, parameters: Mapping[str, object] | None) -> dict[str, object]:
    """Give the parameters that a statement names."""
    named = set(_NAMED.findall(sql))
    return {name: value for name, value in (parameters or {}).items() if name in named}


def run(engine: Connection, sql: str, parameters: Mapping[str, object] | None = None) -> Connection:
    """Execute a statement with the parameters it names."""
    given = named_in(sql, parameters)
    return engine.execute(sql, given) if given else engine.execute(sql)


def rows(engine: Connection, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """Give all rows of a query."""
    return run(engine, sql, parameters).fetchall()
