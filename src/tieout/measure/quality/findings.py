"""What breaks a check of the contract, as findings: one for each check, the pipeline at stake told with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.basics.findings import Finding
from tieout.measure.quality.judging import judge
from tieout.measure.quality.spelling import closest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

SHOWN = 3
BROKEN = """select number, checked, broken, worth from quality_checks where broken > 0
  order by coalesce(worth, 0) desc, broken desc, number"""
FIRST = "select record from quality_breaks where number = ? order by coalesce(worth, 0) desc, record limit 1"
VALUES = """select b.given, count(*), max(s.spelled_right) from quality_breaks as b
  left join spellings as s on s.number = b.number and s.value = b.given
  where b.number = ? and b.given is not null group by b.given order by 2 desc, 1"""


def quality_findings(engine: Connection, contract: Contract, as_of: datetime) -> tuple[Finding, ...]:
    """Judge a build that has just been filled, and tell what breaks what was agreed, most money first."""
    checks, findings = judge(engine, contract, as_of)
    told = list(findings)
    for number, checked, broken, worth in engine.execute(BROKEN).fetchall():
        check = checks[number]
        first = engine.execute(FIRST, [number]).fetchall()[0][0]
        values = engine.execute(VALUES, [number]).fetchall() if check.given else []
        message = check.message.format(n=f"{broken:,}", checked=f"{checked:,}", values=_values(values))
        stake = f" At stake: {worth:,.2f} {contract.company.currency} of agreed pipeline." if worth else ""
        given = values[0][0] if values else check.name
        told.append(
            Finding(
                code=check.code,
                level=check.level,
                place=f"{check.entity} {first}",
                message=f"{message}{stake}",
                remedy=check.remedy,
                given=given,
                allowed=check.allowed,
                nearest=closest(given, check.allowed) if check.allowed else None,
                count=broken,
            )
        )
    engine.execute("drop table spellings")
    return tuple(told)


def _values(found: Iterable[tuple[str, int, str | None]]) -> str:
    listed = [f"'{value}'{f' for {right!r}' if right else ''} ({n:,})" for value, n, right in found]
    more = f" and {len(listed) - SHOWN:,} more" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more
