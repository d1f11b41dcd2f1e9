"""`tieout init FOLDER --from EXPORTS`: a contract proposed from exports, and the first number that they give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.basics.workspace import Workspace
from tieout.commands.asking import company_of
from tieout.commands.pulling import Run
from tieout.commands.result import FOUND, Form, Output, Result, page, status_of
from tieout.contract.starter import refused_folder, write_starter
from tieout.measure.answers import Answer, Question, QuestionError
from tieout.propose.plan import Proposal, dated
from tieout.propose.propose import NoExportsError, propose
from tieout.propose.write import contract_texts
from tieout.questions import ask
from tieout.refresh import RefreshReport, refresh
from tieout.show.answer import answer_page
from tieout.show.as_json import answer_json, dumps, findings_json
from tieout.show.findings import findings_lines, told
from tieout.show.proposal import ended_lines, proposal_json, proposal_page
from tieout.warehouse.builds import NotPublishedError

FIRST = ("pipeline.open_qualified", "pipeline.open", "bookings", "revenue.realised", "conversion.lead_to_won")
"""The numbers tried in order: the first that counts any record is shown."""
DATED = ("bookings", "conversion.lead_to_won")
"""Without a date of closing, each deal would count as won when it was first seen."""
MOST = 6


def propose_contract(folder: Path, exports: Path, run: Run, output: Output, *, refresh: bool = True) -> Result:
    """Propose a contract from exports and write it; then pull them and give the first number.

    Raises QuestionError where there is nothing to propose from.
    """
    if refused := refused_folder(folder):
        return _refused(refused, output)
    try:
        proposal = propose(exports, folder, run.now, run.progress)
    except NoExportsError as error:
        raise QuestionError(str(error)) from error
    files, findings = write_starter(folder, contract_texts(proposal))
    if findings:
        return _refused(findings, output)
    workspace = Workspace(folder.absolute())
    report = _refreshed(workspace, run) if refresh else None
    answer, tried = _first(workspace, proposal) if report and report.after else (None, [])
    found = report.findings if report else ()
    status = status_of(found)
    if output.form is Form.JSON:
        document = proposal_json(proposal, folder, files) | {"first_number": None, "tried": tried}
        if answer:
            document["first_number"] = answer_json(answer, company_of(workspace).currency)
        return Result(dumps(document | findings_json(found)), status)
    lines = proposal_page(output.terminal, proposal, folder)
    if report:
        lines += _figure(workspace, (proposal, answer, tried), report, output)
        lines += ended_lines(output.terminal, proposal) if answer is None else []
    lines += ["", "Correct the contract where it is wrong, then:", ""]
    lines += [f"  tieout check --workspace {folder}", f"  tieout refresh --workspace {folder}"]
    return page(lines, status)


def _refused(findings: Sequence[Finding], output: Output) -> Result:
    if output.form is Form.JSON:
        return Result(dumps(findings_json(findings)), FOUND)
    return page(findings_lines(output.terminal, findings), status_of(findings))


def _refreshed(workspace: Workspace, run: Run) -> RefreshReport:
    return refresh(workspace, run.now, progress=run.progress, environment=run.environment)


def _first(workspace: Workspace, proposal: Proposal) -> tuple[Answer | None, list[str]]:
    """Ask the numbers one after another, of the quarter that the data ends in and then of all time.

    Tell which ones counted nothing.
    """
    empty: list[str] = []
    quarter: str | None = None
    for metric in (one for one in FIRST if one not in DATED or dated(proposal)):
        for period in dict.fromkeys([quarter, None]):
            try:
                answer = ask(workspace, Question(metric, period=period))
            except (QuestionError, NotPublishedError):
                continue
            quarter = quarter or answer.period
            if answer.total.value is not None and answer.total.n:
                return answer, empty
        empty.append(metric)
    return None, empty


def _nothing(proposal: Proposal) -> str:
    found = dict.fromkeys(plan.entity for plan in proposal.plans if plan.entity)
    if not found or {"opportunity", "lead", "revenue"} & set(found):
        return "Nothing that was pulled can be counted in a period; what is missing is listed above."
    told = ", ".join(f"{name}s" if name[-1] != "y" else f"{name[:-1]}ies" for name in found)
    return f"The first numbers count deals, leads or revenue; what was found is {told}. Add exports of them."


def _figure(
    workspace: Workspace,
    found: tuple[Proposal, Answer | None, list[str]],
    report: RefreshReport,
    output: Output,
) -> list[str]:
    proposal, answer, tried = found
    terminal = output.terminal
    errors = [one for one in report.findings if one.level is Level.ERROR]
    lines = ["", *findings_lines(terminal, errors, MOST)] if errors else []
    if answer is None:
        lines += ["", terminal.paint("No number yet", "title")]
        return [
            *lines,
            *terminal.wrap(_nothing(proposal), indent=2),
        ]
    lines += ["", *answer_page(terminal, answer, company_of(workspace))]
    if tried:
        lines += ["", *terminal.wrap(f"Shown because {' and '.join(tried)} counted no record.", indent=2)]
    if report.findings and not errors:
        lines += ["", f"{told(report.findings)} about the data: tieout check --workspace {workspace.root}"]
    return lines
