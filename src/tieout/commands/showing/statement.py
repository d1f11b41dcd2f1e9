"""`tieout show statement`: the account between marketing and sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.commands.asking import filled
from tieout.commands.result import Output, Result, finished
from tieout.measure.clocks.statement import METRIC, statement
from tieout.questions import known_then
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
    return finished(
        output,
        lambda: html_of(statement_html(found, company)),
        lambda: statement_json(found),
        lambda: statement_csv(found),
        lambda: statement_page(output.terminal, found, company),
    )
