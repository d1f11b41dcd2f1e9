"""The four numbers of Marlow counted again from its exports, by plain loops, knowing nothing of how they were planted.

It reads the files a person would open: the weekly opportunity exports since July, the last credits, the registers. The
state at the month end is pieced together from the modified times of the exports around it.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
AS_OF, MONTH_END = date(2026, 9, 22), date(2026, 8, 31)
FISCAL = (date(2026, 8, 1), date(2026, 10, 31))
GROUP = (date(2026, 9, 1), date(2026, 11, 30))
WEIGHT = {"Discovery": "0.1", "Qualification": "0.25", "Proposal": "0.5", "Negotiation": "0.75"}
STAGES = list(WEIGHT)
PLAN, SPOT = {"USD": Decimal(1), "EUR": Decimal("1.08")}, {"USD": Decimal(1), "EUR": Decimal("1.15")}
Row = dict[str, str]


@dataclass(frozen=True)
class Marlow:
    """The exports and registers of one workspace."""

    folder: Path

    @cached_property
    def weeks(self) -> dict[date, dict[str, Row]]:
        """The weekly exports of 2026, by day and id."""
        files = sorted((self.folder / "exports/crm/opportunities").glob("*_2026-*.csv"))
        return {date.fromisoformat(path.stem[-10:]): {row["Id"]: row for row in read(path)} for path in files}

    @cached_property
    def credits(self) -> list[Row]:
        """What marketing claims, by the last export."""
        return read(self.folder / f"exports/marketing/opportunity_credits/opportunity_credits_{AS_OF}.csv")

    @cached_property
    def excluded(self) -> set[str]:
        """The opportunities and accounts whose exclusion has not run out."""
        rows = read(self.folder / "contract/exclusions.csv")
        return {row["id"] for row in rows if not row["expires"] or row["expires"] > str(AS_OF)}

    @cached_property
    def duplicates(self) -> set[str]:
        """The opportunities the register calls duplicates."""
        return {row["id"] for row in read(self.folder / "contract/merges.csv") if row["object"] == "opportunity"}

    def state(self, record: str, day: date) -> tuple[Row | None, bool]:
        """Give a record's newest row at the end of `day`, and whether the record had been deleted by then."""
        best: Row | None = None
        gone, previous = False, date.min
        for week, rows in self.weeks.items():
            row = rows.get(record)
            if row is None:
                gone = gone or (best is not None and week <= day)
            elif row != best or gone:
                changed = local(row["LastModifiedDate"])
                if (changed if previous < changed else week) <= day:
                    best, gone = row, False
            previous = week
        return best, gone

    def usable(self, row: Row) -> bool:
        """Say whether a row is neither merged away, a duplicate, nor excluded."""
        if row["MergedInto__c"] or row["Id"] in self.duplicates:
            return False
        return row["Id"] not in self.excluded and row["AccountId"] not in self.excluded


def read(path: Path) -> list[Row]:
    """Read a CSV export."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def local(text: str) -> date:
    """Give the company's day of a time stamp."""
    return datetime.fromisoformat(text).astimezone(ZONE).date()


def cents(amount: Decimal) -> Decimal:
    """Round half up; there are no negative amounts."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def amount(row: Row, basis: str) -> Decimal:
    """Give an amount in a basis, ARR where the record does not say."""
    return Decimal(row[f"{basis}__c"] or row["ARR__c"] or 0)


def within(text: str, period: tuple[date, date]) -> bool:
    """Say whether a day lies in a period, both ends included."""
    return period[0] <= date.fromisoformat(text) <= period[1]


def agreed(marlow: Marlow) -> dict[str, Decimal]:
    """Count the agreed number, by record."""
    counted = {}
    for record, row in marlow.weeks[AS_OF].items():
        if (
            marlow.usable(row)
            and row["Type"] in {"New Business", "Expansion"}
            and row["StageName"] in STAGES[1:]
            and row["ForecastCategoryName"] != "Omitted"
            and within(row["CloseDate"], FISCAL)
            and row["CloseDate"] >= str(AS_OF)
        ):
            counted[record] = cents(amount(row, "ARR") * PLAN[row["CurrencyIsoCode"]])
    return counted


def sales(marlow: Marlow) -> dict[str, Decimal]:
    """Count sales' number, by record."""
    counted = {}
    for record, row in marlow.weeks[AS_OF].items():
        if (
            marlow.usable(row)
            and row["Type"] in {"New Business", "Expansion", "Renewal"}
            and row["Sales_Accepted__c"] == "true"
            and row["StageName"] in STAGES[2:]
            and row["ForecastCategoryName"] != "Omitted"
            and within(row["CloseDate"], FISCAL)
            and row["LeadSource"] not in {"Partner", "", "unknown"}
        ):
            counted[record] = cents(amount(row, "ACV") * PLAN[row["CurrencyIsoCode"]])
    return counted


def finance(marlow: Marlow) -> dict[str, Decimal]:
    """Count finance's number, by record, from the state at the month end; merges and duplicates are those of today."""
    counted = {}
    for record in everything(marlow):
        row, gone = marlow.state(record, MONTH_END)
        newest = marlow.weeks[AS_OF].get(record, row)
        if (
            row
            and newest
            and not gone
            and marlow.usable(newest)
            and row["Type"] in {"New Business", "Expansion", "Renewal"}
            and row["StageName"] in STAGES[1:]
            and row["ForecastCategoryName"] != "Omitted"
            and within(row["CloseDate"], GROUP)
        ):
            weighted = cents(amount(row, "TCV") * Decimal(WEIGHT[row["StageName"]]))
            counted[record] = cents(weighted * PLAN[row["CurrencyIsoCode"]])
    return counted


def marketing(marlow: Marlow) -> dict[str, Decimal]:
    """Count marketing's number, by opportunity, or by credit where there is none."""
    counted: dict[str, Decimal] = {}
    for credit in marlow.credits:
        if not FISCAL[0] <= local(credit["credited_at"]) <= FISCAL[1]:
            continue
        record = credit["opportunity_id"]
        if not record:
            counted[credit["credit_id"]] = cents(Decimal(credit["credit_amount"]) * SPOT[credit["currency"]])
            continue
        row, _ = marlow.state(record, AS_OF)
        assert row, f"credit {credit['credit_id']} names an opportunity that no export has held"
        if row["StageName"] in {*STAGES, "Closed Won"}:
            value = cents(amount(row, "TCV") * SPOT[row["CurrencyIsoCode"]])
            counted[record] = counted.get(record, Decimal(0)) + value
    return counted


def everything(marlow: Marlow) -> Iterable[str]:
    """Give every opportunity that any export of this quarter has held."""
    recent = (rows for week, rows in marlow.weeks.items() if week > MONTH_END - timedelta(days=60))
    return dict.fromkeys(record for rows in recent for record in rows)


COUNTS = {"agreed": agreed, "marketing": marketing, "sales": sales, "finance": finance}
