"""The label of a figure: everything that it is never shown without."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.measure.answers import Answer, Passport, Question, Row
from tieout.measure.lens_sql import counted_sql
from tieout.measure.moments import calendar_of
from tieout.measure.numbers.arithmetic import band_of
from tieout.measure.numbers.facts import decided
from tieout.measure.numbers.stage_facts import STAGE_FACTS
from tieout.measure.states import held_sql, parameters_of

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView
    from tieout.measure.numbers.catalogue import Metric
    from tieout.measure.numbers.question import Asked

STATES = (
    "units",
    "sourced",
    "past_due",
    "closed",
    "cycles",
    "opening",
    "week3",
    "to_go",
    "evidenced",
    "claimed_stage",
    "stale",
)
NAMED = 3


def label(
    asked: Asked,
    question: Question,
    metric: Metric,
    view: LensView,
    rows: tuple[Row, ...],
    records: tuple[dict[str, object], ...] | None = None,
) -> Answer:
    """Make the answer: rows with passport, moment, period and what the figure leaves out."""
    passport = Passport(
        build=asked.facts.key,
        position=asked.facts.position,
        program=asked.facts.version,
        contract=asked.facts.fingerprint,
        calendar=calendar_of(asked.contract, question.calendar or view.lens.calendar).name,
        rates=view.lens.rates or "plan",
        org=question.org,
        filters=question.where,
        band=band_of(asked.contract, metric),
        lens=question.lens,
    )
    known_at = None if view.moment.restated else view.moment.known_at
    period = view.period.name if view.period else None
    days = (view.period.start, view.period.last_day) if view.period else None
    notes = _notes(asked, metric, view)
    as_of = view.asked_at or view.moment.as_of
    return Answer(metric.id, metric.unit, period, as_of, known_at, passport, rows, notes, records, days)


def _notes(asked: Asked, metric: Metric, view: LensView) -> tuple[str, ...]:
    """Say what a figure leaves out because it is not known."""
    if metric.fact in STAGE_FACTS:
        return _strange(asked, view)
    if metric.fact not in STATES:
        return ()
    stale = view.asked_at is not None and view.asked_at != view.moment.as_of
    sql = f"""select count(*) filter (where missing), count(*) filter (where not missing)
      from ({held_sql(view, "a")}) where (missing or outcome is null) and not deleted"""
    ((missing, unplaced),) = asked.rows(sql, parameters_of(view, "a"))
    told = {
        **_undated(asked, metric, view),
        f"{missing} opportunities existed, but nothing tells their state then: not counted.": missing,
        f"{unplaced} opportunities are in no stage that the contract has: not counted.": unplaced,
    }
    told[f"This lens works from the data of {view.moment.day}."] = int(stale)
    return tuple(note for note, count in told.items() if count)


def _undated(asked: Asked, metric: Metric, view: LensView) -> dict[str, int]:
    """Count the closed deals that the figure would look at if anything told when they were closed."""
    view = decided(view) if metric.fact == "closed" else view
    closed = [outcome for outcome in view.lens.outcomes if outcome != "open"]
    if not closed or not view.period or view.lens.date_field != "close_date" or metric.fact not in ("units", "closed"):
        return {}
    units, parameters = counted_sql(replace(view, period=None), asked.contract, "a")
    sql = f"select count(distinct u.record) from ({units}) as u where u.outcome <> 'open' and u.closed_on is null"
    ((n,),) = asked.rows(sql, parameters)
    closing = " or ".join(closed)
    return {f"{n} {closing} opportunities have no close date and were first seen so: of no period, not counted.": n}


def _strange(asked: Asked, view: LensView) -> tuple[str, ...]:
    """Say how many deals were in stages that the contract does not have: no number of stages counts them."""
    sql = """select stage, count(distinct record) from stage_visits
      where outcome is null and entered_at <= $as_of_a group by stage order by 2 desc, 1"""
    found = asked.rows(sql, parameters_of(view, "a"))
    if not found:
        return ()
    names = ", ".join(f"'{stage}'" for stage, _ in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    sql = "select count(distinct record) from stage_visits where outcome is null and entered_at <= $as_of_a"
    ((deals,),) = asked.rows(sql, parameters_of(view, "a"))
    return (f"{deals} opportunities were in stages that the contract does not have ({names}{more}): left out.",)
