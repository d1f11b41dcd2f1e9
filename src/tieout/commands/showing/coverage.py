"""`tieout show coverage`: coverage beside what own history asks for."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.basics.workspace import Workspace
from tieout.commands.asking import Moments, viewed
from tieout.commands.result import Output, Result, finished
from tieout.measure.answers import Question
from tieout.measure.numbers.covered import cover
from tieout.measure.numbers.required import MOST
from tieout.show.html.page import html_of
from tieout.show.over_time.coverage import coverage_csv, coverage_json, coverage_page
from tieout.show.over_time.coverage_html import coverage_html


@dataclass(frozen=True, slots=True)
class Looked:
    """Which past is looked at: how many trailing quarters, at the end of which week; each week of them too."""

    quarters: int = MOST
    week: int | None = None
    weeks: bool = False


def show_coverage(workspace: Workspace, question: Question, moments: Moments, looked: Looked, output: Output) -> Result:
    """Show what coverage there is, what is needed by own history, and what is missing in money."""
    with viewed(workspace, question, moments, output) as (company, asking, asked):
        found = cover(asked, asking, looked.quarters, looked.week, weeks=looked.weeks)
    return finished(
        output,
        lambda: html_of(coverage_html(found, company)),
        lambda: coverage_json(found, company.currency),
        lambda: coverage_csv(found),
        lambda: coverage_page(output.terminal, found, company),
    )
