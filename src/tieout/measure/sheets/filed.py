"""The lists of lenses, kept in the ledger: their rows as they were read, so that the past can be asked again.

A copy is named by the digest of the list and of how it was read, and is never changed.
"""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level
from tieout.connect.files import UnreadableError, file_digest
from tieout.contract.sheets import matches_of
from tieout.contract.writing import write_aside
from tieout.measure.sheets.columns import Choice
from tieout.measure.sheets.grid import SheetError
from tieout.measure.sheets.kept import Kept, read_kept
from tieout.measure.sheets.sheet import Sheet, SheetRow, read_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract, Reported

COLUMNS = ("row", "amount", "id", "name", "account", "currency", "close_date", "stage")
TEXTS = ("id", "name", "account", "stage")
DAMAGES = (OSError, ValueError, KeyError, TypeError, InvalidOperation)
ROLES = ("id", "name", "account", "amount")


def choice_of(reported: Reported) -> Choice:
    """Give how a list is read by its lens."""
    columns = {role: head for role in ROLES if (head := getattr(reported, role))}
    return Choice(reported.sheet, columns, reported.currency, reported.decimal, reported.unit)


def file_sheets(workspace: Workspace, contract: Contract, *, write: bool = True) -> tuple[Finding, ...]:
    """Read the list of each lens, keep its rows in the ledger unless they are there, and tell what is odd in it."""
    found: list[Finding] = []
    for name, lens in contract.lenses.items():
        if lens.reported and lens.reported.file:
            try:
                found += _file(workspace, contract, lens.reported, lens.reported.file, write=write)
            except (SheetError, UnreadableError) as error:
                remedy = "Mend the list, or what 'reported' says of it in contract/lenses.yaml."
                found.append(Finding("sheet.unreadable", Level.ERROR, f"lens {name}", str(error), remedy))
    return tuple(found)


def _is_whole(path: Path) -> bool:
    """Whether there is a copy that can be read; a damaged one is made again while the list still stands."""
    try:
        _rows(path)
    except DAMAGES:
        return False
    return True


def _rows(path: Path) -> tuple[SheetRow, ...]:
    return tuple(_row(line) for line in csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def filed_sheet(workspace: Workspace, contract: Contract, reported: Reported, file: str) -> tuple[Sheet, Kept]:
    """Give the kept rows of a lens's list and its confirmed matches. Raises SheetError where the copy is not there."""
    path = _copy(workspace, contract, reported, file)
    try:
        rows = _rows(path)
    except FileNotFoundError as error:
        message = f"The ledger has no copy of '{file}' ({path.name}). Run `tieout refresh`, or restore ledger/sheets."
        raise SheetError(message) from error
    except DAMAGES as error:
        message = f"The copy '{path}' of '{file}' is damaged. Restore it, or delete it and run `tieout refresh`."
        raise SheetError(message) from error
    matches = _matches(workspace, contract, file)
    return Sheet(file, rows, (), None, None, ".", 1), read_kept(matches) if matches else {}


def _file(workspace: Workspace, contract: Contract, reported: Reported, file: str, *, write: bool) -> list[Finding]:
    place = workspace.root / file
    sheet = read_sheet(place, choice_of(reported))
    target, matches = _copy(workspace, contract, reported, file), _matches(workspace, contract, file)
    beside = workspace.root / matches_of(file)
    if matches:
        read_kept(beside)
    wanted = [(place, contract.sheets[file]), *([(beside, contract.sheets[matches_of(file)])] if matches else [])]
    if any(file_digest(path) != digest for path, digest in wanted):
        message = f"'{file}' was changed while it was read. Run the command again."
        raise SheetError(message)
    if write:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _is_whole(target):
            write_aside(target, _text(sheet))
        if matches and not matches.exists():
            write_aside(matches, beside.read_text("utf-8-sig"))
    return list(sheet.findings)


def _copy(workspace: Workspace, contract: Contract, reported: Reported, file: str) -> Path:
    how = hashlib.sha256(reported.model_dump_json(exclude={"period", "total", "file"}).encode()).hexdigest()[:8]
    return workspace.ledger / "sheets" / f"{contract.sheets[file]}-{how}.csv"


def _matches(workspace: Workspace, contract: Contract, file: str) -> Path | None:
    digest = contract.sheets.get(matches_of(file))
    return workspace.ledger / "sheets" / f"{digest}.csv" if digest else None


def _text(sheet: Sheet) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sheet.rows:
        closes = row.close_date.isoformat() if row.close_date else ""
        amount = "" if row.amount is None else f"{row.amount:f}"
        writer.writerow([row.number, amount, row.id, row.name, row.account, row.currency or "", closes, row.stage])
    return out.getvalue()


def _row(line: dict[str, str]) -> SheetRow:
    return SheetRow(
        int(line["row"]),
        Decimal(line["amount"]) if line["amount"] else None,
        currency=line["currency"] or None,
        close_date=date.fromisoformat(line["close_date"]) if line["close_date"] else None,
        **{role: line[role] for role in TEXTS},
    )
