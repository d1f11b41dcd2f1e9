"""`tieout check` and `tieout history`: what a person should look at, and one record's life."""

from __future__ import annotations

from tieout.basics.workspace import Workspace
from tieout.check import check
from tieout.commands.pulling import Run
from tieout.commands.result import Form, Output, Result, page, status_of
from tieout.measure.life import life_of
from tieout.questions import opened
from tieout.show.as_json import dumps, findings_json
from tieout.show.findings import findings_lines
from tieout.show.life import life_json, life_page


def check_all(workspace: Workspace, run: Run, output: Output) -> Result:
    """Check everything; status 1 where something is an error."""
    findings = check(workspace, run.now, run.environment)
    status = status_of(findings)
    if output.form is Form.JSON:
        return Result(dumps(findings_json(findings)), status)
    return page(findings_lines(output.terminal, findings), status)


def show_life(workspace: Workspace, record: str, terms: tuple[str | None, str | None], output: Output) -> Result:
    """Show the life of one record; `terms` are the period and the calendar of its memberships."""
    with opened(workspace) as asked:
        life = life_of(asked, record, *terms)
        company = asked.contract.company
    if output.form is Form.JSON:
        return Result(dumps(life_json(life, company.currency)))
    return page(life_page(output.terminal, life, company))
