"""`tieout ask`: a number, the glossary, or a passport asked again."""

from __future__ import annotations

import sys
from dataclasses import dataclass
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
from tieout.measure.numbers.catalogue import METRICS
from tieout.measure.numbers.question import metric_named
from tieout.passports import ask_again
from tieout.questions import ask, opened
from tieout.show.answer import answer_page
from tieout.show.as_csv import answer_csv, glossary_csv
from tieout.show.as_json import answer_json, dumps
from tieout.show.glossary import glossary_json, glossary_page
from tieout.show.passport import again_json, again_page


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a question as a person writes them."""

    as_of: str | None = None
    known_at: str | None = None


def ask_number(workspace: Workspace, question: Question, moments: Moments, output: Output) -> Result:
    """Answer one question about a number."""
    metric_named(question.metric)
    company = company_of(workspace)
    zone = ZoneInfo(company.time_zone)
    asked = Question(
        **{name: getattr(question, name) for name in Question.__slots__}
        | {"as_of": _moment(moments.as_of, zone), "known_at": _moment(moments.known_at, zone)}
    )
    answer = ask(workspace, asked)
    match output.form:
        case Form.JSON:
            return Result(dumps(answer_json(answer, company.currency)))
        case Form.CSV:
            return Result(answer_csv(answer))
        case Form.TEXT:
            return page(answer_page(output.terminal, answer, company))


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
