"""The whole line: pull, keep, align, measure, publish. Read this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level
from tieout.building import build
from tieout.contract.archive import archive
from tieout.contract.load import load_contract
from tieout.erasing import finish
from tieout.history.ledger import Ledger, watch_over
from tieout.history.pull import PullReport, pull
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.question import Asked
from tieout.measure.said import say
from tieout.measure.sheets.filed import file_sheets
from tieout.warehouse.builds import BuildFacts, build_path, publish, published_or_none
from tieout.warehouse.contents import findings_in
from tieout.warehouse.engine import reading
from tieout.warehouse.lock import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tieout.basics.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did. `before` and `after` are the builds that were and are published; None where there is none."""

    findings: tuple[Finding, ...]
    pull: PullReport | None = None
    before: BuildFacts | None = None
    after: BuildFacts | None = None


def refresh(
    workspace: Workspace,
    now: datetime,
    accept: frozenset[str] = frozenset(),
    progress: Callable[[str, int, int], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> RefreshReport:
    """Bring the published numbers up to date. `now` is UTC without zone.

    1. Finish an erasure that was begun, and read the contract with its teams' lists; errors change nothing.
    2. Pull what is new. 3. Build, unless this very build is there. 4. Say the numbers. 5. Publish.

    Raises WorkspaceBusyError while another process writes.
    """
    with writing(workspace, now):
        finish(workspace, now)
        contract, findings = load_contract(workspace.contract, tuple(BY_ID))
        findings = (*findings, *file_sheets(workspace, contract))
        if any(finding.level is Level.ERROR for finding in findings):
            return RefreshReport(findings)
        report = pull(workspace, contract, now, accept, progress, environment)
        before = published_or_none(workspace)
        ledger = Ledger(workspace)
        watch_over(ledger)
        if not ledger.pulls():
            return RefreshReport((*findings, *report.findings), report, before)
        fingerprint = archive(contract, workspace.archive)
        after = build(workspace, ledger, contract, fingerprint, progress=progress)
        with reading(build_path(workspace, after.key)) as engine:
            say(workspace, Asked(engine, contract, after), now)
            of_data = findings_in(engine)
        publish(workspace, after, now)
    damaged = (finding for finding in ledger.findings if finding not in report.findings)
    told = (*findings, *report.findings, *damaged, *of_data)
    return RefreshReport(told, report, before, after)
