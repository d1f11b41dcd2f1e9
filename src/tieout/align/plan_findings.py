"""What is wrong with the targets of the plan: one whose period its calendar cannot read is found by nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.basics.calendars import PeriodError, parse_period
from tieout.basics.findings import Finding, Level
from tieout.contract.calendars import fiscal_calendar

if TYPE_CHECKING:
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

PERIODS = """select coalesce(period, ''), min(record), count(*) from targets group by 1 order by 1"""


def plan_findings(engine: Connection, contract: Contract) -> tuple[Finding, ...]:
    """Read the period of every target in the plan's calendar."""
    calendars = contract.company.calendars
    name = contract.plan.calendar or next(iter(calendars))
    calendar = fiscal_calendar(name, calendars[name])
    found = []
    for period, record, n in engine.execute(PERIODS).fetchall():
        try:
            parse_period(period, calendar)
        except PeriodError:
            message = (
                f"'{period}' is no period of the calendar '{name}': {n} target{'' if n == 1 else 's'} are for no days."
            )
            remedy = "Write it as 2026-Q3, 2026-P07 or 2026-07 in the plan, or name its calendar in plan.yaml."
            place = f"target {record}"
            found.append(Finding("target.period", Level.WARNING, place, message, remedy, given=period, count=n))
    return tuple(found)
