from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tieout.connect.files import TABLE, Extract, Reading, load, prepare
from tieout.warehouse.engine import memory

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Read:
    """What was read: the extract, and its rows."""

    extract: Extract
    rows: list[tuple[str | None, ...]]

    @property
    def rejects(self) -> list[tuple[int, str]]:
        """The lines rejected, each with its reason."""
        return [(reject.line, reject.reason) for reject in self.extract.rejects]


Reader = Callable[..., Read]


@pytest.fixture
def engine() -> Iterator[DuckDBPyConnection]:
    connection = memory()
    yield connection
    connection.close()


@pytest.fixture
def read(tmp_path: Path, engine: DuckDBPyConnection) -> Reader:
    """Read bytes as a file."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def reader(
        data: bytes,
        name: str = "deals.csv",
        encoding: str | None = None,
        delimiter: str | None = None,
        known: frozenset[str] = frozenset(),
        sheet: str | None = None,
        header: tuple[int, ...] = (),
    ) -> Read:
        path = tmp_path / name
        path.write_bytes(data)
        reading = Reading(scratch, "deals", delimiter, known, encoding, sheet, header)
        extract = load(engine, prepare(path, reading), reading)
        columns = ", ".join(extract.column(column) for column in extract.columns)
        return Read(extract, engine.execute(f"select {columns} from {TABLE} order by rowid").fetchall())

    return reader
