"""Marlow's data quality, recounted from its exports in plain loops: fields filled, stages borne out, stale deals."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.oracles import marlow as recount
from tests.oracles.arithmetic import end_of_day
from tests.oracles.marlow import Deal
from tests.oracles.marlow_books import EVER, ZONE, Books, local, moment
from tests.oracles.test_marlow import QUARTERS, SAID, answered, slices
from tieout import Workspace

ASKED = {
    "Discovery": ["AccountId", "OwnerId", "Type"],
    "Qualification": ["ARR__c", "CurrencyIsoCode", "CloseDate"],
    "Proposal": ["LeadSource", "Sales_Accepted__c"],
    "Negotiation": [],
}
OURS = {
    "AccountId": "account_id", "OwnerId": "owner_id", "Type": "type", "ARR__c": "arr", "CurrencyIsoCode": "currency",
    "CloseDate": "close_date", "LeadSource": "source", "Sales_Accepted__c": "accepted",
}  # fmt: skip
DAYS = [(day, said) for day, _, said in SAID]
Acts = dict[str, list[tuple[datetime, datetime, str]]]
"""What people did about each deal: when, when it was heard, what."""


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


@pytest.fixture(scope="module")
def acts(books: Books) -> Acts:
    found: Acts = defaultdict(list)
    for heard, rows in books.exports("crm/activities"):
        for row in rows:
            if row["OpportunityId"] and row["IsAutomated"] != "true":
                at = moment(row["ActivityDateTime"])
                found[row["OpportunityId"]].append((at, heard, row["ActivityType"]))
    return found


def told(books: Books, record: str, when: datetime, known: datetime) -> bool:
    """Say whether a whole row of a deal had been told of that time."""
    return any(change.at <= when and change.heard <= known for change in books.rows[record])


def required(stage: str) -> list[str]:
    """Give the fields that a stage asks for, with those of the stages before it."""
    names = list(ASKED)
    return [field for one in names[: names.index(stage) + 1] for field in ASKED[one]]


@pytest.mark.parametrize(("day", "said"), DAYS)
def test_completeness(marlow: Workspace, books: Books, day: str, *, said: bool) -> None:
    when = end_of_day(day, ZONE)
    known = when if said else EVER
    cells: list[tuple[str, str, bool]] = []
    for deal in recount.opened(recount.deals(books, when, known)):
        if told(books, deal.record, when, known):
            stage = deal.row["StageName"]
            cells += [(stage, OURS[name], bool(deal.row.get(name))) for name in required(stage)]
    answer = answered(marlow, "completeness.required", day, by=("field",), said_then=said)
    assert (answer.total.n, answer.total.value) == (len(cells), sum(cell[2] for cell in cells) / len(cells))
    by_field = {field: [cell[2] for cell in cells if cell[1] == field] for field in {cell[1] for cell in cells}}
    assert {name: (row.n, row.value) for name, row in slices(answer).items()} == {
        field: (len(filled), sum(filled) / len(filled)) for field, filled in by_field.items()
    }
    by_stage = answered(marlow, "completeness.required", day, by=("stage",), said_then=said)
    assert {stage: row.n for stage, row in slices(by_stage).items()} == {
        stage: sum(cell[0] == stage for cell in cells) for stage in {cell[0] for cell in cells}
    }


@pytest.mark.parametrize(("day", "quarter", "said"), SAID)
def test_evidenced(marlow: Workspace, books: Books, acts: Acts, day: str, quarter: str, *, said: bool) -> None:
    """A meeting in 120 days (90 in Negotiation), a date to come, from Proposal on an amount."""
    when = end_of_day(day, ZONE)
    known = when if said else EVER
    due = recount.in_period(recount.qualified(recount.deals(books, when, known)), QUARTERS[quarter], local(when))
    due = [deal for deal in due if told(books, deal.record, when, known)]
    right = [deal for deal in due if borne_out(deal, acts, when, known)]
    found = answered(marlow, "pipeline.evidenced", day, period=quarter, said_then=said).total
    assert (found.n, found.value) == (len(right), sum((deal.value for deal in right), Decimal(0)))
    share = answered(marlow, "pipeline.evidenced.share", day, period=quarter, said_then=said).total
    whole = sum((deal.value for deal in due), Decimal(0))
    assert share.n == len(due)
    assert share.value == pytest.approx(float(sum((deal.value for deal in right), Decimal(0)) / whole))
    assert 0 < len(right) < len(due)


def borne_out(deal: Deal, acts: Acts, when: datetime, known: datetime) -> bool:
    stage, today = deal.row["StageName"], local(when)
    within = 90 if stage == "Negotiation" else 120
    met = [at for at, heard, kind in acts[deal.record] if kind == "meeting" and at <= when and heard <= known]
    recent = bool(met) and (today - local(max(met))).days <= within
    paid = stage == "Qualification" or Decimal(deal.row.get("ARR__c") or 0) > 0
    return recent and deal.closes >= today and paid


@pytest.mark.parametrize(("day", "said"), DAYS)
def test_stale(marlow: Workspace, books: Books, acts: Acts, day: str, *, said: bool) -> None:
    when = end_of_day(day, ZONE)
    known = when if said else EVER
    expected: dict[str, list[Decimal]] = defaultdict(list)
    for deal in recount.qualified(recount.deals(books, when, known)):
        if why := stale(books, deal, acts, when, known):
            expected[why].append(deal.value)
    answer = answered(marlow, "pipeline.stale", day, by=("why",), said_then=said)
    assert {why: (row.n, row.value) for why, row in slices(answer).items()} == {
        why: (len(values), sum(values)) for why, values in expected.items()
    }


def stale(books: Books, deal: Deal, acts: Acts, when: datetime, known: datetime) -> str | None:
    """Give the first reason for which a deal is stale."""
    today = local(when)
    changes = [*books.rows[deal.record], *books.events.get(deal.record, [])]
    heard = [change for change in changes if change.heard <= known and change.at <= when]
    first = min(change.heard for change in changes)
    real = [change.at for change in heard if not (change.whole and change.at == change.heard == first)]
    dates = [state.row.get("CloseDate") for state in books.life(deal.record, known) if state.at <= when and state.row]
    pushed = sum(later > earlier for earlier, later in pairwise(dates) if earlier and later)
    done = [at for at, said, _ in acts[deal.record] if at <= when and said <= known]
    idle = (today - local(max(done) if done else moment(deal.row["CreatedDate"]))).days
    if deal.row["CloseDate"] and date.fromisoformat(deal.row["CloseDate"]) < today:
        return "close date passed"
    if pushed >= 3:
        return "pushed"
    if idle > (75 if deal.row["StageName"] == "Negotiation" else 90):
        return "no activity"
    return "unchanged" if real and (today - local(max(real))).days > 120 else None
