"""A folder of exports typed in the test, and what is proposed for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest

from tieout.propose.plan import Plan, Proposal
from tieout.propose.propose import propose

NOW = datetime(2026, 7, 31, 9, 0)
Proposing = Callable[[dict[str, str]], Proposal]


@pytest.fixture
def proposed(tmp_path: Path) -> Proposing:
    """Write files, given as name to text, and propose a contract from them."""

    def make(files: dict[str, str]) -> Proposal:
        for name, text in files.items():
            path = tmp_path / "exports" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return propose(tmp_path / "exports", tmp_path, NOW)

    return make


def plan_of(proposal: Proposal, name: str) -> Plan:
    """Give the plan of an object by its name."""
    return next(plan for plan in proposal.plans if plan.name == name)
