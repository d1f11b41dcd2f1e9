"""`tieout ask`: a number, the glossary, or a passport asked again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import simplejson

from tieout.basics.calendars import parse_moment
from tieout.basics.workspace import Workspace
from tieout.commands.result import FOUND, OK, Form, Output, Result, page
from tieout.contract.model import Company
from tieout.measure.answers import Question, QuestionError
from tieout.measure.numbers.aligned import Aligned, aligned
from tieout.measure.numbers.catalogue import METRICS
from tieout.measure.numbers.question import Asked, metric_named
from tieout.passports import ask_again
from tieout.questions import as_known, ask, opened
from tieout.show.aligned import aligned_csv, aligned_json, aligned_page
from tieout.show.answer import answer_page
from tieout.show.as_csv import answer_csv, glossary_csv
from tieout.show.as_json import answer_json, dumps
from tieout.show.glossary import glossary_json, glossary_page
from tieout.show.passport import again_json, again_page
from tieout.show.side_by_side import side_csv, side_json, side_page
from tieout.side_by_side import side_by_side


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a question as a person writes them."""

    as_of: str | None = None
    known_at: str | None = None


def ask_number(workspace: Workspace, question: Question, moments: Moments, output: Output) -> Result:
    """Answer one question about a number."""
    company, asked = filled(workspace, question, moments)
    answer = ask(workspace, asked)
    match output.form:
        case Form.JSON:
            return Result(dumps(answer_json(answer, company.currency)))
        case Form.CSV:
            return Result(answer_csv(answer))
        case Form.TEXT:
            return page(answer_page(output.terminal, answer, company))


def ask_calendars(
    workspace: Workspace, question: Question, moments: Moments, calendars: tuple[str, ...], output: Output
) -> Result:
    """Answer one question under several calendars, side by side."""
    company, asked = filled(workspace, question, moments)
    found = side_by_side(workspace, asked, calendars)
    records = question.records
    status = FOUND if any(each.bridge and each.bridge.residual for each in found) else OK
    match output.form:
        case Form.JSON:
            return Result(dumps(side_json(found, company.currency, records=records)), status)
        case Form.CSV:
            return Result(side_csv(found, records=records), status)
        case Form.TEXT:
            return page(side_page(output.terminal, found, company, records=records), status)


def ask_aligned(
    workspace: Workspace, question: Question, moments: Moments, terms: tuple[int, Aligned], output: Output
) -> Result:
    """Answer one question on the same day of each trailing quarter; `terms` are how many, and by which end."""
    company, asking = filled(workspace, question, moments)
    with opened(workspace) as asked:
        lens = asked.contract.lenses.get(asking.lens or "")
        asking = replace(asking, calendar=asking.calendar or (lens.calendar if lens else None))
        found = aligned(asked, asking, *terms)
        build = asked.facts
    match output.form:
        case Form.JSON:
            return Result(dumps(aligned_json(asking, found, terms[1], company, build)))
        case Form.CSV:
            return Result(aligned_csv(found))
        case Form.TEXT:
            return page(aligned_page(output.terminal, asking, found, terms[1], company, build))


def filled(workspace: Workspace, question: Question, moments: Moments) -> tuple[Company, Question]:
    """Give the company, and the question with its moments read in the company's zone."""
    metric_named(question.metric)
    company = company_of(workspace)
    zone = ZoneInfo(company.time_zone)
    as_of, known_at = _moment(moments.as_of, zone), _moment(moments.known_at, zone)
    return company, replace(question, as_of=as_of, known_at=known_at)


@contextmanager
def viewed(
    workspace: Workspace, question: Question, moments: Moments, output: Output
) -> Iterator[tuple[Company, Question, Asked]]:
    """Open the build that answers a view; as a page it has the records too."""
    company, asking = filled(workspace, question, moments)
    asking = replace(asking, records=asking.records or output.file is not None)
    with as_known(workspace, asking) as asked:
        yield company, asking, asked


def list_numbers(output: Output) -> Result:
    """Give the glossary: every number there is."""
    match output.form:
        case Form.JSON:
            return Result(dumps(glossary_json(METRICS)))
        case Form.CSV:
            return Result(glossary_csv(METRICS))
        case Form.TEXT:
            return page(glossary_page(output.terminal, METRICS))


def ask_passport(workspace: Workspace, file: str, output: Output) -> Result:
    """Ask again what a stored answer asked; status 1 where its values do not come out again."""
    company = company_of(workspace)
    again = ask_again(workspace, _document(file))
    status = OK if again.reproduced else FOUND
    if output.form is Form.JSON:
        return Result(dumps(again_json(again, company.currency)), status)
    return page(again_page(output.terminal, again, company), status)


def company_of(workspace: Workspace) -> Company:
    """Give the company by the contract of the published build. Raises NotPublishedError."""
    with opened(workspace) as asked:
        return asked.contract.company


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    return parse_moment(text, zone) if text else None


def _document(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        document = simplejson.loads(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no JSON"
        message = f"The passport '{file}' cannot be read: {reason}. Give what `tieout ask METRIC --json` wrote."
        raise QuestionError(message) from error
    if not isinstance(document, dict):
        message = f"The passport '{file}' is no answer of `tieout ask METRIC --json`. Give one that is."
        raise QuestionError(message)
    return document
