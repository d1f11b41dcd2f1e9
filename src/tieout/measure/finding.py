"""Find records by the beginning of their id or by words of their name: bounded, so that it is quick in any build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.measure.run_sql import rows as fetch

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked

SHORTEST = 2
"""Names are looked through for texts of at least so many characters."""
LONGEST = 100
IDS = {
    "opportunity": "select record from opportunities",
    "account": "select distinct record from account_versions",
    "lead": "select record from leads_told",
}
NAMES = {"opportunity": "opportunity_versions", "account": "account_versions"}


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
    found = fetch(asked.engine, arms, {"text": _folded(text)})
    return [Found(entity, record) for entity, record in sorted(found, key=lambda one: (len(one[1]), one[1]))][:most]


def by_name(asked: Asked, text: str, most: int, entities: tuple[str, ...] = ("account", "opportunity")) -> list[Found]:
    """Give the records whose newest name has every word of a text, companies before deals, the shortest names first."""
    words = _folded(text).split()
    if len("".join(words)) < SHORTEST or not entities:
        return []
    told = " and ".join(
        f"contains(strip_accents(lower(name)), strip_accents($word_{place}))" for place in range(len(words))
    )
    found: list[Found] = []
    for entity in entities:
        sql = f"""select record, name from {NAMES[entity]}
          where seen_to = timestamp '9999-12-31' and valid_to = timestamp '9999-12-31' and {told}
          order by length(name), name, record limit {most}"""
        given = {f"word_{place}": word for place, word in enumerate(words)}
        found += [Found(entity, record, name) for record, name in fetch(asked.engine, sql, given)]
    return found


def _folded(text: str) -> str:
    return " ".join(text[:LONGEST].lower().split())
