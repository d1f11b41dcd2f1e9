"""A lens that a search proposes gives, written into the contract, the very figure that the search shows for it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.tiny import COMPANY, PIPELINE, Life, Tiny, dated
from tieout import Workspace, ask
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Question, QuestionError
from tieout.tying import FoundLens, Reported, find

CALENDARS = {"weeks": {"weeks": "4-4-5"}, "fiscal": {"start_month": 2}}
"""Of the first, fiscal 2026 begins on 4 January; its months end on 1 August, 29 August and 3 October."""
PERIOD = "2026-Q3"


def deal(before: int, after: int, close: str = "2026-09-20") -> Life:
    """A deal whose amount changes on 30 August, after a fiscal month and before the calendar's."""
    return [("2026-07-06T12:00", {"arr": str(before), "close": close}), ("2026-08-30T12:00", {"arr": str(after)})]


DEALS = {
    "one": deal(1_000, 1_100), "two": deal(2_000, 2_300), "three": deal(4_000, 4_700), "four": deal(8_000, 9_500),
    "october": deal(16_000, 17_000, close="2026-10-20"),
}  # fmt: skip
THEN = {"one": 1_000, "two": 2_000, "three": 4_000, "four": 8_000}


def company(folder: Path, **contract: Any) -> Workspace:  # noqa: ANN401 - parts of a contract
    days = ["2026-07-31", "2026-08-15", "2026-08-31", "2026-09-15"]
    parts = {"company": COMPANY | {"calendars": CALENDARS}} | contract
    return Tiny(dated("deals", DEALS, days), parts).refreshed(folder)


def searched(workspace: Workspace, terms: BridgeTerms, lens: str = "agreed") -> FoundLens:
    path = workspace.root / "list.csv"
    path.write_text("id,amount\n" + "".join(f"{record},{amount}\n" for record, amount in THEN.items()))
    return find(workspace, Reported(path), EndAsked(lens), terms)


@pytest.mark.parametrize("calendar", [None, "fiscal"])
def test_what_is_proposed_is_what_the_lens_counts(tmp_path: Path, calendar: str | None) -> None:
    best = searched(company(tmp_path / "found"), BridgeTerms(PERIOD, calendar)).proposals[0]
    assert best.candidate.sets == {"freshness": "last: month_end"}
    assert (best.bridge.start.value, best.bridge.lines) == (Decimal(15_000), ())
    written = company(tmp_path / "written", lenses={"team": {"freshness": {"last": "month_end"}}})
    assert ask(written, Question("pipeline.open_qualified", PERIOD, lens="team")).total.value == Decimal(15_000)


@pytest.mark.parametrize("end", [EndAsked("team"), EndAsked("agreed", rates="spot")])
def test_a_search_begins_from_the_agreed_number(tmp_path: Path, end: EndAsked) -> None:
    workspace = company(tmp_path, lenses={"team": {"freshness": {"days": 7}}})
    with pytest.raises(QuestionError, match="agreed number"):
        find(workspace, Reported(total=Decimal(15_000)), end, BridgeTerms(PERIOD))


def test_the_agreed_list_changes_nothing_however_the_definition_is_written(tmp_path: Path) -> None:
    terms = {"stage": "qualification", "types": ["NEW", "Expansion"]}
    workspace = company(tmp_path, pipeline=PIPELINE | {"definition": [terms]})
    path = tmp_path / "list.csv"
    path.write_text("id,amount\none,1100\ntwo,2300\nthree,4700\nfour,9500\n")
    best = find(workspace, Reported(path), EndAsked("agreed"), BridgeTerms(PERIOD)).proposals[0]
    assert (best.candidate.sets, best.bridge.lines) == ({}, ())
