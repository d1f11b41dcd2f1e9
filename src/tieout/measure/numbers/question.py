"""A question filled in: its number, moment, period, lens and filters, or an error that names what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.basics.calendars import end_of_day, parse_period
from tieout.basics.findings import nearest
from tieout.basics.wording import option
from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import resolve_lens
from tieout.measure.answers import Question, QuestionError, UnknownNameError
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import calendar_of, default_period, moment_of, refreshed
from tieout.measure.numbers.catalogue import BY_ID, Metric
from tieout.measure.numbers.facts import TIME_DIMENSIONS, Facts, columns_of
from tieout.measure.run_sql import named_in
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tieout.basics.calendars import Period
    from tieout.contract.model import Contract, Lens
    from tieout.measure.moments import Moment
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection


KEPT_ROWS = 64
KEPT_ANSWERS = 256
"""How many rows an answer may have to be kept, and how many of them are kept."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An open build and the contract it was made with: everything a question is asked of.

    The build cannot change while it is open, so what it answered once is not asked again. Whoever lets the same names
    stand for other rows, as a view in front of a table does, needs an `anew` one.
    """

    engine: Connection
    contract: Contract
    facts: BuildFacts
    quantiles: dict[object, dict[tuple[object, ...], tuple[float | None, ...]]] = field(
        default_factory=dict, compare=False, kw_only=True
    )
    """The quantiles of durations found so far: a median, a 75th and a 90th percentile are asked of the same ones."""
    answered: dict[tuple[str, str], tuple[tuple[Any, ...], ...]] = field(
        default_factory=dict, compare=False, kw_only=True
    )
    """What the build answered so far, by the statement and its parameters."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Give all rows of a query that reads nothing but the build: no temporary table, which may change."""
        given = named_in(sql, parameters)
        key = sql, repr(sorted(given.items()))
        if key not in self.answered:
            found = fetch(self.engine, sql, given)
            if len(found) > KEPT_ROWS or len(self.answered) >= KEPT_ANSWERS:
                return found
            self.answered[key] = tuple(found)
        return list(self.answered[key])

    def anew(self) -> Asked:
        """Give the same build with nothing answered yet."""
        return Asked(self.engine, self.contract, self.facts)

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.contract.company.time_zone)


def metric_named(name: str) -> Metric:
    """Give a number of the catalogue. Raises QuestionError with the nearest name."""
    if name in BY_ID:
        return BY_ID[name]
    near = nearest(name, BY_ID)
    hint = f" Did you mean '{near}'?" if near else ""
    message = f"'{name}' is not a number.{hint} The glossary (`tieout ask --list`) has all {len(BY_ID)}."
    raise UnknownNameError(message, name, tuple(BY_ID), near)


def view_of(asked: Asked, question: Question, metric: Metric) -> LensView:
    """Fill in moment, period, lens and filters. Raises QuestionError or PeriodError."""
    contract = asked.contract
    if question.calendar:
        allowed("calendar", question.calendar, contract.company.calendars)
    name = question.lens or "agreed"
    allowed("lens", name, ("agreed", *contract.lenses))
    if name in contract.lenses and contract.lenses[name].reported:
        raise QuestionError(own_figure(name))
    moment = _moment(asked, question)
    lens = metric.counted(resolve_lens(contract, name, moment.day))
    calendar = calendar_of(contract, question.calendar or lens.calendar)
    period = parse_period(question.period, calendar) if question.period else None
    if period and lens.date_field == "none" and question.as_of is None and not metric.event:
        moment = _at_end(asked, question, period, moment)
        lens = metric.counted(resolve_lens(contract, name, moment.day))
    if question.rates:
        lens = lens.model_copy(update={"rates": question.rates})
    if period is None and metric.needs_period:
        period = default_period(contract, moment, calendar.name)
    extra = (_criterion(question.where, metric),) if question.where else ()
    fresh = refreshed(moment, lens.freshness, asked.zone, calendar_of(contract, lens.calendar))
    classes = "source_class" in question.by or "source_class" in (question.where or "").lower()
    as_is = question.org == "as-is"
    return LensView(name, lens, fresh, period, extra, as_is=as_is, classes=classes, asked_at=moment.as_of)


def slices_of(question: Question, counted: Facts) -> dict[str, str]:
    """Give the expressions of the dimensions asked for. Raises QuestionError."""
    known = {**counted.dimensions, **TIME_DIMENSIONS}
    for name in question.by:
        allowed("dimension", name, known)
    return {name: known[name] for name in question.by}


def allowed(what: str, given: str, names: Iterable[str]) -> None:
    """Hold a name to those there are. Raises QuestionError naming them and the nearest."""
    names = tuple(names)
    if given in names:
        return
    near = nearest(given, names)
    hint = f" Did you mean '{near}'?" if near else ""
    message = f"'{given}' is not a {what}. Allowed: {', '.join(names)}.{hint}"
    raise UnknownNameError(message, given, names, near)


def own_figure(name: str) -> str:
    """Say that a lens is a team's own list or total, which counts nothing but itself, and what to do."""
    return (
        f"The lens '{name}' is the team's own list or total: it has one figure, and no rules to count by. Ask with "
        f"another lens, or tie it out: tieout bridge agreed {name}."
    )


def _moment(asked: Asked, question: Question) -> Moment:
    """As of what was last heard of, unless the question says when; never later than what it lets be known."""
    heard = asked.facts.heard_until
    as_of: datetime = question.as_of or (min(heard, question.known_at) if question.known_at else heard)
    known_at = as_of if question.said_then else question.known_at
    return moment_of(as_of, known_at, asked.zone)


def _at_end(asked: Asked, question: Question, period: Period, moment: Moment) -> Moment:
    """Give the end of the period: what a number of no period, asked for one, is meant as of."""
    end = min(moment.as_of, end_of_day(period.last_day, asked.zone))
    return moment_of(end, end if question.said_then else question.known_at, asked.zone)


def _criterion(text: str, metric: Metric) -> str:
    criterion, findings = parse_criterion(text, columns_of(metric), option("where"))
    if criterion is None:
        raise QuestionError(" ".join(finding.sentence() for finding in findings))
    return f"({criterion.sql('u')})"


def lens_of(asked: Asked, name: str, moment: Moment) -> Lens:
    """Give a lens of the contract with every facet filled in, as of a moment."""
    return resolve_lens(asked.contract, name, moment.day)
