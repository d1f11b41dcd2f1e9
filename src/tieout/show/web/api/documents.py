"""The document of each address: what the command line writes with `--json`, asked of the same library."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, cast

from tieout.basics.calendars import PeriodError, parse_moment
from tieout.basics.wording import names_in
from tieout.contract.funnel import STEPS
from tieout.ends import BridgeTerms, read_end
from tieout.inventory import inventory
from tieout.measure.answers import Question, QuestionError
from tieout.measure.clocks.statement import METRIC as STATEMENT
from tieout.measure.clocks.statement import statement
from tieout.measure.clocks.table import METRIC as CLOCKS
from tieout.measure.clocks.table import clocks
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.measure.life import life_of
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import METRICS
from tieout.measure.numbers.covered import cover
from tieout.measure.numbers.question import allowed, metric_named
from tieout.measure.stages.stages import stages
from tieout.over_time import SeriesTerms, Way, series_of
from tieout.questions import as_known, bridge, known_then, opened
from tieout.show.as_json import answer_json, bridge_json, build_json, findings_json
from tieout.show.glossary import glossary_json
from tieout.show.life import life_json
from tieout.show.over_time.clocks import clocks_json
from tieout.show.over_time.coverage import coverage_json
from tieout.show.over_time.funnel import funnel_json
from tieout.show.over_time.series import series_json
from tieout.show.over_time.stages import stages_json
from tieout.show.over_time.statement import statement_json
from tieout.show.over_time.waterfall import waterfall_json
from tieout.show.sources import sources_json
from tieout.show.tie_out import tie_out_json
from tieout.tie_out import tie_out
from tieout.warehouse.builds import publications
from tieout.warehouse.contents import read_findings
from tieout.waterfall import WaterfallAsked, waterfall

if TYPE_CHECKING:
    from tieout.show.web.api import given
    from tieout.show.web.reader import Reader

Document = dict[str, Any]


def question_of(reader: Reader, metric: str, asked: given.Moment | given.SeriesOf, *, records: bool) -> Question:
    """Give a question with its moments read in the company's zone. Raises PeriodError or QuestionError."""
    as_of = getattr(asked, "as_of", None)
    if asked.known_at and asked.said_then:
        message = "known_at and said_then cannot both be given: said_then is known_at with the moment of as_of."
        raise QuestionError(message)
    return Question(
        metric, asked.period, names_in(asked.by), _moment(reader, as_of), _moment(reader, asked.known_at),
        asked.said_then, asked.calendar, asked.org, getattr(asked, "rates", None), asked.where,
        getattr(asked, "lens", None), records, getattr(asked, "original", False),
    )  # fmt: skip


def _moment(reader: Reader, text: str | None) -> datetime | None:
    return parse_moment(text, reader.zone) if text else None


# -- numbers


def glossary(_reader: Reader, _asked: given.Nothing) -> Document:
    """Give every number: what it answers, formula, owner, band."""
    return glossary_json(METRICS)


def number(reader: Reader, asked: given.Number, metric: str) -> Document:
    """Give a number: its value, n, interval, band, history and passport; with its records."""
    metric_named(metric)
    question = question_of(reader, metric, asked, records=asked.records)
    with as_known(reader.workspace, question, reader.build) as build:
        return answer_json(ask(build, question), reader.contract.company.currency)


def series(reader: Reader, asked: given.SeriesOf, metric: str) -> Document:
    """Give a number by day, week, month or quarter: restated, as said then, and what we said."""
    metric_named(metric)
    chosen: list[tuple[bool, Way]] = [(asked.said_then, "said then"), (asked.what_we_said, "what we said")]
    ways = tuple(way for told, way in chosen if told)
    if asked.restated or not ways:
        ways = ("restated", *ways)
    if asked.known_at and ways != ("restated",):
        message = "known_at goes with neither said_then nor what_we_said: those are as known at each moment."
        raise QuestionError(message)
    question = question_of(reader, metric, asked.model_copy(update={"said_then": False}), records=asked.records)
    terms = SeriesTerms(asked.every, (_day(asked.from_, "from"), _day(asked.to, "to")), ways)
    return series_json(series_of(reader.workspace, question, terms, reader.build), reader.contract.company)


