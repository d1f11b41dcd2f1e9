"""Judging the records of a build: one pass over each entity, whatever the number of checks.

It leaves two tables: `quality_checks`, one row for each check with how many records it is about and break it, and
`quality_breaks`, one row for each record that breaks one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.findings import Finding, Level
from tieout.measure.quality.checks import Check, checks_of
from tieout.measure.quality.records import records_sql, worth_sql
from tieout.measure.quality.spelling import misspelled, spelled_otherwise
from tieout.measure.run_sql import rows, run
from tieout.warehouse.engine import EngineError, identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

CHECKS = """create table quality_checks (number integer, code varchar, name varchar, entity varchar, field varchar,
  owner varchar, level varchar, remedy varchar, checked bigint, broken bigint, worth decimal(18, 2))"""
BREAKS = "create table quality_breaks (number integer, record varchar, given varchar, worth decimal(18, 2))"
SPELLINGS = "create temp table spellings (number integer, value varchar, spelled_right varchar)"
LETTERS = r"lower(regexp_replace(value, '[^\p{L}\p{N}]', '', 'g'))"


def judge(engine: Connection, contract: Contract, as_of: datetime) -> tuple[tuple[Check, ...], tuple[Finding, ...]]:
    """Judge a build that has just been filled; the source views must still be there.

    Gives the checks by their number, and a finding for each that cannot be computed.
    """
    engine.execute(CHECKS)
    engine.execute(BREAKS)
    engine.execute(SPELLINGS)
    checks = checks_of(contract)
    by_entity: defaultdict[str, list[tuple[int, Check]]] = defaultdict(list)
    for number, check in enumerate(checks):
        by_entity[check.entity].append((number, check))
    findings: list[Finding] = []
    for entity, numbered in by_entity.items():
        findings += _Judge(engine, contract, as_of, entity).pass_over(numbered)
    return checks, tuple(findings)


class _Judge:
    """The checks of one entity."""

    def __init__(self, engine: Connection, contract: Contract, as_of: datetime, entity: str) -> None:
        self.engine, self.contract, self.as_of, self.entity = engine, contract, as_of, entity
        self.zone = ZoneInfo(contract.company.time_zone)
        self.sql, self.parameters = records_sql(entity, contract, as_of, self.zone)

    def pass_over(self, numbered: Sequence[tuple[int, Check]]) -> list[Finding]:
        """Look at every record once, then count what was found check by check."""
        checks = [(number, self.spelled(number, check)) for number, check in numbered]
        try:
            self.look(checks)
            findings: list[Finding] = []
        except EngineError:
            kept, findings = self.computable(checks)
            self.look(kept)
            checks = kept
        self.value()
        self.count(checks)
        self.engine.execute("drop table judged")
        self.engine.execute("drop table worth")
        return findings

    def look(self, checks: Iterable[tuple[int, Check]]) -> None:
        """Make one row of answers for each record: true where a check is broken, NULL where it is about others."""
        told = "".join(
            f", case when {check.applies} then not coalesce({check.kept}, false) end as broken_{number}"
            + (f", u.{identifier(check.given)} as given_{number}" if check.given else "")
            for number, check in checks
        )
        self.engine.execute("drop table if exists judged")
        run(self.engine, f"create temp table judged as select u.record{told} from ({self.sql}) as u", self.parameters)

    def computable(self, checks: Iterable[tuple[int, Check]]) -> tuple[list[tuple[int, Check]], list[Finding]]:
        """Keep the checks that can be computed alone; tell of the others."""
        kept, findings = [], []
        for number, check in checks:
            try:
                self.look([(number, check)])
            except EngineError as error:
                findings.append(_failed(check, error))
            else:
                kept.append((number, check))
        return kept, findings

    def value(self) -> None:
        """Lay the agreed pipeline of each record beside it."""
        worth = worth_sql(self.entity, self.contract, self.as_of, self.zone)
        if worth is None:
            self.engine.execute("create temp table worth (record varchar, worth decimal(18, 2))")
        else:
            run(self.engine, f"create temp table worth as {worth[0]}", worth[1])

    def count(self, checks: Sequence[tuple[int, Check]]) -> None:
        """Keep the records that break each check, and how many there are."""
        if not checks:
            return
        sums = ", ".join(f"count(broken_{number}), count(*) filter (where broken_{number})" for number, _ in checks)
        counts = self.engine.execute(f"select {sums} from judged").fetchall()[0]
        for place, (number, check) in enumerate(checks):
            checked, broken = counts[2 * place : 2 * place + 2]
            given = f"cast(j.given_{number} as varchar)" if check.given else "null"
            if broken:
                self.engine.execute(
                    f"""insert into quality_breaks select {number}, j.record, {given}, w.worth
                    from judged as j left join worth as w on w.record = j.record where j.broken_{number}"""
                )
            worth = self.engine.execute("select sum(worth) from quality_breaks where number = ?", [number]).fetchall()
            row = [number, check.code, check.name, check.entity, check.field, check.owner, check.level.value]
            row += [check.remedy, checked, broken, worth[0][0]]
            self.engine.execute(f"insert into quality_checks values ({', '.join('?' * len(row))})", row)

    # -- spelling

    def spelled(self, number: int, check: Check) -> Check:
        """Find the values that are spelled otherwise, before the pass: each distinct value is looked at once."""
        if not (check.consistent or check.spelled_as):
            return check
        column = f"u.{check.field}"
        found: dict[str, str] = {}
        values = self.counts(check, few=not check.spelled_as)
        if check.spelled_as:
            entity, _, field = check.spelled_as.partition(".")
            sql, parameters = records_sql(entity, self.contract, self.as_of, self.zone)
            wanted = f"select u.{field}, count(*) from ({sql}) as u where u.{field} is not null group by 1"
            found |= spelled_otherwise(values, dict(rows(self.engine, wanted, parameters)))
        if check.consistent:
            found |= misspelled(values)
        for value, right in found.items():
            self.engine.execute("insert into spellings values (?, ?, ?)", [number, value, right])
        kept = f"{column} not in (select value from spellings where number = {number})" if found else "true"
        return replace(check, kept=kept)

    def counts(self, check: Check, *, few: bool) -> dict[str, int]:
        """Count the values of a field; of very many only those that share their letters with another one."""
        sql = f"select u.{check.field} as value, count(*) as n from ({self.sql}) as u where u.{check.field} is not null"
        sql = f"{sql} group by 1"
        if few:
            many = f"select count(*) over () as of, count(*) over (partition by {LETTERS}) as alike, * from ({sql})"
            sql = f"select value, n from ({many}) where of <= {MANY} or alike > 1"
        return dict(rows(self.engine, sql, self.parameters))


MANY = 2_000


def _failed(check: Check, error: EngineError) -> Finding:
    return Finding(
        code="quality.failed",
        level=Level.ERROR,
        place=f"contract/quality.yaml {check.name}",
        message=f"the check '{check.name}' cannot be computed: {str(error).splitlines()[0]}.",
        remedy="Use a plainer condition or format; until then it is not judged.",
        given=check.name,
    )
