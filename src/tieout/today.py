"""What is so today: the one number with its lenses, what moved in a week, what is at stake, what is fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import PeriodError, end_of_day, local_day
from tieout.contract.cadence import every
from tieout.history.ledger import Feed, Ledger
from tieout.measure.answers import Answer, Question, QuestionError
from tieout.measure.diagnosis.audit_tables import Broken, broken_checks
from tieout.measure.moments import default_period, moment_of
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.covered import Cover, Covered, cover
from tieout.measure.run_sql import rows
from tieout.tie_out import TieOut, tie_out
from tieout.waterfall import Waterfall, WaterfallAsked, waterfall

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tieout.basics.calendars import Period
    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract
    from tieout.measure.numbers.question import Asked

NUMBER = "pipeline.open_qualified"
WEEK = 7
WORST = 3
"""So many records of each broken check are named."""
FUNCTIONS = {
    "Marketing": {
        "pipeline.created": "Pipeline created",
        "contribution.sourced": "Sourced by marketing",
        "mql_to_sql.flow": "MQL to SQL",
    },
    "Sales": {
        "bookings": "Won",
        "win_rate.closed.count": "Win rate",
        "sla.response_rate": "Leads answered in time",
    },
    "Finance": {
        "coverage.to_go": "Coverage of what is to go",
        "slip_rate.value": "Slipped, by value",
        "revenue.realised": "Revenue realized",
    },
    "Customer success": {
        "win_rate.closed.count.expansion": "Win rate of expansion",
        "nrr": "Net revenue retention",
        "grr": "Gross revenue retention",
    },
}
"""Up to three numbers of each function, and what they are called where there is little room."""
NOT_YET = dict.fromkeys(("nrr", "grr"), "no version counts retention so far")
"""Numbers that people expect here and that no version counts so far, with what is said instead."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a function with its plan, or the reason why there is none."""

    metric: str
    name: str
    answer: Answer | None
    absent: str | None = None
    plan: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An object of a system: when it was last taken, when it is next expected, how its changes are dated.

    `dated` is the share of its changes of deals whose time the system itself told; None where it tells of no deals.
    """

    label: str
    entity: str | None
    owner: str | None
    every: str | None
    pulls: int
    taken_at: datetime | None
    due_at: datetime | None
    dated: float | None = None
    changes: int = 0

    def late(self, now: datetime) -> bool:
        """Whether a newer extract was expected by now (UTC without zone)."""
        return self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that the page says; moments are UTC without zone."""

    as_of: datetime
    quarter: Period
    day: int
    number: Answer
    cover: Cover
    target: Decimal | None
    tied: TieOut
    week: Waterfall | None
    no_week: str | None
    checks: tuple[Broken, ...]
    functions: dict[str, tuple[Figure, ...]]
    sources: tuple[Told, ...]

    @property
    def whole(self) -> Covered:
        """The coverage of the whole."""
        return self.cover.slices[0]

    @property
    def worst(self) -> Covered | None:
        """The segment with the least coverage, where there is one that has any."""
        known = [one for one in self.cover.slices[1:] if one.coverage is not None]
        return min(known, key=lambda one: one.coverage or 0.0, default=None)


def today(workspace: Workspace, asked: Asked) -> Today:
    """Put the page together from an open build."""
    as_of = asked.facts.heard_until
    quarter, day = quarter_of(asked.contract, as_of, asked.zone)
    covered = cover(asked, Question(NUMBER, by=("segment",)))
    won = ask(asked, Question("bookings", quarter.name))
    to_go = covered.slices[0].to_go
    target = None if to_go is None else to_go + _won_of_plan(asked, quarter)
    week, why = _week(workspace, asked)
    return Today(
        as_of, quarter, day, ask(asked, Question(NUMBER)), covered, target,
        tie_out(workspace, facts=asked.facts), week, why, _at_stake(asked), _functions(asked, quarter, won, target),
        sources(workspace, asked),
    )  # fmt: skip


def quarter_of(contract: Contract, as_of: datetime, zone: ZoneInfo) -> tuple[Period, int]:
    """Give the quarter that holds a moment, and which day of it that is."""
    moment = moment_of(as_of, None, zone)
    quarter = default_period(contract, moment)
    return quarter, (moment.day - quarter.start).days + 1


def _won_of_plan(asked: Asked, quarter: Period) -> Decimal:
    """Give what was won in the quarter to date in the types that the plan counts."""
    types = ", ".join("'" + name.replace("'", "''") + "'" for name in asked.contract.plan.types)
    found = ask(asked, Question("bookings", quarter.name, where=f"type in ({types})")).total.value
    return Decimal(found or 0)


def _week(workspace: Workspace, asked: Asked) -> tuple[Waterfall | None, str | None]:
    """Give the waterfall of the last seven days, or why there is none."""
    last = local_day(asked.facts.heard_until, asked.zone)
    since = end_of_day(last - timedelta(days=WEEK), asked.zone)
    try:
        wanted = WaterfallAsked(start=f"{since.isoformat()}+00:00", postings=0)
        return waterfall(workspace, wanted, asked.facts), None
    except (QuestionError, PeriodError) as error:
        return None, str(error)


def _at_stake(asked: Asked) -> tuple[Broken, ...]:
    """Give the broken checks with money at stake, most first."""
    return tuple(one for one in broken_checks(asked.engine, WORST) if one.broken and one.worth)


def _functions(asked: Asked, quarter: Period, won: Answer, target: Decimal | None) -> dict[str, tuple[Figure, ...]]:
    found: dict[str, tuple[Figure, ...]] = {}
    for name, metrics in FUNCTIONS.items():
        figures = []
        for metric, called in metrics.items():
            if metric in NOT_YET:
                figures.append(Figure(metric, called, None, NOT_YET[metric]))
                continue
            answer = won if metric == "bookings" else ask(asked, Question(metric, quarter.name))
            figures.append(Figure(metric, called, answer, plan=target if metric == "bookings" else None))
        found[name] = tuple(figures)
    return found


# -- sources

DATED = """select object, count(*), count(*) filter (where not flagged) from opportunity_changes
  where voice <> 'start' group by object"""


def sources(workspace: Workspace, asked: Asked) -> tuple[Told, ...]:
    """Say of every object of the contract when it was last taken, by what the build knows, and when it is next due."""
    ledger = Ledger(workspace)
    dated = {label: (changes, told) for label, changes, told in rows(asked.engine, DATED)}
    found = []
    for system, terms in asked.contract.sources.items():
        for name, item in terms.objects.items():
            label = f"{system}.{name}"
            mine = [one for one in ledger.pulls(Feed(system, name)) if one.position <= asked.facts.position]
            taken = max((one.taken_at for one in mine), default=None)
            due = taken + every(item.every) if taken and item.every else None
            changes, told = dated.get(label, (0, 0))
            found.append(
                Told(
                    label, item.of or item.entity, item.owner or terms.owner, item.every, len(mine), taken, due,
                    told / changes if changes else None, changes,
                )
            )  # fmt: skip
    return tuple(found)
