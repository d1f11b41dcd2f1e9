"""What we said, read again: the figures of a number as each refresh published them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import local_day
from tieout.basics.wording import option
from tieout.measure.answers import Question, QuestionError, Row, Unit, Value
from tieout.measure.run_sql import rows as fetch
from tieout.warehouse.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tieout.basics.workspace import Workspace

SLICES = ((), ("segment",), ("territory",))
"""The slices that are said of a number; the total is always among them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One figure that was published. `slice` is `segment=Enterprise`, or empty for the total; times are UTC."""

    said_at: datetime
    as_of: datetime
    period: str | None
    slice: str
    value: Value | None
    n: int
    absent: str | None
    build: str
    contract: str
    position: int


def said_of(workspace: Workspace, question: Question, unit: Unit) -> tuple[Said, ...]:
    """Give every figure of a number under a lens that was ever published, the oldest first.

    Raises QuestionError where the question asks for what is never said: a condition, rates or slices of its own.
    """
    if question.where or question.org != "as-was" or question.rates or question.calendar:
        message = (
            f"What we said was said without {option('where')}, {option('org')}, {option('rates')} and "
            f"{option('calendar')}. Leave them out, or take {option('said_then')}."
        )
        raise QuestionError(message)
    if question.by not in SLICES:
        message = (
            f"What we said was said in total, by segment and by territory, not by {', '.join(question.by)}. Leave out "
            f"{option('by')}, or take {option('said_then')}."
        )
        raise QuestionError(message)
    folder = workspace.ledger / "said"
    files = sorted(folder.glob("*.parquet"))
    if not files:
        return ()
    sql = """select said_at, as_of, period, slice, value, n, absent, build, contract, position
      from read_parquet($files)
      where metric = $metric and lens = $lens and (slice = '' or slice like $slice)
      order by said_at, position, slice"""
    given = {
        "files": [str(path) for path in files],
        "metric": question.metric,
        "lens": question.lens or "agreed",
        "slice": f"{question.by[0]}=%" if question.by else "",
    }
    with reading(files=files) as engine:
        found = fetch(engine, sql, given)
    return tuple(
        Said(said, as_of, period, part, _value(value, unit), n, absent, build, contract, position)
        for said, as_of, period, part, value, n, absent, build, contract, position in found
    )


def contracts_said(workspace: Workspace) -> tuple[tuple[datetime, str], ...]:
    """Give when figures were published by which contract, the oldest first; times are UTC without zone."""
    files = sorted((workspace.ledger / "said").glob("*.parquet"))
    if not files:
        return ()
    sql = "select distinct said_at, contract from read_parquet($files) order by said_at, contract"
    with reading(files=files) as engine:
        return tuple(
            (said, contract) for said, contract in fetch(engine, sql, {"files": [str(path) for path in files]})
        )


def said_at(said: Sequence[Said], moment: datetime, period: str | None, zone: ZoneInfo) -> tuple[Row, ...]:
    """Give what had last been said of a period by a moment: the total and the slices, or why there is nothing.

    `moment` is in UTC without zone; days in the reason are those of `zone`.
    """
    there = [one for one in said if one.said_at <= moment]
    fitting = [one for one in there if one.period == period]
    if not fitting:
        return (Row({}, None, 0, absent=_nothing(said, there, period, zone)),)
    last = fitting[-1].said_at
    rows = [
        Row(dict([one.slice.split("=", 1)]) if one.slice else {}, one.value, one.n, absent=one.absent)
        for one in fitting
        if one.said_at == last
    ]
    return tuple(sorted(rows, key=lambda row: tuple(row.by.values())))


def _nothing(said: Sequence[Said], there: Sequence[Said], period: str | None, zone: ZoneInfo) -> str:
    if not there:
        first = f": the first figure was published on {local_day(said[0].said_at, zone)}" if said else ""
        return f"nothing had been said by then{first}"
    others = _named({one.period for one in there})
    return f"nothing had been said of {period or 'no period'}; said was {others}"


def _named(periods: Iterable[str | None]) -> str:
    told = sorted(period or "no period" for period in periods)
    return ", ".join(told[-3:]) if len(told) <= 3 else f"{', '.join(told[-3:])} and {len(told) - 3} more"


def _value(text: str | None, unit: Unit) -> Value | None:
    if text is None:
        return None
    return Decimal(text) if unit == "money" else int(text) if unit == "count" else float(text)
