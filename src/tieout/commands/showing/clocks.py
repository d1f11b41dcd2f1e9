"""`tieout show clocks`: how soon hand-offs are answered, and why they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.commands.asking import filled
from tieout.commands.result import Form, Output, Result, page, written
from tieout.measure.clocks.table import METRIC, clocks
from tieout.questions import known_then
from tieout.show.as_json import dumps
from tieout.show.html.page import html_of
from tieout.show.over_time.clocks import clocks_csv, clocks_json, clocks_page
from tieout.show.over_time.clocks_html import clocks_html

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.commands.asking import Moments
    from tieout.measure.answers import Question

__all__ = ["METRIC", "show_clocks"]


def show_clocks(workspace: Workspace, question: Question, moments: Moments, output: Output) -> Result:
    """Show the clocks of hand-offs in a period."""
    company, asking = filled(workspace, question, moments)
    with known_then(workspace, asking) as asked:
        found = clocks(asked, asking)
    if output.file:
        return written(output.file, html_of(clocks_html(found, company)))
    match output.form:
        case Form.JSON:
            return Result(dumps(clocks_json(found)))
        case Form.CSV:
            return Result(clocks_csv(found))
        case Form.TEXT:
            return page(clocks_page(output.terminal, found, company))
