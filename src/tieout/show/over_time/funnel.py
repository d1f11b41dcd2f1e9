"""The page of a funnel: its steps from top to bottom, where people stop, how long it takes, then slice by slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.numbers.arithmetic import wilson
from tieout.measure.numbers.funnel_notes import split_lines
from tieout.show import figures
from tieout.show.as_csv import written
from tieout.show.as_json import passport_json
from tieout.show.bars import bar
from tieout.show.labels import chosen_of
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.funnel.parts import AtStep, Between, Funnel, Part

NAMES = {
    "lead": "lead",
    "mql": "MQL",
    "sal": "SAL",
    "sql": "SQL",
    "opportunity": "opportunity",
    "won": "won",
    "renewal": "renewal",
}
"""The steps as people write them."""
ENDED = {"recycled": "recycled", "disqualified": "disqualified", "lost": "deal lost", "open": "still open"}
BAR, ROOMY, SHOWN = 10, 80, 40


def funnel_page(terminal: Terminal, funnel: Funnel, company: Company) -> list[str]:
    """Give the lines of a funnel."""
    lines = [terminal.paint(title_of(funnel), "title"), *terminal.label(label_of(funnel, company)), ""]
    if funnel.absent:
        lines.append(f"  {terminal.paint('n/a', 'figure')}   {funnel.absent}")
    else:
        lines += _steps(terminal, funnel)
        lines += _lost(terminal, funnel)
        lines += _times(terminal, funnel)
        lines += _reasons(terminal, funnel)
        lines += _slices(terminal, funnel)
        lines += [line for note in notes_of(funnel) for line in ("", *terminal.wrap(note, indent=2))]
    if funnel.records is not None:
        lines += ["", *_records(terminal, funnel, company)]
    passport = funnel.passport
    told = (f"build {passport.build}", f"ledger {passport.position}", f"contract {passport.contract}")
    return [*lines, "", *terminal.label([*told, f"calendar {passport.calendar}", f"org {passport.org}"])]


def title_of(funnel: Funnel) -> str:
    """Say the answer: how many of those that began got furthest where it is decided."""
    if funnel.absent:
        return "How far do people come?"
    whole = funnel.whole
    began = NAMES[funnel.start]
    if funnel.way == "flow":
        got = figures.count(whole.reached(funnel.goal))
        return f"{figures.count(whole.n)} {began}s came in, {got} reached {NAMES[funnel.goal]}"
    part = figures.rate(whole.reached(funnel.goal) / whole.n)
    return f"{part} of {figures.count(whole.n)} {began}s reached {NAMES[funnel.goal]} within {funnel.horizon} days"


def label_of(funnel: Funnel, company: Company) -> list[str]:
    """Give what a funnel is never shown without."""
    zone = ZoneInfo(company.time_zone)
    what = {"lead": "persons by first contact", "mql": "episodes by becoming an MQL"}[funnel.start]
    told = f"entries in {funnel.period}" if funnel.way == "flow" else f"{what} in {funnel.period}"
    newest = ", the newest old enough" if funnel.chosen and funnel.way == "cohort" else ""
    as_of, known = figures.stamp(funnel.as_of, zone), figures.known(funnel.known_at, zone)
    return [f"{told}{newest}", f"as of {as_of}", known, *chosen_of(funnel.passport, company)]


def notes_of(funnel: Funnel) -> list[str]:
    """Say what somebody who reads the figures has to know."""
    notes = []
    if funnel.split:
        notes.append("Too few MQLs become SQLs. " + " ".join(split_lines(funnel.split)))
    notes += funnel.diagnoses
    if funnel.way == "flow":
        notes.append("A flow dates each step by itself: those of one step are not those of the next.")
    elif funnel.whole.immature:
        notes.append(f"Immature: not everybody had {funnel.horizon} days yet. Their later steps are still to come.")
    return notes


# -- the steps


def _steps(terminal: Terminal, funnel: Funnel) -> list[str]:
    whole = funnel.whole
    cohort = funnel.way == "cohort"
    columns = [Column("step", right=False), Column("reached")]
    columns += [Column(f"of {NAMES[funnel.start]}s"), Column("95% interval")] if cohort else []
    skips = any(step.skipped for step in whole.steps)
    columns += [Column("of step before"), *([Column("skipped")] if skips else [])]
    room = BAR if terminal.width >= ROOMY + (0 if not skips else BAR) else 0
    columns += [Column("", right=False)] if room else []
    rows: list[Row] = []
    for place, step in enumerate(whole.steps):
        before = whole.steps[place - 1] if place else None
        row: list[Cell | str] = [Cell(NAMES[step.step]), Cell(figures.count(step.reached), "figure")]
        if cohort:
            bounds = _interval(step.reached, whole.n) if place else ""
            row += [Cell(rate_told(step.reached, whole.n)), Cell(bounds, "label")]
        row += [Cell(rate_told(step.reached, before.reached) if before else "")]
        row += [Cell(_skipped(step), "label")] if skips else []
        row += [Cell(bar(Decimal(step.reached), Decimal(whole.n), room), "label")] if room else []
        rows.append(row)
    return table(terminal, columns, rows)


def rate_told(hits: int, n: int) -> str:
    """Write a rate, or n/a of nothing."""
    return figures.rate(hits / n) if n else "n/a"


def _interval(hits: int, n: int) -> str:
    return figures.interval(wilson(hits, n)) if n else ""


def _skipped(step: AtStep) -> str:
    return figures.count(step.skipped) if step.skipped else figures.NOTHING


def _lost(terminal: Terminal, funnel: Funnel) -> list[str]:
    """Lay out where people stop: of those that reached a step and not the next one, how they ended."""
    steps = [step for step in funnel.whole.steps if sum(step.stopped.values()) and step.step != "won"]
    if not steps:
        return []
    kinds = [kind for kind in ENDED if any(step.stopped.get(kind) for step in steps)]
    columns = [Column("stopped at", right=False), Column("people"), Column("share")]
    columns += [Column(ENDED[kind]) for kind in kinds]
    rows: list[Row] = [
        [
            _short(step.step),
            Cell(figures.count(sum(step.stopped.values())), "figure"),
            rate_told(sum(step.stopped.values()), step.reached),
            *(figures.count(step.stopped[kind]) if step.stopped.get(kind) else figures.NOTHING for kind in kinds),
        ]
        for step in steps
    ]
    return ["", *table(terminal, columns, rows)]


def _times(terminal: Terminal, funnel: Funnel) -> list[str]:
    """Lay out how long a step takes, those counted for whom it has not happened yet."""
    if not funnel.between:
        return []
    names = list(dict.fromkeys(name for row in funnel.between for name in row.by))
    columns = [*(Column(name, right=False) for name in names), Column("days from", right=False), Column("n")]
    columns += [Column("got there"), Column("median"), Column("p75"), Column("p90")]
    rows: list[Row] = [
        [
            *(clean(row.by.get(name, "all")) for name in names),
            f"{NAMES[row.start]} to {NAMES[row.end]}",
            Cell(figures.count(row.n), "label"),
            Cell(figures.count(row.ended), "label"),
            *(
                Cell(days_told(value), "label" if row.n < funnel.minimum_n else "plain")
                for value in (row.median, row.p75, row.p90)
            ),
        ]
        for row in funnel.between
        if row.n
    ]
    return ["", *table(terminal, columns, rows)]


def days_told(value: float | None) -> str:
    """Write days, or that too few got there to say."""
    return "too few" if value is None else figures.figure(value, "days")


def _reasons(terminal: Terminal, funnel: Funnel) -> list[str]:
    if not funnel.reasons:
        return []
    n = sum(reason.n for reason in funnel.reasons)
    step = NAMES[funnel.step or funnel.start]
    columns = [Column(f"before {step}", right=False), Column("reason", right=False), Column("people"), Column("share")]
    rows: list[Row] = [
        [
            ENDED.get(one.ended_by, one.ended_by),
            clean(one.reason or figures.NOTHING),
            Cell(figures.count(one.n), "figure"),
            figures.share(one.n / n),
        ]
        for one in funnel.reasons[:SHOWN]
    ]
    return ["", *table(terminal, columns, rows, [["all", "", figures.count(n), figures.share(1)]])]


# -- slices and records


def _slices(terminal: Terminal, funnel: Funnel) -> list[str]:
    if len(funnel.parts) < 2:
        return []
    names = list(funnel.parts[1].by)
    goal = funnel.goal
    head = f"{NAMES[funnel.start]} to {NAMES[goal]}"
    columns = [*(Column(name, right=False) for name in names)]
    columns += [Column(_short(step.step)) for step in funnel.whole.steps]
    columns += [Column(head), Column("", right=False)]

    def line(part: Part, by: Sequence[str]) -> list[Cell]:
        cells = [Cell(clean(text)) for text in by]
        cells += [Cell(figures.count(step.reached) if step.reached else figures.NOTHING) for step in part.steps]
        reached = part.reached(goal)
        few = part.n < funnel.minimum_n
        told = ", ".join(word for word, holds in (("immature", part.immature), ("too few", few)) if holds)
        return [*cells, Cell(rate_told(reached, part.n), "label" if few else "plain"), Cell(told, "label")]

    foot = line(funnel.whole, ["all", *[""] * (len(names) - 1)])
    rows = [line(part, list(part.by.values())) for part in funnel.parts[1:]]
    return ["", *table(terminal, columns, rows, [foot])]


def _short(step: str) -> str:
    return {"opportunity": "opp", "renewal": "renew"}.get(step, NAMES[step])


def _records(terminal: Terminal, funnel: Funnel, company: Company) -> list[str]:
    found = funnel.records or ()
    if not found:
        return ["  No records."]
    zone = ZoneInfo(company.time_zone)
    hidden = {"person", "source", "owner", "score", "day"}
    names = [name for name in found[0] if name not in hidden and any(row[name] is not None for row in found)]
    columns = [Column(name.replace("_", " "), right=name == "episode") for name in names]
    rows = [[_cell(row[name], name, zone) for name in names] for row in found[:SHOWN]]
    lines = table(terminal, columns, rows)
    if len(found) > SHOWN:
        lines.append(f"  ... and {figures.count(len(found) - SHOWN)} more: --csv or --json gives all.")
    return lines


def _cell(value: Any, name: str, zone: ZoneInfo) -> str:  # noqa: ANN401 - engine values
    if value is None:
        return figures.NOTHING
    return figures.stamp(value, zone) if name == "reached_at" else clean(NAMES.get(str(value), str(value)))


# -- for files


def funnel_json(funnel: Funnel) -> dict[str, Any]:
    """Give the document of a funnel."""
    document: dict[str, Any] = {
        "way": funnel.way,
        "from": funnel.start,
        "within_days": funnel.horizon if funnel.way == "cohort" else None,
        "period": funnel.period,
        "first_day": funnel.first_day,
        "last_day": funnel.last_day,
        "as_of": funnel.as_of,
        "known_at": funnel.known_at,
        "passport": passport_json(funnel.passport),
        "absent": funnel.absent,
        "parts": [_part_json(part, funnel) for part in funnel.parts],
        "between": [_between_json(row) for row in funnel.between],
        "step": funnel.step,
        "reasons": [{"ended_by": one.ended_by, "reason": one.reason, "n": one.n} for one in funnel.reasons],
        "split": _split_json(funnel),
        "diagnoses": list(funnel.diagnoses),
    }
    if funnel.records is not None:
        document["records"] = [dict(record) for record in funnel.records]
    return document


def _part_json(part: Part, funnel: Funnel) -> dict[str, Any]:
    cohort = funnel.way == "cohort"
    steps = [
        {
            "step": step.step,
            "reached": step.reached,
            "told": step.told,
            "skipped": step.skipped,
            "rate": step.reached / part.n if cohort and part.n else None,
            "interval": list(wilson(step.reached, part.n)) if cohort and part.n and place else None,
            "of_step_before": _ratio(step.reached, part.steps[place - 1].reached) if place else None,
            "stopped": step.stopped,
        }
        for place, step in enumerate(part.steps)
    ]
    return {"by": part.by, "n": part.n, "immature": part.immature, "steps": steps}


def _ratio(value: int, whole: int) -> float | None:
    return value / whole if whole else None


def _between_json(row: Between) -> dict[str, Any]:
    days = {"median": row.median, "p75": row.p75, "p90": row.p90}
    return {"by": row.by, "from": row.start, "to": row.end, "n": row.n, "ended": row.ended, "days": days}


def _split_json(funnel: Funnel) -> dict[str, Any] | None:
    found = funnel.split
    if found is None:
        return None
    shares = {
        "outside_icp": found.outside,
        "outside_icp_known": found.outside_known,
        "not_answered_in_time": found.late,
        "sqls_of_the_rest": found.good,
    }
    told = {
        name: {"value": share.value, "hits": share.hits, "n": share.n, "absent": share.absent}
        for name, share in shares.items()
    }
    times = [{"from": day, "within_hours": hours} for day, hours in found.times]
    return {"answer_within_hours": found.hours, "answer_times": times, "working_hours": found.working, **told}


def funnel_csv(funnel: Funnel) -> str:
    """Give one row for each part and step, or the records where they were asked for."""
    if funnel.records is not None:
        heads = list(funnel.records[0]) if funnel.records else ["record"]
        return written(heads, ([record.get(head) for head in heads] for record in funnel.records))
    names = list(dict.fromkeys(name for part in funnel.parts for name in part.by))
    heads = ["step", "reached", "told", "n", "rate", "interval_low", "interval_high", "of_step_before"]
    kinds = [*ENDED] if funnel.way == "cohort" else []
    return written([*names, *heads, *kinds, "immature"], _csv_rows(funnel, names, kinds))


def _csv_rows(funnel: Funnel, names: list[str], kinds: list[str]) -> Iterator[list[object]]:
    for part in funnel.parts:
        by = [part.by.get(name, "(all)") for name in names]
        for told in _part_json(part, funnel)["steps"]:
            bounds = told["interval"] or (None, None)
            figures_of = [told["step"], told["reached"], told["told"], part.n, told["rate"], *bounds]
            stopped = [told["stopped"].get(kind) for kind in kinds]
            yield [*by, *figures_of, told["of_step_before"], *stopped, part.immature]
