"""`tieout show waterfall`: where the pipeline came from and went."""

from __future__ import annotations

from dataclasses import replace

from tieout.basics.workspace import Workspace
from tieout.commands.asking import company_of
from tieout.commands.result import FOUND, OK, Form, Output, Result, finished
from tieout.show.bridge import SHOWN
from tieout.show.html.page import html_of
from tieout.show.over_time.waterfall import waterfall_csv, waterfall_json, waterfall_page
from tieout.show.over_time.waterfall_html import RECORDS, waterfall_html
from tieout.waterfall import WaterfallAsked, waterfall


def show_waterfall(workspace: Workspace, asked: WaterfallAsked, output: Output, *, records: bool = False) -> Result:
    """Show a waterfall; status 1 should anything ever stay unexplained."""
    found = waterfall(workspace, replace(asked, postings=_wanted(output, records=records)))
    company = company_of(workspace)
    status = FOUND if any(part.residual for part in (found.bridge, *found.bridge.slices)) else OK
    return finished(
        output,
        lambda: html_of(waterfall_html(found, company)),
        lambda: waterfall_json(found, company, records=records),
        lambda: waterfall_csv(found, records=records),
        lambda: waterfall_page(output.terminal, found, company, records=records),
        status,
    )


def _wanted(output: Output, *, records: bool) -> int | None:
    """Say how many postings of each cause are shown: what a page has room for, or all of them."""
    if output.file:
        return RECORDS
    if not records:
        return 0
    return SHOWN if output.form is Form.TEXT else None
