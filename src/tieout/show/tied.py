"""The page of a team's own list tied out: the bridge, what became of every row, and the rows to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.measure.sheets.match import Status
from tieout.show import figures
from tieout.show.as_csv import bridge_csv, written
from tieout.show.as_json import bridge_json, findings_json
from tieout.show.bridge import SHOWN, bridge_page
from tieout.show.findings import findings_lines
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.measure.sheets.relation import Reading
    from tieout.measure.sheets.sheet import Sheet
    from tieout.tying import Tied

FEW = 8
"""So many rows that need a person are named without being asked for."""
UNITS = {1000: "thousands", 1_000_000: "millions"}


def tied_page(terminal: Terminal, tied: Tied, *, records: bool = False, written: Path | None = None) -> list[str]:
    """Give the lines of a tied-out sheet or total."""
    lines = bridge_page(terminal, tied.bridge, tied.company, records=records)
    passports = lines[-1:]
    lines = lines[:-2]
    if tied.sheet:
        lines += ["", *_rows(terminal, tied, tied.sheet)]
        lines += _shown(terminal, tied, records=records)
    if tied.findings:
        lines += ["", *findings_lines(terminal, tied.findings)]
    lines += ["", *_next(terminal, tied, written, records=records)]
    return [*lines, *passports]


def _rows(terminal: Terminal, tied: Tied, sheet: Sheet) -> list[str]:
    """Say what became of the rows: each is in exactly one line."""
    by_id = [one for one in tied.readings if _is(one, Status.MATCHED) and _by(one) == "id"]
    by_name = [one for one in tied.readings if _is(one, Status.MATCHED) and _by(one) == "name"]
    kept = [one for one in tied.readings if _is(one, Status.MATCHED) and _by(one) == "kept"]
    ambiguous = [one for one in tied.readings if _is(one, Status.AMBIGUOUS)]
    unmatched = [one for one in tied.readings if _is(one, Status.UNMATCHED)]
    groups = (
        ("matched by id", by_id), ("matched as confirmed", kept), ("matched by name", by_name),
        ("ambiguous", ambiguous), ("not matched", unmatched),
    )  # fmt: skip
    columns = [Column(f"rows of {clean(sheet.file)}", right=False), Column("n"), Column(tied.company.currency)]
    rows: list[Row] = [
        [name, figures.count(len(ones)), figures.money(sum((one.value for one in ones), start=type(ones[0].value)(0)))]
        for name, ones in groups if ones
    ]  # fmt: skip
    told = ", ".join(f"{count} {why}" for why, count in Counter(one.why for one in sheet.others).items())
    if told:
        rows.append([Cell(f"no record: {told}", "label"), Cell(figures.count(len(sheet.others)), "label"), ""])
    whole = len(tied.readings) + len(sheet.others)
    foot: Row = ["all rows", figures.count(whole), figures.money(tied.bridge.end.value)]
    lines = table(terminal, columns, rows, [foot])
    return [*lines, "", *terminal.label(_columns(sheet), indent=2)]


def _is(reading: Reading, status: Status) -> bool:
    return reading.match.status is status


def _by(reading: Reading) -> str:
    reason = reading.match.reason
    return "kept" if reason == "kept" else "name" if reason.startswith(("name", "account", "amount")) else "id"


def _columns(sheet: Sheet) -> list[str]:
    told = [
        f"{role.replace('_', ' ')}: {name}" for role, name in (sheet.columns.names if sheet.columns else {}).items()
    ]
    told += [f"in {sheet.currency}"] if sheet.currency else []
    told += [f"in {UNITS.get(sheet.unit, f'units of {sheet.unit:,}')}"] if sheet.unit != 1 else []
    return [*told, *(["decimal comma"] if sheet.decimal == "," else [])]


def _shown(terminal: Terminal, tied: Tied, *, records: bool) -> list[str]:
    """Name the rows that need a person, or all of them."""
    open_ones = [one for one in tied.readings if one.match.status is not Status.MATCHED]
    ones = [*open_ones, *(one for one in tied.readings if _is(one, Status.MATCHED))] if records else open_ones
    if not ones:
        return []
    most = SHOWN if records else FEW
    columns = [Column("row"), Column("", right=False), Column(tied.company.currency)]
    columns += [Column("record", right=False), Column("score")] if records else []
    columns.append(Column("why", right=False))
    lines = ["", *table(terminal, columns, [_row(one, records=records) for one in ones[:most]])]
    if len(ones) > most:
        lines.append(f"  ... and {figures.count(len(ones) - most)} more: --records --csv gives all.")
    return lines


def _row(reading: Reading, *, records: bool) -> list[Cell]:
    match = reading.match
    style = "plain" if match.status is Status.MATCHED else "warning"
    cells = [
        Cell(str(match.row.number), "label"),
        Cell(clean(match.row.label)),
        Cell(figures.money(reading.value)),
    ]
    if records:
        score = f"{match.score:.0f}" if match.score else figures.NOTHING
        cells += [Cell(clean(match.record or figures.NOTHING)), Cell(score, "label")]
    return [*cells, Cell(_why(reading), style)]


def _why(reading: Reading) -> str:
    """Tell why a row is matched or not, shortest first: what does not fit is cut."""
    match = reading.match
    role = {"part": "split line", "again": "again"}.get(reading.role, "")
    if match.status is Status.AMBIGUOUS and len(match.candidates) > 1:
        return f"fits {len(match.candidates)}: {', '.join(match.candidates[:3])}"
    return ", ".join(part for part in (match.reason, role) if part)


def _next(terminal: Terminal, tied: Tied, written: Path | None, *, records: bool) -> list[str]:
    if written:
        return terminal.wrap(
            f"Matches are in {written}: put yes into the column confirmed; they are read first next time.",
            style="label",
        )
    if tied.sheet is None:
        return terminal.wrap("Only a total: --find proposes the rules that give it.", style="label")
    told = "--find proposes the rules behind the sheet, --keep writes the matches for you to confirm."
    return terminal.wrap(told if records else f"--records names records and rows, {told}", style="label")


# -- for files


def tied_json(tied: Tied, *, records: bool = False) -> dict[str, Any]:
    """Give the document of `tieout tie`."""
    document = bridge_json(tied.bridge, tied.company.currency, records=records)
    document["findings"] = findings_json(tied.findings)["findings"]
    if tied.sheet:
        document["sheet"] = {
            "file": tied.sheet.file,
            "sheet": tied.sheet.tab,
            "columns": dict(tied.sheet.columns.names) if tied.sheet.columns else {},
            "currency": tied.sheet.currency,
            "decimal": tied.sheet.decimal,
            "unit": tied.sheet.unit,
            "counts": _counts(tied.readings, tied.sheet),
        }
        if records:
            document["rows"] = [_row_json(one) for one in tied.readings]
            document["no_records"] = [
                {"row": one.number, "why": one.why, "stated": one.stated} for one in tied.sheet.others
            ]
    return document


def _counts(readings: Sequence[Reading], sheet: Sheet) -> dict[str, int]:
    counts = Counter(reading.match.status.value.replace(" ", "_") for reading in readings)
    names = (status.value.replace(" ", "_") for status in Status)
    return {**{name: counts[name] for name in names}, "no_record": len(sheet.others)}


def _row_json(reading: Reading) -> dict[str, Any]:
    match = reading.match
    return {
        "row": match.row.number,
        "label": match.row.label,
        "amount": match.row.amount,
        "value": reading.value,
        "status": match.status.value,
        "record": match.record,
        "score": match.score,
        "reason": match.reason,
        "role": reading.role or None,
        "candidates": list(match.candidates),
    }


def tied_csv(tied: Tied) -> str:
    """Give the bridge from its opening to its closing figure."""
    return bridge_csv(tied.bridge)


def rows_csv(tied: Tied) -> str:
    """Give every row of the sheet: what it is, and the record it means."""
    told = [_row_json(one) for one in tied.readings]
    lines = [[*(row[name] for name in _HEADS), " ".join(row["candidates"])] for row in told]
    others = tied.sheet.others if tied.sheet else ()
    lines += [[one.number, one.why, one.stated, None, "no record", *[None] * 5] for one in others]
    return written([*_HEADS, "candidates"], sorted(lines, key=lambda line: int(str(line[0]))))


_HEADS = ("row", "label", "amount", "value", "status", "record", "score", "reason", "role")
