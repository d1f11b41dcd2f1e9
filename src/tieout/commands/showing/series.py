"""`tieout show series`: a number in every bucket of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tieout.basics.calendars import PeriodError
from tieout.basics.workspace import Workspace
from tieout.commands.asking import Moments, filled
from tieout.commands.result import Output, Result, finished
from tieout.measure.numbers.aligned import Aligned, aligned, aligned_days
from tieout.over_time import SeriesTerms, Way, series_of
from tieout.questions import opened
from tieout.show.aligned import aligned_csv
from tieout.show.over_time.quarters import Quarters, quarters_html, quarters_json, quarters_page
from tieout.show.over_time.series import series_csv, series_json, series_page
from tieout.show.over_time.series_html import series_html

if TYPE_CHECKING:
    from tieout.measure.answers import Question
    from tieout.measure.numbers.buckets import Every


@dataclass(frozen=True, slots=True)
class SeriesGiven:
    """A series as a person writes it."""

    every: Every = "month"
    first: str | None = None
    last: str | None = None
    known_at: str | None = None
    ways: tuple[Way, ...] = ()
    builds: bool = False


def show_series(workspace: Workspace, question: Question, given: SeriesGiven, output: Output) -> Result:
    """Show a number over time."""
    company, asked = filled(workspace, question, Moments(None, given.known_at))
    days = (_day(given.first, "--from"), _day(given.last, "--to"))
    terms = SeriesTerms(given.every, days, given.ways or ("restated",), given.builds)
    found = series_of(workspace, asked, terms)
    return finished(
        output,
        lambda: series_html(found, company),
        lambda: series_json(found, company),
        lambda: series_csv(found),
        lambda: series_page(output.terminal, found, company),
    )


def show_aligned(
    workspace: Workspace, question: Question, last: str | None, terms: tuple[int, Aligned], output: Output
) -> Result:
    """Show a number in trailing quarters, drawn over each other by the day; `terms` as for `tieout ask --align`."""
    company, asking = filled(workspace, question, Moments(last, None))
    with opened(workspace) as asked:
        lens = asked.contract.lenses.get(asking.lens or "")
        asking = replace(asking, calendar=asking.calendar or (lens.calendar if lens else None))
        found = aligned(asked, asking, *terms)
        told = Quarters(asking, found, aligned_days(asked, asking, found), terms[1], company, asked.facts)
    return finished(
        output,
        lambda: quarters_html(told),
        lambda: quarters_json(told),
        lambda: aligned_csv(found),
        lambda: quarters_page(output.terminal, told),
    )


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        message = f"'{text}' is not a day for {option}. Allowed: 2026-07-06."
        raise PeriodError(message) from error
