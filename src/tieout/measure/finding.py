"""Find records by the beginning of their id or by words of their name: bounded, so that it is quick in any build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.measure.numbers.question import Asked
    from tieout.warehouse.engine import Connection

SHORTEST = 2
"""Names are looked through for texts of at least so many characters."""
LONGEST = 100
IDS = {
    "opportunity": "select record from opportunities",
    "account": "select distinct record from account_versions",
    "lead": "select record from leads_told",
    "contact": "select record from contacts",
    "campaign": "select record from campaigns",
    "user": "select distinct record from user_places",
}
WHOLE = "select 'activity', record from activities where record = $given limit 1"
"""Of activities there are many: only a whole id finds one."""
NAMES = {
    entity: f"""select '{entity}' as entity, record, name, strip_accents(lower(name)) as folded from {table}
      where seen_to = timestamp '9999-12-31' and valid_to = timestamp '9999-12-31' and name is not null"""
    for entity, table in (("opportunity", "opportunity_versions"), ("account", "account_versions"))
}
"""The newest name of what has names, as it is told and as it is looked through."""
READY = "names_now"


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found, and its name where it has one."""

    entity: str
    record: str
    name: str | None = None


def by_id(asked: Asked, text: str, most: int) -> list[Found]:
    """Give the records whose id begins with a text, the shortest first: the record itself comes before all others."""
    arms = " union all ".join(
        f"(select '{entity}', record from ({sql}) where starts_with(lower(record), $text) "
        f"order by length(record), record limit {most})"
        for entity, sql in IDS.items()
    )
    given = {"text": _folded(text), "given": text[:LONGEST].strip()}
    found = fetch(asked.engine, f"{arms} union all ({WHOLE})", given)
    return [Found(entity, record) for entity, record in sorted(found, key=lambda one: (len(one[1]), one[1]))][:most]


def make_ready(engine: Connection) -> None:
    """Keep the newest names beside a build for as long as its engine is open: many questions to one are quick then."""
    run(engine, f"create temp table {READY} as {' union all '.join(NAMES.values())}")


def names_ready(asked: Asked, found: Iterable[Found]) -> dict[tuple[str, str], str]:
    """Give the newest names of some records, of an engine that was made ready; a deal or account may have none now."""
    wanted = {(one.entity, one.record) for one in found}
    sql = f"select entity, record, name from {READY} where record in (select unnest($records))"
    rows = fetch(asked.engine, sql, {"records": [record for _, record in wanted]})
    return {(entity, record): name for entity, record, name in rows if (entity, record) in wanted}


def by_name(
    asked: Asked,
    text: str,
    most: int,
    entities: tuple[str, ...] = ("account", "opportunity"),
    *,
    ready: bool = False,
) -> list[Found]:
    """Give the records whose newest name has every word of a text, companies before deals, the shortest names first."""
    words = _folded(text).split()
    if len("".join(words)) < SHORTEST or not entities:
        return []
    told = " and ".join(f"contains(folded, strip_accents($word_{place}))" for place in range(len(words)))
    given = {f"word_{place}": word for place, word in enumerate(words)}
    found: list[Found] = []
    for entity in entities:
        source = READY if ready else f"({NAMES[entity]})"
        sql = f"""select record, name from {source} where entity = '{entity}' and {told}
          order by length(name), name, record limit {most}"""
        found += [Found(entity, record, name) for record, name in fetch(asked.engine, sql, given)]
    return found


def _folded(text: str) -> str:
    return " ".join(text[:LONGEST].lower().split())
