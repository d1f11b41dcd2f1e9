"""The truth of Marlow: its totals, its postings, and both counted again from the exports by other code."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations

import pytest

from tests.demo.recount import COUNTS, Marlow, read
from tieout.demo.many import cases

LENSES = ("agreed", "marketing", "sales", "finance")
PAIRS = list(combinations(LENSES, 2))
CAUSES = {
    "exists", "deleted", "merged", "duplicate", "excluded", "type", "accepted", "stage", "category", "criteria unknown",
    "close date", "past due", "calendar", "slice", "several claims", "freshness", "basis", "probability", "rate",
}  # fmt: skip


def totals(marlow: Marlow) -> dict[str, Decimal]:
    return {row["lens"]: Decimal(row["amount"]) for row in read(marlow.folder / "truth/numbers.csv")}


def by_record(marlow: Marlow, bridge: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in read(marlow.folder / "truth/postings.csv"):
        if row["bridge"] == bridge:
            sums[row["record"]] += Decimal(row["amount"])
    return {record: amount for record, amount in sums.items() if amount}


def test_the_four_numbers_are_the_ones_of_the_story(marlow: Marlow) -> None:
    assert totals(marlow) == {
        "agreed": Decimal("5412350.00"),
        "marketing": Decimal("8400000.00"),
        "sales": Decimal("6100000.00"),
        "finance": Decimal("7200000.00"),
    }


@pytest.mark.parametrize("lens", LENSES)
def test_a_recount_of_the_exports_gives_each_number(marlow: Marlow, lens: str) -> None:
    counted = COUNTS[lens](marlow)
    (said,) = (row for row in read(marlow.folder / "truth/numbers.csv") if row["lens"] == lens)
    assert sum(counted.values()) == Decimal(said["amount"])
    assert len(counted) == int(said["records"])


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_postings_of_each_record_are_its_recounted_difference(marlow: Marlow, first: str, second: str) -> None:
    left, right = COUNTS[first](marlow), COUNTS[second](marlow)
    zero = Decimal(0)
    wanted = {record: right.get(record, zero) - left.get(record, zero) for record in {*left, *right}}
    assert by_record(marlow, f"{first}>{second}") == {record: amount for record, amount in wanted.items() if amount}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_postings_lead_from_one_total_to_the_other(marlow: Marlow, first: str, second: str) -> None:
    total = totals(marlow)
    assert sum(by_record(marlow, f"{first}>{second}").values()) == total[second] - total[first]


def test_every_cause_occurs_and_no_other(marlow: Marlow) -> None:
    assert {row["cause"] for row in read(marlow.folder / "truth/postings.csv")} == CAUSES


def test_hundreds_of_records_differ_and_about_one_in_twenty_was_worked_by_hand(marlow: Marlow) -> None:
    differing = {row["record"] for row in read(marlow.folder / "truth/postings.csv")}
    by_hand = {row["record"] for row in read(marlow.folder / "truth/hand_worked.csv")}
    assert len(differing) > 400
    assert 0.04 < len(by_hand) / len(differing) < 0.08


def test_the_postings_worked_by_hand_agree_with_the_values_worked_by_hand() -> None:
    for case in cases():
        for first, second in combinations(LENSES, 2):
            posted = sum(amount for bridge, _, amount, _ in case.postings if bridge == f"{first}>{second}")
            assert posted == case.values.get(second, 0) - case.values.get(first, 0), (case.recipe.name, first, second)


def test_no_posting_is_of_nothing_and_no_record_has_two_reasons_not_to_be_counted(marlow: Marlow) -> None:
    walked = {"several claims", "freshness", "basis", "probability", "rate"}
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in read(marlow.folder / "truth/postings.csv"):
        assert Decimal(row["amount"])
        reasons[row["bridge"], row["record"]].append(row["cause"])
    for causes in reasons.values():
        assert len(causes) == 1 or set(causes) <= walked
