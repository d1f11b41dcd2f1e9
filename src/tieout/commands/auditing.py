"""`tieout audit` and `tieout sources`: what the data is like, and where it comes from."""

from __future__ import annotations

from tieout.basics.workspace import Workspace
from tieout.commands.result import Form, Output, Result, page
from tieout.measure.diagnosis.audit import audit
from tieout.questions import opened
from tieout.show.as_csv import audit_csv
from tieout.show.as_json import dumps
from tieout.show.audit import audit_json, audit_page

WORST, NAMED, ALL = 3, 10, 1_000_000_000


def show_audit(workspace: Workspace, output: Output, *, records: bool) -> Result:
    """Show the audit of the published build; `records` names the worst of each rule, in files all of them."""
    most = (NAMED if output.form is Form.TEXT else ALL) if records else WORST
    with opened(workspace) as asked:
        found = audit(asked, records=most)
    match output.form:
        case Form.JSON:
            return Result(dumps(audit_json(found)))
        case Form.CSV:
            return Result(audit_csv(found.checks, records=records))
        case Form.TEXT:
            return page(audit_page(output.terminal, found, records=records))
