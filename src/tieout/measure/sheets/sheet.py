"""A team's own list, read: every row of it is a record, or is none and says why; the amounts in one currency."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.measure.sheets.amounts import DecimalMark, amount_of, currency_in, date_of, decimal_mark
from tieout.measure.sheets.columns import HEADS, ROLES, Choice, Columns, find_columns, role_of, unit_in
from tieout.measure.sheets.grid import Grid, SheetError, read_grid

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_TOTAL = re.compile(
    r"^(grand|sub|overall|zwischen)?[\s-]*(total|totals|sum|summe|gesamt|subtotal|gesamtsumme|zwischensumme)\b[\s:]*(.*)$",
    re.IGNORECASE,
)
_PART = re.compile(r"^(sub|zwischen)|^(total|sum|summe)[\s:]+\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that is a record: its number in the sheet (from 1) and what it says; `amount` is None where unreadable."""

    number: int
    amount: Decimal | None
    id: str = ""
    name: str = ""
    account: str = ""
    currency: str | None = None
    owner: str = ""
    close_date: date | None = None
    stage: str = ""

    @property
    def label(self) -> str:
        """What a person calls the row."""
        return self.name or self.account or self.id or f"row {self.number}"


@dataclass(frozen=True, slots=True)
class NoRecord:
    """A row that is no record: blank, a title, the heads, a total; `stated` is the amount of a total."""

    number: int
    why: str
    stated: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, read. `rows` and `others` together are all of its rows; `total` is what its records sum to.

    `rounded` is the power of ten that all amounts are whole multiples of (1: none to speak of).
    """

    file: str
    rows: tuple[SheetRow, ...]
    others: tuple[NoRecord, ...]
    columns: Columns | None
    currency: str | None
    decimal: DecimalMark
    unit: int
    tab: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the records' amounts, as they stand in the sheet."""
        return sum((row.amount for row in self.rows if row.amount is not None), ZERO)

    @property
    def rounded(self) -> int:
        """The power of ten, 100 or more, that nearly all amounts are multiples of; else 1."""
        amounts = [row.amount for row in self.rows if row.amount]
        for unit in (1_000_000, 100_000, 10_000, 1000, 100, 10):
            if len(amounts) >= 3 and sum(amount % unit == 0 for amount in amounts) >= 0.95 * len(amounts):
                return unit
        return 1


def read_sheet(path: Path, choice: Choice) -> Sheet:
    """Read a team's list. Raises SheetError for a file that is none; what is odd in it becomes findings."""
    grid = read_grid(path, choice.tab, _known(choice))
    return sheet_of(grid, choice, path.name)


def _known(choice: Choice) -> frozenset[str]:
    """Give the heads that tell which sheet of a workbook is the list: those that were named, else the usual ones."""
    return frozenset(choice.columns.values()) or frozenset(head for heads in HEADS.values() for head in heads)


def sheet_of(grid: Grid, choice: Choice, file: str) -> Sheet:
    """Read a grid as a team's list: heads, records, totals, and what is no record."""
    if not any(any(row) for row in grid.cells):
        message = f"'{file}' is empty. Give a list with a column of amounts and one of ids or names."
        raise SheetError(message)
    columns = find_columns(grid, choice)
    place = columns.at["amount"]
    texts = [row[place] for row in grid.cells[columns.head + 1 :] if place < len(row)]
    mark: DecimalMark = "," if choice.decimal == "," else "." if choice.decimal == "." else decimal_mark(texts)
    head = columns.names["amount"]
    unit = choice.unit or unit_in(head)
    currency = choice.currency or currency_in(head) or _currency(texts)
    last = max(number for number, row in enumerate(grid.cells) if any(row))
    reader = _Reader(columns, mark, unit, currency, last)
    for number, row in enumerate(grid.cells):
        once = (number, place) not in grid.repeated  # an amount that is merged over several rows stands once
        reader.take(number, row if once else (*row[:place], "", *row[place + 1 :]))
    findings = tuple(_findings(file, reader, grid))
    return Sheet(file, tuple(reader.rows), tuple(reader.others), columns, currency, mark, unit, grid.tab, findings)


