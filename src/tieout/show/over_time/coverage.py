"""The page of required coverage: what there is, what own history asks for, what is missing in money."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.numbers.covered import SEED
from tieout.show import figures
from tieout.show.answer import passport_lines
from tieout.show.as_csv import written
from tieout.show.as_json import passport_json
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.numbers.covered import Cover, Covered
    from tieout.measure.numbers.required import Quarter, Required

ROOMY = 90
NA = Cell("n/a", "label")
METHOD = (
    "Needed: (1 - won from elsewhere) / conversion, sums over sums of the quarters below, each as of the same day. "
    "95%: the 2.5th to the 97.5th percentile over all resamples of these quarters with replacement."
)


def coverage_page(terminal: Terminal, found: Cover, company: Company) -> list[str]:
    """Give the lines of required coverage."""
    zone = ZoneInfo(company.time_zone)
    answer, terms = found.answer, found.terms
    place = f"day {terms.day} (week {terms.week}) of {terms.quarter.name}"
    known = "each as said then" if terms.question.said_then else figures.known(answer.known_at, zone)
    filters = answer.passport.filters or ""
    as_of = f"as of {figures.stamp(answer.as_of, zone)}"
    lines = [terminal.paint(headline(found), "title"), *terminal.label(["coverage", place, as_of, known, filters]), ""]
    lines += _needs(terminal, found, company)
    whole = found.slices[0].required
    lines += ["", *_quarters(terminal, whole, company)]
    if found.weeks:
        lines += ["", *_weeks(terminal, found)]
    lines += ["", *terminal.wrap(METHOD, indent=2, style="note")]
    rule = f"The field's rule of thumb is {SEED[0]}x to {SEED[1]}x; 1 / win rate is neither."
    lines += terminal.wrap(rule, indent=2, style="note")
    for note in answer.notes:
        lines += ["", *terminal.wrap(note, indent=2)]
    if found.records is not None:
        lines += ["", *_records(terminal, found.records)]
    return [*lines, "", *passport_lines(terminal, answer)]


def headline(found: Cover) -> str:
    """Say what there is, what is needed, and what is missing."""
    whole = found.slices[0]
    needed = whole.required.adjusted
    if needed is None:
        return f"Required coverage is not known: {whole.required.absent}"
    if whole.coverage is None:
        return f"{_times(needed)} is needed by own history"
    told = f"Coverage is {_times(whole.coverage)}, {_times(needed)} is needed by own history"
    return f"{told}: {missing(whole)}"


def missing(one: Covered) -> str:
    """Say in words what is short or to spare."""
    if one.short is None:
        return "n/a"
    return _lacking(one.short, figures.short)


def _lacking(short: Decimal, write: Callable[[Decimal], str]) -> str:
    return f"short by {write(short)}" if short > 0 else f"{write(-short)} to spare"


def _times(value: float | None) -> str:
    return "n/a" if value is None else f"{value:,.2f}x"


def interval(bounds: tuple[float, float | None] | None) -> str:
    """Write the bounds of a coverage."""
    if bounds is None:
        return ""
    return f"{bounds[0]:,.2f}{figures.DASH}{'' if bounds[1] is None else f'{bounds[1]:,.2f}'}"


def _needs(terminal: Terminal, found: Cover, company: Company) -> list[str]:
    names = list(found.terms.question.by)
    heads = [f"pipeline {company.currency}", "to go", "cover", "needed", "95%", "plain", "short by"]
    columns = [*(Column(name, right=False) for name in names or [""]), *map(Column, heads)]

    def line(one: Covered) -> list[Cell]:
        words = [Cell(clean(value)) for value in one.by.values()] or [Cell("all"), *[Cell()] * (len(names) - 1)]
        return [
            *words,
            NA if one.pipeline is None else Cell(figures.money(one.pipeline)),
            NA if one.to_go is None else Cell(figures.money(one.to_go)),
            Cell(_times(one.coverage), "figure"),
            Cell(_times(one.required.adjusted), "figure"),
            Cell(interval(one.required.adjusted_interval), "label"),
            Cell(_times(one.required.required)),
            NA if one.short is None else Cell(figures.signed(one.short), "error" if one.short > 0 else "plain"),
        ]

    def fitting(cells: Sequence[Cell]) -> list[Cell]:
        """Leave out the unadjusted need where there is no room."""
        return [cell for place, cell in enumerate(cells) if terminal.width >= ROOMY or place != plain]

    plain = columns.index(Column("plain"))
    columns = [column for column in columns if terminal.width >= ROOMY or column.head != "plain"]
    rows = [fitting(line(one)) for one in found.slices[1:]]
    foot = [fitting(line(found.slices[0]))]
    lines = table(terminal, columns, rows or foot, foot if rows else ())
    for one in found.slices:
        name = clean(" ".join(one.by.values()) or "all")
        for reason in dict.fromkeys(told for told in (one.required.absent, one.absent) if told):
            lines += terminal.wrap(f"{name}: {reason}.", indent=2, style="note")
    whole = found.slices[0]
    if whole.short_plain is not None:
        told = f"If nothing came from elsewhere (plain), {_lacking(whole.short_plain, figures.money)} in all."
        lines += terminal.wrap(told, indent=2, style="note")
    return lines


def _quarters(terminal: Terminal, whole: Required, company: Company) -> list[str]:
    roomy = terminal.width >= ROOMY
    heads = ["pipeline", "won of it", "rate", "elsewhere", *(["of it new"] if roomy else []), "before"]
    columns = [Column("quarter", right=False), *map(Column, heads), Column("", right=False)]
    rows: list[Row] = []
    for one in whole.quarters:
        amounts = [figures.money(getattr(one, name)) for name in SUMMED[2:] if roomy or name != "created"]
        rate = "n/a" if one.conversion is None else figures.rate(one.conversion)
        told: list[Cell | str] = [one.quarter.name]
        told += (
            [figures.NOTHING] * len(heads)
            if one.absent
            else [figures.money(one.pipeline), figures.money(one.won_from), rate, *amounts]
        )
        rows.append([*told, Cell(one.absent or "", "label")])
    summed = [name for name in SUMMED if roomy or name != "created"]
    sums = [figures.money(sum((getattr(one, name) for one in whole.known), Decimal(0))) for name in summed]
    rate = "n/a" if whole.conversion is None else figures.rate(whole.conversion)
    foot: Row = ["all", sums[0], sums[1], Cell(rate, "figure"), *sums[2:], ""]
    lines = table(terminal, columns, rows, [foot])
    told_of = (
        f"What was won in the quarter, in {company.currency}: of that day's pipeline, from elsewhere after that day "
    )
    told_of += "(new: it became pipeline only then), and before it."
    return [*lines, *terminal.wrap(told_of, indent=2, style="note")]


SUMMED = ("pipeline", "won_from", "won_else", "created", "won_before")


def _weeks(terminal: Terminal, found: Cover) -> list[str]:
    columns = [
        Column("week"),
        Column("needed"),
        Column("95%"),
        Column("plain"),
        Column("conversion"),
        Column("elsewhere"),
    ]
    rows: list[Row] = []
    for week, one in found.weeks:
        shares = [NA if each is None else Cell(figures.rate(each)) for each in (one.conversion, one.elsewhere)]
        bounds = Cell(interval(one.adjusted_interval), "label")
        rows.append(
            [str(week), Cell(_times(one.adjusted), "figure"), bounds, _times(one.required), *shares, one.absent or ""]
        )
    return ["  At the end of each week of the quarter", *table(terminal, columns, rows)]


def _records(terminal: Terminal, records: Sequence[dict[str, object]]) -> list[str]:
    if not records:
        return ["  No records."]
    names = ["record", "quarter", "part", "value", "won"]
    columns = [Column(name, right=name in {"value", "won"}) for name in names]
    rows: list[Row] = [[_cell(row[name]) for name in names] for row in records[:40]]
    lines = table(terminal, columns, rows)
    if len(records) > len(rows):
        lines.append(f"  ... and {figures.count(len(records) - len(rows))} more: --csv or --json gives all.")
    return lines


def _cell(value: object) -> str:
    if value is None:
        return figures.NOTHING
    return figures.money(value) if isinstance(value, Decimal) else clean(str(value))


# -- for files


def coverage_json(found: Cover, currency: str) -> dict[str, Any]:
    """Give the document of required coverage: coverages as factors, money exact."""
    answer, terms = found.answer, found.terms
    document: dict[str, Any] = {
        "quarter": terms.quarter.name,
        "first_day": terms.quarter.start,
        "last_day": terms.quarter.last_day,
        "as_of": answer.as_of,
        "known_at": answer.known_at,
        "said_then": terms.question.said_then,
        "day_of_quarter": terms.day,
        "week_of_quarter": terms.week,
        "currency": currency,
        "rule_of_thumb": list(SEED),
        "interval_method": "all resamples of the quarters with replacement, 2.5th and 97.5th percentile",
        "passport": passport_json(answer.passport),
        "slices": [_slice_json(one) for one in found.slices],
        "weeks": [{"week": week, **_required_json(one)} for week, one in found.weeks],
        "notes": list(answer.notes),
    }
    return document | ({"records": list(found.records)} if found.records is not None else {})


def _slice_json(one: Covered) -> dict[str, Any]:
    return {
        "by": one.by,
        "pipeline": one.pipeline,
        "n": one.n,
        "to_go": one.to_go,
        "coverage": one.coverage,
        "coverage_absent": one.absent,
        **_required_json(one.required),
        "short": one.short,
        "short_plain": one.short_plain,
        "quarters": [_quarter_json(each) for each in one.required.quarters],
    }


def _required_json(one: Required) -> dict[str, Any]:
    return {
        "required": one.required,
        "required_interval": one.interval,
        "required_adjusted": one.adjusted,
        "required_adjusted_interval": one.adjusted_interval,
        "conversion": one.conversion,
        "won_elsewhere_share": one.elsewhere,
        "required_absent": one.absent,
    }


def _quarter_json(one: Quarter) -> dict[str, Any]:
    names = ("pipeline", "n", "won_from", "won_from_n", "won_before", "won_else", "won_else_n", "created", "conversion")
    told = {name: None if one.absent else getattr(one, name) for name in names}
    return {"quarter": one.quarter.name, "as_of": one.as_of, **told, "absent": one.absent}


def coverage_csv(found: Cover) -> str:
    """Give one row for each slice and trailing quarter, or the records where they were asked for."""
    if found.records is not None:
        heads = list(found.records[0]) if found.records else ["record", "quarter", "part", "value", "won"]
        return written(heads, ([record.get(head) for head in heads] for record in found.records))
    names = list(found.terms.question.by)
    told = ["pipeline", "to_go", "coverage"]
    needs = ["required", "adjusted", "conversion", "elsewhere"]
    parts = ["pipeline", "n", "won_from", "won_else", "created", "won_before"]
    heads = [
        *names,
        *told,
        *needs,
        "short",
        "absent",
        "quarter",
        *(f"quarter_{part}" for part in parts),
        "quarter_absent",
    ]
    rows = []
    for one in found.slices:
        by = [one.by.get(name, "(all)") for name in names]
        needed = (getattr(one.required, need) for need in needs)
        values = [*by, one.pipeline, one.to_go, one.coverage, *needed, one.short]
        reason = one.required.absent or one.absent
        for each in one.required.quarters:
            then = [None if each.absent else getattr(each, part) for part in parts]
            rows.append([*values, reason, each.quarter.name, *then, each.absent])
    return written(heads, rows)
