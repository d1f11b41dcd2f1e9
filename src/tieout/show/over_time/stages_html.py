"""The page of the stages: who goes on, how long they stay, who stays too long, what flows through in a day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.charts.over_time import Point, Series, lines
from tieout.show.charts.structure import Bar, bars
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table, value_cell
from tieout.show.html.ways import ON_PAGE
from tieout.show.over_time.stages import FEW, NAMES, headline

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer
    from tieout.measure.numbers.velocity import Velocity
    from tieout.measure.stages.stages import Stage, Stages, Stalled, Times
    from tieout.show.html.ways import Ways

CATEGORIES = 5
"""So many lines one chart can bear."""


def stages_html(found: Stages, company: Company, ways: Ways = ON_PAGE) -> Page:
    """Lay out the page of everything; where its bars lead to records on it, `found` has them."""
    whole = [stage for stage in found.stages if not stage.by]
    sections: list[Section] = []
    if not found.absent:
        sections = [*_going(found, whole, ways), rates_section(found), velocity_section(found, company)]
        sections.append(stalls_section(found, company, ways))
    return stages_page(found, company, headline(found), sections)


def conversion_html(found: Stages, company: Company, ways: Ways) -> Page:
    """Lay out the page of who goes on and how long they stay."""
    whole = [stage for stage in found.stages if not stage.by]
    return stages_page(found, company, headline(found), _going(found, whole, ways) if not found.absent else [])


def stages_page(
    found: Stages, company: Company, title: str, sections: Sequence[Section], what: tuple[str, ...] = ()
) -> Page:
    """Put label and passport around sections of the stages; `what` they are of, by default what reached a stage."""
    answer = found.answer
    zone = ZoneInfo(company.time_zone)
    reached = f"reached in {answer.period}" if answer.period else "reached at any time"
    known = figures.known(answer.known_at, zone)
    label = (*(what or ("stages.conversion", reached)), f"as of {figures.stamp(answer.as_of, zone)}", known)
    if found.absent:
        sections = (Section("Stages", notes=(f"n/a: {found.absent}",)),)
    passport = answer.passport
    told = (
        ("build", passport.build), ("ledger", str(passport.position)), ("contract", passport.contract),
        ("calendar", passport.calendar), ("rates", passport.rates), ("org", passport.org),
    )  # fmt: skip
    filters = (passport.filters,) if passport.filters else ()
    return Page(title, (*label, *filters), sections, told, notes=(*found.diagnoses, *answer.notes))


def _going(found: Stages, whole: Sequence[Stage], ways: Ways) -> list[Section]:
    sections = [_conversion(found, whole, ways), _times(whole)]
    if any(stage.by for stage in found.stages):
        sections.append(_slices(found, whole))
    return [*sections, _trend(found, whole)]


def _rate(n: int, stage: Stage) -> Cell:
    share = stage.share(n)
    if share is None:
        return Cell("n/a", "nobody reached it", "muted")
    return Cell(figures.rate(share), f"{n} of {stage.reached}", "muted" if stage.reached < FEW else "")


def _conversion(found: Stages, whole: Sequence[Stage], ways: Ways) -> Section:
    linked = ways.apart or found.records is not None
    rows = [
        Bar(
            stage.stage, stage.share(stage.went_on), stage.reached, stage.interval(stage.went_on),
            absent="nobody reached it", small=stage.reached < FEW, immature=stage.still_open > 0,
            anchor=ways.records("reached", stage.stage) if linked else None,
        )
        for stage in whole
    ]  # fmt: skip
    heads = ["reached", "went on", "95% interval", "still open", "closed", "skipped", "fell back", "came again"]
    table = Table(
        "Of the deals that reached a stage",
        [Head("stage", right=False), *map(Head, heads)],
        [
            [
                Cell(stage.stage, anchor=ways.records("reached", stage.stage) if linked else None),
                figures.count(stage.reached), _rate(stage.went_on, stage),
                figures.interval(stage.interval(stage.went_on)), _rate(stage.still_open, stage),
                _rate(stage.closed, stage), _rate(stage.skipped, stage), _rate(stage.fell_back, stage),
                _rate(stage.came_back, stage),
            ]
            for stage in whole
        ],
    )  # fmt: skip
    words = "; ".join(
        f"{stage.stage}: {figures.rate(stage.went_on / stage.reached)} of {figures.count(stage.reached)} went on"
        for stage in whole
        if stage.reached
    )
    notes = ("A stage that was jumped over was reached. Hatched: some are still open and may go on.",)
    records = (
        ()
        if ways.apart or found.records is None
        else [_reached(found, one.stage, ways.records("reached", one.stage)) for one in whole]
    )
    return Section("Who goes on", (bars(words or "No deals", rows, "rate"),), (table,), notes, records)


def _reached(found: Stages, stage: str, anchor: str) -> Table:
    names = ["day", "went_on", "still_open", "skipped", "fell_back", "came_back", *found.answer_slices]
    heads = [Head(name.replace("_", " "), right=False) for name in ("record", *names)]
    rows = [row for row in found.records or () if row["stage"] == stage]
    told: list[Row] = [[str(row["record"]), *(_told(row[name]) for name in names)] for row in rows]
    return Table(f"Deals that reached {stage}", heads, told, anchor=anchor)


def _told(value: object) -> str:
    return ("yes" if value else "") if isinstance(value, bool) else str(value)


def _days(days: float | None, times: Times) -> Cell:
    if days is not None:
        return value_cell(days, "days")
    return Cell("not yet" if times.n else "n/a", "too many are still there" if times.n else "nobody was there", "muted")


def _times(whole: Sequence[Stage]) -> Section:
    rows = [
        Bar(
            stage.stage, stage.latest.median, stage.latest.n, absent="too many are still there",
            small=stage.latest.n < FEW,
        )
        for stage in whole
    ]  # fmt: skip
    heads = ["n", "still there", "median", "p75", "p90", "all stays: median", "p75", "p90"]
    table = Table(
        "Days in a stage: the latest stay, then all stays together",
        [Head("stage", right=False), *map(Head, heads)],
        [
            [
                stage.stage, figures.count(stage.latest.n), figures.count(stage.latest.n - stage.latest.ended),
                *(
                    _days(each, part)
                    for part in (stage.latest, stage.cumulative)
                    for each in (part.median, part.p75, part.p90)
                ),
            ]
            for stage in whole
        ],
    )  # fmt: skip
    words = "Median days of the latest stay: " + ", ".join(
        f"{stage.stage} {'n/a' if stage.latest.median is None else f'{stage.latest.median:,.1f}'}" for stage in whole
    )
    note = "Those still there count as not yet ended (Kaplan and Meier)."
    return Section("How long they stay", (bars(words, rows, "days"),), (table,), (note,))


def _slices(found: Stages, whole: Sequence[Stage]) -> Section:
    names = found.answer_slices
    by_key = {(tuple(stage.by.values()), stage.stage): stage for stage in found.stages}
    keys = list(dict.fromkeys(tuple(stage.by.values()) for stage in found.stages if stage.by))

    def cells(key: tuple[str, ...]) -> list[Cell]:
        found_of = [by_key.get((key, stage.stage)) for stage in whole]
        each = [(stage, _rate(stage.went_on, stage) if stage else Cell(figures.NOTHING)) for stage in found_of]
        return [cell for stage, rate in each for cell in (rate, Cell(figures.count(stage.reached) if stage else ""))]

    heads = [Head(text) for stage in whole for text in (stage.stage, "of")]
    table = Table(
        "Went on, of how many that reached the stage",
        [*(Head(name, right=False) for name in names), *heads],
        [[*key, *cells(key)] for key in keys],
        [["all", *[""] * (len(names) - 1), *cells(())]],
    )
    return Section(f"By {' and '.join(names)}", tables=(table,))


def _trend(found: Stages, whole: Sequence[Stage]) -> Section:
    by_key = {(one.stage, one.quarter): one for one in found.trend}
    series = []
    for stage in whole[:CATEGORIES]:
        points = []
        for quarter in found.quarters:
            one = by_key.get((stage.stage, quarter))
            value = one.went_on / one.reached if one and one.reached else None
            partial = bool(one and one.still_open)
            points.append(Point(value, None if one else "nobody reached it", partial=partial))
        series.append(Series(stage.stage, points, None))
    rows = []
    for stage in whole:
        told: list[Cell | str] = [stage.stage]
        for quarter in found.quarters:
            one = by_key.get((stage.stage, quarter))
            told.append(
                Cell(f"{figures.rate(one.went_on / one.reached)}{'*' if one.still_open else ''}",
                     f"{one.went_on} of {one.reached}, {one.still_open} still open")
                if one else Cell("n/a", "nobody reached it", "muted")
            )  # fmt: skip
        rows.append(told)
    heads = [Head("stage", right=False), *map(Head, found.quarters)]
    words = "Share that went on, by the quarter in which deals reached a stage"
    chart = (lines(words, found.quarters, series, "rate"),) if series else ()
    table = Table("By the quarter of reaching the stage", heads, rows, note="* some are still open")
    return Section("Trend of conversion", chart, (table,))


def rates_section(found: Stages) -> Section:
    """Tell the win rates of new business."""
    answers: Sequence[Answer] = found.win_rates
    rows: list[Row] = []
    for answer in answers:
        row = answer.total
        interval = figures.interval(row.interval)
        state = "immature" if row.immature else row.absent or ""
        rate = value_cell(row.value, "rate", row.absent)
        rows.append([NAMES[answer.metric], rate, figures.count(row.n), interval, state, answer.metric])
    heads = [Head("", right=False), Head("rate"), Head("n"), Head("95% interval"), Head("", right=False)]
    heads.append(Head("number", right=False))
    return Section("Win rates of new business", tables=(Table("Win rates", heads, rows),))


def velocity_section(stages: Stages, company: Company) -> Section:
    """Tell what flows through in a day, and what really was won."""
    found: Sequence[Velocity] = stages.velocity
    names = list(found[-1].by)
    heads = ["open", "mean won", "win rate", "cycle, days", f"{company.currency} a day", "really won a day", "ratio"]

    def row(one: Velocity) -> list[Cell | str]:
        words = list(one.by.values()) or ["all", *[""] * (len(names) - 1)]
        ratio = Cell("n/a", "", "muted") if one.ratio is None else Cell(f"{one.ratio:,.2f}")
        return [
            *words, figures.count(one.open), value_cell(one.amount, "money", one.absent),
            value_cell(one.win_rate, "rate", one.absent), value_cell(one.days, "days", one.absent),
            value_cell(one.a_day, "money", one.absent), value_cell(one.realised, "money", one.absent), ratio,
        ]  # fmt: skip

    parts = [row(one) for one in found[1:]]
    whole = [row(found[0])]
    columns = [*(Head(name, right=False) for name in names or [""]), *map(Head, heads)]
    table = Table("Pipeline velocity", columns, parts or whole, whole if parts else ())
    note = f"Open as of the moment; the rest of {found[0].window.name}. Slices do not add up. It is no forecast."
    reason = (f"Velocity: {found[0].absent}.",) if found[0].absent else ()
    return Section("What flows through in a day", tables=(table,), notes=(note, *reason))


def stalls_section(found: Stages, company: Company, ways: Ways = ON_PAGE) -> Section:
    """Tell which open deals have been in their stage for longer than is usual."""
    stages = list(dict.fromkeys(one.stage for one in found.usual))
    money = {stage: sum((one.amount for one in found.usual if one.stage == stage), Decimal(0)) for stage in stages}
    judged = {one.stage for one in found.usual if one.p90 is not None}
    rows = [
        Bar(
            stage, money[stage] if stage in judged else None,
            sum(one.stalled for one in found.usual if one.stage == stage),
            absent="nobody is judged: no percentile", anchor=ways.records("stalled", stage),
        )
        for stage in stages
    ]  # fmt: skip
    heads = ["open", "stays ended", "p90, days", "stalled", company.currency]
    table = Table(
        "Open deals, and those beyond the 90th percentile of their own segment",
        [Head("stage", right=False), Head("segment", right=False), *map(Head, heads)],
        [
            [
                one.stage, one.segment, figures.count(one.open), figures.count(one.ended),
                value_cell(one.p90, "days", "fewer than 10 stays ended, or too many still go on"),
                figures.count(one.stalled) if one.p90 is not None else Cell("n/a", "", "muted"),
                value_cell(one.amount if one.p90 is not None else None, "money"),
            ]
            for one in found.usual
        ],
    )  # fmt: skip
    total = sum(money.values(), Decimal(0))
    words = f"{figures.count(len(found.stalled))} deals stall: {figures.short(total)} {company.currency}"
    chart = (bars(words, rows, "money"),) if rows else ()
    records = (
        ()
        if ways.apart
        else [_stalled_table(found, stage, company, ways.records("stalled", stage)) for stage in stages]
    )
    return Section("Who stays too long", chart, (table,), (words + ".",), records)


def _stalled_table(found: Stages, stage: str, company: Company, anchor: str) -> Table:
    heads = [Head("record", right=False), Head("segment", right=False), Head("owner", right=False), Head("days")]
    heads += [Head("p90"), Head(company.currency), Head("close date", right=False)]
    rows = [_stalled(one) for one in found.stalled if one.stage == stage]
    return Table(f"Stalled in {stage}", heads, rows, anchor=anchor)


def _stalled(one: Stalled) -> Row:
    return [
        one.record, one.segment, one.owner, value_cell(one.days, "days"),
        value_cell(one.p90, "days"), value_cell(one.amount, "money", "no known amount"), str(one.close_date or ""),
    ]  # fmt: skip
