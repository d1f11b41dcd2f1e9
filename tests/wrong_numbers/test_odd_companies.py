"""Every number answers a company that has next to nothing: what it counts, or why there is none."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from tests.oracles.tiny import Tiny, answered, dated, logged, once, stored
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import METRICS
from tieout.questions import opened

DAY = "2026-09-14"
LEADS = {"L1": once(email="ann@one.example", created="2026-08-03T09:00")}
ODD: dict[str, dict[str, str]] = {
    "no deals": dated("leads", LEADS, [DAY])
    | logged("changes", DAY, [{"lead": "L1", "stage": "mql", "at": "2026-08-04T09:00"}]),
    "no rows": dated("deals", {}, [DAY]) | dated("leads", {}, [DAY]),
    "one deal": dated("deals", {"D1": once()}, [DAY]),
    "one won": dated("deals", {"D1": once(stage="Closed Won", close="2026-08-20")}, [DAY]),
    "no stage of ours": dated("deals", {"D1": once(stage="Legal"), "D2": once(stage="")}, [DAY]),
    "no rate": dated("deals", {"D1": once(currency="EUR"), "D2": once(currency="GBP")}, [DAY]),
}
"""Exports by what is odd about them. Every deal is worth 100,000, and closes on 15 September."""
OPEN = {
    "no deals": (Decimal(0), 0, 0),
    "no rows": (Decimal(0), 0, 0),
    "one deal": (Decimal(100_000), 1, 0),
    "one won": (Decimal(0), 0, 0),
    "no stage of ours": (Decimal(0), 0, 0),
    "no rate": (Decimal(110_000), 2, 1),
}
"""Open pipeline: its amount, how many deals, and how many of them nobody can value."""


@pytest.fixture(scope="module", params=list(ODD))
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Workspace]:
    return request.param, Tiny(ODD[request.param]).refreshed(tmp_path_factory.mktemp("odd"))


WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"period": "2027-Q3", "by": ("segment",)},
    {"period": "2027-Q3", "by": ("segment",), "org": "as-is"},
    {"by": ("segment",), "said_then": True},
)
"""Ways to ask. Of each company every number is asked once; the ways take turns."""


def test_every_number_has_a_value_or_a_reason(company: tuple[str, Workspace]) -> None:
    name, workspace = company
    with opened(workspace) as asked:
        for place, metric in enumerate(METRICS, start=list(ODD).index(name)):
            question = Question(metric.id, as_of=stored(DAY), **WAYS[place % len(WAYS)])
            for row in ask(asked, question).rows:
                assert (row.value is None) == bool(row.absent), (question, row)
                assert row.value is None or (math.isfinite(row.value) and row.value >= 0), (question, row)
                assert 0 <= row.unvalued <= row.n, (question, row)


def test_what_is_open_is_counted_and_nothing_else(company: tuple[str, Workspace]) -> None:
    name, workspace = company
    total = answered(workspace, "pipeline.open", DAY).total
    assert (total.value, total.n, total.unvalued) == OPEN[name]


def test_a_deal_in_no_stage_of_ours_is_told(company: tuple[str, Workspace]) -> None:
    name, workspace = company
    told = [note for note in answered(workspace, "pipeline.open", DAY).notes if "in no stage" in note]
    expected = ["2 opportunities are in no stage that the contract has: not counted."]
    assert told == (expected if name == "no stage of ours" else [])
