"""A deal was pushed as often wherever it is asked: by staleness, by the slip rate and by the waterfall."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.oracles.tiny import PIPELINE, Life, Tiny, answered, dated, slices
from tieout import Workspace
from tieout.waterfall import WaterfallAsked, waterfall

DAYS = ["2026-07-10", "2026-08-12", "2026-08-31", "2026-10-05"]
CLOSED = {"stage": "Closed Won", "close": "2026-08-04"}
BEGUN = "2026-07-06T12:00"
LIVES: dict[str, Life] = {
    "never": [(BEGUN, {"close": "2026-09-15"})],
    "once": [(BEGUN, {"close": "2026-08-20"}), ("2026-08-10T12:00", {"close": "2026-09-15"})],
    # Won on its day, and re-opened with the close date that it had: nothing was pushed.
    "re-opened": [
        (BEGUN, {"close": "2026-09-15"}),
        ("2026-08-05T12:00", CLOSED),
        ("2026-08-20T12:00", {"stage": "Proposal", "close": "2026-09-15"}),
    ],
    # Won, and re-opened for a later day than it had while it was open: pushed once.
    "re-opened later": [
        (BEGUN, {"close": "2026-08-25"}),
        ("2026-08-05T12:00", CLOSED),
        ("2026-08-20T12:00", {"stage": "Proposal", "close": "2026-09-20"}),
    ],
}
PUSHED = {"once", "re-opened later"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    terms: dict[str, Any] = deepcopy(PIPELINE) | {"stale": {"past_due": False, "pushed": 1}}
    return Tiny(dated("deals", LIVES, DAYS), {"pipeline": terms}).refreshed(tmp_path_factory.mktemp("pushes"))


def test_by_staleness(workspace: Workspace) -> None:
    found = answered(workspace, "pipeline.stale", "2026-09-01", by=("why",), records=True).records or ()
    assert {str(row["record"]): row["why"] for row in found} == dict.fromkeys(PUSHED, "pushed")


def test_by_the_slip_rate(workspace: Workspace) -> None:
    found = slices(answered(workspace, "slip_rate.count", "2026-10-02", period="2026-09", by=("pushes",)))
    assert {pushes: row.n for pushes, row in found.items()} == {"0": 2, "1": 2}


def test_by_the_waterfall(workspace: Workspace) -> None:
    made = waterfall(workspace, WaterfallAsked("2026-07-10", "2026-09-01", closing="any", deals=True))
    assert {deal.record: deal.pushed for deal in made.bridge.deals if deal.pushed} == dict.fromkeys(PUSHED, 1)