def _day(text: str | None, name: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        message = f"'{text[:60]}' is not a day for {name}. Allowed: 2026-07-06."
        raise PeriodError(message) from error


# -- differences


def bridged(reader: Reader, asked: given.BridgeOf) -> Document:
    """Explain the difference between two figures, cause by cause, to the cent; with its postings."""
    terms = BridgeTerms(
        asked.period, asked.calendar, as_is=asked.org == "as-is", gross=asked.gross, where=asked.where,
        by=names_in(asked.by),
    )  # fmt: skip
    found = bridge(reader.workspace, read_end(asked.from_), read_end(asked.to), terms, reader.build)
    return bridge_json(found, reader.contract.company.currency, records=asked.records)


def lenses(reader: Reader, asked: given.Lenses) -> Document:
    """Give the agreed number, the number of each team, every step between."""
    return tie_out_json(tie_out(reader.workspace, BridgeTerms(asked.period, asked.calendar), asked.as_of, reader.build))


def waterfalls(reader: Reader, asked: given.Waterfall) -> Document:
    """Tell where the pipeline came from and went between two moments, cause by cause; with its postings."""
    terms = WaterfallAsked(
        asked.from_, asked.to, asked.period, asked.closing, asked.calendar, asked.lens, asked.org, asked.known_at,
        asked.said_then, asked.where, names_in(asked.by), asked.gross, asked.weighted, asked.deals,
        None if asked.records else 0,
    )  # fmt: skip
    return waterfall_json(
        waterfall(reader.workspace, terms, reader.build), reader.contract.company, records=asked.records
    )


# -- views


def funnels(reader: Reader, asked: given.Funnel) -> Document:
    """Tell how far people come, from lead to renewal: each step, where they stop, how long it takes."""
    if asked.flow and asked.within:
        message = "within is the time a cohort has; a flow has none. Leave out one of them."
        raise QuestionError(message)
    step = asked.step.strip().lower() if asked.step else None
    if step:
        allowed("step", step, STEPS)
    chosen = next((one for one in STEPS if one == step), None)
    way: Literal["flow", "cohort"] = "flow" if asked.flow else "cohort"
    terms = FunnelTerms(way, asked.cohort, asked.within, chosen)
    question = question_of(reader, terms.metric.id, asked, records=asked.records)
    with as_known(reader.workspace, question, reader.build) as build:
        return funnel_json(funnel(build, question, terms))


def staged(reader: Reader, asked: given.View) -> Document:
    """Tell how deals go through the stages: who goes on, how long they stay, who stays too long."""
    question = question_of(reader, "stages.conversion", asked, records=asked.records)
    with as_known(reader.workspace, question, reader.build) as build:
        document = stages_json(stages(build, question, None), reader.contract.company.currency)
    return document if asked.records else {name: told for name, told in document.items() if name != "stalled"}


def covered(reader: Reader, asked: given.Coverage) -> Document:
    """Tell how much coverage there is, and how much our own history asks for; what is missing, in money."""
    question = question_of(reader, "coverage.required.adjusted", asked, records=asked.records)
    with as_known(reader.workspace, question, reader.build) as build:
        found = cover(build, question, asked.quarters, asked.week, weeks=asked.weeks)
        return coverage_json(found, reader.contract.company.currency)


def clocked(reader: Reader, asked: given.View) -> Document:
    """Tell how soon hand-offs are answered, on whose clock, and what was late where they were not."""
    question = question_of(reader, CLOCKS, asked, records=asked.records)
    with known_then(reader.workspace, question, reader.build) as build:
        return clocks_json(clocks(build, question))


def stated(reader: Reader, asked: given.View) -> Document:
    """Give the account between marketing and sales: what each owed and delivered, month by month."""
    if asked.by or asked.org == "as-is":
        message = "The statement takes neither by nor org: it is one account, month by month."
        raise QuestionError(message)
    question = question_of(reader, STATEMENT, asked, records=asked.records)
    with known_then(reader.workspace, question, reader.build) as build:
        return statement_json(statement(build, question))


# -- records, data


def life(reader: Reader, asked: given.Life, record: str) -> Document:
    """Tell one record's life: each version, when true, when heard, from where; every number it is counted in."""
    with opened(reader.workspace, reader.build) as build:
        return life_json(life_of(build, record, asked.period, asked.calendar), reader.contract.company.currency)


def findings(reader: Reader, asked: given.Findings) -> Document:
    """List what a person should look at in the data of the published build, and what to do about it."""
    found = [
        one
        for one in read_findings(reader.workspace, reader.build)
        if (asked.level is None or one.level == asked.level) and (asked.code is None or one.code == asked.code)
    ]
    return findings_json(found)


def sources(reader: Reader, _asked: given.Nothing) -> Document:
    """Tell which system holds what, who answers for it, what reads it, and the gaps."""
    return sources_json(inventory(reader.workspace, datetime.now(UTC).replace(tzinfo=None), reader.build))


def builds(reader: Reader, _asked: given.Nothing) -> Document:
    """List what was published, the newest first."""
    told = [
        {**cast("Document", build_json(one.facts)), "published_at": one.published_at}
        for one in publications(reader.workspace)
    ]
    return {"builds": told}
