"""The page of the stages: who goes on, how long they stay, what flows through, who stays too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.answer import passport_lines
from tieout.show.as_csv import written
from tieout.show.as_json import passport_json, row_json
from tieout.show.bars import bar
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer
    from tieout.measure.numbers.velocity import Velocity
    from tieout.measure.stages.stages import Stage, Stages, Times, Trend

FEW = 10
SHOWN = 10
ROOMY = 90
NAMES = {
    "win_rate.closed.count": "won of closed",
    "win_rate.created.count": "won of cohort",
    "win_rate.created.open_share": "cohort open",
    "win_rate.created.maturity": "cohort mature",
    "win_rate.narrow": "won against competitors",
}


def stages_page(terminal: Terminal, found: Stages, company: Company) -> list[str]:
    """Give the lines of the stages."""
    zone = ZoneInfo(company.time_zone)
    answer = found.answer
    lines = [terminal.paint(headline(found), "title"), *_label(terminal, answer, zone)]
    if found.absent:
        return [*lines, "", f"  n/a   {found.absent}", "", *passport_lines(terminal, answer)]
    whole = [stage for stage in found.stages if not stage.by]
    lines += ["", *_conversion(terminal, whole), "", *_times(terminal, whole)]
    if any(stage.by for stage in found.stages):
        lines += ["", *_slices(terminal, found)]
    lines += ["", *_trend(terminal, found), "", *_rates(terminal, found.win_rates)]
    lines += ["", *_velocity(terminal, found.velocity, company), "", *_stalls(terminal, found, company)]
    if found.records is not None:
        lines += ["", *_records(terminal, found.records)]
    for note in (*found.diagnoses, *answer.notes):
        lines += ["", *terminal.wrap(note, indent=2)]
    return [*lines, "", *passport_lines(terminal, answer)]


def headline(found: Stages) -> str:
    """Say where most is lost: the stage at which most have ended. Who is still open there has not been lost."""
    judged = [stage for stage in found.stages if not stage.by and stage.reached >= FEW]
    most = max(judged, key=lambda stage: stage.closed / stage.reached, default=None)
    if most is None or not most.closed:
        return "How deals go through the stages"
    rate = figures.rate(most.closed / most.reached)
    return f"{clean(most.stage)} loses most: {rate} of {figures.count(most.reached)} deals ended there"


def _label(terminal: Terminal, answer: Answer, zone: ZoneInfo) -> list[str]:
    lens = f"lens {answer.passport.lens}" if answer.passport.lens else ""
    reached = f"reached in {answer.period}" if answer.period else "reached at any time"
    parts = ["stages", reached, f"as of {figures.stamp(answer.as_of, zone)}", figures.known(answer.known_at, zone)]
    return terminal.label([*parts, lens, answer.passport.filters or ""])


def _shown(stage: Stage, n: int) -> Cell:
    share = stage.share(n)
    if share is None:
        return Cell("n/a", "label")
    return Cell(figures.rate(share), "label" if stage.reached < FEW else "plain")


def _conversion(terminal: Terminal, whole: Sequence[Stage]) -> list[str]:
    names = ["reached", "went on", "95%", "open", "skipped", "fell back", "again"]
    columns = [Column("stage", right=False), *map(Column, names)]
    rows: list[Row] = []
    for stage in whole:
        went = _shown(stage, stage.went_on)
        figure = Cell(went.text, "figure" if stage.reached >= FEW else "label")
        interval = Cell(figures.interval(stage.interval(stage.went_on)), "label")
        rest = [_shown(stage, n) for n in (stage.still_open, stage.skipped, stage.fell_back, stage.came_back)]
        rows.append([clean(stage.stage), Cell(figures.count(stage.reached)), figure, interval, *rest])
    told = "Of the deals that reached a stage; it may have been jumped over. Open ones may still go on."
    return [*table(terminal, columns, rows), *terminal.wrap(told, indent=2, style="note")]


def _days(days: float | None, times: Times) -> Cell:
    if days is not None:
        return Cell(figures.figure(days, "days"), "label" if times.n < FEW else "plain")
    return Cell("n/a" if not times.n else "not yet", "label")


def _times(terminal: Terminal, whole: Sequence[Stage]) -> list[str]:
    heads = ["days", "n", "there", "median", "p75", "p90", "all: median", "p90"]
    columns = [Column(heads[0], right=False), *map(Column, heads[1:])]
    rows: list[Row] = []
    for stage in whole:
        last, every = stage.latest, stage.cumulative
        shown = [_days(each, last) for each in (last.median, last.p75, last.p90)]
        shown += [_days(each, every) for each in (every.median, every.p90)]
        rows.append([clean(stage.stage), figures.count(last.n), figures.count(last.n - last.ended), *shown])
    told = 'The latest stay, then all stays together; those still there count as not yet ended; "not yet": too many do.'
    return [*table(terminal, columns, rows), *terminal.wrap(told, indent=2, style="note")]


def _slices(terminal: Terminal, found: Stages) -> list[str]:
    """One row for each slice: how many go on from each stage, and the median of the days they stay."""
    names = list(next(stage.by for stage in found.stages if stage.by))
    order = [stage.stage for stage in found.stages if not stage.by]
    keys = list(dict.fromkeys(tuple(stage.by.values()) for stage in found.stages if stage.by))
    by_key = {(tuple(stage.by.values()), stage.stage): stage for stage in found.stages}
    columns = [*(Column(name, right=False) for name in names), *(Column(clean(stage)) for stage in order)]

    def told(stage: Stage | None) -> Cell:
        if stage is None:
            return Cell(figures.NOTHING, "label")
        cell = _shown(stage, stage.went_on)
        return Cell(f"{cell.text} {figures.count(stage.reached):>5}", cell.style)

    rows: list[Row] = [
        [*(clean(value) for value in key), *(told(by_key.get((key, stage))) for stage in order)] for key in keys
    ]
    foot: Row = ["all", *[""] * (len(names) - 1), *(told(by_key.get(((), stage))) for stage in order)]
    return ["  Went on, of how many", *table(terminal, columns, rows, [foot])]


def _trend(terminal: Terminal, found: Stages) -> list[str]:
    order = [stage.stage for stage in found.stages if not stage.by]
    by_key = {(one.stage, one.quarter): one for one in found.trend}

    def told(one: Trend | None) -> Cell:
        if one is None or not one.reached:
            return Cell(figures.NOTHING, "label")
        mark = "*" if one.still_open else ""
        return Cell(f"{figures.rate(one.went_on / one.reached)}{mark}", "label" if one.reached < FEW else "plain")

    columns = [Column("went on by quarter", right=False), *(Column(quarter) for quarter in found.quarters)]
    rows: list[Row] = [
        [clean(stage), *(told(by_key.get((stage, quarter))) for quarter in found.quarters)] for stage in order
    ]
    note = ["  * some are still open"] if any(one.still_open for one in found.trend) else []
    return [*table(terminal, columns, rows), *(terminal.paint(line, "note") for line in note)]


def _rates(terminal: Terminal, answers: Sequence[Answer]) -> list[str]:
    columns = [Column("new business", right=False), Column("rate"), Column("n"), Column("95%"), Column("", right=False)]
    rows: list[Row] = []
    for answer in answers:
        row = answer.total
        reason = row.absent or ("immature" if row.immature else "")
        shown = Cell(figures.shown(row, "rate"), "figure")
        interval = Cell(figures.interval(row.interval), "label")
        rows.append([NAMES[answer.metric], shown, figures.count(row.n), interval, Cell(reason, "label")])
    return table(terminal, columns, rows)


def _velocity(terminal: Terminal, found: Sequence[Velocity], company: Company) -> list[str]:
    heads = ["open", "mean won", "win rate", "days", f"{company.currency} a day", "really won", "ratio"]
    names = list(found[-1].by)
    columns = [*(Column(name, right=False) for name in names or ["velocity"]), *map(Column, heads)]

    def line(one: Velocity) -> list[Cell]:
        words = [Cell(clean(value)) for value in one.by.values()] or [Cell("all"), *[Cell()] * (len(names) - 1)]
        values = [
            figures.count(one.open),
            figures.money(one.amount) if one.amount is not None else "n/a",
            figures.rate(one.win_rate) if one.win_rate is not None else "n/a",
            figures.figure(one.days, "days") if one.days is not None else "n/a",
            figures.money(one.a_day) if one.a_day is not None else "n/a",
            figures.money(one.realised) if one.realised is not None else "n/a",
            f"{one.ratio:,.2f}" if one.ratio is not None else "n/a",
        ]
        return [*words, *(Cell(value, "figure" if place == 4 else "plain") for place, value in enumerate(values))]

    rows, foot = [line(one) for one in found[1:]], [line(found[0])]
    whole = found[0]
    lines = table(terminal, columns, rows or foot, foot if rows else ())
    if whole.absent:
        return [*lines, *terminal.wrap(f"Velocity: {whole.absent}.", indent=2, style="note")]
    told = (
        f"Open now; the rest of {whole.window.name}. Slices do not add up. No forecast: exact only in a steady state."
    )
    return [*lines, *terminal.wrap(told, indent=2, style="note")]


# -- stalls


def _stalls(terminal: Terminal, found: Stages, company: Company) -> list[str]:
    columns = [Column("stalled", right=False), Column("segment", right=False), Column("open"), Column("p90 days")]
    columns += [Column("stalled"), Column(company.currency), Column("", right=False)]
    largest = max((one.amount for one in found.usual), default=None)
    rows: list[Row] = []
    before = ""
    for one in found.usual:
        p90 = figures.figure(one.p90, "days") if one.p90 is not None else "n/a"
        stalled = figures.count(one.stalled) if one.p90 is not None else "n/a"
        few = f"{one.ended} ended" if one.ended < FEW else "not reached"
        drawn = bar(one.amount, largest, 12) if largest and one.p90 is not None else ""
        told = few if one.p90 is None else drawn if terminal.width >= ROOMY else ""
        amount = figures.money(one.amount) if one.p90 is not None else "n/a"
        stage = clean(one.stage) if one.stage != before else ""
        rows.append([stage, clean(one.segment), figures.count(one.open), p90, stalled, amount, Cell(told, "label")])
        before = one.stage
    total = sum(one.stalled for one in found.usual)
    amount = figures.money(sum((one.amount for one in found.usual), Decimal(0)))
    whole = ["all", "", figures.count(sum(one.open for one in found.usual)), "", figures.count(total), amount, ""]
    lines = table(terminal, columns, rows, [whole] if rows else ())
    if not rows:
        return ["  No deal is open."]
    return [*lines, *_stalled(terminal, found, company)]


def _stalled(terminal: Terminal, found: Stages, company: Company) -> Iterator[str]:
    if not found.stalled:
        return
    yield ""
    heads = ["record", "stage", "owner", "days", "p90", company.currency, "close date"]
    columns = [Column(head, right=head in {"days", "p90", company.currency}) for head in heads]
    rows = [
        [
            clean(one.record), clean(one.stage), clean(one.owner), figures.figure(one.days, "days"),
            figures.figure(one.p90, "days"), "n/a" if one.amount is None else figures.money(one.amount),
            str(one.close_date or ""),
        ]
        for one in found.stalled[:SHOWN]
    ]  # fmt: skip
    yield from table(terminal, columns, rows)
    if len(found.stalled) > SHOWN:
        yield f"  ... and {figures.count(len(found.stalled) - SHOWN)} more: --csv or --json gives all."


def _records(terminal: Terminal, records: Sequence[dict[str, object]]) -> list[str]:
    if not records:
        return ["  No records."]
    names = list(records[0])
    rows = [[_told(row[name]) for name in names] for row in records[:40]]
    lines = table(terminal, [Column(name.replace("_", " "), right=False) for name in names], rows)
    if len(records) > len(rows):
        lines.append(f"  ... and {figures.count(len(records) - len(rows))} more: --csv or --json gives all.")
    return lines


def _told(value: object) -> str:
    return ("yes" if value else figures.NOTHING) if isinstance(value, bool) else clean(str(value))


# -- for files


def stages_json(found: Stages, currency: str) -> dict[str, Any]:
    """Give the document of the stages: durations in days, money a day in `velocity`."""
    answer = found.answer
    document: dict[str, Any] = {
        "period": answer.period,
        "first_day": answer.days[0] if answer.days else None,
        "last_day": answer.days[1] if answer.days else None,
        "as_of": answer.as_of,
        "known_at": answer.known_at,
        "currency": currency,
        "absent": found.absent,
        "passport": passport_json(answer.passport),
        "stages": [_stage_json(stage) for stage in found.stages],
        "trend": [
            {"stage": one.stage, "quarter": one.quarter, "reached": one.reached, "went_on": one.went_on,
             "still_open": one.still_open}
            for one in found.trend
        ],
        "win_rates": [{"metric": one.metric, "rows": [row_json(row) for row in one.rows]} for one in found.win_rates],
        "velocity": [_velocity_json(one) for one in found.velocity],
        "usual": [
            {"stage": one.stage, "segment": one.segment, "open": one.open, "stays_ended": one.ended,
             "p90_days": one.p90, "stalled": one.stalled if one.p90 is not None else None,
             "amount": one.amount if one.p90 is not None else None}
            for one in found.usual
        ],
        "stalled": [
            {"record": one.record, "stage": one.stage, "segment": one.segment, "owner": one.owner, "by": one.by,
             "days": one.days, "p90_days": one.p90, "amount": one.amount, "close_date": one.close_date}
            for one in found.stalled
        ],
        "diagnoses": list(found.diagnoses),
        "notes": list(answer.notes),
    }  # fmt: skip
    return document | ({"records": list(found.records)} if found.records is not None else {})


def _stage_json(stage: Stage) -> dict[str, Any]:
    shares = {
        "conversion": stage.went_on, "open_share": stage.still_open, "skip_rate": stage.skipped,
        "regress_rate": stage.fell_back, "reentry_rate": stage.came_back,
    }  # fmt: skip
    return {
        "by": stage.by,
        "stage": stage.stage,
        "reached": stage.reached,
        "went_on": stage.went_on,
        "still_open": stage.still_open,
        "closed": stage.closed,
        **{name: {"n": n, "value": stage.share(n), "interval": stage.interval(n)} for name, n in shares.items()},
        "latest": _times_json(stage.latest),
        "cumulative": _times_json(stage.cumulative),
    }


def _times_json(times: Times) -> dict[str, Any]:
    return {"n": times.n, "ended": times.ended, "median": times.median, "p75": times.p75, "p90": times.p90}


def _velocity_json(one: Velocity) -> dict[str, Any]:
    return {
        "by": one.by,
        "window": one.window.name,
        "days_in_window": one.window.days,
        "open": one.open,
        "mean_won": None if one.amount is None else round(one.amount, 2),
        "win_rate": one.win_rate,
        "cycle_days": one.days,
        "a_day": one.a_day,
        "won_a_day": one.realised,
        "ratio": one.ratio,
        "absent": one.absent,
    }


def stages_csv(found: Stages) -> str:
    """Give one row for each stage and slice, or the records where they were asked for."""
    if found.records is not None:
        heads = list(found.records[0]) if found.records else ["record", "stage", "day"]
        return written(heads, ([record.get(head) for head in heads] for record in found.records))
    names = list(next((stage.by for stage in found.stages if stage.by), {}))
    counts = ["reached", "went_on", "still_open", "closed", "skipped", "fell_back", "came_back"]
    times = ["n", "ended", "median", "p75", "p90"]
    heads = [*names, "stage", *counts, "conversion", "interval_low", "interval_high"]
    heads += [f"{kind}_{name}" for kind in ("latest", "cumulative") for name in times]
    rows = []
    for stage in found.stages:
        by = [stage.by.get(name, "(all)") for name in names]
        told = [getattr(stage, name) for name in counts]
        share = [stage.share(stage.went_on), *(stage.interval(stage.went_on) or (None, None))]
        days = [getattr(part, name) for part in (stage.latest, stage.cumulative) for name in times]
        rows.append([*by, stage.stage, *told, *share, *days])
    return written(heads, rows)
