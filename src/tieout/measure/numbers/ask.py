"""Ask a number: fill in the question, count the rows, put the label on the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.basics.calendars import Period, parse_period
from tieout.basics.findings import nearest
from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import resolve_lens
from tieout.measure.answers import UNKNOWN, Answer, Passport, Question, QuestionError, Row
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import Moment, calendar_of, default_period, moment_of
from tieout.measure.numbers.catalogue import BY_ID, Metric
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run
from tieout.measure.numbers.facts import TIME_DIMENSIONS, Facts, columns_of, facts_of

if TYPE_CHECKING:
    from tieout.contract.model import Band, Contract
    from tieout.warehouse.builds import BuildFacts
    from tieout.warehouse.engine import Connection

GRADES = ("observed", "derived", "assumed", "missing")
WILSON_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Asked:
    """An open build and the contract it was made with: everything a question is asked of."""

    engine: Connection
    contract: Contract
    facts: BuildFacts


def ask(asked: Asked, question: Question) -> Answer:
    """Answer a question from a build.

    Raises QuestionError where the question names something that is not there.
    """
    metric = metric_named(question.metric)
    if metric.aggregate == "coverage":
        from tieout.measure.numbers.coverage import coverage  # noqa: PLC0415 - coverage asks two numbers in turn

        return coverage(asked, question, metric)
    view = view_of(asked, question, metric)
    counted = facts_of(metric, view, asked.contract)
    slices = _slices(question, counted)
    rows = _rows(asked, metric, view, counted, slices)
    records = _records(asked.engine, counted, slices) if question.records else None
    return label(asked, question, metric, view, rows, records)


def label(
    asked: Asked,
    question: Question,
    metric: Metric,
    view: LensView,
    rows: tuple[Row, ...],
    records: tuple[dict[str, object], ...] | None = None,
) -> Answer:
    """Put on a figure everything that it is never shown without."""
    passport = Passport(
        build=asked.facts.key,
        position=asked.facts.position,
        program=asked.facts.version,
        contract=asked.facts.fingerprint,
        calendar=calendar_of(asked.contract, question.calendar).name,
        rates=view.lens.rates or "plan",
        org=question.org,
        filters=question.where,
        band=band_of(asked.contract, metric),
        lens=question.lens,
    )
    known_at = None if view.moment.restated else view.moment.known_at
    period = view.period.name if view.period else None
    notes = _notes(asked, metric, view)
    return Answer(metric.id, metric.unit, period, view.moment.as_of, known_at, passport, rows, notes, records)


# -- filling in the question


def metric_named(name: str) -> Metric:
    """Give a number of the catalogue. Raises QuestionError with the nearest name."""
    if name in BY_ID:
        return BY_ID[name]
    near = nearest(name, BY_ID)
    hint = f" Did you mean '{near}'?" if near else ""
    message = f"'{name}' is not a number.{hint} `tieout ask --list` shows all {len(BY_ID)}."
    raise QuestionError(message)


def view_of(asked: Asked, question: Question, metric: Metric) -> LensView:
    """Fill in moment, period, lens and filters."""
    contract = asked.contract
    zone = ZoneInfo(contract.company.time_zone)
    if question.calendar and question.calendar not in contract.company.calendars:
        raise _no_such("calendar", question.calendar, contract.company.calendars)
    calendar = calendar_of(contract, question.calendar)
    period = parse_period(question.period, calendar) if question.period else None
    as_of = question.as_of or asked.facts.heard_until
    known_at = as_of if question.said_then else question.known_at
    moment = moment_of(as_of, known_at, zone)
    if period is None and metric.needs_period:
        period = default_period(contract, moment, question.calendar)
    name = question.lens or "agreed"
    if name != "agreed" and name not in contract.lenses:
        raise _no_such("lens", name, ["agreed", *contract.lenses])
    lens = metric.counted(resolve_lens(contract, name, moment.day))
    if question.rates:
        lens = lens.model_copy(update={"rates": question.rates})
    if period and lens.date_field == "none":
        lens, period, moment = _at_period_end(lens, period, moment, zone, question)
    extra = (_criterion(question.where, metric),) if question.where else ()
    return LensView(name, lens, moment, period, extra, as_is=question.org == "as-is")


def _at_period_end(lens: Any, period: Period, moment: Moment, zone: ZoneInfo, question: Question) -> Any:  # noqa: ANN401
    """A number of no period, asked for one, is meant as of the period's end."""
    if question.as_of:
        return lens, period, moment
    end = min(moment.as_of, end_of_period(period, zone))
    known_at = end if question.said_then else question.known_at
    return lens, period, moment_of(end, known_at, zone)


def end_of_period(period: Period, zone: ZoneInfo) -> datetime:
    """Give the last moment of a period."""
    from tieout.basics.calendars import end_of_day  # noqa: PLC0415

    return end_of_day(period.last_day, zone)


