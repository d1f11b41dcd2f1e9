"""`tieout show stages`: how deals go through the stages."""

from __future__ import annotations

from tieout.basics.workspace import Workspace
from tieout.commands.asking import Moments, viewed
from tieout.commands.result import Output, Result, finished
from tieout.measure.answers import Question
from tieout.measure.stages.stages import stages
from tieout.show.html.page import MOST, html_of
from tieout.show.over_time.stages import stages_csv, stages_json, stages_page
from tieout.show.over_time.stages_html import stages_html


def show_stages(workspace: Workspace, question: Question, moments: Moments, output: Output) -> Result:
    """Show conversion, time, velocity and stalls of the stages, in total and by slices."""
    with viewed(workspace, question, moments, output) as (company, asking, asked):
        found = stages(asked, asking, None if output.file is None else MOST + 1)
    return finished(
        output,
        lambda: html_of(stages_html(found, company)),
        lambda: stages_json(found, company.currency),
        lambda: stages_csv(found),
        lambda: stages_page(output.terminal, found, company),
    )
