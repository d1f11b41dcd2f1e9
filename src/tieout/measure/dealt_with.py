"""How a lead, a deal or an account was dealt with: its hand-offs, each with its clock, and the activities about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.measure.answers import Question
from tieout.measure.clocks.table import METRIC
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.clock_facts import clock_rows
from tieout.measure.numbers.question import view_of
from tieout.measure.run_sql import rows as fetch
from tieout.measure.states import parameters_of

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.measure.numbers.question import Asked

OF = {
    "lead": "lead_id", "opportunity": "opportunity_id", "account": "account_id", "contact": "contact_id",
    "campaign": "campaign_id", "user": "user_id",
}  # fmt: skip
"""By which column hand-offs and activities name what they are about."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-off as of the build: from when its answer ran, until when, what answered it, and what came of it.

    `outcome` is kept, breached, running, withdrawn or unknown; `breach_class` says what was late.
    """

    handoff: str
    started_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    activity: str | None
    owner_id: str | None
    outcome: str
    breach_class: str | None
    untold: str | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that was done about a record, by one of us or by the other side."""

    record: str
    at: datetime
    kind: str | None
    channel: str | None
    direction: str | None
    user_id: str | None
    function: str | None
    automated: bool | None


def handed_over(asked: Asked, entity: str, record: str) -> tuple[HandedOver, ...]:
    """Give the hand-offs of a lead or a deal, the oldest first, as of what was last heard."""
    view = view_of(asked, Question(METRIC), BY_ID[METRIC])
    sql = f"""select handoff, started_at, due_at, answered_at, activity, owner_id, outcome, breach_class, untold
      from ({clock_rows(view, asked.contract)}) where {OF[entity]} = $record order by started_at, place"""
    return tuple(HandedOver(*row) for row in fetch(asked.engine, sql, {**parameters_of(view, "a"), "record": record}))


def activities_about(asked: Asked, entity: str, record: str, most: int) -> tuple[tuple[Activity, ...], int]:
    """Give the newest activities about a record, and how many there are."""
    condition = f'from activities as a where a.{OF[entity]} = $record and a."at" <= $heard'
    given = {"record": record, "heard": asked.facts.heard_until}
    count = fetch(asked.engine, f"select count(*) {condition}", given)[0][0]
    sql = f"""select a.record, a."at", a.kind, a.channel, a.direction, a.user_id, a.by_function, a.automated {condition}
      order by a."at" desc, a.record limit {most}"""
    return tuple(Activity(*row) for row in fetch(asked.engine, sql, given)), count
