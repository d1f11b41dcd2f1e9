"""The clocks of hand-offs as text, JSON and CSV: what was due and kept, how long it took, why it was breached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.contract.handoffs import HOUR
from tieout.measure.numbers.clock_facts import CLASSES
from tieout.show import figures
from tieout.show.answer import passport_lines
from tieout.show.as_csv import written
from tieout.show.as_json import passport_json
from tieout.show.tables import Cell, Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.handoffs import Handoff
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer
    from tieout.measure.clocks.table import ClockRow, Clocks

ROOMY = 92
SHOWN = 40
NOTHING = (
    "Nobody was handed over in the period. Hand-offs are changes of a lead's stage (the entity lifecycle_change), "
    "deals won and renewals opened; lifecycle.yaml says which are answered, and how soon."
)
LEAST = 10
"""Below so many due hand-offs a rate stands back."""


def clocks_page(terminal: Terminal, found: Clocks, company: Company) -> list[str]:
    """Give the lines of the clocks."""
    zone = ZoneInfo(company.time_zone)
    lines = [terminal.paint(title_of(found), "title"), *terminal.label(label_of(found.answer, zone)), ""]
    if not found.rows:
        return [
            *lines,
            f"  {terminal.paint('n/a', 'figure')}   {found.answer.total.absent}",
            "",
            *_foot(terminal, found),
        ]
    if not found.rows[0].n:
        return [*lines, *terminal.wrap(NOTHING, indent=2), "", *_foot(terminal, found)]
    lines += _kept(terminal, found)
    if any(row.breached for row in found.rows):
        lines += ["", terminal.paint("Breaches by what was late", "label"), *_classes(terminal, found)]
    for note in notes_of(found):
        lines += ["", *terminal.wrap(note, indent=2)]
    if found.records is not None:
        lines += ["", *records_lines(terminal, found.records, zone)]
    return [*lines, "", *_foot(terminal, found)]


def _foot(terminal: Terminal, found: Clocks) -> list[str]:
    return passport_lines(terminal, found.answer)


def title_of(found: Clocks) -> str:
    """Say the answer: how much was kept of what was due."""
    if not found.rows or not found.rows[0].due:
        return "Hand-offs and their clocks"
    total = found.rows[0]
    told = figures.rate(total.kept / total.due)
    return f"{told} of {figures.counted(total.due, 'hand-off')} due were answered in time"


def label_of(answer: Answer, zone: ZoneInfo) -> list[str]:
    """Give what the figures are never shown without."""
    return [
        answer.metric,
        answer.period or "",
        f"as of {figures.stamp(answer.as_of, zone)}",
        figures.known(answer.known_at, zone),
        answer.passport.filters or "",
    ]


def within(terms: Handoff) -> str:
    """Write the time that a hand-off has: 8 business h, 24 h."""
    kind = "business h" if terms.business else "h"
    later = "".join(f", from {day} {hours / HOUR:g}" for day, hours in terms.times)
    return f"{terms.within / HOUR:g}{later} {kind}"


def hours(value: float | None) -> str:
    """Write hours with one place."""
    return "n/a" if value is None else f"{value:,.1f}"


def _kept(terminal: Terminal, found: Clocks) -> list[str]:
    names = list(found.rows[-1].by) or list(found.rows[0].by)
    terms = {one.stage: within(one) for one in found.terms}
    with_terms = names == ["handoff"]
    roomy = terminal.width >= ROOMY
    columns = [Column(name, right=False) for name in names]
    columns += [Column("within", right=False)] if with_terms else []
    columns += [Column(head) for head in ("all", "due", "in time")]
    columns += [Column("95% interval")] if roomy else []
    columns += [Column(head) for head in ("median h", "p90 h", "to come", "out")]

    def line(row: ClockRow, by: list[str]) -> list[Cell]:
        weight = "label" if row.due < LEAST else "plain"
        cells = [Cell(clean(text)) for text in by]
        cells += [Cell(terms.get(row.by.get("handoff", ""), ""))] if with_terms else []
        rate = "n/a" if row.row.value is None else figures.rate(float(row.row.value))
        cells += [Cell(figures.count(row.n)), Cell(figures.count(row.due)), Cell(rate, weight)]
        cells += [Cell(figures.interval(row.row.interval), weight)] if roomy else []
        waits = row.waits.hours if row.waits.n else {}
        cells += [Cell(hours(waits.get(name)), weight) for name in ("median", "p90")]
        return [*cells, Cell(figures.count(row.running)), Cell(figures.count(row.withdrawn + row.unknown))]

    rows = [line(row, list(row.by.values())) for row in found.rows if row.by]
    foot = [line(found.rows[0], ["all", *[""] * (len(names) - 1)])]
    return table(terminal, columns, rows, foot)


def _classes(terminal: Terminal, found: Clocks) -> list[str]:
    names = list(found.rows[-1].by) or list(found.rows[0].by)
    shown = [name for name in CLASSES if any(row.classes[name] for row in found.rows)]
    columns = [*(Column(name, right=False) for name in names), Column("breached"), *(Column(name) for name in shown)]

    def line(row: ClockRow, by: list[str]) -> list[str]:
        return [*(clean(text) for text in by), *map(figures.count, (row.breached, *(row.classes[n] for n in shown)))]

    rows = [line(row, list(row.by.values())) for row in found.rows if row.by and row.breached]
    return table(terminal, columns, rows, [line(found.rows[0], ["all", *[""] * (len(names) - 1)])])


def notes_of(found: Clocks) -> Iterator[str]:
    """Say what the figures leave out, and what could not be told."""
    yield from found.diagnoses
    total = found.rows[0]
    if total.running:
        early = f", {figures.count(total.early)} of them answered" if total.early else ""
        yield f"To come: {figures.counted(total.running, 'hand-off')} whose deadline has not passed{early}."
    if total.withdrawn:
        yield (
            f"Out: {figures.counted(total.withdrawn, 'hand-off')} sent back or closed before the deadline: in no rate, "
            "and in the times only as long as they lasted."
        )
    for handoff, reason, n in found.untold:
        told = f"{figures.counted(n, 'hand-off')} of {handoff}: {reason}"
        yield f"Out: {told}, so nothing tells whether they were answered."
    if any(row.waits.mixed for row in found.rows):
        yield "Median and p90 are n/a where business and elapsed hours would be mixed: slice by handoff as well."


def records_lines(terminal: Terminal, records: tuple[dict[str, Any], ...], zone: ZoneInfo) -> list[str]:
    """Lay out hand-offs, the first ones; the rest of a long list is for --json and --csv."""
    if not records:
        return ["  No records."]
    roomy = terminal.width >= ROOMY
    heads = ["record", "handoff"]
    columns = [*(Column(head, right=False) for head in heads), *(Column(head) for head in ("begun", "due", "hours"))]
    columns += [Column("owner", right=False)] if roomy else []
    columns += [Column("", right=False)]

    def line(one: dict[str, Any]) -> list[str]:
        times = ["n/a" if one[name] is None else figures.stamp(one[name], zone) for name in ("started_at", "due_at")]
        waited = hours(one["hours"]) + ("" if one["ended"] or one["hours"] is None else "+")
        owner = [str(one["owner_id"] or "nobody")] if roomy else []
        outcome = str(one["breach_class"] or one["outcome"])
        return [str(one["record"]), str(one["handoff"]), *times, waited, *owner, outcome]

    rows = [line(one) for one in records[:SHOWN]]
    lines = table(terminal, columns, rows)
    if len(records) > SHOWN:
        lines.append(f"  ... and {figures.count(len(records) - SHOWN)} more: --csv or --json gives all.")
    return lines


# -- files


def clocks_json(found: Clocks) -> dict[str, Any]:
    """Give the document of `tieout show clocks`."""
    answer = found.answer
    document: dict[str, Any] = {
        "view": "clocks",
        "metric": answer.metric,
        **moments_json(answer),
        "handoffs": [
            {
                "handoff": one.stage,
                "within_hours": one.within / HOUR,
                "answer_times": [{"from": day, "within_hours": hours / HOUR} for day, hours in one.times],
                "hours": "business" if one.business else "elapsed",
                "answer": one.answer,
                "begins": one.begins,
            }
            for one in found.terms
        ],
        "rows": [row_json(row) for row in found.rows],
        "untold": [{"handoff": handoff, "reason": reason, "n": n} for handoff, reason, n in found.untold],
        "diagnoses": list(found.diagnoses),
    }
    if not found.rows:
        document["absent"] = answer.total.absent
    if found.records is not None:
        document["records"] = [dict(record) for record in found.records]
    return document


def moments_json(answer: Answer) -> dict[str, Any]:
    """Give period, moments and passport of a view."""
    return {
        "period": answer.period,
        "first_day": answer.days[0] if answer.days else None,
        "last_day": answer.days[1] if answer.days else None,
        "as_of": answer.as_of,
        "known_at": answer.known_at,
        "passport": passport_json(answer.passport),
    }


def row_json(row: ClockRow) -> dict[str, Any]:
    """Give the clocks of a slice."""
    return {
        "by": row.by,
        "n": row.n,
        "due": row.due,
        "kept": row.kept,
        "breached": row.breached,
        "running": row.running,
        "answered_early": row.early,
        "withdrawn": row.withdrawn,
        "unknown": row.unknown,
        "compliance": row.row.value,
        "interval": list(row.row.interval) if row.row.interval else None,
        "absent": row.row.absent,
        "hours": _waits(row),
        "breaches": row.classes,
    }


def _waits(row: ClockRow) -> Mapping[str, Any]:
    waits = row.waits
    told = {name: waits.hours.get(name) for name in ("median", "p90")}
    absent = {name: waits.absent(name) for name in told}
    return {"n": waits.n, "answered": waits.answered, **told, "absent": absent}


def clocks_csv(found: Clocks) -> str:
    """Give the rows, the total first, or the hand-offs where they were asked for."""
    if found.records is not None:
        heads = list(found.records[0]) if found.records else ["handoff", "record"]
        return written(heads, ([record.get(head) for head in heads] for record in found.records))
    names = list(dict.fromkeys(name for row in found.rows for name in row.by))
    counts = ("n", "due", "kept", "breached", "running", "early", "withdrawn", "unknown")
    heads = [*names, *counts, "compliance", "interval_low", "interval_high", "median_hours", "p90_hours", *CLASSES]
    rows = []
    for row in found.rows:
        bounds = row.row.interval or (None, None)
        by = [row.by.get(name, "(all)") for name in names]
        waits = [row.waits.hours.get(name) for name in ("median", "p90")]
        figures_of = [getattr(row, name) for name in counts]
        rows.append([*by, *figures_of, row.row.value, *bounds, *waits, *row.classes.values()])
    return written(heads, rows)
