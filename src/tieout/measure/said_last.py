"""What was said of a build: every number's total as its refresh published it, read back without counting again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.measure.run_sql import rows as fetch
from tieout.warehouse.engine import reading

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.basics.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Said:
    """The total of a number as it was said; `value` is as exact as it was counted, None where there is none."""

    value: str | None
    n: int
    absent: str | None
    period: str | None
    as_of: datetime


def said_of(workspace: Workspace, build: str) -> dict[str, Said]:
    """Give the total of each number that was said of a build, as the teams agreed it; empty where nothing was said."""
    files = sorted((workspace.ledger / "said").glob(f"*-{build}.parquet"))
    if not files:
        return {}
    sql = """select metric, value, n, absent, period, as_of from read_parquet($file)
      where build = $build and lens = 'agreed' and slice = ''"""
    with reading(files=[files[-1]]) as engine:
        found = fetch(engine, sql, {"file": str(files[-1]), "build": build})
    return {metric: Said(*rest) for metric, *rest in found}
