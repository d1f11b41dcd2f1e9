"""`tieout pull`, `tieout refresh` and the commands of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tieout.basics.findings import Level, worst
from tieout.basics.workspace import Workspace
from tieout.commands.asking import company_of
from tieout.commands.result import Form, Output, Result, page, status_of
from tieout.contract.load import load_contract
from tieout.contract.model import Company
from tieout.ends import BridgeTerms, EndAsked
from tieout.erasing import finish
from tieout.history.changes import rebuild
from tieout.history.ledger import Ledger, verify
from tieout.history.pull import PullReport, pull
from tieout.measure.answers import Bridge, QuestionError
from tieout.measure.numbers.catalogue import BY_ID
from tieout.questions import bridge_builds
from tieout.refresh import RefreshReport, refresh
from tieout.show.as_json import dumps, findings_json
from tieout.show.findings import findings_lines
from tieout.show.pulls import ledger_json, ledger_page, pull_json, pull_lines
from tieout.show.refreshed import Refreshed, refreshed_json, refreshed_page
from tieout.warehouse.engine import memory
from tieout.warehouse.lock import writing


@dataclass(frozen=True, slots=True)
class Run:
    """What a writing command is given: the clock, the environment, what a person lets through, and who watches."""

    now: datetime
    environment: Mapping[str, str]
    accept: tuple[str, ...] = ()
    progress: Callable[[str, int, int], None] | None = None


def refresh_all(workspace: Workspace, run: Run, output: Output) -> Result:
    """Bring the published numbers up to date, and tell what changed since last time."""
    accept = accepted(workspace, run)
    report = refresh(workspace, run.now, accept, run.progress, run.environment)
    change = what_changed(workspace, report)
    status = status_of(report.findings)
    company = company_of(workspace) if report.after else Company()
    done = Refreshed(report.pull, report.before, report.after, change, report.findings, company)
    if output.form is Form.JSON:
        return Result(dumps(refreshed_json(done)), status)
    return page(refreshed_page(output.terminal, done), status)


def pull_all(workspace: Workspace, run: Run, output: Output) -> Result:
    """Pull what is new, and stop there."""
    contract, findings = load_contract(workspace.contract, tuple(BY_ID))
    report: PullReport | None = None
    if worst(findings) is not Level.ERROR:
        accept = accepted(workspace, run)
        with writing(workspace, run.now):
            finish(workspace, run.now)
        report = pull(workspace, contract, run.now, accept, run.progress, run.environment)
        findings = (*findings, *report.findings)
    status = status_of(findings)
    if output.form is Form.JSON:
        return Result(dumps({"pull": pull_json(report), **findings_json(findings)}), status)
    zone = ZoneInfo(contract.company.time_zone)
    return page([*pull_lines(output.terminal, report, zone), *findings_lines(output.terminal, findings)], status)


def rebuild_changes(workspace: Workspace, run: Run, output: Output) -> Result:
    """Check every pull and derive all changes again."""
    with writing(workspace, run.now), memory() as engine:
        ledger = Ledger(workspace)
        files = rebuild(ledger, engine)
    return _ledger(ledger, output, files)


def verify_ledger(workspace: Workspace, output: Output) -> Result:
    """Read every file of the ledger and compare it with what was committed."""
    ledger = Ledger(workspace)
    verify(ledger)
    return _ledger(ledger, output, None)


def _ledger(ledger: Ledger, output: Output, files: int | None) -> Result:
    status = status_of(ledger.findings)
    if output.form is Form.JSON:
        return Result(dumps(ledger_json(ledger, files) | findings_json(ledger.findings)), status)
    lines = [*ledger_page(output.terminal, ledger, files), *findings_lines(output.terminal, ledger.findings)]
    return page(lines, status)


def accepted(workspace: Workspace, run: Run) -> frozenset[str]:
    """Give the objects whose deletions are let through. Raises QuestionError for one that is not in the contract."""
    if not run.accept:
        return frozenset()
    contract, _ = load_contract(workspace.contract)
    known = [f"{system}.{name}" for system, terms in contract.sources.items() for name in terms.objects]
    for given in run.accept:
        if given not in known:
            message = f"'{given}' is not an object of the contract. Allowed: {', '.join(known) or 'none yet'}."
            raise QuestionError(message)
    return frozenset(run.accept)


def what_changed(workspace: Workspace, report: RefreshReport) -> Bridge | None:
    """Give the bridge from the agreed number published before to that of now; None where it is the same build."""
    if report.before is None or report.after is None or report.before.key == report.after.key:
        return None
    if report.before.version != report.after.version:  # another program's tables may mean something else
        return None
    agreed = EndAsked("agreed")
    return bridge_builds(workspace, (agreed, report.before), (agreed, report.after), BridgeTerms())
