"""A finding: something a person should look at, where it is, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters: an error stops its step, a warning may change a figure, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at; returned, never raised, so ten mistakes give ten findings.

    `code` is stable ("stage.unknown") and has its heading in the reference. `place` names a file and line
    ("contract/pipeline.yaml:12") or a record ("crm.opportunities 0061x"). `count` says how many records share it;
    `place` is then the first of them.
    """

    code: str
    level: Level
    place: str
    message: str
    remedy: str
    given: str | None = None
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    count: int = 1

    def sentence(self) -> str:
        """Tell the finding in one paragraph: place, what is wrong, what is allowed, the nearest, the remedy."""
        parts = [f"{self.place}  {self.message}"]
        if self.allowed:
            shown = ", ".join(self.allowed[:12]) + (", ..." if len(self.allowed) > 12 else "")
            parts.append(f"Allowed: {shown}.")
        if self.nearest:
            parts.append(f"Did you mean '{self.nearest}'?")
        parts.append(self.remedy)
        return " ".join(parts)


def nearest(given: str, allowed: Iterable[str]) -> str | None:
    """Find the allowed name that the given one was probably meant to be, compared case-folded."""
    folded = {name.casefold(): name for name in allowed}
    found = difflib.get_close_matches(given.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def worst(findings: Iterable[Finding]) -> Level | None:
    """Give the gravest level among findings, or None where there are none."""
    levels = {finding.level for finding in findings}
    return next((level for level in Level if level in levels), None)
