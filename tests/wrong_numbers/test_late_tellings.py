"""What is told late doubles nothing: a lead of which a later telling says an earlier moment owes its fields once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.oracles.tiny import MAPPED, Fields, Tiny, answered, text

LIFECYCLE = {"stages": [{"name": "New", "required": ["source", "status"]}]}
FULL: dict[str, Any] = {"key": "id", "modified": "modified"}
LOG: dict[str, Any] = {"mode": "log", "key": ["id", "modified"], "at": "modified"}
TIMES = (("2026-07-01", "2026-07-01T12:00"), ("2026-08-10", "2026-08-10T12:00"), ("2026-08-20", "2026-07-20T12:00"))
"""When each change is exported, and when it happened: the last export tells of one before the second."""


def told(*names: str) -> Fields:
    """One export for each time, of the objects in turn."""
    return {
        f"{name}_{day}.csv": text("leads", [{"id": "L", "modified": at, "status": f"status {day}"}])
        for name, (day, at) in zip(names, TIMES, strict=True)
    }


@pytest.mark.parametrize(
    ("exports", "terms"),
    [(told("leads", "leads", "leads"), LOG), (told("leads", "leads", "deals"), FULL)],
    ids=["a log", "two objects"],
)
def test_a_lead_told_late_owes_its_fields_once(tmp_path: Path, exports: Fields, terms: dict[str, Any]) -> None:
    names = {name.partition("_")[0] for name in exports}
    mapped = MAPPED["leads"] | terms | {"fields": MAPPED["leads"]["fields"] | {"id": "id"}}
    objects = {name: mapped | {"files": f"{name}_*.csv"} for name in sorted(names)}
    contract = {"sources": {"crm": {"path": "exports", "objects": objects}}, "lifecycle": LIFECYCLE}
    workspace = Tiny(exports, contract).refreshed(tmp_path)
    for day in ("2026-07-10", "2026-07-25", "2026-08-15"):
        total = answered(workspace, "completeness.leads", day).total
        assert (total.value, total.n) == (0.5, 2), day
