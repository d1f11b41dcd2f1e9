"""The page of one question under several calendars: their figures beside one another, and what makes them differ."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.numbers.catalogue import BY_ID
from tieout.show import figures
from tieout.show.answer import passport_lines
from tieout.show.as_csv import written
from tieout.show.as_json import answer_json, lines_json
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer, Side, Value
    from tieout.side_by_side import InCalendar, Moved

SHOWN = 40
CALENDAR = "calendar"


def side_page(terminal: Terminal, found: Sequence[InCalendar], company: Company, *, records: bool) -> list[str]:
    """Give the lines of a question under several calendars."""
    first = found[0].answer
    lines = [terminal.paint(BY_ID[first.metric].question, "title"), *_label(terminal, first, company), ""]
    lines += _figures(terminal, found, company)
    if len(first.rows) > 1:
        lines += ["", *_slices(terminal, found)]
    for other in found[1:]:
        if other.bridge:
            lines += ["", *_steps(terminal, found[0], other, company, records=records)]
    for note in dict.fromkeys(note for each in found for note in each.answer.notes):
        lines += ["", *terminal.wrap(note, indent=2)]
    return [*lines, "", *passport_lines(terminal, first, ", ".join(each.name for each in found))]


def _label(terminal: Terminal, answer: Answer, company: Company) -> list[str]:
    zone = ZoneInfo(company.time_zone)
    lens = answer.passport.lens
    told = [answer.metric, f"lens {lens}" if lens else "", f"as of {figures.stamp(answer.as_of, zone)}"]
    return terminal.label([*told, figures.known(answer.known_at, zone), answer.passport.filters or ""])


def _figures(terminal: Terminal, found: Sequence[InCalendar], company: Company) -> list[str]:
    """One row for each calendar: its period, the days of it, the figure, and how far it is from the first."""
    unit = found[0].answer.unit
    head = company.currency if unit == "money" else unit
    words = [Column(CALENDAR, right=False), Column("period", right=False), Column("days", right=False)]
    columns = [*words, Column(head), Column("n"), Column("difference")]
    rows: list[Row] = []
    for each in found:
        total = each.answer.total
        value = Cell(figures.shown(total, unit), "figure")
        told = Cell(_difference(each.difference, unit), "label")
        words_of = [Cell(clean(each.name)), Cell(each.answer.period or "no period"), Cell(_days(each.answer), "label")]
        rows.append([*words_of, value, Cell(figures.count(total.n), "label"), told])
    lines = table(terminal, columns, rows)
    for each in found:
        if reason := each.answer.total.absent:
            lines += ["", *terminal.wrap(f"{clean(each.name)} {each.answer.period or ''}: {reason}.", indent=2)]
    return lines


def _days(answer: Answer) -> str:
    return f"{answer.days[0]} to {answer.days[1]}" if answer.days else ""


def _difference(difference: Value | None, unit: str) -> str:
    if difference is None:
        return ""
    if isinstance(difference, Decimal):
        return figures.signed(difference)
    if unit == "rate":
        return figures.points(float(difference))
    return f"{difference:+,.{0 if unit == 'count' else 2}f}".replace("-", figures.MINUS)


def _slices(terminal: Terminal, found: Sequence[InCalendar]) -> list[str]:
    """One row for each slice and one column for each calendar; a slice that a calendar does not have is a dot."""
    keys = list(dict.fromkeys(tuple(row.by.items()) for each in found for row in each.answer.rows if row.by))
    unit = found[0].answer.unit
    by_key = [{tuple(row.by.items()): row for row in each.answer.rows} for each in found]
    columns = [*(Column(name, right=False) for name, _ in keys[0])]
    columns += [Column(f"{clean(each.name)} {each.answer.period or ''}".strip()) for each in found]

    def cells(key: tuple[tuple[str, str], ...]) -> list[str]:
        return [figures.shown(rows[key], unit) if key in rows else figures.NOTHING for rows in by_key]

    lines = [[*(clean(value) for _, value in key), *cells(key)] for key in sorted(keys)]
    foot = ["all", *[""] * (len(keys[0]) - 1), *cells(())]
    return table(terminal, columns, lines, [foot])


# -- what makes them differ


def _steps(terminal: Terminal, first: InCalendar, other: InCalendar, company: Company, *, records: bool) -> list[str]:
    bridge = other.bridge
    if bridge is None:
        return []
    columns = [Column("", right=False), Column(company.currency), Column("n")]
    rows: list[Row] = []
    for each in (first, other):
        mine = [one.posting for one in other.moved if one.posting.cause == CALENDAR and one.counted == each.name]
        if mine:
            told = f"  only in {clean(each.name)}"
            total = sum((posting.amount for posting in mine), Decimal(0))
            rows.append([told, figures.signed(total), Cell(figures.count(len(mine)), "label")])
    rest = [line for line in bridge.lines if line.cause != CALENDAR]
    rows += [[f"  {line.cause}", figures.signed(line.amount), Cell(figures.count(line.n), "label")] for line in rest]
    left = bridge.residual
    residual = [Cell("residual", "label"), Cell(figures.money(left), "error" if left else "label")]
    ends = (_end(first, bridge.start), _end(other, bridge.end))
    lines = table(terminal, columns, [ends[0], *rows], [ends[1], residual])
    if records and other.moved:
        lines += ["", *_records(terminal, other, company)]
    return lines


def _end(each: InCalendar, side: Side) -> list[Cell]:
    name = f"{clean(each.name)} {each.answer.period or ''}".strip()
    return [Cell(name, "title"), Cell(figures.money(side.value), "figure"), Cell(figures.count(side.n))]


def _records(terminal: Terminal, other: InCalendar, company: Company) -> list[str]:
    words = [Column(name, right=False) for name in ("record", "day", "counted in", "cause")]
    rows: list[Row] = [
        [clean(one.posting.unit or one.posting.record), str(one.day or ""), clean(one.counted), one.posting.cause,
         figures.signed(one.posting.amount)]
        for one in other.moved[:SHOWN]
    ]  # fmt: skip
    lines = table(terminal, [*words, Column(company.currency)], rows)
    if len(other.moved) > SHOWN:
        lines.append(f"  ... and {figures.count(len(other.moved) - SHOWN)} more: --csv or --json gives all.")
    return lines


# -- for files


def side_json(found: Sequence[InCalendar], currency: str, *, records: bool) -> dict[str, Any]:
    """Give the document of a question under several calendars: the first one's answer, then each other's."""
    return {"calendars": [_one_json(each, currency, records=records) for each in found]}


def _one_json(each: InCalendar, currency: str, *, records: bool) -> dict[str, Any]:
    answer = answer_json(each.answer, currency)
    if not records:
        answer.pop("records", None)
    document: dict[str, Any] = {"calendar": each.name, "answer": answer, "difference": each.difference}
    document["lines"] = lines_json(each.bridge.lines) if each.bridge else None
    document["residual"] = each.bridge.residual if each.bridge else None
    document["moved"] = [_moved_json(one) for one in each.moved]
    return document


def _moved_json(one: Moved) -> dict[str, Any]:
    record, cause, amount, unit = one.posting
    return {"record": record, "unit": unit, "cause": cause, "amount": amount, "counted_in": one.counted, "day": one.day}


def side_csv(found: Sequence[InCalendar], *, records: bool) -> str:
    """Give each calendar's rows, or the records that make them differ from the first."""
    rows: list[list[object]] = []
    if records:
        for each in found:
            for one in each.moved:
                record, cause, amount, unit = one.posting
                rows.append([each.name, record, unit, cause, amount, one.counted, one.day])
        return written(["calendar", "record", "unit", "cause", "amount", "counted_in", "day"], rows)
    names = list(dict.fromkeys(name for each in found for row in each.answer.rows for name in row.by))
    for each in found:
        days = each.answer.days or ("", "")
        for row in each.answer.rows:
            by = [row.by.get(name, "(all)") for name in names]
            difference = "" if row.by else each.difference
            rows.append([each.name, each.answer.period, *days, *by, row.value, row.n, row.absent, difference])
    return written([CALENDAR, "period", "first_day", "last_day", *names, "value", "n", "absent", "difference"], rows)
