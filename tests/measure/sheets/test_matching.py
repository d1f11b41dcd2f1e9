"""Ids as sheets spoil them, names as people type them, and the assignment that is best as a whole."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.measure.sheets.assign import assign
from tieout.measure.sheets.ids import Ids
from tieout.measure.sheets.names import alike, normal

LONG = "0061x00000AbCdEAAV"
IDS = Ids(frozenset({LONG, "0061x00000abcdeAAB", "OPP-00412", "000123456789", "000123459999", "77", "006Mw0002205"}))


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (LONG, [LONG]),
        (LONG[:15], [LONG]),
        (f" {LONG} ", [LONG]),
        (f"https://x.my.salesforce.com/lightning/r/Opportunity/{LONG}/view", [LONG]),
        (f"https://x.my.salesforce.com/{LONG[:15]}", [LONG]),
        ("006mw0002205", ["006Mw0002205"]),
        ("OPP-00412", ["OPP-00412"]),
        ("opp-00412", ["OPP-00412"]),
        ("412", ["OPP-00412"]),
        ("Deal #00412", ["OPP-00412"]),
        ("123456789", ["000123456789"]),
        ("123456789.0", ["000123456789"]),
        ("1.23457E+08", ["000123456789"]),
        ("1.2346E+08", ["000123456789", "000123459999"]),
    ],
)
def test_a_spoiled_id_is_found(text: str, records: list[str]) -> None:
    found = IDS.find(text)
    assert found
    assert list(found.records) == records


@pytest.mark.parametrize("text", ["nothing", "9999", "1.9E+08", "0061x00000ZZZZZ", "7"])
def test_what_is_no_id_finds_nothing(text: str) -> None:
    assert IDS.find(text) is None


def test_ids_of_fifteen_characters_keep_their_case() -> None:
    found = IDS.find("0061x00000abcde")
    assert found
    assert found.records == ("0061x00000abcdeAAB",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme GmbH", "ACME"),
        ("Acme Inc.", "acme"),
        ("Bolt & Sons Ltd", "bolt and sons"),
        ("M\N{LATIN SMALL LETTER U WITH DIAERESIS}ller S.A.", "Muller"),
    ],
)
def test_legal_forms_case_and_accents_do_not_count(one: str, other: str) -> None:
    assert normal(one) == normal(other)
    assert alike(one, other) == 100


def test_likeness_falls_with_each_difference() -> None:
    assert alike("Tamar Dental - New Jul", "Tamra Dental - New Jul") > 90
    assert alike("Tamar Dental - New Jul", "Cedar Care - New Jul") < 75
    assert alike("", "Acme") == 0


# -- the assignment


def best_by_hand(scores: dict[int, dict[str, float]]) -> float:
    """Try every way of giving rows records."""
    ways = product(*[[None, *ones] for ones in scores.values()])
    sums = [
        sum(scores[row][record] for row, record in zip(scores, way, strict=True) if record)
        for way in ways
        if len(set(filter(None, way))) == len([record for record in way if record])
    ]
    return max(sums, default=0)


@given(
    st.dictionaries(
        st.integers(1, 6),
        st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 20).map(float), max_size=4),
        max_size=5,
    )
)
def test_the_assignment_is_the_best_there_is(scores: dict[int, dict[str, float]]) -> None:
    chosen = assign(scores)
    assert len(set(chosen.values())) == len(chosen)
    assert sum(scores[row][record] for row, record in chosen.items()) == best_by_hand(scores)


def test_the_first_row_does_not_take_what_another_needs() -> None:
    assert assign({1: {"a": 90.0, "b": 89.0}, 2: {"a": 88.0}}) == {1: "b", 2: "a"}
