"""The second full extract of opportunities against `dbt snapshot`: the same files, each tool as a whole process."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
from pathlib import Path

from bench.company import write_contract
from bench.measuring import BUILD, BenchError, Result, Run, apart, run, tieout

DBT = ("dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==2.0.0")
ROUNDS = 5

OBJECT = """
    opportunities:
      entity: opportunity
      files: opportunities_*.csv
      key: id
      modified: modified
      fields: {name: name, account_id: account, owner_id: owner, type: type, stage: stage, category: category,
        currency: currency, source: source, region: region, reason: reason}
"""
PROJECT = """
name: bench
version: "1.0.0"
profile: bench
snapshot-paths: [snapshots]
model-paths: [models]
flags: {send_anonymous_usage_stats: false}
"""
PROFILES = "bench: {target: it, outputs: {it: {type: duckdb, path: warehouse.duckdb, threads: 2}}}\n"
MODELS = """
sources:
  - name: exports
    tables:
      - name: opportunities
        config: {external_location: "read_csv('opportunities.csv')"}
"""
SNAPSHOT = """
snapshots:
  - name: opportunities_snapshot
    relation: source('exports', 'opportunities')
    config: {unique_key: id, strategy: timestamp, updated_at: modified}
"""


def second_pull(scale: float) -> list[Result]:
    """Measure both tools in turn, several times; each begins each time from where the first extract had left it."""
    records = int(500_000 * scale)
    exports = (BUILD / f"two-{records}").absolute()
    apart(f"from bench.company import *; make_once({str(exports)!r}, lambda folder: write_two(folder, {records}))")
    first, second = sorted(exports.glob("*.csv"))
    ours, theirs = _Ours(first, second), _Theirs(first, second)
    runs = [(ours.run(), theirs.run()) for _ in range(ROUNDS)]
    _agree(ours, theirs, records)
    mine, dbt = (statistics.median(pair[place].wall for pair in runs) for place in (0, 1))
    cpu = [statistics.median(pair[place].processor for pair in runs) for place in (0, 1)]
    memory = max(pair[0].memory for pair in runs) / 1e9
    spread = ", ".join(f"{one.wall:.2f}/{other.wall:.2f}" for one, other in runs)
    return [
        Result(
            "second pull of opportunities",
            mine,
            "s",
            note=f"{records:,} rows, processor {cpu[0]:.2f} s, {memory:.2f} GB",
        ),
        Result("dbt snapshot of the same", dbt, "s", note=f"processor {cpu[1]:.2f} s; {', '.join(DBT)}"),
        Result("second pull / dbt snapshot", mine / dbt, "", 0.6, note=f"rounds: {spread}"),
    ]


def _agree(ours: _Ours, theirs: _Theirs, records: int) -> None:
    """Make sure that both did the work: all rows taken, 5% of them found changed."""
    changed = len(range(7, records, 20))
    pulled = [json.loads(line)["rows"] for line in ours.manifest.read_text().splitlines()[1:]]
    script = "import duckdb; print(duckdb.connect('warehouse.duckdb').sql('from opportunities_snapshot').shape[0])"
    kept = int(run([theirs.python, "-c", script], theirs.root).output)
    if pulled != [records, records] or kept != records + changed:
        message = f"Not all the work was done: {pulled} rows pulled, {kept} rows in the snapshot."
        raise BenchError(message)


class _Ours:
    """A workspace that has pulled the first extract, and goes back to that after each run."""

    def __init__(self, first: Path, second: Path) -> None:
        self.root, self.kept, self.second = BUILD / "second-pull", BUILD / "second-pull-first", second
        for folder in (self.root, self.kept):
            shutil.rmtree(folder, ignore_errors=True)
        write_contract(self.root, OBJECT)
        self.exports, self.manifest = self.root / "exports", self.root / "ledger" / "manifest.jsonl"
        self.exports.mkdir()
        os.link(first, self.exports / first.name)
        run(tieout("pull", "--workspace", self.root))
        shutil.copytree(self.root, self.kept)

    def run(self) -> Run:
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)
        os.link(self.second, self.exports / self.second.name)
        return run(tieout("pull", "--workspace", self.root))


class _Theirs:
    """A dbt project whose snapshot has seen the first extract, and goes back to that after each run."""

    def __init__(self, first: Path, second: Path) -> None:
        self.root, self.second = (BUILD / "second-pull-dbt").absolute(), second
        self.database, self.kept = self.root / "warehouse.duckdb", self.root / "kept.duckdb"
        self.python = _environment()
        shutil.rmtree(self.root, ignore_errors=True)
        texts = {
            "dbt_project.yml": PROJECT,
            "profiles.yml": PROFILES,
            "models/sources.yml": MODELS,
            "snapshots/snapshots.yml": SNAPSHOT,
        }
        for name, text in texts.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        self._snapshot(first)
        shutil.copyfile(self.database, self.kept)

    def run(self) -> Run:
        shutil.copyfile(self.kept, self.database)
        return self._snapshot(self.second)

    def _snapshot(self, extract: Path) -> Run:
        source = self.root / "opportunities.csv"
        source.unlink(missing_ok=True)
        os.link(extract, source)
        command: list[str | Path] = [
            self.python.with_name("dbt"),
            "--no-version-check",
            "snapshot",
            "--profiles-dir",
            ".",
        ]
        return run(command, self.root, {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"})


def _environment() -> Path:
    """Make the environment of dbt, apart from ours, and give its Python."""
    folder = Path("build/bench-dbt").absolute()
    python, told = folder / "bin" / "python", folder / "installed"
    if not told.exists() or told.read_text() != " ".join(DBT):
        run([sys.executable, "-m", "venv", "--clear", folder])
        run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *DBT])
        told.write_text(" ".join(DBT))
    return python
