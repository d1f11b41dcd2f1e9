"""`tieout bridge` and `tieout lenses`: from one figure to another, and every team's figure tied out."""

from __future__ import annotations

from tieout.basics.workspace import Workspace
from tieout.commands.asking import company_of
from tieout.commands.result import FOUND, OK, Form, Output, Result, page, written
from tieout.ends import BridgeTerms, read_end
from tieout.questions import bridge
from tieout.show.as_csv import bridge_csv
from tieout.show.as_json import bridge_json, dumps
from tieout.show.bridge import bridge_page
from tieout.show.html.page import html_of
from tieout.show.tie_out import tie_out_json, tie_out_page
from tieout.show.tie_out_html import tie_out_html
from tieout.tie_out import tie_out


def explain(
    workspace: Workspace, ends: tuple[str, str], terms: BridgeTerms, output: Output, *, records: bool = False
) -> Result:
    """Explain the difference between two figures; status 1 should anything ever stay unexplained."""
    start, end = (read_end(text) for text in ends)
    found = bridge(workspace, start, end, terms)
    company = company_of(workspace)
    status = FOUND if any(part.residual for part in (found, *found.slices)) else OK
    match output.form:
        case Form.JSON:
            return Result(dumps(bridge_json(found, company.currency, records=records)), status)
        case Form.CSV:
            return Result(bridge_csv(found, records=records), status)
        case Form.TEXT:
            return page(bridge_page(output.terminal, found, company, records=records), status)


def show_lenses(workspace: Workspace, terms: BridgeTerms, as_of: str | None, output: Output) -> Result:
    """Show the agreed number, each team's own, and the bridges between; status 1 should anything stay unexplained."""
    found = tie_out(workspace, terms, as_of)
    status = FOUND if any(each.bridge.residual for each in found.teams) else OK
    if output.file:
        return written(output.file, html_of(tie_out_html(found)), status)
    if output.form is Form.JSON:
        return Result(dumps(tie_out_json(found)), status)
    return page(tie_out_page(output.terminal, found), status)
