"""The README of the sample company: its numbers, files and traps, filled into a text."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from tieout.demo.plot import TOTALS, Truth
from tieout.demo.sheet import LENSES
from tieout.demo.world import World

COUNTING = {
    "agreed": "open, new or expansion, from Qualification on, due in the quarter and not past; ARR at plan rates",
    "marketing": "each credit of the quarter (several on some records), whatever became of its deal; TCV at spot",
    "sales": "also renewals and past due deals; accepted, from Proposal on, without the partners'; ACV at plan rates",
    "finance": "also renewals; the group's quarter, as of the last month end; TCV weighted by stage, at plan rates",
}
SHOWN = 60
"""So many records of a trap are listed here; all are in truth/traps.csv."""


def readme(world: World, truth: Truth) -> str:
    """Fill the README."""
    rows = (f"| {lens} | ${TOTALS[lens]:,.2f} | {truth.counts[lens]} | {COUNTING[lens]} |" for lens in LENSES)
    text = (files("tieout.demo") / "marlow" / "README.md").read_text(encoding="utf-8")
    return Template(text).substitute(
        numbers="\n".join(rows),
        balancing="; ".join(truth.balancing),
        traps="\n".join(_trap(*trap) for trap in sorted(world.traps.items())),
    )


def _trap(name: str, records: list[str]) -> str:
    more = f" and {len(records) - SHOWN} more (`truth/traps.csv`)" if len(records) > SHOWN else ""
    return f"* **{name}** ({len(records)}): {', '.join(records[:SHOWN])}{more}"
