"""Rewrite: the pulls that hold a person are written anew beside the old ones, then the manifest names the new ones.

Until the manifest is swapped, in one rename, everybody reads the old files; from then on, the new ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.connect.files import file_digest
from tieout.contract.writing import write_aside
from tieout.history.commit import flush
from tieout.history.erasure.search import Changed
from tieout.history.ledger import Ledger, Pull, manifest_path
from tieout.warehouse.engine import identifier, literal

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from tieout.basics.workspace import Workspace


@dataclass(frozen=True)
class Source:
    """What an export that was rewritten is now, for the line of its pull."""

    size: int
    mtime_ns: int
    sha256: str


def new_name(pull: Pull, number: int) -> str:
    """Name the file that a pull has after an erasure."""
    folder, _, _ = pull.file.rpartition("/")
    return f"{folder}/{pull.position:08d}-{number}.parquet"


def write_pull(engine: DuckDBPyConnection, ledger: Ledger, pull: Pull, rows: Sequence[Changed], number: int) -> Path:
    """Write a pull anew with some rows changed; it is complete and flushed before it has its name."""
    import pyarrow as pa  # noqa: PLC0415 - costly, and only an erasure needs it

    told = [
        {"_row": row.row, "_key": row.key, "_digest": row.digest}
        | {name.casefold(): value for name, value in row.values.items()}
        for row in rows
    ]
    columns = ["_key", "_digest", *pull.columns]
    kinds = {"_row": pa.int64()} | {name.casefold(): pa.string() for name in columns}
    fixed = pa.Table.from_pylist(told, pa.schema(list(kinds.items())))
    target = ledger.workspace.ledger / new_name(pull, number)
    aside = target.with_name(f"{target.name}.tmp")
    shown = ", ".join(
        f"case when x._row is null then f.{identifier(name)} else x.{identifier(name.casefold())} end"
        f" as {identifier(name)}"
        for name in columns
    )
    engine.register("fixed_rows", fixed)
    try:
        engine.execute(
            f"copy (select f.* replace ({shown}) from read_parquet({literal(str(ledger.path(pull)))},"
            f" hive_partitioning = false) as f left join fixed_rows as x on x._row = f._row)"
            f" to {literal(str(aside))} (format parquet, compression zstd, compression_level 1, use_tmp_file false)"
        )
    finally:
        engine.unregister("fixed_rows")
    flush(aside)
    aside.replace(target)
    return target


def swap_manifest(workspace: Workspace, number: int, files: Mapping[int, Path], sources: Mapping[int, Source]) -> None:
    """Name the new files in the manifest, and that the erasure was done; one rename does it all."""
    lines = []
    for line in manifest_path(workspace).read_text("utf-8").split("\n"):
        try:
            told = json.loads(line)
            position = told.get("position")
        except (ValueError, AttributeError):
            lines.append(line)
            continue
        if file := files.get(position):
            told |= {
                "file": file.relative_to(workspace.ledger).as_posix(),
                "sha256": file_digest(file),
                "size": file.stat().st_size,
            }
        if source := sources.get(position):
            told |= {
                "source_size": source.size,
                "source_mtime_ns": source.mtime_ns,
                "source_sha256": source.sha256,
            }
        lines.append(json.dumps(told, ensure_ascii=False) if position in files or position in sources else line)
    for folder in {file.parent for file in files.values()}:
        flush(folder)
    text = "\n".join(lines)
    write_aside(manifest_path(workspace), f"{text}{json.dumps({'erased': number})}\n")
