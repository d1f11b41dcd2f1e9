"""The agreed definition on each day, with changes that hold from a day on and changes that restate the past."""

from __future__ import annotations

from datetime import date

import pytest

from tests.contract.conftest import Load
from tieout.contract.definitions import (
    UnknownLensError,
    agreed_lens,
    definition_at,
    definition_periods,
    resolve_lens,
    stage_rank,
)
from tieout.contract.model import Contract, Definition, Lens, Pipeline, Stage

CHANGES = """
stages: [{name: Lead}, {name: " qualification "}, {name: Proposal, also: [Offer]}, {name: Won, outcome: won}]
definition:
  - types: [new]
  - from: 2026-03-01
    basis: tcv
  - from: 2026-08-01
    stage: Proposal
    restate: true
  - from: 2026-10-01
    basis: acv
    reason: Finance asked.
"""


def test_defaults() -> None:
    agreed = definition_at(Pipeline(), date(2026, 1, 1))
    assert (agreed.stage, agreed.types, agreed.omitted) == ("Qualification", ("new", "expansion"), ("Omitted",))
    assert (agreed.basis, agreed.rates) == ("arr", "plan")


def test_without_a_qualification_stage_the_first_one_qualifies() -> None:
    pipeline = Pipeline(stages=(Stage(name="Open"), Stage(name="Won", outcome="won")))
    assert definition_at(pipeline, date(2026, 1, 1)).stage == "Open"


@pytest.mark.parametrize(
    ("day", "stage", "basis"),
    [
        (date(2020, 1, 1), "Proposal", "arr"),
        (date(2026, 2, 28), "Proposal", "arr"),
        (date(2026, 3, 1), "Proposal", "tcv"),
        (date(2026, 9, 30), "Proposal", "tcv"),
        (date(2026, 10, 1), "Proposal", "acv"),
    ],
)
def test_changes_hold_from_their_day_and_restating_ones_always(load: Load, day: date, stage: str, basis: str) -> None:
    contract, told, _ = load(pipeline=CHANGES)
    assert told == []
    agreed = definition_at(contract.pipeline, day)
    assert (agreed.stage, agreed.basis, agreed.types) == (stage, basis, ("new",))


def test_a_change_that_does_not_restate_leaves_the_past() -> None:
    """From 2026-08-01 the qualifying stage is Proposal; as of 07-31 it still is Qualification."""
    later = Definition.model_validate({"from": date(2026, 8, 1), "stage": "Proposal"})
    pipeline = Pipeline(definition=(Definition(), later))
    assert definition_at(pipeline, date(2026, 7, 31)).stage == "Qualification"
    assert definition_at(pipeline, date(2026, 8, 1)).stage == "Proposal"


def test_periods_meet_and_cover_all_days(load: Load) -> None:
    contract, _, _ = load(pipeline=CHANGES)
    periods = definition_periods(contract.pipeline)
    assert [(first, last, agreed.basis) for first, last, agreed in periods] == [
        (None, date(2026, 3, 1), "arr"),
        (date(2026, 3, 1), date(2026, 10, 1), "tcv"),
        (date(2026, 10, 1), None, "acv"),
    ]
    assert {agreed.stage for _, _, agreed in periods} == {"Proposal"}
    assert periods[2][2].reason == "Finance asked."


def test_the_agreed_lens_has_all_defaults() -> None:
    lens = agreed_lens(Pipeline(), date(2026, 7, 1))
    assert lens == Lens(
        types=("new", "expansion"), stage="Qualification", omitted=("Omitted",), basis="arr", rates="plan"
    )
    assert (lens.grain, lens.outcomes, lens.date_field, lens.weighting) == (
        "opportunity",
        ("open",),
        "close_date",
        "none",
    )


def test_a_lens_takes_what_it_leaves_open_from_the_agreed_one() -> None:
    lenses = {"sales": Lens(types="all", basis="tcv"), "cs": Lens(stages=("Proposal",), omitted=())}
    contract = Contract(lenses=lenses)
    sales = resolve_lens(contract, "sales", date(2026, 7, 1))
    assert (sales.types, sales.basis, sales.stage, sales.calendar) == ("all", "tcv", "Qualification", "calendar")
    cs = resolve_lens(contract, "cs", date(2026, 7, 1))
    assert (cs.stage, cs.stages, cs.omitted, cs.rates) == (None, ("Proposal",), (), "plan")
    assert resolve_lens(contract, "agreed", date(2026, 7, 1)).types == ("new", "expansion")


def test_an_unknown_lens_names_those_there_are() -> None:
    with pytest.raises(
        UnknownLensError, match=r"There is no lens 'sale'. Lenses: agreed, sales. Did you mean 'sales'?"
    ):
        resolve_lens(Contract(lenses={"sales": Lens()}), "sale", date(2026, 7, 1))


def test_stages_rank_by_each_of_their_names(load: Load) -> None:
    contract, _, _ = load(pipeline=CHANGES)
    assert stage_rank(contract.pipeline) == {"lead": 0, "qualification": 1, "proposal": 2, "offer": 2, "won": 3}
