"""What a build carries beside its facts: the contract it was made with, and the findings of its data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import simplejson

from tieout.basics.findings import Finding, Level
from tieout.contract.model import Contract
from tieout.warehouse.builds import BuildFacts, build_path
from tieout.warehouse.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.basics.workspace import Workspace
    from tieout.warehouse.engine import Connection


def store_contract(engine: Connection, contract: Contract) -> None:
    """Keep the contract in the build, so that a reader needs no YAML."""
    engine.execute("create table contract (body varchar)")
    engine.execute("insert into contract values (?)", [contract.model_dump_json(by_alias=True)])


def read_contract(engine: Connection) -> Contract:
    """Read the contract that a build was made with."""
    return Contract.model_validate_json(engine.execute("select body from contract").fetchall()[0][0])


def store_findings(engine: Connection, findings: Iterable[Finding]) -> None:
    """Keep the findings of the build's data."""
    bodies = [simplejson.dumps(asdict(finding), ensure_ascii=False) for finding in findings]
    engine.execute("create table findings (place integer, body varchar)")
    engine.execute(
        "insert into findings select unnest(?::integer[]), unnest(?::varchar[])", [[*range(len(bodies))], bodies]
    )


def read_findings(workspace: Workspace, facts: BuildFacts) -> tuple[Finding, ...]:
    """Read the findings of a build's data."""
    with reading(build_path(workspace, facts.key)) as engine:
        return findings_in(engine)


def findings_in(engine: Connection) -> tuple[Finding, ...]:
    """Read the findings of the data of an open build."""
    rows = engine.execute("select body from findings order by place").fetchall()
    return tuple(_finding(simplejson.loads(row[0])) for row in rows)


def _finding(stored: dict[str, object]) -> Finding:
    return Finding(**(stored | {"level": Level(str(stored["level"])), "allowed": tuple(stored["allowed"])}))  # type: ignore[arg-type]
