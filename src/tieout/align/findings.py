"""What is wrong with the data itself: the rules of `rules.py` run over a build, and values that could not be read.

No figure is ever mended because of a finding; it says what the figures leave out and what a person can do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.align.mapping import fields_of
from tieout.align.plan_findings import plan_findings
from tieout.align.rate_findings import rate_findings
from tieout.align.rules import RULES
from tieout.align.rules_handoffs import HANDOFF_RULES
from tieout.align.rules_lifecycle import LIFECYCLE_RULES
from tieout.align.rules_organization import ORGANIZATION_RULES
from tieout.basics.findings import Finding, Level, nearest
from tieout.contract.vocabulary import ENTITIES, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tieout.align.mapping import FeedFiles
    from tieout.align.rules import Rule
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection


def data_findings(
    engine: Connection, contract: Contract, feeds: Sequence[FeedFiles], heard: datetime
) -> tuple[Finding, ...]:
    """Run every rule over a build that has just been filled; what the systems said must still be there."""
    rules = (*RULES, *ORGANIZATION_RULES, *LIFECYCLE_RULES, *HANDOFF_RULES)
    found = [finding for rule in rules for finding in _by_rule(engine, contract, rule)]
    return (
        *_unreadable(engine, feeds),
        *rate_findings(engine, contract, heard),
        *plan_findings(engine, contract),
        *found,
    )


def _by_rule(engine: Connection, contract: Contract, rule: Rule) -> list[Finding]:
    allowed = rule.allowed(contract)
    return [
        Finding(
            code=rule.code,
            level=rule.level,
            place=str(place),
            message=rule.message.format(given=given, n=n),
            remedy=rule.remedy,
            given=str(given),
            allowed=allowed,
            nearest=nearest(str(given), allowed) if allowed else None,
            count=n,
        )
        for place, given, n in engine.execute(rule.sql).fetchall()
    ]


WANTED = {
    Kind.MONEY: "a number such as 1234.50 (for 1.234,50 say `decimal: comma`)",
    Kind.NUMBER: "a number (for 0,25 say `decimal: comma`)",
    Kind.INTEGER: "a whole number",
    Kind.DATE: "a date as 2026-07-06 (or say how it is written: `dates: dmy`, `mdy`, `ymd`, `excel` ...)",
    Kind.TIME: "a time as 2026-07-06 09:30 (or say how it is written: `dates: dmy`, `mdy`, `ymd`, `unix` ...)",
    Kind.FLAG: "true or false",
}


def _unreadable(engine: Connection, feeds: Sequence[FeedFiles]) -> list[Finding]:
    """Values that could not be read as what their field holds; they are unknown, never guessed."""
    found = []
    for entity in sorted(
        {feed.object.of or feed.object.entity for feed in feeds if feed.object.entity} & set(ENTITIES)
    ):
        ours = [feed.object for feed in feeds if (feed.object.of or feed.object.entity) == entity]
        # What is told of deals stands in `opportunity_changes`, which leaves out only what has no time, as events may.
        told = []
        if entity != "opportunity" or any(each.of or each.mode == "log" for each in ours):
            told = engine.execute(UNREAD.format(table=f"source_{entity}")).fetchall()
        found += [_undated(entity, label, first, n) for field, label, _, _, first, n in told if field == UNDATED and n]
        if entity == "opportunity":
            told = engine.execute(UNREAD.format(table="opportunity_changes")).fetchall()
        for name, kind in {**fields_of(entity), "modified": Kind.TIME}.items():
            if kind is not Kind.TEXT:
                found += [_unread(entity, name, kind, *row[1:4]) for row in told if row[0] == name]
    return found


UNDATED = "happened_at"
UNREAD = """
  select field, object, min(record), count(distinct record), min(record) filter (where happened_at is null),
    count(*) filter (where happened_at is null)
  from (select object, record, happened_at, unnest(string_split(unread, ',')) as field from {table} where unread <> '')
  group by field, object order by field, object"""


def _undated(entity: str, label: str, record: str, n: int) -> Finding:
    return Finding(
        code="event.undated",
        level=Level.ERROR,
        place=f"{label} {record}",
        message=f"the time of {n} events of {entity} records cannot be read, so they are left out.",
        remedy="It should be as 2026-07-06 09:30; say `dates: dmy` or `mdy` for the object if the export writes it so.",
        count=n,
    )


def _unread(entity: str, field: str, kind: Kind, label: str, record: str, n: int) -> Finding:
    return Finding(
        code="value.unreadable",
        level=Level.WARNING,
        place=f"{label} {record}",
        message=f"the {field} of {n} {entity} records cannot be read: it should be {WANTED[kind]}.",
        remedy="Mend the values in the system, or the mapping; until then they are unknown.",
        given=field,
        count=n,
    )