class _Reader:
    """Sorts the rows of a grid, in their order: a total is known by the rows above it."""

    def __init__(self, columns: Columns, mark: DecimalMark, unit: int, currency: str | None, last: int) -> None:
        self.last = last
        self.columns, self.mark, self.unit, self.currency = columns, mark, unit, currency
        self.rows: list[SheetRow] = []
        self.others: list[NoRecord] = []
        self.totals: list[tuple[int, str, Decimal, Decimal]] = []
        self.whole = self.since = ZERO

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Take the next row."""
        if why := self._why_not(number, cells):
            self.others.append(NoRecord(number + 1, why))
            return
        told = {role: cells[at] if at < len(cells) else "" for role, at in self.columns.at.items()}
        amount = amount_of(told["amount"], self.mark)
        amount = None if amount is None else (amount * self.unit).quantize(CENT)
        words = [cell for role, cell in enumerate(cells) if cell and role != self.columns.at["amount"]]
        if amount is not None and self._is_total(told, words, amount, last=number == self.last):
            self._total(number, words, amount)
        elif amount is None and not told.get("id") and len([cell for cell in cells if cell]) < 2:
            self.others.append(NoRecord(number + 1, "text"))
        else:
            self.rows.append(self._row(number, told, amount))
            self.whole += amount or ZERO
            self.since += amount or ZERO

    def _why_not(self, number: int, cells: Sequence[str]) -> str | None:
        if not any(cells):
            return "blank"
        if number < self.columns.head:
            return "above the heading"
        if number == self.columns.head:
            return "heading"
        roles = [role_of(cell) for cell in cells if cell]
        return "heading again" if len(roles) > 1 and all(roles) else None

    def _is_total(self, told: dict[str, str], words: list[str], amount: Decimal, *, last: bool) -> bool:
        if told.get("id") and not _TOTAL.match(told["id"].strip()):
            return False
        sums = {self.whole, self.since} if self.rows else set()
        label = next((match for word in words if (match := _TOTAL.match(word.strip()))), None)
        if label:
            return not label[3] or amount in sums
        return not words and (amount in sums or (last and bool(self.rows)))

    def _total(self, number: int, words: list[str], amount: Decimal) -> None:
        part = amount != self.whole and amount == self.since
        kind = "subtotal" if part or any(_PART.match(word.strip()) for word in words) else "total"
        self.others.append(NoRecord(number + 1, kind, amount))
        self.totals.append((number + 1, kind, amount, self.whole))
        self.since = ZERO

    def _row(self, number: int, told: dict[str, str], amount: Decimal | None) -> SheetRow:
        code = told.get("currency", "").strip().upper() or currency_in(told["amount"]) or self.currency
        texts = {role: told.get(role, "").strip() for role in ("id", "name", "account", "owner", "stage")}
        return SheetRow(number + 1, amount, currency=code, close_date=date_of(told.get("close_date", "")), **texts)


def _currency(texts: Sequence[str]) -> str | None:
    """Give the currency that the cells name, where it is one."""
    named = {code for text in texts if (code := currency_in(text))}
    return named.pop() if len(named) == 1 else None


def _findings(file: str, reader: _Reader, grid: Grid) -> list[Finding]:
    found = []
    if reader.totals and reader.totals[-1][2] != reader.totals[-1][3] and reader.totals[-1][1] == "total":
        number, _, stated, summed = reader.totals[-1]
        found.append(
            Finding(
                "sheet.total_differs", Level.WARNING, f"{file}, row {number}",
                f"The total at the foot says {stated:,.2f}; the rows above it sum to {summed:,.2f}.",
                "The rows are tied. Mend the sheet, or tie the figure that was reported: `tieout tie --total`.",
            )
        )  # fmt: skip
    unread = [row for row in reader.rows if row.amount is None]
    if unread:
        found.append(
            Finding(
                "sheet.amount_unread", Level.WARNING, f"{file}, row {unread[0].number}",
                f"{len(unread)} rows have no amount that can be read: they count as records and add nothing.",
                "Fill the amounts, or write them as 1234.56; `tieout tie` takes --decimal.", count=len(unread),
            )
        )  # fmt: skip
    if reader.columns.also:
        found.append(
            Finding(
                "sheet.several_amounts", Level.NOTE, file,
                f"The amounts are those of '{reader.columns.names['amount']}'; "
                f"{', '.join(repr(name) for name in reader.columns.also)} could be meant too.",
                "Leave the other columns out; `tieout tie` takes --amount.",
            )
        )  # fmt: skip
    if grid.others:
        others = ", ".join(map(repr, grid.others))
        found.append(
            Finding(
                "sheet.several_tabs", Level.NOTE, file, f"The sheet '{grid.tab}' was read; there are {others} too.",
                "Put the sheet that is meant first; `tieout tie` takes --sheet.",
            )
        )  # fmt: skip
    twice = _repeated(reader.rows)
    if twice:
        found.append(
            Finding(
                "sheet.repeated_rows", Level.WARNING, f"{file}, row {twice[0].number}",
                f"{len(twice)} rows repeat an earlier one in every recognized column.",
                "They are tied as they stand: look at the line 'several claims'.", count=len(twice),
            )
        )  # fmt: skip
    return found


def _repeated(rows: Sequence[SheetRow]) -> list[SheetRow]:
    seen: Counter[tuple[object, ...]] = Counter()
    found = []
    for row in rows:
        key = tuple(getattr(row, role) for role in ROLES)
        if seen[key]:
            found.append(row)
        seen[key] += 1
    return found
