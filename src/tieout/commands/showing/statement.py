"""`tieout show statement`: the account between marketing and sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.commands.asking import filled
from tieout.commands.result import Form, Output, Result, page, written
from tieout.measure.clocks.statement import METRIC, statement
from tieout.questions import known_then
from tieout.show.as_json import dumps
from tieout.show.html.page import html_of
from tieout.show.over_time.statement import statement_csv, statement_json, statement_page
from tieout.show.over_time.statement_html import statement_html

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.commands.asking import Moments
    from tieout.measure.answers import Question

__all__ = ["METRIC", "show_statement"]


def show_statement(workspace: Workspace, question: Question, moments: Moments, output: Output) -> Result:
    """Show what both sides delivered against what they committed to."""
    company, asking = filled(workspace, question, moments)
    with known_then(workspace, asking) as asked:
        found = statement(asked, asking)
    if output.file:
        return written(output.file, html_of(statement_html(found, company)))
    match output.form:
        case Form.JSON:
            return Result(dumps(statement_json(found)))
        case Form.CSV:
            return Result(statement_csv(found))
        case Form.TEXT:
            return page(statement_page(output.terminal, found, company))
