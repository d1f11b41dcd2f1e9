"""Findings as people read them: the gravest first, each with its place, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.basics.findings import Finding, Level
from tieout.show import figures
from tieout.show.terminal import Terminal

LISTED = 12
"""How many allowed names a finding lists."""
ERRORS = 20
"""How many errors are shown where a page has room for a few findings only."""


def findings_lines(terminal: Terminal, findings: Sequence[Finding], most: int | None = None) -> list[str]:
    """Give findings under the sentence that counts them; with `most`, the rest is left to `tieout check`."""
    if not findings:
        return ["Nothing found that a person should look at."]
    ranked = sorted(findings, key=lambda finding: list(Level).index(finding.level))
    lines = [terminal.paint(told(findings), "title")]
    errors = sum(finding.level is Level.ERROR for finding in findings)
    shown = ranked if most is None else ranked[: max(most, min(errors, ERRORS))]
    for finding in shown:
        lines += ["", *_finding(terminal, finding)]
    if len(ranked) > len(shown):
        lines += ["", f"  ... and {figures.count(len(ranked) - len(shown))} more: tieout check"]
    return lines


def told(findings: Sequence[Finding]) -> str:
    """Count findings by level: "1 error, 2 warnings"."""
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    parts = [figures.counted(n, level.value) for level, n in counts.items() if n]
    return ", ".join(parts)


def _finding(terminal: Terminal, finding: Finding) -> list[str]:
    level = finding.level.value
    head = f"  {terminal.paint(level, level)}{' ' * (9 - len(level))}{finding.place}"
    lines = [f"{head}  {terminal.paint(finding.code, 'label')}"]
    message = finding.message[:1].upper() + finding.message[1:]
    lines += terminal.wrap(message, indent=11)
    if finding.allowed:
        shown = ", ".join(finding.allowed[:LISTED]) + (", ..." if len(finding.allowed) > LISTED else "")
        lines += terminal.wrap(f"Allowed: {shown}.", indent=11)
    remedy = f"Did you mean '{finding.nearest}'? " if finding.nearest else ""
    return lines + terminal.wrap(remedy + finding.remedy, indent=11, style="label")
