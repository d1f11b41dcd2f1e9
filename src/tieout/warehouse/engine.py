"""The embedded engine: the only place that opens DuckDB, always with the same settings.

A trap of DuckDB 2.0: a result left open by `fetchone()` blocks the next statement, so results are read by `fetchall()`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

Connection = DuckDBPyConnection
"""An open engine, named once so that no other module needs to know which engine it is."""

EngineError = duckdb.Error
"""What the engine raises."""

SETTINGS = {
    "TimeZone": "'UTC'",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "enable_progress_bar": "false",
}
OF_SESSION = ("TimeZone", "enable_progress_bar")


def memory(
    threads: int | None = None, memory_limit: str | None = None, spill: Path | None = None
) -> DuckDBPyConnection:
    """Open an engine without a file. What does not fit its memory is spilled to the folder `spill`, else refused."""
    return _prepared(duckdb.connect(":memory:"), threads, memory_limit, spill)


def open_file(
    path: Path,
    read_only: bool = False,  # noqa: FBT001, FBT002 -- said by its name wherever it is used
    threads: int | None = None,
    memory_limit: str | None = None,
    spill: Path | None = None,
) -> DuckDBPyConnection:
    """Open an engine on a database file. While one process has it open for writing no other can open it at all."""
    return _prepared(duckdb.connect(path, read_only=read_only), threads, memory_limit, spill)


def _prepared(
    engine: DuckDBPyConnection, threads: int | None, memory_limit: str | None, spill: Path | None
) -> DuckDBPyConnection:
    settings = dict(SETTINGS)
    if threads:
        settings["threads"] = str(threads)
    if memory_limit:
        settings["memory_limit"] = literal(memory_limit)
    settings["temp_directory"] = literal(str(spill)) if spill else "''"
    for name, value in settings.items():
        engine.execute(f"set {name} = {value}")
    return engine


def beside(engine: DuckDBPyConnection) -> DuckDBPyConnection:
    """Give a second way into an open engine, for another thread, with the settings that belong to a session."""
    mine = engine.cursor()
    for name in OF_SESSION:
        mine.execute(f"set {name} = {SETTINGS[name]}")
    return mine


def identifier(name: str) -> str:
    """Quote a name of a column or table for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL where no parameter can stand."""
    return "'" + text.replace("'", "''") + "'"
