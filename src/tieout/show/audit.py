"""The audit of data quality: the four questions, where fields are missing, what breaks the contract, the trend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.as_json import row_json
from tieout.show.bars import bar
from tieout.show.tables import Cell, Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.measure.answers import Row
    from tieout.measure.diagnosis.audit import Answered, Audit
    from tieout.measure.diagnosis.audit_tables import Broken

LISTED = 12
LOWEST = 6
"""So many slices of completeness are shown, the emptiest first."""
CUTS = {"field": "field", "stage": "stage", "owner": "owner", "system": "system"}
TREND = {
    "completeness.required": "required fields filled",
    "pipeline.evidenced.share": "pipeline evidenced",
    "pipeline.stale": "pipeline stale",
}
SAID = " as said then"


def audit_page(terminal: Terminal, found: Audit, *, records: bool) -> list[str]:
    """Give the lines of the audit."""
    zone = ZoneInfo(found.company.time_zone)
    lines = [terminal.paint(_title(found), "title")]
    told = [found.company.name, f"as of {figures.stamp(found.as_of, zone)}", "as known now", found.company.currency]
    lines += [*terminal.label(told), "", *_questions(terminal, found)]
    for block in (_completeness(terminal, found), _checks(terminal, found, records=records), _trend(terminal, found)):
        if block:
            lines += ["", *block]
    lines += ["", *_registers(found)]
    lines += ["", *terminal.label([f"build {found.build}", f"contract {found.contract}"])]
    return lines


def _title(found: Audit) -> str:
    broken = [check for check in found.checks if check.broken]
    filled = found.questions[1].rate
    told = f"{_percent(filled)} of required fields are filled; " if filled is not None else ""
    if not found.checks:
        return "The contract asks nothing of the data yet"
    if not broken:
        return f"{told}no rule is broken".capitalize()
    title = f"{told}{figures.count(len(broken))} of {figures.count(len(found.checks))} rules are broken"
    return title[:1].upper() + title[1:]


def _percent(value: float) -> str:
    """Write a rate, never 100.0% for what is not quite."""
    told = figures.rate(value)
    return ">99.9%" if told == "100.0%" and value < 1 else told


def _questions(terminal: Terminal, found: Audit) -> list[str]:
    columns = [Column("", right=False), Column("right"), Column("", right=False), Column("at stake")]
    return table(terminal, columns, [_question(one) for one in found.questions])


def _question(one: Answered) -> list[Cell]:
    if one.rate is None:
        return [Cell(one.question, "title"), Cell("n/a"), Cell(one.absent or "", "label"), Cell(figures.NOTHING)]
    told = f"{figures.count(one.right)} of {figures.count(one.n)} {one.what}"
    stake = Cell(figures.money(one.stake), "warning") if one.stake else Cell(figures.NOTHING)
    return [Cell(one.question, "title"), Cell(_percent(one.rate), "figure"), Cell(told, "label"), stake]


# -- completeness


def _completeness(terminal: Terminal, found: Audit) -> list[str]:
    if found.completeness["field"][0].value is None:
        return []
    lines = [terminal.paint("Required fields filled, the emptiest first", "title")]
    columns = [Column("by", right=False), Column("", right=False), Column("filled"), Column("missing"), Column("n")]
    rows: list[list[Cell]] = []
    for cut, name in CUTS.items():
        slices = sorted(found.completeness[cut][1:], key=lambda row: (row.value is None, row.value, -row.n))
        rows += _slices(name, cut, slices)
    rows += _slices("leads, by field", "field", sorted(found.leads[1:], key=lambda row: (row.value or 0, -row.n)))
    width = terminal.width
    if width >= 70:
        columns.append(Column("", right=False))
    return lines + table(terminal, columns, rows)


def _slices(name: str, cut: str, slices: Sequence[Row]) -> Iterator[list[Cell]]:
    """Give the emptiest slices of a cut; those that are full are counted in one line."""
    full = [row for row in slices if row.value == 1]
    shown = [row for row in slices if row.value != 1][:LOWEST]
    rest = len(slices) - len(full) - len(shown)
    for place, row in enumerate(shown):
        missing = row.n - round(float(row.value or 0) * row.n)
        yield [
            Cell(name if not place else "", "label"),
            Cell(clean(row.by[cut])),
            Cell(_percent(float(row.value or 0))),
            Cell(figures.count(missing), "warning"),
            Cell(figures.count(row.n), "label"),
            Cell(bar(Decimal(str(row.value or 0)), Decimal(1), 10), "label"),
        ]
    told = [f"{len(full)} full"] if full else []
    told += [f"{rest} more"] if rest else []
    if told:
        yield [Cell(name if not shown else "", "label"), Cell(", ".join(told), "label")]


# -- checks


def _checks(terminal: Terminal, found: Audit, *, records: bool) -> list[str]:
    broken = [check for check in found.checks if check.broken]
    if not broken:
        return []
    head = f"Rules broken, by the agreed pipeline at stake ({found.company.currency})"
    lines = [terminal.paint(head, "title")]
    shown = broken if records else broken[:LISTED]
    columns = [
        Column("rule", right=False),
        Column("owner", right=False),
        Column("broken"),
        Column("of"),
        Column("at stake"),
    ]
    if not records:
        lines += table(terminal, columns, [_check(check) for check in shown])
    else:
        for check in shown:
            lines += [*table(terminal, columns, [_check(check)])[1:], *_worst(terminal, check)]
    if len(broken) > len(shown):
        lines.append(f"  ... and {figures.count(len(broken) - len(shown))} more: --records, --csv or --json gives all.")
    kept = len(found.checks) - len(broken)
    if kept:
        lines.append(terminal.paint(f"  {figures.count(kept)} rules are kept by every record.", "label"))
    return lines


def _check(check: Broken) -> list[Cell]:
    return [
        Cell(clean(check.name), check.level if check.level == "error" else "plain"),
        Cell(clean(check.owner or "nobody"), "label"),
        Cell(figures.count(check.broken)),
        Cell(figures.count(check.checked), "label"),
        Cell(figures.money(check.worth) if check.worth else figures.NOTHING),
    ]


def _worst(terminal: Terminal, check: Broken) -> list[str]:
    columns = [Column("", right=False), Column("", right=False), Column("")]
    rows = [
        [
            Cell(clean(one.record)),
            Cell(clean(one.given or ""), "label"),
            Cell(figures.money(one.worth) if one.worth is not None else figures.NOTHING),
        ]
        for one in check.records
    ]
    lines = table(terminal, columns, rows, indent=6)
    if check.broken > len(check.records):
        lines.append(f"      ... and {figures.count(check.broken - len(check.records))} more: --csv --records")
    return [*lines, *terminal.wrap(check.remedy, indent=6, style="label"), ""]


# -- trend and registers


def _trend(terminal: Terminal, found: Audit) -> list[str]:
    if not any(row.value is not None for rows in found.trend.values() for row in rows):
        return []
    lines = [terminal.paint("At the ends of the last months", "title")]
    columns = [Column("", right=False), *(Column(f"{day:%Y-%m}") for day in found.months)]
    rows = []
    for key, words in TREND.items():
        now, said = found.trend[key], found.trend[f"{key}{SAID}"]
        if all(row.value is None for row in (*now, *said)):
            continue
        rows.append([Cell(words), *(Cell(_told(key, row)) for row in now)])
        rows.append([Cell("  as said then", "label"), *(Cell(_told(key, row), "label") for row in said)])
    return lines + table(terminal, columns, rows)


def _told(key: str, row: Row) -> str:
    if row.value is None:
        return "n/a"
    return figures.short(Decimal(row.value)) if key == "pipeline.stale" else _percent(float(row.value))


def _registers(found: Audit) -> list[str]:
    told = found.registers
    lines = []
    for words, held, expired in (
        ("Exclusions", told.excluded, told.excluded_expired),
        ("Duplicates", told.merged, told.merged_expired),
    ):
        more = f", {figures.count(expired)} run out" if expired else ""
        lines.append(f"  {words}: {figures.count(held)} in the register{more}")
    return lines


# -- for files


def audit_json(found: Audit) -> dict[str, Any]:
    """Give the document of `tieout audit`."""
    return {
        "company": found.company.name,
        "currency": found.company.currency,
        "as_of": found.as_of,
        "build": found.build,
        "contract": found.contract,
        "questions": [
            {
                "question": one.question,
                "what": one.what,
                "rate": one.rate,
                "right": one.right,
                "n": one.n,
                "stake": one.stake,
                "absent": one.absent,
            }
            for one in found.questions
        ],
        "completeness": {cut: [row_json(row) for row in rows] for cut, rows in found.completeness.items()},
        "leads": [row_json(row) for row in found.leads],
        "checks": [check_json(check) for check in found.checks],
        "registers": {
            "excluded": found.registers.excluded,
            "excluded_expired": found.registers.excluded_expired,
            "merged": found.registers.merged,
            "merged_expired": found.registers.merged_expired,
        },
        "trend": [
            {"month": day, **{name: row_json(rows[place]) for name, rows in found.trend.items()}}
            for place, day in enumerate(found.months)
        ],
    }


def check_json(check: Broken) -> dict[str, Any]:
    """Give one check with its worst records."""
    return {
        "code": check.code,
        "name": check.name,
        "entity": check.entity,
        "field": check.field,
        "owner": check.owner,
        "level": check.level,
        "checked": check.checked,
        "broken": check.broken,
        "stake": check.worth,
        "remedy": check.remedy,
        "records": [{"record": one.record, "given": one.given, "stake": one.worth} for one in check.records],
    }
