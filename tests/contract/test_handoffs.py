"""Hand-offs and commitments of a contract: which stages are handed over, to whom, and what held when."""

from __future__ import annotations

from datetime import date

import pytest

from tests.contract.conftest import Load
from tieout.contract.handoffs import HOUR, commitment_at, committed_handoff, handoffs_of

STAGES = """
stages:
  - {name: lead, owner: Marketing}
  - {name: mql, owner: Marketing}
  - {name: sal, owner: SDR, answer_within_hours: 48, answer: either}
  - {name: sql, owner: SDR, answered_by: [Account Executive]}
  - {name: opportunity, owner: Sales}
  - {name: customer, owner: CS, answer_within_hours: 72, team: Onboarding}
  - {name: renewal}
"""
COMMITMENTS = """
commitments:
  - {from: 2026-02-01, volume: 80, response_rate: 0.5}
  - {from: 2026-07-01, volume: 100, handoff: sal}
"""


def test_a_stage_is_handed_over_where_the_owner_changes_a_time_is_named_or_a_deal_begins_it(load: Load) -> None:
    contract, told, _ = load(lifecycle=STAGES)
    found = {one.stage: one for one in handoffs_of(contract.lifecycle)}
    assert told == []
    assert [(name, one.begins, one.within // HOUR, one.to_owner) for name, one in found.items()] == [
        ("mql", "stage", 24, "SDR"),
        ("sal", "stage", 48, "SDR"),
        ("sql", "stage", 24, "Sales"),
        ("customer", "won", 72, "CS"),
    ]
    assert found["sql"].functions == ("account executive",)
    assert found["mql"].functions == ("sales",)
    assert found["customer"].functions == ("customer success", "success", "cs")
    assert (found["customer"].team, found["mql"].team) == ("Onboarding", "SDR")


def test_without_a_lifecycle_an_mql_has_twenty_four_elapsed_hours(load: Load) -> None:
    contract, _, _ = load()
    mql = handoffs_of(contract.lifecycle)[0]
    assert (mql.stage, mql.within // HOUR, mql.business, mql.answer, mql.to_owner) == (
        "mql",
        24,
        False,
        "touch",
        "Sales",
    )


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 1, 31), None),
        (date(2026, 2, 1), (80, 0.5, "mql")),
        (date(2026, 6, 30), (80, 0.5, "mql")),
        (date(2026, 7, 1), (100, 0.5, "sal")),
    ],
)
def test_a_commitment_keeps_what_a_later_one_does_not_change(load: Load, day: date, told: object) -> None:
    contract, _, _ = load(lifecycle=STAGES + COMMITMENTS)
    found = commitment_at(contract.lifecycle, day)
    handoff = committed_handoff(contract.lifecycle, found)
    assert (found and handoff and (found.volume, found.response_rate, handoff.stage)) == told
