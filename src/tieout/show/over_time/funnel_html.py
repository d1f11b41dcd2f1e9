"""The funnel as a page of HTML: its steps as bars that lead to the people, where they stop, how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from tieout.measure.numbers.arithmetic import wilson
from tieout.show import figures
from tieout.show.charts.structure import Bar, FunnelStep, bars, funnel
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table
from tieout.show.html.ways import ON_PAGE
from tieout.show.over_time.funnel import ENDED, NAMES, days_told, label_of, notes_of, rate_told, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tieout.contract.model import Company
    from tieout.contract.model.lifecycle import Step
    from tieout.measure.funnel.parts import Funnel, Part
    from tieout.show.html.ways import Ways

MOST_BARS = 24
"""Up to so many slices are drawn; all stand in the table."""
KAPLAN_MEIER = (
    "Kaplan and Meier's estimate, in days: who has not got there yet counts as long as it lasted; who was sent back "
    "counts until then."
)


def funnel_html(found: Funnel, company: Company, ways: Ways = ON_PAGE) -> Page:
    """Give the page of a funnel; where its steps lead to people on it, its records must have been asked for."""
    passport = found.passport
    told = (("build", passport.build), ("ledger", str(passport.position)), ("contract", passport.contract))
    sections = [] if found.absent else [_steps(found, company, ways)]
    if not found.absent:
        sections += [_times(found)] if found.between else []
        sections += [_reasons(found)] if found.reasons else []
        sections += [_slices(found, ways)] if len(found.parts) > 1 else []
    return Page(
        title=title_of(found),
        label=label_of(found, company),
        sections=sections,
        passport=(*told, ("calendar", passport.calendar), ("org", passport.org)),
        headline=("n/a", found.absent) if found.absent else None,
        notes=[] if found.absent else notes_of(found),
    )


def _steps(found: Funnel, company: Company, ways: Ways) -> Section:
    whole = found.whole
    people = [] if ways.apart else [_people(found, step, company) for step in _told_of(found)]
    led: list[Step] = [step.step for step in whole.steps] if ways.apart else _told_of(found)
    anchors = {step.step: ways.records("step", step.step) if step.step in led else None for step in whole.steps}
    drawn = [FunnelStep(NAMES[step.step], step.reached, anchor=anchors[step.step]) for step in whole.steps]
    words = f"{title_of(found)}. " + ", ".join(f"{NAMES[step.step]} {step.reached}" for step in whole.steps)
    return Section("Steps", charts=(funnel(words, drawn),), tables=(_table_of_steps(found, anchors),), records=people)


def _table_of_steps(found: Funnel, anchors: Mapping[Step, str | None]) -> Table:
    whole = found.whole
    cohort = found.way == "cohort"
    kinds = [kind for kind in ENDED if any(step.stopped.get(kind) for step in whole.steps)]
    heads = [Head("step", right=False), Head("reached")]
    heads += [Head(f"of {NAMES[found.start]}s"), Head("95% interval")] if cohort else []
    heads += [Head("of step before"), Head("skipped"), *(Head(f"stopped: {ENDED[kind]}") for kind in kinds)]
    rows: list[Row] = []
    for place, step in enumerate(whole.steps):
        row = [Cell(NAMES[step.step]), Cell(figures.count(step.reached), style="figure", anchor=anchors[step.step])]
        if cohort:
            bounds = wilson(step.reached, whole.n) if whole.n and place else None
            row += [Cell(rate_told(step.reached, whole.n)), Cell(figures.interval(bounds), style="muted")]
        row.append(Cell(rate_told(step.reached, whole.steps[place - 1].reached) if place else ""))
        row.append(Cell(_some(step.skipped)))
        stopped = {} if step.step == "won" else step.stopped
        row += [Cell(_some(stopped.get(kind, 0))) for kind in kinds]
        rows.append(row)
    return Table("Steps, reached or beyond", heads, rows)


def _some(value: int) -> str:
    return figures.count(value) if value else figures.NOTHING


def _told_of(found: Funnel) -> list[Step]:
    """Name the steps whose people the records are."""
    return [step.step for step in found.whole.steps if not found.step or step.step == found.step]


def _people(found: Funnel, step: Step, company: Company) -> Table:
    """Lay out the people who reached a step: those whose furthest step it is, or a later one."""
    zone = ZoneInfo(company.time_zone)
    order = [one.step for one in found.whole.steps]
    names = ("lead", "reached", "furthest step", "ended", "reason", "source", "owner")
    rows = [
        _person(record, zone)
        for record in found.records or ()
        if found.step or _belongs(found, order.index(cast("Step", record["furthest"])), order.index(step))
    ]
    heads = [Head(name, right=False) for name in names]
    return Table(f"{NAMES[step]}: the people", heads, rows, anchor=ON_PAGE.records("step", step))


def _belongs(found: Funnel, furthest: int, place: int) -> bool:
    return furthest == place if found.way == "flow" else furthest >= place


def _person(record: Mapping[str, Any], zone: ZoneInfo) -> Row:
    at = record["reached_at"]
    told = [figures.stamp(at, zone) if at else figures.NOTHING, NAMES.get(str(record["furthest"]), figures.NOTHING)]
    told += [str(record[name] or figures.NOTHING) for name in ("ended_by", "reason", "source", "owner")]
    return [str(record["record"]), *told]


def _times(found: Funnel) -> Section:
    names = list(dict.fromkeys(name for row in found.between for name in row.by))
    heads = [*(Head(name, right=False) for name in names), Head("from", right=False), Head("to", right=False)]
    heads += [Head(name) for name in ("n", "got there", "median", "p75", "p90")]
    rows: list[Row] = [
        [
            *(row.by.get(name, "all") for name in names),
            NAMES[row.start],
            NAMES[row.end],
            figures.count(row.n),
            figures.count(row.ended),
            *(days_told(value) for value in (row.median, row.p75, row.p90)),
        ]
        for row in found.between
        if row.n
    ]
    tables = (Table("Days from step to step", heads, rows),)
    return Section("Time between steps", tables=tables, notes=(KAPLAN_MEIER,))


def _reasons(found: Funnel) -> Section:
    n = sum(reason.n for reason in found.reasons)
    words = f"Why people stopped before {NAMES[found.step or found.start]}"
    rows: list[Row] = [
        [ENDED[one.ended_by], one.reason or figures.NOTHING, figures.count(one.n), figures.share(one.n / n)]
        for one in found.reasons
    ]
    heads = [Head("ended", right=False), Head("reason", right=False), Head("people"), Head("share")]
    drawn = [Bar(_why(one.ended_by, one.reason), one.n) for one in found.reasons[:MOST_BARS]]
    return Section(words, charts=(bars(words, drawn, "count"),), tables=(Table(words, heads, rows),))


def _why(ended_by: str, reason: str | None) -> str:
    return f"{reason} ({ENDED[ended_by]})" if reason else ENDED[ended_by]


def _slices(found: Funnel, ways: Ways) -> Section:
    parts = found.parts[1:]
    names = list(parts[0].by)
    goal = found.goal
    head = f"{NAMES[found.start]} to {NAMES[goal]}"
    heads = [*(Head(name, right=False) for name in names), *(Head(NAMES[step.step]) for step in found.whole.steps)]
    rows = [[*part.by.values(), *_counts(part, goal)] for part in parts]
    foot = [["all", *[""] * (len(names) - 1), *_counts(found.whole, goal)]]
    words = f"{head} by {', '.join(names)}"
    charts = (
        (bars(words, [_bar(part, goal, found, ways) for part in parts], "rate"),) if len(parts) <= MOST_BARS else ()
    )
    return Section(words, charts=charts, tables=(Table(words, [*heads, Head(head)], rows, foot),))


def _counts(part: Part, goal: Step) -> list[str]:
    return [*(_some(step.reached) for step in part.steps), rate_told(part.reached(goal), part.n)]


def _bar(part: Part, goal: Step, found: Funnel, ways: Ways) -> Bar:
    reached = part.reached(goal)
    bounds = wilson(reached, part.n) if part.n and found.way == "cohort" else None
    return Bar(
        ", ".join(part.by.values()),
        reached / part.n if part.n else None,
        n=part.n,
        interval=bounds,
        absent=None if part.n else "nobody began",
        small=part.n < found.minimum_n,
        immature=part.immature,
        anchor=ways.records("step", goal, *part.by.values()) if ways.apart else None,
    )
