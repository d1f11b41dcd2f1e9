"""The accounts and persons of a workspace as they are now, read from the ledger: names and addresses stay there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.align.duplicates.kinds import Kind
from tieout.align.mapping import source_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.align.mapping import FeedFiles
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

OBJECTS = {"accounts": ("account",), "persons": ("contact", "lead")}
"""What each kind of record is called in the registers."""
OWN = {
    "account": {"name": "name", "domain": "domain", "city": "city", "state": "region", "country": "country", "parent_id": "parent_id"},
    "contact": {
        "first_name": "first_name", "last_name": "last_name", "email": "email", "phone": "phone", "company": "company",
        "title": "title", "linkedin": "linkedin",
    },
}  # fmt: skip
OWN["lead"] = OWN["contact"] | {"state": "region", "country": "country"}


def write_held(engine: Connection, contract: Contract, feeds: Sequence[FeedFiles], kind: Kind) -> str:
    """Write the table `given` of what the systems hold now, without what is deleted or merged already.

    The key of a person says what it is: `contact:003...` or `lead:00Q...`; that of an account is its id.
    """
    parts = []
    for entity in OBJECTS[kind.name]:
        engine.execute(f"create or replace temp view source_{entity} as {source_view(entity, feeds, contract)}")
        fields = ", ".join(
            f"cast({OWN[entity][field]} as varchar) as {field}"
            if field in OWN[entity]
            else f"cast(null as varchar) as {field}"
            for field in kind.fields
        )
        key = "record" if entity == "account" else f"'{entity}:' || record"
        parts.append(f"""select {key} as unique_id, {fields}, cast(created_at as varchar) as created_at from (
            select s.*, row_number() over (partition by record order by taken_at desc, position desc, row_number desc, object) as place
            from source_{entity} as s where record is not null
          ) where place = 1 and op = 'put' and (merged_into is null or merged_into = record)""")
    engine.execute(f"create or replace temp table held as {' union all '.join(parts)}")
    merged = [
        (merge.id if merge.object == "account" else f"{merge.object}:{merge.id}",)
        for merge in contract.merges
        if merge.object in OBJECTS[kind.name]
    ]
    engine.execute("create or replace temp table merged_already as select '' as unique_id where false")
    if merged:
        engine.executemany("insert into merged_already values (?)", merged)
    engine.execute(
        "create or replace temp table given as select * from held anti join merged_already using (unique_id)"
    )
    return "given"


def write_distinct(engine: Connection, contract: Contract, kind: Kind) -> str:
    """Write the table `distinct_pairs` of those that a person found to be different."""
    engine.execute("create or replace temp table distinct_pairs as select '' as one, '' as other where false")
    rows = []
    for each in contract.distinct:
        if each.object in OBJECTS[kind.name]:
            prefix = "" if each.object == "account" else f"{each.object}:"
            one, other = sorted((prefix + each.id, prefix + each.other))
            rows.append((one, other))
    if rows:
        engine.executemany("insert into distinct_pairs values (?, ?)", rows)
    return "distinct_pairs"
