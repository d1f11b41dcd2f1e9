"""`tieout audit` and `tieout sources`: what the data is like, and where it comes from."""

from __future__ import annotations

from datetime import datetime

from tieout.basics.workspace import Workspace
from tieout.commands.result import Form, Output, Result, page
from tieout.inventory import field_named, inventory
from tieout.measure.diagnosis.audit import audit
from tieout.questions import opened
from tieout.show.as_csv import audit_csv
from tieout.show.as_json import dumps
from tieout.show.audit import audit_json, audit_page
from tieout.show.sources import field_json, field_page, mermaid, sources_json, sources_page

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


def show_sources(workspace: Workspace, now: datetime, field: str | None, output: Output, *, chart: bool) -> Result:
    """Show the inventory of sources, one field of it, or its chart. `now` is UTC without zone."""
    found = inventory(workspace, now)
    if chart:
        return Result(mermaid(found))
    if field:
        one = field_named(found, field)
        if output.form is Form.JSON:
            return Result(dumps(field_json(one)))
        return page(field_page(output.terminal, found, one))
    if output.form is Form.JSON:
        return Result(dumps(sources_json(found)))
    return page(sources_page(output.terminal, found))
