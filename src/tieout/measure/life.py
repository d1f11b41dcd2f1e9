"""One record's life: each version of it, when it was true, when and from where we heard of it, and what changed.

Read from the tables of a build, as now known. A field history and an extract may tell of one moment; then the version
names both.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.contract.definitions import counting_lenses
from tieout.measure.answers import Question, QuestionError
from tieout.measure.grades import GRADES
from tieout.measure.lens_sql import FACETS, units_sql
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.question import view_of
from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked

FOREVER = "timestamp '9999-12-31'"
AGREED_METRIC = "pipeline.open_qualified"

OPPORTUNITY = (
    "name", "account_id", "owner_id", "lead_id", "type", "stage", "category", "close_date", "created_at", "arr", "acv",
    "tcv", "currency", "probability", "source", "source_override", "segment", "region", "accepted", "reason",
    "competitor", "product", "merged_into",
)  # fmt: skip
GRADED = ("stage", "type", "category", "close_date", "arr", "acv", "tcv", "currency")
ACCOUNT = (
    "name", "domain", "industry", "employees", "revenue", "country", "region", "city", "segment", "owner_id",
    "parent_id", "merged_into", "created_at",
)  # fmt: skip
LEAD = (
    "source", "status", "score", "owner_id", "account_id", "opportunity_id", "campaign_id", "landing_page", "industry",
    "employees", "country", "region", "segment", "domain", "merged_into", "created_at", "first_contact_at",
)  # fmt: skip
BORN = ("created_at", "first_contact_at")
LEAD_STATES = tuple(name for name in LEAD if name not in {*BORN, "opportunity_id", "merged_into"})
"""What a build keeps of each state of a lead."""
ENTITIES = (("opportunity", "opportunity_versions"), ("account", "account_versions"), ("lead", "leads_told"))
"""What has a life, and the table that says whether a record is one; the first that has the id is shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """What told of a version: an object of a system, in a pull. `voice`: a row, a field's history, a column's event."""

    object: str
    position: int
    taken_at: datetime
    voice: str = "row"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that is not what it was in the version before; `old` is None where nothing was known."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Version:
    """A state of a record, true from `valid_from` until before `valid_to`; None: from the beginning, or still.

    `heard_at` is when we first heard of it. `grade` says of each graded field how it is known. `flags` are what a
    reader should know: missing (nothing tells the state), deleted, restored, merged, unmerged, dated by the taking.
    """

    valid_from: datetime | None
    valid_to: datetime | None
    heard_at: datetime | None
    sources: tuple[Source, ...]
    changes: tuple[Change, ...]
    state: dict[str, object]
    grade: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a lens counts a record in a period, and if not, the first facet that rejects it."""

    lens: str
    period: str | None
    counted: bool
    facet: str | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a register that names a record, or its account."""

    register: str
    id: str
    reason: str | None
    owner: str | None
    into: str | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Survived:
    """A value of a field that survived a merge: from which record, told by which object, by which rule."""

    field: str
    value: str
    record: str
    object: str
    rule: str


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that is known of one record."""

    entity: str
    record: str
    versions: tuple[Version, ...]
    memberships: tuple[Membership, ...] = ()
    entries: tuple[Entry, ...] = ()
    merged: tuple[Survived, ...] = ()


def life_of(
    asked: Asked, record: str, period: str | None = None, calendar: str | None = None, *, wanted: str | None = None
) -> Life:
    """Give the life of an opportunity, account or lead. Raises QuestionError with the nearest id if there is none.

    `wanted` is what the record should be, where one id is that of several.
    """
    match entity := entity_of(asked, record, wanted):
        case "opportunity":
            versions = _opportunity(asked, record)
            entries = _entries(asked, entity, record, versions[-1].state.get("account_id"))
            return Life(entity, record, versions, memberships_of(asked, record, period, calendar), entries)
        case "account":
            merged = _survived(asked, record)
            return Life(entity, record, _account(asked, record), (), _entries(asked, entity, record, record), merged)
        case _:
            return Life(entity, record, _lead(asked, record), (), _entries(asked, entity, record, None))


def entity_of(asked: Asked, record: str, wanted: str | None = None) -> str:
    """Say what a record is. Raises QuestionError with the nearest id if it is nothing."""
    for entity, table in sorted(ENTITIES, key=lambda one: one[0] != wanted):
        if fetch(asked.engine, f"select 1 from {table} where record = $record limit 1", {"record": record}):
            return entity
    every = " union all ".join(f"select distinct record from {table}" for _, table in ENTITIES)
    sql = f"select record from ({every}) order by levenshtein(lower(record), lower($record)), record limit 1"
    near = fetch(asked.engine, sql, {"record": record})
    hint = f" The nearest id is '{near[0][0]}'." if near else ""
    message = f"'{record}' is no opportunity, account or lead of the published build.{hint}"
    raise QuestionError(message)


# -- opportunities


def _opportunity(asked: Asked, record: str) -> tuple[Version, ...]:
    told, by_taking = _told(asked, record)
    grades = ", ".join(f"{name}_grade" for name in GRADED)
    sql = f"""select valid_from, valid_to, missing, deleted, {grades}, {", ".join(OPPORTUNITY)}
      from opportunity_versions
      where record = $record and seen_to = {FOREVER} and valid_to > valid_from order by valid_from"""
    versions: list[Version] = []
    was_deleted = False
    before: dict[str, object] = {}
    for valid_from, valid_to, missing, deleted, *rest in fetch(asked.engine, sql, {"record": record}):
        state = dict(zip(OPPORTUNITY, rest[len(GRADED) :], strict=True))
        marks = {
            "missing": missing,
            "deleted": deleted,
            "restored": was_deleted and not deleted,
            "merged": state["merged_into"] is not None,
            "unmerged": state["merged_into"] is None and before.get("merged_into") is not None,
            "dated by the taking": valid_from in by_taking,
        }
        heard = sorted(told.get(valid_from, ()), key=lambda source: (source.taken_at, source.position))
        sources = tuple(dict.fromkeys(heard))
        version = Version(
            valid_from,
            end_of(valid_to),
            min((source.taken_at for source in sources), default=None),
            sources,
            changes_of(before, state),
            state,
            {name: GRADES[place] for name, place in zip(GRADED, rest, strict=False) if state[name] is not None},
            tuple(name for name, holds in marks.items() if holds),
        )
        versions.append(version)
        was_deleted, before = deleted, state
    return tuple(versions)


def _told(asked: Asked, record: str) -> tuple[dict[datetime, list[Source]], set[datetime]]:
    """Give what told of each moment of a record, and the moments that are dated by the taking of a pull."""
    told: dict[datetime, list[Source]] = {}
    by_taking: set[datetime] = set()
    sql = """select happened_at, object, position, taken_at, voice, flagged from opportunity_changes
      where record = $record order by ordinal"""
    for happened_at, label, position, taken_at, voice, flagged in fetch(asked.engine, sql, {"record": record}):
        told.setdefault(happened_at, []).append(Source(label, position, taken_at, voice))
        if flagged:
            by_taking.add(happened_at)
    return told, by_taking


def changes_of(before: dict[str, object], state: dict[str, object]) -> tuple[Change, ...]:
    """Give the fields of a state that are not what they were before."""
    return tuple(Change(name, before.get(name), new) for name, new in state.items() if new != before.get(name))


def end_of(moment: datetime) -> datetime | None:
    """Give the end of a span, or None where it holds still."""
    return None if moment.year == 9999 else moment


# -- accounts and leads


def _account(asked: Asked, record: str) -> tuple[Version, ...]:
    heard = """select position, min(seen_from) from account_versions
      where record = $record and seen_from > timestamp '0001-01-01' group by position"""
    heard_at: dict[int, datetime] = dict(fetch(asked.engine, heard, {"record": record}))
    told = ", ".join("p.segment" if name == "segment" else f"v.{name}" for name in ACCOUNT)
    sql = f"""select p.valid_from, p.valid_to, v.object, v.position, v.deleted, {told}, p.territory
      from account_versions as v
      join account_places as p
        on p.record = v.record and p.seen_to = v.seen_to and v.valid_from <= p.valid_from and p.valid_to <= v.valid_to
      where v.record = $record and v.seen_to = {FOREVER} order by p.valid_from, v.position"""
    versions: list[Version] = []
    was_deleted = False
    before: dict[str, object] = {}
    for valid_from, valid_to, object_, position, deleted, *rest in fetch(asked.engine, sql, {"record": record}):
        state: dict[str, object] = dict(zip((*ACCOUNT, "territory"), rest, strict=True))
        if versions and state == before and versions[-1].sources[0].position == position:
            # A rule changed on this day, and the account stands where it stood.
            versions[-1] = replace(versions[-1], valid_to=end_of(valid_to))
            continue
        heard_first = heard_at[position]
        begun = None if valid_from.year == 1 else valid_from
        flags = ("deleted",) if deleted else ("restored",) if was_deleted and not deleted else ()
        source = Source(object_, position, heard_first)
        versions.append(
            Version(begun, end_of(valid_to), heard_first, (source,), changes_of(before, state), state, flags=flags)
        )
        was_deleted, before = deleted, state
    return tuple(versions)


def _survived(asked: Asked, record: str) -> tuple[Survived, ...]:
    """Give the values of an account that others were merged into."""
    sql = """select field, value, from_record, from_object, rule from account_values
      where record = $record order by field"""
    return tuple(Survived(*row) for row in fetch(asked.engine, sql, {"record": record}))


def _lead(asked: Asked, record: str) -> tuple[Version, ...]:
    """Give each state of a lead. A build tells since when each was true, and not when we heard of it.

    What is kept as last told only (deal, merge, match) stands in the newest version, as a change where it is alone.
    """
    given = {"record": record}
    now: dict[str, object] = dict(
        zip(LEAD, fetch(asked.engine, f"select {', '.join(LEAD)} from leads_told where record = $record", given)[0],
            strict=True)
    )  # fmt: skip
    matched = fetch(asked.engine, "select account_id, reason from lead_matches where record = $record", given)
    for account, reason in matched:
        now |= {"matched_account": account, "matched_by": reason}
    born = now["first_contact_at"] or now["created_at"]
    sql = f"""select valid_from, valid_to, deleted, {", ".join(LEAD_STATES)} from lead_versions
      where record = $record order by valid_from, told_at"""
    versions: list[Version] = []
    was_deleted = False
    for valid_from, valid_to, deleted, *told in fetch(asked.engine, sql, given):
        state = {name: now[name] for name in BORN} | dict(zip(LEAD_STATES, told, strict=True))
        before = versions[-1].state if versions else {}
        if versions and state == before and deleted == was_deleted:
            versions[-1] = replace(versions[-1], valid_to=end_of(valid_to))
            continue
        first = born if isinstance(born, datetime) and born < valid_to else None
        flags = ("deleted",) if deleted else ("restored",) if was_deleted else ()
        versions.append(
            Version(valid_from if versions else first, end_of(valid_to), None, (), changes_of(before, state), state,
                    flags=flags)
        )  # fmt: skip
        was_deleted = deleted
    if len(versions) < 2:
        since = born if isinstance(born, datetime) else None
        return (Version(since, None, None, (), changes_of({}, now), now),)
    return (*versions[:-1], replace(versions[-1], state=now))


# -- what the contract makes of it


def memberships_of(
    asked: Asked, record: str, period: str | None = None, calendar: str | None = None
) -> tuple[Membership, ...]:
    """Say of each lens, the agreed one first, whether it counts the record today, in the period given or today's."""
    asking = Question(AGREED_METRIC, period, calendar=calendar)
    return tuple(
        _membership(asked, record, replace(asking, lens=name)) for name in ("agreed", *counting_lenses(asked.contract))
    )


