"""What a build knows of a contact, an activity, a campaign, a user or a person: as far as its tables keep versions.

Contacts and campaigns are kept as last told; an activity with each span over which we knew it so; a user with each
state. A person is the leads and contacts that are one, with their ways through the funnel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tieout.measure.answers import QuestionError
from tieout.measure.life import FOREVER, Life, Source, Version, changes_of, end_of
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.measure.numbers.question import Asked

ACTIVITY = (
    "kind", "at", "lead_id", "contact_id", "account_id", "opportunity_id", "user_id", "campaign_id", "channel",
    "direction", "by_function", "automated",
)  # fmt: skip
USER = ("team", "role", "region", "territory", "manager_id", "active")
CONTACT = ("account_id", "lead_id", "merged_into", "created_at", "person")
CAMPAIGN = ("name", "channel", "starts_on", "ends_on", "budget", "currency")
PERSON = ("leads", "contacts", "first_contact_at")
OTHERS = ("contact", "activity", "campaign", "user", "person")
TOLD = {
    "contact": """select c.account_id, c.lead_id, c.merged_into, c.created_at, p.person, c.created_at
      from contacts as c left join persons as p on p.entity = 'contact' and p.record = c.record
      where c.record = $record""",
    "campaign": f"select {', '.join(CAMPAIGN)}, null from campaigns where record = $record",
    "person": """select count(*) filter (p.entity = 'lead'), count(*) filter (p.entity = 'contact'),
        least(min(coalesce(l.first_contact_at, l.created_at)), min(c.created_at)) as began, began
      from persons as p
      left join leads_told as l on p.entity = 'lead' and l.record = p.record
      left join contacts as c on p.entity = 'contact' and c.record = p.record
      where p.person = $record having count(*) > 0""",
}
"""What is kept as last told: its fields, and from when it is true."""
FIELDS = {"contact": CONTACT, "campaign": CAMPAIGN, "person": PERSON}
LIVED = "lead_at", "mql_at", "sal_at", "sql_at", "opportunity_at", "won_at"
"""The steps of the funnel, as an episode tells of them."""


def other_life(asked: Asked, entity: str, record: str) -> Life:
    """Give what is known of a record that is no deal, account or lead. Raises QuestionError if there is none."""
    match entity:
        case "activity":
            versions = _activity(asked, record)
        case "user":
            versions = _user(asked, record)
        case _:
            versions = tuple(
                Version(since, None, None, (), changes_of({}, state), state)
                for *told, since in fetch(asked.engine, TOLD[entity], {"record": record})
                for state in [dict[str, object](zip(FIELDS[entity], told, strict=True))]
            )
    if not versions:
        message = f"'{record}' is no {entity} of the published build."
        raise QuestionError(message)
    return Life(entity, record, versions)


def _activity(asked: Asked, record: str) -> tuple[Version, ...]:
    """Give each telling of an activity: from when and until when we knew it so, beside when it happened."""
    told = ", ".join(f'"{name}"' for name in ACTIVITY)
    sql = f"""select seen_from, deleted, {told} from activity_versions
      where record = $record order by seen_from, seen_to"""
    versions: list[Version] = []
    before: dict[str, object] = {}
    for seen_from, deleted, *rest in fetch(asked.engine, sql, {"record": record}):
        state: dict[str, object] = dict(zip(ACTIVITY, rest, strict=True))
        happened: Any = state["at"]
        flags = ("deleted",) if deleted else ()
        versions.append(Version(happened, None, seen_from, (), changes_of(before, state), state, flags=flags))
        before = state
    if not versions:
        return ()
    # Where it names no account itself, that of its contact, lead or deal.
    found = fetch(asked.engine, "select account_id from activities where record = $record", {"record": record})
    concerned = {"matched_account": found[0][0]} if found and found[0][0] != before["account_id"] else {}
    return (*versions[:-1], replace(versions[-1], state=before | concerned))


def _user(asked: Asked, record: str) -> tuple[Version, ...]:
    """Give each state of a user; what the register of teams says comes before what the systems say."""
    heard = """select position, min(seen_from) from user_versions
      where record = $record and seen_from > timestamp '0001-01-01' group by position"""
    heard_at: dict[int, datetime] = dict(fetch(asked.engine, heard, {"record": record}))
    told = ", ".join(f"p.{name}" for name in USER)
    sql = f"""select p.valid_from, p.valid_to, v.object, v.position, p.deleted, p.listed, {told}
      from user_places as p
      left join user_versions as v
        on v.record = p.record and v.seen_to = p.seen_to and v.valid_from <= p.valid_from and p.valid_to <= v.valid_to
      where p.record = $record and p.seen_to = {FOREVER} order by p.valid_from, v.position"""
    versions: list[Version] = []
    before: dict[str, object] = {}
    for valid_from, valid_to, object_, position, deleted, listed, *rest in fetch(asked.engine, sql, {"record": record}):
        state: dict[str, object] = dict(zip(USER, rest, strict=True))
        begun = None if valid_from.year == 1 else valid_from
        marks = {"deleted": deleted, "the register of teams holds": listed}
        sources = (Source(object_, position, heard_at[position]),) if position in heard_at else ()
        flags = tuple(name for name, holds in marks.items() if holds)
        changes = changes_of(before, state)
        versions.append(Version(begun, end_of(valid_to), heard_at.get(position), sources, changes, state, flags=flags))
        before = state
    return tuple(versions)


# -- one person


@dataclass(frozen=True, slots=True)
class Same:
    """A record of a person, and why it is taken for one of theirs: merge, email or alone."""

    entity: str
    record: str
    matched_by: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A way of a person through the funnel: when each step was entered, and how it ended."""

    number: int
    began_at: datetime | None
    steps: tuple[datetime | None, ...]
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person: the records that are one, and each episode in the funnel."""

    person: str
    records: tuple[Same, ...]
    episodes: tuple[Episode, ...]


def person_of(asked: Asked, entity: str, record: str) -> Somebody | None:
    """Give the person whom a lead or a contact is of, or whose id it is; None where nothing tells."""
    person = record
    if entity != "person":
        sql = "select person from persons where entity = $entity and record = $record"
        found = fetch(asked.engine, sql, {"entity": entity, "record": record})
        if not found:
            return None
        ((person,),) = found
    given = {"person": person}
    same = "select entity, record, matched_by from persons where person = $person order by entity desc, record"
    sql = f"""select episode, began_at, {", ".join(LIVED)}, ended_at, ended_by, reason from funnel_episodes
      where person = $person order by episode"""
    episodes = tuple(
        Episode(number, began, tuple(rest[: len(LIVED)]), *rest[len(LIVED) :])
        for number, began, *rest in fetch(asked.engine, sql, given)
    )
    return Somebody(person, tuple(Same(*row) for row in fetch(asked.engine, same, given)), episodes)


# -- what an activity counts for


@dataclass(frozen=True, slots=True)
class Answered:
    """A hand-off that an activity answered, of a lead or a deal."""

    handoff: str
    entity: str
    record: str
    started_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Touch:
    """Whether an activity is a human touch, of which functions, or why it is none; and the hand-offs it answered."""

    functions: tuple[str, ...]
    why: str
    answered: tuple[Answered, ...]


def touch_of(asked: Asked, record: str) -> Touch:
    """Say what an activity counts for: the first reason that keeps it from being a touch, in the order of the rules."""
    given = {"record": record}
    functions = fetch(
        asked.engine, "select distinct function_key from human_touches where record = $record order by 1", given
    )
    sql = """select case
        when a.automated then 'it is automated'
        when a."at" is null then 'its time is not known'
        when a."at" > n.heard_until then 'it lies after what was last heard'
        when lower(coalesce(a.kind, '')) like '%no%show%' or lower(coalesce(a.kind, '')) like '%cancel%'
          then 'it was not held'
        when lower(coalesce(a.direction, 'outbound')) like 'in%' and lower(coalesce(a.kind, '')) not like '%meeting%'
          then 'it came in and is no meeting'
        when a.by_function is null then 'it says neither its function nor who did it'
        else 'no hand-off asks for its function, ' || a.by_function end
      from activities as a cross join present as n where a.record = $record"""
    why = "" if functions else next((text for (text,) in fetch(asked.engine, sql, given)), "it was deleted")
    sql = """select distinct stage, case when lead_id is null then 'opportunity' else 'lead' end,
        coalesce(lead_id, opportunity_id, record), started_at, answered_at
      from handoff_clocks where activity = $record and answered_at is not null order by started_at, 1"""
    answered = tuple(Answered(*row) for row in fetch(asked.engine, sql, given))
    return Touch(tuple(key for (key,) in functions), why, answered)
