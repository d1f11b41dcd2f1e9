"""What a refresh did: what was pulled, what that changed in the one number, what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.as_json import bridge_json, build_json, findings_json
from tieout.show.bridge import names_of, waterfall
from tieout.show.findings import findings_lines
from tieout.show.pulls import pull_json, pull_lines

if TYPE_CHECKING:
    from tieout.basics.findings import Finding
    from tieout.contract.model import Company
    from tieout.history.pull import PullReport
    from tieout.measure.answers import Bridge
    from tieout.show.terminal import Terminal
    from tieout.warehouse.builds import BuildFacts

MOST = 6


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What there is to tell: the pull (None where the contract kept it from running), the builds, and the change."""

    pull: PullReport | None
    before: BuildFacts | None
    after: BuildFacts | None
    change: Bridge | None
    findings: Sequence[Finding]
    company: Company


def refreshed_page(terminal: Terminal, done: Refreshed) -> list[str]:
    """Give the lines of a refresh."""
    change, after, company = done.change, done.after, done.company
    zone = ZoneInfo(company.time_zone)
    lines = pull_lines(terminal, done.pull, zone)
    if change:
        names = names_of(change, zone)
        moved = "What changed in the agreed number" if change.lines else "The agreed number did not change"
        lines += [terminal.paint(f"{moved}, {change.period}", "title")]
        lines += [*waterfall(terminal, change, company, names), ""]
    lines += findings_lines(terminal, done.findings, MOST if done.pull else None)
    if after is None:
        why = "no export has been pulled yet." if done.pull else "the contract has errors. Mend them and refresh again."
        return [*lines, "", f"Nothing was published: {why}"]
    heard = figures.stamp(after.heard_until, zone)
    told = [f"published build {after.key}", f"heard until {heard}", f"ledger {after.position}"]
    return [*lines, "", *terminal.label([*told, f"contract {after.fingerprint}"])]


def refreshed_json(done: Refreshed) -> dict[str, Any]:
    """Give the document of `tieout refresh`."""
    return {
        "pull": pull_json(done.pull),
        "before": build_json(done.before),
        "build": build_json(done.after),
        "change": bridge_json(done.change, done.company.currency) if done.change else None,
        **findings_json(done.findings),
    }
