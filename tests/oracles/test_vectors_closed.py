"""The house's vectors of win rates and cycle times, through the whole line, with everything that must not count beside."""

from __future__ import annotations

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, records, slices
from tieout import Workspace

DAYS = ["2026-05-31", "2026-06-30", "2026-07-10", "2026-07-31", "2026-09-30", "2026-10-31", "2026-11-15"]
QUARTER = "2027-Q3"
"""August to October 2026."""


def closed(stage: str, arr: str, close: str = "2026-08-15", at: str = "2026-08-15T12:00", **fields: str) -> Life:
    """A deal qualified on 10 June and closed later."""
    begun = {"arr": arr, "stage": "Qualification", **fields}
    return [("2026-06-10T12:00", begun), (at, {"stage": stage, "close": close})]


def nine() -> dict[str, Life]:
    """Won 50, 20, 10; lost 100, 15, 5, 5, 5, 5; open 2."""
    won = {f"W{n}": closed("Closed Won", arr, segment="nine") for n, arr in enumerate(("50", "20", "10"))}
    lost = ("100", "15", "5", "5", "5", "5")
    return won | {f"L{n}": closed("Closed Lost", arr, segment="nine") for n, arr in enumerate(lost)} | {
        f"N{n}": closed("Qualification", "7", segment="nine") for n in range(2)
    }  # fmt: skip


def many() -> dict[str, Life]:
    """30 of 120."""
    stages = ["Closed Won"] * 30 + ["Closed Lost"] * 90
    return {f"M{n:03}": closed(stage, "10", segment="many") for n, stage in enumerate(stages)}


def outside() -> dict[str, Life]:
    """One won and one lost deal that count, and those that never do."""
    here = {"segment": "outside"}
    lives = {
        "C1": closed("Closed Won", "10", **here),
        "C2": closed("Closed Lost", "10", reason="", **here) if False else closed("Closed Lost", "10", **here),
        "renewal": closed("Closed Won", "10", type="renewal", **here),
        "expansion": closed("Closed Won", "10", type="expansion", **here),
        "no type": closed("Closed Won", "10", type="", **here),
        "disqualified": closed("Disqualified", "10", **here),
        "never qualified": [("2026-06-10", {**here, "stage": "Discovery"}), ("2026-08-15", {"stage": "Closed Lost"})],
        "merged": closed("Closed Lost", "10", merged="C2", **here),
        "double": closed("Closed Lost", "10", **here),
        "excluded": closed("Closed Lost", "10", **here),
        "excluded with its account": closed("Closed Lost", "10", account="A1", **here),
        "exclusion ran out": closed("Closed Lost", "10", **here),
        "deleted": [*closed("Closed Lost", "10", **here), ("2026-10-05T12:00", {"gone": "1"})],
        "unknown stage": closed("Signed?", "10", **here),
    }
    return {name: [(at, dict(fields)) for at, fields in life] for name, life in lives.items()}