def _criterion(text: str, metric: Metric) -> str:
    criterion, findings = parse_criterion(text, columns_of(metric), "--where")
    if criterion is None:
        raise QuestionError(" ".join(finding.sentence() for finding in findings))
    return f"({criterion.sql('u')})"


def _slices(question: Question, counted: Facts) -> dict[str, str]:
    allowed = {**counted.dimensions, **TIME_DIMENSIONS}
    for name in question.by:
        if name not in allowed:
            raise _no_such("dimension", name, allowed)
    return {name: allowed[name] for name in question.by}


def _no_such(what: str, given: str, allowed: Any) -> QuestionError:  # noqa: ANN401
    near = nearest(given, allowed)
    hint = f" Did you mean '{near}'?" if near else ""
    return QuestionError(f"'{given}' is not a {what}. Allowed: {', '.join(allowed)}.{hint}")


# -- counting


MEASURES = {
    "sum": "coalesce(sum(f.value), 0)",
    "count": "count(*)",
    "rate": "sum(case when f.hit then 1 else 0 end)",
    "share": "coalesce(sum(case when f.hit then f.value end), 0)",
    "mean": "avg(f.value)",
    "median": "percentile_cont(0.5) within group (order by f.value)",
    "p75": "percentile_cont(0.75) within group (order by f.value)",
}


def _rows(
    asked: Asked, metric: Metric, view: LensView, counted: Facts, slices: dict[str, str]
) -> tuple[Row, ...]:
    keys = [f"coalesce(cast({expression} as varchar), '{UNKNOWN}') as by_{n}" for n, expression in enumerate(slices.values())]
    names = [f"by_{n}" for n in range(len(slices))]
    by_value = metric.aggregate in ("sum", "share")
    shares = [
        f"sum(case when f.grade = {grade} then {'abs(f.value)' if by_value else '1'} else 0 end)" for grade in range(4)
    ]
    spread = f"select {', '.join([*keys, 'f.*'])} from ({counted.sql}) as f {_joins(slices)}"
    grouping = f"group by grouping sets ((), ({', '.join(names)}))" if names else ""
    depth = f"grouping({names[0]})" if names else "1"
    sql = f"""
      select {', '.join([*names, depth])}, count(*), {MEASURES[metric.aggregate]}, sum(f.value), max(f.moment),
        count(f.value), {', '.join(shares)}
      from ({spread}) as f {grouping}"""
    parameters = dict(counted.parameters)
    if _needs_calendar(slices):
        parameters["calendar"] = view_calendar(view, asked.contract)
    found = fetch(asked.engine, sql, parameters)
    ripe = _ripe_age(asked, view) if metric.id.startswith("conversion.") else None
    rows = [_row(asked, metric, view, record, list(slices), ripe) for record in found]
    total = [row for row in rows if not row.by] or [_empty(metric)]
    rest = sorted((row for row in rows if row.by), key=lambda row: tuple(row.by.values()))
    whole = total[0]
    if metric.aggregate == "share" and "source_class" in slices:
        rest = [_share_of_all(row, whole, found, list(slices)) for row in rest]
    return (whole, *rest)


def view_calendar(view: LensView, contract: Contract) -> str:
    """Give the calendar that months and quarters of a slice are taken from."""
    return view.lens.calendar or next(iter(contract.company.calendars))


def _joins(slices: dict[str, str]) -> str:
    joins = ""
    if any("l.source" in expression for expression in slices.values()):
        joins += " left join leads_told as l on l.record = f.lead_id"
    if _needs_calendar(slices):
        joins += " left join calendar_days as k on k.calendar = $calendar and k.day = f.day"
    return joins


def _needs_calendar(slices: dict[str, str]) -> bool:
    return any(name in TIME_DIMENSIONS for name in slices)


def _row(
    asked: Asked, metric: Metric, view: LensView, record: tuple[Any, ...], names: list[str], ripe: float | None
) -> Row:
    width = len(names)
    is_total = not names or record[width] == 1
    by = {} if is_total else dict(zip(names, record[:width], strict=True))
    n, measure, whole, newest, valued, *grades = record[width + 1 :]
    value, interval, absent = _value(metric, n, measure, whole, valued)
    weight = sum(float(share or 0) for share in grades)
    grade = {name: round(float(share or 0) / weight, 6) for name, share in zip(GRADES, grades, strict=True) if share} if weight else {}
    immature = bool(ripe and newest and (view.moment.as_of - newest).total_seconds() < ripe)
    row = Row(by, value, n, interval, grade, absent, immature=immature)
    return replace(row, verdict=verdict(row, metric, band_of(asked.contract, metric), minimum_n(asked.contract, metric)))


