from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tieout.basics.workspace import Workspace
from tieout.contract.model import Company, Contract, SourceObject, System
from tieout.history import Feed, Ledger, PullReport, changes, pull
from tieout.warehouse.engine import memory

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOW = datetime(2027, 1, 1)
Change = tuple[Any, ...]


@dataclass
class Marlow:
    """A small company: one system with one object, `crm.deals`, keyed by `id`, exported into a folder."""

    root: Path
    engine: DuckDBPyConnection
    source: dict[str, Any] = field(default_factory=lambda: {"files": "*.csv", "key": "id"})
    zone: str = "UTC"
    feed: Feed = field(default_factory=lambda: Feed("crm", "deals"))

    @property
    def workspace(self) -> Workspace:
        """Its workspace."""
        return Workspace(self.root)

    @property
    def ledger(self) -> Ledger:
        """Its ledger as it is now."""
        return Ledger(self.workspace)

    def path(self, name: str) -> Path:
        """Give the place of an export; `06` is short for the one of 6 July at noon."""
        folder = self.root / "exports"
        folder.mkdir(exist_ok=True)
        return folder / (f"deals_2026-07-{name}T1200.csv" if name.isdigit() else name)

    def lay(self, name: str, *rows: str, header: str = "id,name,arr") -> None:
        """Lay an export down."""
        text = "".join(f"{row}\n" for row in (header, *rows))
        self.path(name).write_text(text, encoding="utf-8", newline="")

    def pull(self, *accept: str, now: datetime = NOW) -> PullReport:
        """Pull what is there."""
        source = SourceObject.model_validate(self.source)
        contract = Contract(
            company=Company(time_zone=self.zone), sources={"crm": System(path="exports", objects={"deals": source})}
        )
        return pull(self.workspace, contract, now, frozenset(accept), environment={})

    def changes(self, **limits: Any) -> list[list[str]]:  # noqa: ANN401
        """Tell what each pull changed, in taken order: `+1,Ann,10` was put, `-1,Ann,10` was deleted."""
        result = []
        for path in changes(self.ledger, self.engine, self.feed, **limits):
            rows = self.engine.execute(
                "select * exclude (_op, _key, _digest, _row, _position, _taken_at, _previous_taken_at), _op"
                " from read_parquet(?) order by _op desc, _row",
                [str(path)],
            ).fetchall()
            result.append([("+" if row[-1] == "put" else "-") + _line(row[:-1]) for row in rows])
        return result


def _line(values: tuple[str | None, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(["" if value is None else value for value in values])
    return text.getvalue()


@pytest.fixture
def marlow(tmp_path: Path) -> Iterator[Marlow]:
    engine = memory()
    yield Marlow(tmp_path, engine)
    engine.close()


def codes(report: PullReport) -> list[str]:
    """List the codes of a report's findings, without the notes about unmapped columns."""
    return [finding.code for finding in report.findings if finding.code != "file.unmapped"]
