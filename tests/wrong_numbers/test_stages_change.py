"""A new contract renames, moves or removes a stage: past stays mean the right thing, or are left out and it is said."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.oracles.tiny import PIPELINE, Life, Tiny, answered, dated, slices
from tieout import Workspace

DAYS = ["2026-06-10", "2026-06-20", "2026-07-05", "2026-07-20"]
AS_OF = "2026-07-20"


def deal(*stages: str) -> Life:
    """A deal that was in stages on the four days."""
    return [(f"{day}T12:00", {"stage": stage}) for day, stage in zip(DAYS, stages, strict=False)]


LIVES: dict[str, Life] = {
    "through": deal("Discovery", "Qualification", "Proposal", "Closed Won"),
    "lost": deal("Discovery", "Qualification", "Proposal", "Closed Lost"),
    "stays": deal("Discovery", "Qualification"),
    "new": deal("Discovery"),
}


def agreed(tmp_path: Path, change: str | None = None) -> Workspace:
    """The company under a contract that knows its stages, or one in which `Proposal` was changed."""
    pipeline: dict[str, Any] = deepcopy(PIPELINE)
    stages = pipeline["stages"]
    if change == "removed":
        stages[:] = [stage for stage in stages if stage["name"] != "Proposal"]
    elif change == "renamed":
        stages[2] |= {"name": "Offer", "also": ["Proposal"]}
    elif change == "moved":
        stages[1], stages[2] = stages[2], stages[1]
    return Tiny(dated("deals", LIVES, DAYS), {"pipeline": pipeline}).refreshed(tmp_path)


def rates(workspace: Workspace, metric: str) -> dict[str, tuple[int, int]]:
    """Numerator and denominator by stage."""
    found = slices(answered(workspace, metric, AS_OF, by=("stage",)))
    return {stage: (round(float(row.value or 0) * row.n), row.n) for stage, row in found.items()}


def test_a_renamed_stage_keeps_its_past(tmp_path: Path) -> None:
    before, after = agreed(tmp_path / "before"), agreed(tmp_path / "after", "renamed")
    expected = {"Discovery": (3, 4), "Qualification": (2, 3), "Proposal": (1, 2)}
    assert rates(before, "stages.conversion") == expected
    expected["Offer"] = expected.pop("Proposal")
    assert rates(after, "stages.conversion") == expected
    assert not answered(after, "stages.conversion", AS_OF).notes


def test_a_stage_that_moved_stands_in_its_new_place(tmp_path: Path) -> None:
    """Proposal now comes before Qualification: two deals went back to it, one has jumped over it."""
    after = agreed(tmp_path, "moved")
    assert rates(after, "stages.conversion") == {"Discovery": (3, 4), "Proposal": (3, 3), "Qualification": (1, 3)}
    assert rates(after, "stages.regress_rate")["Qualification"] == (2, 3)
    assert rates(after, "stages.skip_rate")["Proposal"] == (3, 3)


def test_who_was_in_a_removed_stage_is_left_out_and_told(tmp_path: Path) -> None:
    after = agreed(tmp_path, "removed")
    assert rates(after, "stages.conversion") == {"Discovery": (1, 2), "Qualification": (0, 1)}
    told = "2 opportunities were in stages that the contract does not have ('Proposal'): left out."
    assert answered(after, "stages.conversion", AS_OF).notes == (told,)
    for metric in ("stages.skip_rate", "stages.time.latest.median", "stages.reentry_rate"):
        assert told in answered(after, metric, AS_OF).notes
    before = answered(after, "stages.conversion", "2026-06-20", by=("stage",))
    assert {stage: row.n for stage, row in slices(before).items()} == {"Discovery": 4, "Qualification": 3}
    assert not before.notes