def _value(
    metric: Metric, n: int, measure: Any, whole: Any, valued: int  # noqa: ANN401
) -> tuple[Decimal | float | int | None, tuple[float, float] | None, str | None]:
    match metric.aggregate:
        case "sum" if n and not valued:
            return None, None, "none of the records has a known amount"
        case "sum":
            return Decimal(measure).quantize(Decimal("0.01")), None, None
        case "count":
            return n, None, None
        case "rate" if n:
            return measure / n, wilson(measure, n), None
        case "rate":
            return None, None, "nothing to divide by: no records in the denominator"
        case "share" if whole and whole > 0:
            return float(Decimal(measure) / Decimal(whole)), None, None
        case "share":
            return None, None, "nothing to divide by: the whole is 0"
        case _:
            return (float(measure), None, None) if measure is not None else (None, None, "no records to take it from")


def _share_of_all(row: Row, whole: Row, found: list[tuple[Any, ...]], names: list[str]) -> Row:
    """By source class, each class is its own numerator over the whole, so that the shares sum to 1."""
    width = len(names)
    sums = {tuple(r[:width]): r[width + 3] for r in found if r[width] != 1}
    total = next(r[width + 3] for r in found if r[width] == 1)
    mine = sums[tuple(row.by.values())] or 0
    if not total or total <= 0 or whole.value is None:
        return row
    return replace(row, value=float(Decimal(mine) / Decimal(total)), absent=None)


def _empty(metric: Metric) -> Row:
    value, interval, absent = _value(metric, 0, 0, None, 0)
    return Row({}, value, 0, interval, {}, absent)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Give Wilson's 95% interval of a rate of counts."""
    z2 = WILSON_Z**2
    center = (hits + z2 / 2) / (n + z2)
    half = WILSON_Z / (n + z2) * sqrt(hits * (n - hits) / n + z2 / 4)
    return max(0.0, center - half), min(1.0, center + half)


def _ripe_age(asked: Asked, view: LensView) -> float | None:
    """Give the 90th percentile, in seconds, of the time from first contact to winning, as of the moment."""
    sql = """select percentile_cont(0.9) within group (order by date_diff('second', l.first_contact_at, w.won_at))
      from leads as l join lead_wins as w on w.lead_id = l.record
      where w.won_at <= $as_of and $as_of < w.reopened_at and w.won_at >= l.first_contact_at"""
    found = fetch(asked.engine, sql, {"as_of": view.moment.as_of})
    return float(found[0][0]) if found[0][0] is not None else None


def _records(engine: Connection, counted: Facts, slices: dict[str, str]) -> tuple[dict[str, object], ...]:
    keys = [f"coalesce(cast({expression} as varchar), '{UNKNOWN}') as {name}" for name, expression in slices.items()]
    extra = "".join(f", {key}" for key in keys)
    sql = f"select f.record, f.unit, f.value, f.hit, f.grade, f.day{extra} from ({counted.sql}) as f {_joins(slices)} order by f.record, f.unit"
    parameters = dict(counted.parameters)
    if _needs_calendar(slices):
        parameters["calendar"] = parameters.get("calendar")
    cursor = run(engine, sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    rows = (dict(zip(names, record, strict=True)) for record in cursor.fetchall())
    return tuple(row | {"grade": GRADES[int(row["grade"] or 0)]} for row in rows)


# -- the label


def band_of(contract: Contract, metric: Metric) -> Band | None:
    """Give a number's band: the contract's, else the catalogue's."""
    terms = contract.numbers.get(metric.id)
    return terms.band if terms and terms.band else metric.band


def minimum_n(contract: Contract, metric: Metric) -> int:
    """Give the n below which a number takes no band."""
    terms = contract.numbers.get(metric.id)
    return terms.minimum_n if terms and terms.minimum_n is not None else metric.minimum_n


def verdict(row: Row, metric: Metric, band: Band | None, least: int) -> str | None:
    """Say where a value stands in its band, in words; None where it has no band or too few records."""
    if band is None or row.value is None:
        return None
    if row.n < least:
        return f"too few records for a verdict (n below {least})"
    value = float(row.value)
    if band.breach is not None and value < band.breach:
        return "breach"
    if band.low is not None and value < band.low:
        return "below the band"
    if band.high is not None and value > band.high:
        return "above the band"
    return "healthy"


def _notes(asked: Asked, metric: Metric, view: LensView) -> tuple[str, ...]:
    """Say what a figure leaves out because its history is missing."""
    notes = []
    if metric.fact in ("units", "past_due", "closed", "cycles"):
        sql = """select count(*) from opportunity_states
          where missing and valid_from <= $as_of and $as_of < valid_to and seen_from <= $known_at and $known_at < seen_to"""
        found = fetch(asked.engine, sql, {"as_of": view.moment.as_of, "known_at": view.moment.known_at})
        if missing := found[0][0]:
            notes.append(f"{missing} opportunities existed, but nothing tells their state then: not counted.")
    return tuple(notes)