def _membership(asked: Asked, record: str, question: Question) -> Membership:
    view = view_of(asked, question, BY_ID[AGREED_METRIC])
    name = view.name
    sql, parameters = units_sql(view, asked.contract, "a")
    units = fetch(
        asked.engine, f"select rank, value from ({sql}) where record = $record", parameters | {"record": record}
    )
    period = view.period.name if view.period else None
    counted = [value for rank, value in units if rank == 0]
    if counted:
        return Membership(name, period, True, None, sum((value for value in counted if value is not None), Decimal(0)))  # noqa: FBT003
    farthest = max((rank for rank, _ in units), default=1)
    return Membership(name, period, False, FACETS[farthest - 1], None)  # noqa: FBT003


def _entries(asked: Asked, entity: str, record: str, account: object) -> tuple[Entry, ...]:
    sql = """select 'exclusions', id, reason, owner, null, ends_at from exclusions
      where (object = $entity and id = $record) or (object = 'account' and id = $account)
      union
      select 'merges', id, reason, owner, into_id, ends_at from registered_merges
      where object = $entity and id = $record
      order by 1, 2"""
    given: dict[str, Any] = {"entity": entity, "record": record, "account": account}
    return tuple(
        Entry(register, named, reason, owner, into, end_of(ends_at))
        for register, named, reason, owner, into, ends_at in fetch(asked.engine, sql, given)
    )
