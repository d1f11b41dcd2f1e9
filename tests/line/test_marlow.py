"""Marlow ties out: four numbers for one pipeline, and every posting between them as it was planted."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import permutations

import pytest

from tieout import Workspace, ask, bridge
from tieout.ends import BridgeTerms, read_end
from tieout.measure.answers import Bridge, Question

QUARTER, AS_OF = "2027-Q3", "2026-09-22"
NUMBERS = {
    "agreed": (Decimal("5412350.00"), 199),
    "marketing": (Decimal("8400000.00"), 158),
    "sales": (Decimal("6100000.00"), 225),
    "finance": (Decimal("7200000.00"), 261),
}
LENSES = tuple(NUMBERS)
PAIRS = list(permutations(LENSES, 2))
Row = dict[str, str]
Posted = dict[tuple[str, str], Decimal]
"""What each cause does to each record."""


def truth(marlow: Workspace, name: str) -> list[Row]:
    """Read one of the files that were written while Marlow was planted."""
    with (marlow.root / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def credits_of(marlow: Workspace) -> list[Row]:
    """What marketing claims, by the last export."""
    path = marlow.root / f"exports/marketing/opportunity_credits/opportunity_credits_{AS_OF}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def summed(postings: Iterable[tuple[str, str, Decimal]]) -> Posted:
    """Add up what a cause does to a record: of several further claims the truth tells the sum."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for record, cause, amount in postings:
        sums[record, cause] += amount
    return dict(sums)


def planted(rows: list[Row], first: str, second: str) -> Posted:
    """The planted postings from one lens to another; those of the way back are their negatives."""
    signs = {f"{first}>{second}": 1, f"{second}>{first}": -1}
    found = [row for row in rows if row["bridge"] in signs]
    return summed((row["record"], row["cause"], signs[row["bridge"]] * Decimal(row["amount"])) for row in found)


def posted(made: Bridge) -> Posted:
    """The postings of a bridge."""
    return summed((posting.record, posting.cause, posting.amount) for posting in made.postings)


@cache
def explained(marlow: Workspace, first: str, second: str) -> Bridge:
    """The bridge from one lens to another, as of the end of the day of the last exports."""
    return bridge(marlow, read_end(f"{first}@{AS_OF}"), read_end(f"{second}@{AS_OF}"), BridgeTerms(QUARTER))


def test_the_readme_and_the_truth_tell_the_four_numbers(marlow: Workspace) -> None:
    readme = (marlow.root / "README.md").read_text(encoding="utf-8")
    for lens, (amount, records) in NUMBERS.items():
        assert f"| {lens} | ${amount:,} | {records} |" in readme
    told = {row["lens"]: (Decimal(row["amount"]), int(row["records"])) for row in truth(marlow, "numbers")}
    assert told == NUMBERS


@pytest.mark.parametrize("lens", LENSES)
def test_the_four_numbers(marlow: Workspace, lens: str) -> None:
    total = ask(marlow, Question("pipeline.open_qualified", period=QUARTER, lens=lens)).total
    assert total.value == NUMBERS[lens][0]


def test_the_agreed_number_is_the_headline_without_any_option(marlow: Workspace) -> None:
    answer = ask(marlow, Question("pipeline.open_qualified"))
    assert (answer.period, answer.total.value, answer.total.n) == (QUARTER, *NUMBERS["agreed"])


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_every_posting_is_the_one_that_was_planted(marlow: Workspace, first: str, second: str) -> None:
    assert posted(explained(marlow, first, second)) == planted(truth(marlow, "postings"), first, second)


def test_a_cause_posts_once_to_a_record_and_several_claims_once_for_each_further_claim(marlow: Workspace) -> None:
    claims = Counter(row["opportunity_id"] for row in credits_of(marlow) if row["credited_at"] >= "2026-08-01")
    for pair in PAIRS:
        times = Counter((p.record, p.cause) for p in explained(marlow, *pair).postings)
        for (record, cause), n in times.items():
            assert n == (claims[record] - 1 if cause == "several claims" else 1), (pair, record, cause)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_nothing_is_left_unexplained(marlow: Workspace, first: str, second: str) -> None:
    made = explained(marlow, first, second)
    assert (made.start.value, made.end.value) == (NUMBERS[first][0], NUMBERS[second][0])
    assert made.residual == Decimal("0.00")
    assert sum(posting.amount for posting in made.postings) == made.end.value - made.start.value
    assert sum(line.amount for line in made.lines) == made.end.value - made.start.value


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_line_is_the_sum_of_its_postings(marlow: Workspace, first: str, second: str) -> None:
    made = explained(marlow, first, second)
    for line in made.lines:
        under = [posting for posting in made.postings if posting.cause == line.cause]
        assert (line.amount, line.n) == (sum(p.amount for p in under), len({p.record for p in under}))
    assert len({line.cause for line in made.lines}) == len(made.lines)


def test_the_differences_are_spread_over_hundreds_of_records(marlow: Workspace) -> None:
    for first, second in PAIRS:
        assert len({posting.record for posting in explained(marlow, first, second).postings}) > 200
    every = {posting.record for pair in PAIRS for posting in explained(marlow, *pair).postings}
    assert len(every) > 400


def test_about_a_twentieth_of_the_differing_records_was_worked_by_hand(marlow: Workspace) -> None:
    every = {posting.record for pair in PAIRS for posting in explained(marlow, *pair).postings}
    by_hand = {row["record"] for row in truth(marlow, "hand_worked")}
    assert by_hand < every
    assert 0.04 < len(by_hand) / len(every) < 0.08


def test_each_posting_worked_by_hand_is_made(marlow: Workspace) -> None:
    rows = truth(marlow, "hand_worked")
    assert len(rows) > 100
    for row in rows:
        made = posted(explained(marlow, *row["bridge"].split(">")))
        assert made[row["record"], row["cause"]] == Decimal(row["amount"]), row


def test_three_ways_round_come_back_to_the_start(marlow: Workspace) -> None:
    for first, second, third in permutations(LENSES, 3):
        by_record: defaultdict[str, Decimal] = defaultdict(Decimal)
        for pair in ((first, second), (second, third), (third, first)):
            for posting in explained(marlow, *pair).postings:
                by_record[posting.record] += posting.amount
        assert {record for record, amount in by_record.items() if amount} == set()
