"""The embedded engine: the only place that opens DuckDB, always with the same settings.

A trap of DuckDB 2.0: a result left open by `fetchone()` blocks the next statement, so results are read by `fetchall()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

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
    path: Path, threads: int | None = None, memory_limit: str | None = None, spill: Path | None = None
) -> DuckDBPyConnection:
    """Open an engine on a database file, to write it. Meanwhile no other process can open it at all.

    What is written is there only once `checkpoint` has been said: there is no log of it, which would be brought to the
    disk after each of some two hundred statements, and a file that was left half written is thrown away.
    """
    engine = memory(threads, memory_limit, spill)
    try:
        engine.execute(f"attach {literal(str(path))} as {WRITTEN} (recovery_mode no_wal_writes)")
        engine.execute(f"use {WRITTEN}")
    except EngineError:
        engine.close()
        raise
    return engine


class Bounds(NamedTuple):
    """What one engine that reads may take; nothing stands for what the engine takes by itself."""

    threads: int | None = None
    memory: str | None = None


_bounds = Bounds()


def bound_readers(threads: int | None, memory_limit: str | None) -> None:
    """Bound every engine that this process opens for reading from now on: many questions share a machine."""
    global _bounds  # noqa: PLW0603 -- a setting of the process
    _bounds = Bounds(threads, memory_limit)


FIRST = "build_0"
"""What the first build is called where an engine reads builds."""
WRITTEN = "written"
"""What a build is called while it is made."""


def reading(*builds: Path, files: Sequence[Path] = ()) -> DuckDBPyConnection:
    """Open an engine that reads these database files, and `files`, and nothing else: no other file, no network.

    They are `build_0`, `build_1` and so on, and the first is in use; a folder among `files` stands for all in it. No
    statement can let more in again. The engine is nobody else's, so what one question attaches no other one sees.
    """
    told = [f"attach {literal(str(path))} as build_{number} (read_only)" for number, path in enumerate(builds)]
    told += [f"use {FIRST}"] if builds else []
    for name, chosen in (
        ("allowed_paths", [literal(str(path)) for path in files if not path.is_dir()]),
        ("allowed_directories", [literal(str(path)) for path in files if path.is_dir()]),
    ):
        told += [f"set {name} = [{', '.join(chosen)}]"] if chosen else []
    engine = memory(*_bounds)
    try:
        for statement in (*told, "set enable_external_access = false", "set lock_configuration = true"):
            engine.execute(statement)
    except EngineError:
        engine.close()
        raise
    return engine


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
