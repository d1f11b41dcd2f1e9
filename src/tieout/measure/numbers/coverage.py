"""Coverage: pipeline over target, only where both mean the same, else absent with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import PeriodError, end_of_day, parse_period
from tieout.measure.answers import UNKNOWN, Answer, Question, QuestionError, Row
from tieout.measure.lens_sql import converted_sql, quoted
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import verdict
from tieout.measure.numbers.catalogue import BY_ID, Metric
from tieout.measure.numbers.count import count, counting
from tieout.measure.numbers.knowable import before_history, unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, view_of

if TYPE_CHECKING:
    from tieout.basics.calendars import Period
    from tieout.measure.lens_sql import LensView

OPENING_DAYS = {"opening": 1, "week3": 21}


def coverage(asked: Asked, question: Question, metric: Metric) -> Answer:
    """Answer one of the coverage numbers, in total and by segment."""
    if set(question.by) - {"segment"}:
        message = f"Targets are by segment, so coverage cannot be sliced by {', '.join(question.by)}. Allowed: segment."
        raise QuestionError(message)
    view = view_of(asked, question, metric)
    if metric.fact in OPENING_DAYS:
        question = replace(question, as_of=_opening(view, asked, OPENING_DAYS[metric.fact]))
        view = view_of(asked, question, metric)
    begun = view.period is not None and view.moment.day >= view.period.start
    reason = terms_differ(asked, view, question) or (None if begun else "the period has not begun")
    rows = _slices(asked, question, view, metric, reason)
    return label(asked, question, metric, view, rows)


def _opening(view: LensView, asked: Asked, days: int) -> datetime:
    zone = ZoneInfo(asked.contract.company.time_zone)
    start = view.period.start if view.period else date.min
    return end_of_day(start + timedelta(days=days - 1), zone)


def terms_differ(asked: Asked, view: LensView, question: Question) -> str | None:
    """Say in what the plan and the pipeline do not mean the same; None where they do."""
    plan, lens = asked.contract.plan, view.lens
    differing = [
        f"{name}: the plan counts {theirs}, the pipeline {ours}"
        for name, theirs, ours in (
            ("types", _names(plan.types), _names(lens.types or ())),
            ("basis", plan.basis, lens.basis),
            ("rates", plan.rates, lens.rates),
        )
        if theirs != ours
    ]
    if question.where:
        differing.append("filter: the plan has no target for a filtered pipeline")
    return "; ".join(differing) or None


def _names(types: tuple[str, ...] | str) -> str:
    return types if isinstance(types, str) else " and ".join(sorted(name.casefold() for name in types))


def _slices(asked: Asked, question: Question, view: LensView, metric: Metric, reason: str | None) -> tuple[Row, ...]:
    found = sides(asked, question, view, to_go=metric.fact == "to_go")
    return tuple(_divided(asked, row, target, reason or why, metric) for row, target, why in found.values())


def sides(
    asked: Asked, question: Question, view: LensView, *, to_go: bool
) -> dict[str | None, tuple[Row, Decimal | None, str | None]]:
    """Give pipeline, target (less what was won, if `to_go`) and why there is no coverage; by segment, None is all."""
    pipeline = _by_segment(asked, replace(question, metric="pipeline.open_qualified"))
    targets = _targets(asked, view)
    unknown = unknowable(asked, view) or before_history(asked, view)
    won = _by_segment(asked, _won(asked, question, view)) if to_go else {}
    names = {*pipeline, *targets} - {None} if question.by else set()
    found = {}
    for name in [None, *sorted(names, key=str)]:
        row = pipeline.get(name) or Row({"segment": str(name)}, Decimal(0), 0)
        target = targets.get(name)
        if target is not None and name in won:
            target -= Decimal(won[name].value or 0)
        unvalued = "a target has no amount in the base currency" if name in targets and target is None else None
        found[name] = (row, target, unvalued or (unknown if target is not None else None))
    return found


def _by_segment(asked: Asked, question: Question) -> dict[str | None, Row]:
    """Count another number of the same question; None is the total."""
    metric = BY_ID[question.metric]
    counted = count(counting(asked, question, metric, view_of(asked, question, metric)))
    return {row.by.get("segment"): row for row in counted}


def _won(asked: Asked, question: Question, view: LensView) -> Question:
    """Ask for what was won in the period to date, in the plan's own types."""
    listed = ", ".join(quoted(name) for name in asked.contract.plan.types)
    return replace(
        question, metric="bookings", where=f"type in ({listed})", period=view.period.name if view.period else None
    )


def _divided(asked: Asked, row: Row, target: Decimal | None, reason: str | None, metric: Metric) -> Row:
    if reason is None and target is None:
        reason = "the plan has no target for it"
    if reason is None and target is not None and target <= 0:
        reason = "target met" if metric.fact == "to_go" else "the target is 0"
    if reason is not None or target is None:
        return Row(row.by, None, row.n, absent=reason)
    divided = Row(row.by, float(Decimal(row.value or 0) / target), row.n, grade=row.grade)
    return replace(divided, verdict=verdict(asked.contract, metric, divided))


def _targets(asked: Asked, view: LensView) -> dict[str | None, Decimal | None]:
    """Give the period's targets by segment in base currency, None for their sum; no amount where a rate is missing.

    Targets are for periods of the plan's calendar; one counts where it is for the same days.
    """
    names = _named_by_the_plan(asked, view.period) if view.period else []
    if view.period is None or not names:
        return {}
    listed = ", ".join(quoted(name) for name in names)
    sql = f"""
      select coalesce(t.segment, '{UNKNOWN}'), sum({converted_sql("t.amount", "r.rate")}),
        count(*) filter (where t.amount is null or r.rate is null)
      from targets as t
      left join exchange_rates as r on r.kind = $rates and r.currency = upper(t.currency)
        and r.starts_at <= $valued_at and $valued_at < r.ends_at
      where t.period in ({listed}) and coalesce(lower(t.kind), 'target') in ('target', 'bookings')
      group by all"""
    valued_at = min(view.moment.as_of, end_of_day(view.period.last_day, asked.zone))
    parameters: dict[str, object] = {"rates": asked.contract.plan.rates, "valued_at": valued_at}
    by_segment: dict[str | None, Decimal | None] = {
        segment: None if unvalued else amount for segment, amount, unvalued in asked.rows(sql, parameters)
    }
    amounts = [amount for amount in by_segment.values() if amount is not None]
    whole = sum(amounts, Decimal(0)) if len(amounts) == len(by_segment) else None
    return by_segment | ({None: whole} if by_segment else {})


def _named_by_the_plan(asked: Asked, period: Period) -> list[str]:
    """Give the names, as targets have them, that mean the days of a period in the plan's calendar."""
    calendar = calendar_of(asked.contract, asked.contract.plan.calendar)
    found = []
    for (name,) in asked.rows("select distinct period from targets where period is not null order by 1"):
        try:
            meant = parse_period(name, calendar)
        except PeriodError:
            continue
        if (meant.start, meant.end) == (period.start, period.end):
            found.append(name)
    return found
