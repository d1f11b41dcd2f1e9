"""`tieout show funnel`: how far people come, by cohort or by flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tieout.commands.asking import Moments, viewed
from tieout.commands.result import Output, Result, finished
from tieout.contract.funnel import STEPS
from tieout.measure.answers import Question
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.measure.numbers.question import allowed
from tieout.show.html.page import html_of
from tieout.show.over_time.funnel import funnel_csv, funnel_json, funnel_page
from tieout.show.over_time.funnel_html import funnel_html

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FunnelGiven:
    """A funnel as a person asks for it."""

    cohort: Literal["mql", "lead"] = "mql"
    flow: bool = False
    within: int | None = None
    step: str | None = None

    def terms(self) -> FunnelTerms:
        """Read what was given. Raises QuestionError for a step that there is not."""
        step = self.step.strip().lower() if self.step else None
        if step:
            allowed("step", step, STEPS)
        chosen = next((one for one in STEPS if one == step), None)
        return FunnelTerms("flow" if self.flow else "cohort", self.cohort, self.within, chosen)

    @property
    def metric(self) -> str:
        """The number of the catalogue that the funnel belongs to."""
        return FunnelTerms("flow" if self.flow else "cohort", self.cohort).metric.id


def show_funnel(
    workspace: Workspace, question: Question, moments: Moments, given: FunnelGiven, output: Output
) -> Result:
    """Count a funnel and write it."""
    with viewed(workspace, question, moments, output) as (company, asking, asked):
        found = funnel(asked, asking, given.terms())
    return finished(
        output,
        lambda: html_of(funnel_html(found, company)),
        lambda: funnel_json(found),
        lambda: funnel_csv(found),
        lambda: funnel_page(output.terminal, found, company),
    )
