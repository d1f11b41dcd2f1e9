"""What a refresh did: what was pulled, what that changed in the one number, what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
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


def refreshed_page(  # noqa: PLR0913, PLR0917 - a report has these parts
    terminal: Terminal,
    report: PullReport | None,
    after: BuildFacts | None,
    change: Bridge | None,
    findings: Sequence[Finding],
    company: Company | None,
) -> list[str]:
    """Give the lines of a refresh."""
    lines = pull_lines(terminal, report)
    if change and company:
        names = names_of(change, ZoneInfo(company.time_zone))
        moved = "What changed in the agreed number" if change.lines else "The agreed number did not change"
        lines += [terminal.paint(f"{moved}, {change.period}", "title")]
        lines += [*waterfall(terminal, change, company, names), ""]
    lines += findings_lines(terminal, findings, MOST if report else None)
    if after is None:
        why = "no export has been pulled yet." if report else "the contract has errors. Mend them and refresh again."
        return [*lines, "", f"Nothing was published: {why}"]
    zone = ZoneInfo(company.time_zone) if company else ZoneInfo("UTC")
    heard = figures.stamp(after.heard_until, zone)
    told = f"Published build {after.key}: heard until {heard}, ledger {after.position}, contract {after.fingerprint}"
    return [*lines, "", *terminal.wrap(told, style="label")]


def refreshed_json(
    report: PullReport | None,
    before: BuildFacts | None,
    after: BuildFacts | None,
    change: Bridge | None,
    findings: Sequence[Finding],
    company: Company | None = None,
) -> dict[str, Any]:
    """Give the document of `tieout refresh`."""
    return {
        "pull": pull_json(report),
        "before": build_json(before),
        "build": build_json(after),
        "change": bridge_json(change, company.currency if company else None) if change else None,
        **findings_json(findings),
    }
