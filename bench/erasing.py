"""Erasing one person in a ledger of ten million rows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from bench.measuring import BUILD, Result, run, tieout

SOURCES = """
crm:
  path: ${TIEOUT_DATA}
  objects:
    contacts:
      entity: contact
      files: contacts_*.parquet
      key: id
      modified: modified
      fields: {id: id, first_name: first, last_name: last, email: email, phone: phone, account_id: account}
    activities:
      entity: activity
      files: activities_*.parquet
      mode: log
      key: id
      at: at
      fields: {id: id, at: at, contact_id: contact, subject: subject}
"""
WEEKS = 20
PERSON = "person77@company7.example"


def erase_one(scale: float) -> list[Result]:
    """Measure `tieout erase --yes` in a ledger of weekly extracts of contacts and a log of activities."""
    people, events = int(250_000 * scale), int(5_000_000 * scale)
    made = BUILD / f"erasing-{people}"
    os.environ["TIEOUT_DATA"] = str((made / "exports").absolute())
    if not (made / "done").exists():
        _make(made, people, events)
    root = BUILD / "erasing"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(made / "workspace", root)
    taken = run(tieout("erase", PERSON, "--yes", "--workspace", root))
    rows = f"{people * WEEKS + events:,} rows in {WEEKS + 10} pulls, every extract of contacts written anew"
    shutil.rmtree(root)
    return [
        Result("erase one person", taken.wall, "s", 60, note=rows),
        Result("erase one person, processor", taken.processor, "s", note="of all cores together"),
        Result("erase one person, memory", taken.memory / 1e9, "GB", 4),
    ]


def _make(made: Path, people: int, events: int) -> None:
    shutil.rmtree(made, ignore_errors=True)
    exports, contract = made / "exports", made / "workspace" / "contract"
    exports.mkdir(parents=True)
    contract.mkdir(parents=True)
    (contract / "sources.yaml").write_text(SOURCES)
    with duckdb.connect() as engine:
        engine.execute("set enable_progress_bar = false")
        for week in range(WEEKS):
            day = f"2026-{week // 4 + 1:02d}-{week % 4 * 7 + 1:02d}"
            engine.execute(
                f"copy (select 'C' || i as id, 'First' || i % 977 as first, 'Last' || i % 7919 as last,"
                f" 'person' || i || '@company' || i % 10 || '.example' as email, '+1 415 ' || lpad(i::varchar, 7, '0')"
                f" as phone, 'A' || i % 5000 as account, '2026-01-01T00:00:00' as modified, 'note ' || md5(i::varchar)"
                f" as note from range({people}) as t(i)) to '{exports}/contacts_{day}T0600.parquet'"
            )
        for part in range(10):
            engine.execute(
                f"copy (select 'T' || (i * 10 + {part}) as id, '2026-01-02T10:00:00' as at, 'C' || i % {people} as"
                f" contact, 'Call ' || i % 1000 as subject, 'said ' || md5(i::varchar) as body"
                f" from range({events // 10}) as t(i)) to '{exports}/activities_2026-02-{part + 10}T0600.parquet'"
            )
    run(tieout("pull", "--workspace", made / "workspace"))
    (made / "done").touch()
