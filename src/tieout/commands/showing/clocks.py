"""`tieout show clocks`: how soon hand-offs are answered, and why they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.commands.asking import filled
from tieout.commands.result import Output, Result, finished
from tieout.measure.clocks.table import METRIC, clocks
from tieout.questions import known_then
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
    return finished(
        output,
        lambda: html_of(clocks_html(found, company)),
        lambda: clocks_json(found),
        lambda: clocks_csv(found),
        lambda: clocks_page(output.terminal, found, company),
    )
