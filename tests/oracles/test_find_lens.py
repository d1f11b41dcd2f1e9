"""Marlow's lenses found again from their lists alone, counted from the exports, and what a total alone can say."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.demo.recount import AS_OF as TODAY
from tests.demo.recount import COUNTS, FISCAL, SPOT, STAGES, Marlow, amount, cents, local
from tieout import Workspace
from tieout.ends import BridgeTerms, EndAsked
from tieout.tying import FoundLens, Reported, find

SALES = {
    "types": ("new", "expansion", "renewal"), "accepted": "accepted", "stage": "Proposal", "past_due": True,
    "slice": "source <> 'Partner'", "basis": "acv",
}  # fmt: skip
FINANCE = {
    "types": ("new", "expansion", "renewal"), "calendar": "group", "freshness": "last: month_end", "basis": "tcv",
    "weighting": "stage",
}  # fmt: skip
MARKETING = {
    "grain": "claim", "date_field": "claimed_at", "outcomes": ("open", "won"), "stages": "all", "types": "all",
    "omitted": (), "deleted": True, "merged": True, "exclusions": False, "past_due": True, "basis": "tcv",
    "rates": "spot",
}  # fmt: skip


@pytest.fixture(scope="module")
def exports(marlow: Workspace) -> Marlow:
    return Marlow(marlow.root)


def searched(marlow: Workspace, path: Path, rows: list[tuple[str, Decimal]]) -> FoundLens:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "amount"), *rows])
    return find(marlow, Reported(path), EndAsked("agreed"), BridgeTerms())


def claims(exports: Marlow) -> list[tuple[str, Decimal]]:
    """Marketing's list: a row for each credit of the quarter, also those without an opportunity."""
    found = []
    for credit in exports.credits:
        if not FISCAL[0] <= local(credit["credited_at"]) <= FISCAL[1]:
            continue
        row, _ = exports.state(credit["opportunity_id"], TODAY) if credit["opportunity_id"] else (None, False)
        if row is None:
            found.append((credit["credit_id"], cents(Decimal(credit["credit_amount"]) * SPOT[credit["currency"]])))
        elif row["StageName"] in {*STAGES, "Closed Won"}:
            found.append((credit["credit_id"], cents(amount(row, "TCV") * SPOT[row["CurrencyIsoCode"]])))
    return found


@pytest.mark.parametrize(("team", "facets"), [("sales", SALES), ("finance", FINANCE), ("marketing", MARKETING)])
def test_a_lens_is_found_from_its_list(
    marlow: Workspace, exports: Marlow, team: str, facets: dict[str, object], tmp_path: Path
) -> None:
    rows = claims(exports) if team == "marketing" else list(COUNTS[team](exports).items())
    best = searched(marlow, tmp_path / "list.csv", rows).proposals[0]
    assert best.candidate.sets == facets
    assert (best.bridge.lines, best.bridge.residual) == ((), 0)
    assert best.bridge.start.value == sum(value for _, value in rows)


@pytest.mark.slow
def test_the_agreed_list_changes_nothing(marlow: Workspace, exports: Marlow, tmp_path: Path) -> None:
    best = searched(marlow, tmp_path / "list.csv", list(COUNTS["agreed"](exports).items())).proposals[0]
    assert best.candidate.sets == {}


def test_a_list_with_mistakes_still_finds_its_lens(marlow: Workspace, exports: Marlow, tmp_path: Path) -> None:
    rows = list(COUNTS["finance"](exports).items())[:-12]
    rows = [(record, value + 1000 if number % 9 == 4 else value) for number, (record, value) in enumerate(rows)]
    rows += [("spoken about", Decimal(9000)), ("another", Decimal(7000))]
    best = searched(marlow, tmp_path / "list.csv", rows).proposals[0]
    assert best.candidate.sets == FINANCE
    lines = {line.cause: (line.amount, line.n) for line in best.bridge.lines}
    assert lines["not in any system"] == (Decimal(16000), 2)
    assert lines["amount as reported"] == (Decimal(28000), 28)
    assert lines["not in the sheet"][1] == 12
    assert best.bridge.residual == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("total", "facets"), [("8400000", MARKETING), ("6100000", SALES), ("7200000", FINANCE), ("5412350", {})]
)
def test_a_total_to_the_cent_finds_its_lens_too(marlow: Workspace, total: str, facets: dict[str, object]) -> None:
    found = find(marlow, Reported(total=Decimal(total), name="board"), EndAsked("agreed"), BridgeTerms())
    best = found.proposals[0]
    assert best.candidate.sets == facets
    assert best.candidate.chance is not None
    assert best.candidate.chance < 0.01


@pytest.mark.slow
def test_a_rounded_total_is_said_to_be_luck(marlow: Workspace) -> None:
    reported = Reported(total=Decimal(8_400_000), name="board", precision=Decimal(100_000))
    found = find(marlow, reported, EndAsked("agreed"), BridgeTerms())
    assert found.search.near > 100
    assert all((one.candidate.chance or 0) > 0.05 for one in found.proposals)
