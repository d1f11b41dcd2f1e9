"""`tieout init --from` on 1 GB of exports of several systems: how long until the contract is proposed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from bench.measuring import BUILD, Result, run, tieout

GIGABYTE = 1_000_000_000
SECONDS, MEMORY = 20, 4
WEEKS = 5

# Each table: its file, how many rows at full size, and its columns over the row's number `i`.
TABLES = {
    "salesforce/Account": (330_000, """printf('001%012d', i) as "Id", 'Company ' || i as "Name", 'Street ' || i as
        "BillingStreet", 'US' as "BillingCountry", i % 5000 as "NumberOfEmployees", 'Industry ' || i % 20 as "Industry",
        '2026-0' || 1 + i % 9 || '-11T08:00:00Z' as "LastModifiedDate", 'false' as "IsDeleted" """),
    "hubspot/contacts": (1_150_000, """i as "Record ID", 'First' || i as "First Name", 'Last' || i as "Last Name",
        'p' || i || '@c' || i % 200000 || '.example' as "Email", i % 200000 as "Associated Company ID", 'lead' as
        "Lifecycle Stage", '2026-0' || 1 + i % 9 || '-10 09:00' as "Create Date", 'ORGANIC_SEARCH' as
        "Original Source", md5(i::varchar) as "First URL" """),
    "marketo/activity_open_email": (3_000_000, """i as "id", '2026-0' || 1 + i % 9 || '-12 07:00:00' as "activity_date",
        10 as "activity_type_id", i % 700000 as "lead_id", i % 3000 as "campaign_id", i % 900 as
        "primary_attribute_value_id", 'Mail ' || i % 900 as "primary_attribute_value", md5(i::varchar) as
        "user_agent" """),
    "stripe/charges": (1_500_000, """'ch_' || md5(i::varchar) as "id", i % 90000 as "amount", 0 as "amount_refunded",
        'true' as "captured", 'cus_' || i % 90000 as "customer", 'usd' as "currency", '2026-0' || 1 + i % 9 ||
        '-13 10:00:00' as "created", 'in_' || md5((i + 1)::varchar) as "invoice" """),
    "erp/rechnungen": (1_500_000, """'R-' || i as "Rechnungsnr", 'K' || i % 90000 as "Kundennr", i % 90000 || ',50' as
        "Rechnungsbetrag", lpad((1 + i % 28)::varchar, 2, '0') || '.0' || 1 + i % 9 || '.2026' as "Rechnungsdatum",
        lpad((1 + i % 28)::varchar, 2, '0') || '.1' || i % 3 || '.2026' as "Fällig am", md5(i::varchar) as "Text" """),
}  # fmt: skip
OPPORTUNITIES = 500_000
OPPORTUNITY = """printf('006%012d', i) as "Id", 'Deal ' || i as "Name", printf('001%012d', i % 200000) as "AccountId",
    i % 90000 as "Amount",
    ['Prospecting', 'Qualification', 'Proposal', 'Closed Won', 'Closed Lost'][1 + (i + {week}) % 5]
    as "StageName", '2026-1' || i % 3 || '-20' as "CloseDate", '2026-0' || 1 + i % 9 || '-02T08:00:00Z' as
    "CreatedDate", (i % 5 >= 3)::varchar as "IsClosed", '2026-0' || 1 + i % 9 || '-22T09:00:00Z' as
    "LastModifiedDate", 'New Business' as "Type" """


def init_from(scale: float) -> list[Result]:
    """Make the exports once, then measure the proposal without its pull, and the size of what it looked at."""
    exports = _exports(scale)
    size = sum(path.stat().st_size for path in exports.rglob("*.csv"))
    runs = []
    for _ in range(3):
        shutil.rmtree(BUILD / "proposed", ignore_errors=True)
        runs.append(run(tieout("init", BUILD / "proposed", "--from", exports, "--no-refresh")))
    wall = sorted(one.wall for one in runs)[1]
    memory = max(one.memory for one in runs) / GIGABYTE
    files = sum(1 for _ in exports.rglob("*.csv"))
    told = ", ".join(f"{one.wall:.2f}" for one in runs)
    note = (
        f"{size / GIGABYTE:.2f} GB in {files} files of five systems; runs {told} s; processor {runs[1].processor:.2f} s"
    )
    return [
        Result("init --from, proposal", wall, "s", SECONDS, note=note),
        Result("init --from, memory", memory, "GB", MEMORY),
    ]


def _exports(scale: float) -> Path:
    folder = BUILD / f"exports-{scale:g}"
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    engine = duckdb.connect()
    for name, (rows, columns) in TABLES.items():
        _write(engine, folder / f"{name}.csv", columns, int(rows * scale))
    for week in range(WEEKS):
        file = folder / f"salesforce/Opportunity_2026-09-{1 + 7 * week:02d}.csv"
        _write(engine, file, OPPORTUNITY.format(week=week), int(OPPORTUNITIES * scale) + week)
    (folder / "complete").touch()
    return folder


def _write(engine: duckdb.DuckDBPyConnection, file: Path, columns: str, rows: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    engine.execute(f"copy (select {columns} from range({rows}) as t(i)) to '{file}' (header)")
