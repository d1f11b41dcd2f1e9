"""The sheets that Marlow's teams would keep, and their bridges from the agreed number worked out in plain Python.

A sheet is written from a team's number as `tests/demo/recount.py` counts it from the exports. Some rows have no id and
a misspelled name, some amounts are rounded or mistyped, and there are rows that no system knows.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.demo.recount import AS_OF, FISCAL, MONTH_END, PLAN, SPOT, STAGES, WEIGHT, Marlow, Row, agreed, cents, within
from tests.demo.recount import amount as native

Lines = dict[str, Decimal]
ZERO = Decimal(0)


@dataclass
class TeamSheet:
    """Rows as a team keeps them, and what its figure is by record; `typed` are amounts that nobody can explain."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    by_record: dict[str, Decimal] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    unknown: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The team's figure."""
        return sum(self.by_record.values(), self.unknown)

    def write(self, path: Path) -> Path:
        """Write it as the team would: a title, heads, the rows, a total."""
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerows([["Pipeline this quarter", "", ""], [], ["Opportunity ID", "Opportunity", "Amount (USD)"]])
            out.writerows(self.rows)
            out.writerow(["", "Total", f"{self.total:,.2f}"])
        return path


def misspelled(name: str) -> str:
    """Exchange two letters in the middle of a name."""
    place = len(name) // 2
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def sheet_of(marlow: Marlow, counted: dict[str, Decimal]) -> TeamSheet:
    """Keep a number as a sheet: every fifth row has no id, every tenth a misspelled name, every 50th is mistyped."""
    sheet = TeamSheet()
    for number, (record, value) in enumerate(counted.items()):
        row = newest(marlow, record)
        told = value
        if number % 50 == 7:
            told = value + 1111
            sheet.typed.add(record)
        name = row["Name"] if row else ""
        shown = misspelled(name) if number % 10 == 5 and name else name
        sheet.rows.append(("" if number % 5 == 0 and name else record, shown, f"{told:,.2f}"))
        sheet.by_record[record] = told
    sheet.rows.append(("", "Zzyzx Quarry, spoken about at the fair", "25,000.00"))
    sheet.unknown += 25000
    return sheet


def newest(marlow: Marlow, record: str) -> Row | None:
    """Give the newest row that any export holds of an opportunity."""
    return next((rows[record] for rows in reversed(marlow.weeks.values()) if record in rows), None)


def bridge_of(marlow: Marlow, sheet: TeamSheet, walk: str) -> Lines:
    """Work the bridge out from the agreed number to a team's sheet, line by line."""
    ours = agreed(marlow)
    lines: Lines = defaultdict(Decimal)
    for record, value in ours.items():
        if record not in sheet.by_record:
            lines["not in the sheet"] -= value
    for record, told in sheet.by_record.items():
        if record not in ours:
            lines[rejected(marlow, record)] += told
        elif record in sheet.typed:
            lines["amount as reported"] += told - ours[record]
        else:
            for cause, step in WALKS[walk](marlow, record):
                lines[cause] += step
    lines["not in any system"] += sheet.unknown
    return {cause: amount for cause, amount in lines.items() if amount}


def rejected(marlow: Marlow, record: str) -> str:
    """Name the first reason for which the agreed number does not count a record."""
    row = marlow.weeks[AS_OF].get(record)
    if row is None:
        return "deleted" if newest(marlow, record) else "exists"
    reasons = {
        "merged": bool(row["MergedInto__c"]),
        "duplicate": record in marlow.duplicates,
        "excluded": bool({record, row["AccountId"]} & marlow.excluded),
        "type": row["Type"] not in {"New Business", "Expansion", ""},
        "stage": row["StageName"] not in STAGES[1:],
        "category": row["ForecastCategoryName"] == "Omitted",
        "criteria unknown": not row["Type"],
        "close date": not within(row["CloseDate"], FISCAL),
        "past due": row["CloseDate"] < str(AS_OF),
    }
    return next(name for name, holds in reasons.items() if holds)


def sales_walk(marlow: Marlow, record: str) -> list[tuple[str, Decimal]]:
    """Walk from ARR to ACV."""
    row = marlow.weeks[AS_OF][record]
    rate = PLAN[row["CurrencyIsoCode"]]
    return [("basis", cents(native(row, "ACV") * rate) - cents(native(row, "ARR") * rate))]


def finance_walk(marlow: Marlow, record: str) -> list[tuple[str, Decimal]]:
    """Walk from today's ARR to the weighted TCV of the month end."""
    row = marlow.weeks[AS_OF][record]
    before, _ = marlow.state(record, MONTH_END)
    assert before
    rate = PLAN[row["CurrencyIsoCode"]]
    tcv = native(before, "TCV")
    levels = [
        cents(native(row, "ARR") * rate),
        cents(native(before, "ARR") * rate),
        cents(tcv * rate),
        cents(cents(tcv * Decimal(WEIGHT[before["StageName"]])) * rate),
    ]
    names = ("freshness", "basis", "probability")
    return [(name, after - begin) for name, begin, after in zip(names, levels, levels[1:], strict=False)]


def marketing_walk(marlow: Marlow, record: str) -> list[tuple[str, Decimal]]:
    """Walk from ARR at plan to TCV at spot, of one claim."""
    row = marlow.weeks[AS_OF][record]
    code = row["CurrencyIsoCode"]
    plan, tcv = PLAN[code], native(row, "TCV")
    basis = cents(tcv * plan) - cents(native(row, "ARR") * plan)
    return [("basis", basis), ("rate", cents(tcv * SPOT[code]) - cents(tcv * plan))]


WALKS = {"sales": sales_walk, "finance": finance_walk, "marketing": marketing_walk}
