"""What a build keeps of its judgement, read back: checks with their worst records, registers, the pipeline at stake."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tieout.warehouse.engine import Connection

NAMES = frozenset({"account.name spelling", "lead.company spelling", "contact.company spelling"})

CHECKS = """select number, code, name, entity, field, owner, level, remedy, checked, broken, worth
  from quality_checks order by coalesce(worth, 0) desc, broken desc, number"""
WORST = """select number, record, given, worth from (
    select b.*, row_number() over (partition by number order by coalesce(worth, 0) desc, record) as place
    from quality_breaks as b
  ) where place <= $most order by number, place"""


@dataclass(frozen=True, slots=True)
class Breaking:
    """A record that breaks a check, the value that does where there is one, and its agreed pipeline."""

    record: str
    given: str | None
    worth: Decimal | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A check, how many records it is about and break it, the agreed pipeline of those, the worst of them."""

    number: int
    code: str
    name: str
    entity: str
    field: str | None
    owner: str | None
    level: str
    remedy: str
    checked: int
    broken: int
    worth: Decimal | None
    records: tuple[Breaking, ...]

    @property
    def by_stage(self) -> bool:
        """Whether a stage asks for the field."""
        return self.name.endswith(" by stage")

    @property
    def of_names(self) -> bool:
        """Whether it is about the name of a company."""
        return self.name in NAMES


@dataclass(frozen=True, slots=True)
class Registers:
    """How many entries of the registers are in force and how many have run out."""

    excluded: int
    excluded_expired: int
    merged: int
    merged_expired: int


def broken_checks(engine: Connection, most: int) -> tuple[Broken, ...]:
    """Read every check of a build, those with most at stake first."""
    worst: dict[int, list[Breaking]] = {}
    for number, *breaking in rows(engine, WORST, {"most": most}):
        worst.setdefault(number, []).append(Breaking(*breaking))
    found = []
    for number, *rest in rows(engine, CHECKS):
        code, name, entity, field, owner, level, remedy, checked, broken, worth = rest
        records = tuple(worst.get(number, ()))
        found.append(Broken(number, code, name, entity, field, owner, level, remedy, checked, broken, worth, records))
    return tuple(found)


def money_of(engine: Connection, numbers: Sequence[int]) -> Decimal | None:
    """Give the agreed pipeline of the records that break any of some checks, each record once."""
    if not numbers:
        return None
    listed = ", ".join(str(number) for number in numbers)
    sql = f"select sum(worth) from (select distinct record, worth from quality_breaks where number in ({listed}))"
    return Decimal(rows(engine, sql)[0][0] or 0)


def registers(engine: Connection, as_of: datetime) -> Registers:
    """Count the entries of the registers."""
    counts: list[int] = []
    for table, begins in (("exclusions", "starts_at <= $as_of and "), ("registered_merges", "")):
        sql = f"""select count(*) filter (where {begins}$as_of < ends_at), count(*) filter (where ends_at <= $as_of)
          from {table}"""
        counts += rows(engine, sql, {"as_of": as_of})[0]
    return Registers(*counts)
