"""A small company that knows Maria Gomez in three systems, and what can be asked of it before and after an erasure."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import METRICS
from tieout.questions import as_known, opened

NOW = datetime(2026, 11, 1, 8)
COMPANY = """
name: Small
currency: USD
time_zone: UTC
calendars: {calendar: {start_month: 1}}
segments: [{name: Large, when: employees >= 200}, {name: Small, when: employees < 200}]
"""
SOURCES = """
crm:
  path: exports/crm
  objects:
    accounts:
      {entity: account, files: accounts_*.csv, key: Id, fields: {id: Id, name: Name, domain: Domain, employees: Size}}
    contacts:
      entity: contact
      files: contacts_*.csv
      key: Id
      modified: Modified
      fields:
        {id: Id, first_name: FirstName, last_name: LastName, email: Email, phone: Phone, title: Title,
        linkedin: Profile, account_id: AccountId, created_at: Created}
    opportunities:
      entity: opportunity
      files: opportunities_*.csv
      key: Id
      modified: Modified
      fields:
        {id: Id, name: Name, account_id: AccountId, lead_id: LeadId, type: Type, stage: Stage, close_date: Close,
        created_at: Created, arr: ARR, source: Source}
    activities:
      entity: activity
      files: activities_*.csv
      mode: log
      key: Id
      at: At
      fields: {id: Id, at: At, contact_id: ContactId, lead_id: LeadId, account_id: AccountId, subject: Subject}
marketing:
  path: exports/marketing
  objects:
    leads:
      entity: lead
      files: leads_*.csv*
      mode: delta
      key: lead_id
      modified: updated
      fields:
        {id: lead_id, first_name: first, last_name: last, email: email, phone: phone, company: company,
        source: source, account_id: account, opportunity_id: deal, created_at: created}
    claims:
      entity: claim
      files: claims_*.csv
      key: id
      fields: {id: id, lead_id: lead, opportunity_id: deal, amount: amount, claimed_at: at}
webinar:
  path: exports/webinar
  objects:
    attendees:
      entity: lead
      files: attendees_*.csv
      key: Email
      fields: {id: Email, first_name: Name, email: Email, phone: Mobile, source: {constant: Webinar}, created_at: Day}
    clicks:
      entity: activity
      files: clicks_*.csv
      mode: log
      at: at
      fields: {at: at, lead_id: who, channel: page}
"""
PIPELINE = """
types: [new, expansion, renewal]
stages:
  - {name: Discovery, probability: 0.1}
  - {name: Qualification, probability: 0.25}
  - {name: Closed Won, outcome: won, probability: 1}
  - {name: Closed Lost, outcome: lost, probability: 0}
definition: [{stage: Qualification}]
"""
CONTACTS = "Id,FirstName,LastName,Email,Phone,Title,Profile,AccountId,Created,Modified,Notes,Newsletter"
MARIA = (
    "003A,Maria,Gomez,Maria.Gomez@acme.example,+1 (415) 555-0134,VP Sales,https://www.linkedin.com/in/mariagomez/,A1,"
    "2026-05-01,2026-06-01,Likes golf and has two children,yes"
)
PETER = "003B,Peter,Wu,peter@acme.example,+1 415 555 0199,CFO,,A1,2026-05-01,2026-06-01,Knows Maria Gomez,yes"
OTHER = "003C,Nora,Field,nora@bell.example,,CEO,,A2,2026-05-01,2026-06-01,,yes"
OPPS = "Id,Name,AccountId,LeadId,Type,Stage,Close,Created,ARR,Source,Modified"
LEADS = "lead_id,first,last,email,phone,company,source,account,deal,created,updated"
EXPORTS: dict[str, str] = {
    "crm/accounts_2026-07-06T0600.csv": "Id,Name,Domain,Size\nA1,Acme,acme.example,300\nA2,Bell,bell.example,50\n",
    "crm/contacts_2026-07-06T0600.csv": f"{CONTACTS}\n{MARIA}\n{PETER}\n{OTHER}\n",
    "crm/contacts_2026-07-13T0600.csv": f"{CONTACTS}\n{MARIA.replace('VP Sales', 'SVP')}\n{PETER}\n{OTHER}\n",
    "crm/opportunities_2026-07-06T0600.csv": (
        f"{OPPS}\nO1,Maria Gomez - renewal,A1,L1,new,Qualification,2026-09-15,2026-06-20,100000,Webinar,2026-06-21\n"
        "O2,Bell expansion,A2,,expansion,Discovery,2026-09-20,2026-06-20,50000,Partner,2026-06-21\n"
    ),
    "crm/opportunities_2026-07-13T0600.csv": (
        f"{OPPS}\nO1,MARIA GOMEZ - renewal,A1,L1,new,Closed Won,2026-07-10,2026-06-20,120000,Webinar,2026-07-10\n"
        "O2,Bell expansion,A2,,expansion,Qualification,2026-09-20,2026-06-20,50000,Partner,2026-07-11\n"
    ),
    "crm/activities_2026-07-06T0600.csv": (
        "Id,At,ContactId,LeadId,AccountId,Subject,Body\n"
        "T1,2026-06-02T10:00:00,003A,,A1,Call with Maria,She wants a discount\n"
        'T2,2026-06-03T10:00:00,003B,,A1,Lunch with Peter,"Peter asked for maria.gomez@acme.example, twice"\n'
        "T3,2026-06-04T10:00:00,,L1,A1,Demo,\n"
    ),
    "marketing/leads_2026-07-06T0600.csv": (
        f"{LEADS}\nL1,Maria,Gomez,maria.gomez@acme.example,415.555.0134,Acme,Webinar,,O1,2026-05-03,2026-06-01\n"
        "L2,Nora,Field,nora@bell.example,,Bell,Partner,,,2026-05-04,2026-06-01\n"
    ),
    "marketing/claims_2026-07-06T0600.csv": (
        "id,lead,deal,amount,at\nK1,L1,O1,5000,2026-06-21\nK2,L2,O2,700,2026-06-21\n"
    ),
    "webinar/attendees_2026-07-06T0600.csv": (
        "Email,Name,Mobile,Day\nmaria.gomez@acme.example,Maria Gomez,+14155550134,2026-05-02\n"
        "li@bell.example,Li Na,,2026-05-02\n"
    ),
    "webinar/clicks_2026-07-06T0600.csv": (
        "at,who,page\n2026-06-01T10:00:00,maria.gomez@acme.example,/price?mail=maria.gomez%40acme.example\n"
        "2026-06-01T11:00:00,li@bell.example,/price\n"
    ),
}
LATER: dict[str, str] = {
    "crm/contacts_2026-07-20T0600.csv": f"{CONTACTS}\n{MARIA}\n{PETER}\n{OTHER}\n",
    "crm/opportunities_2026-07-20T0600.csv": (
        f"{OPPS}\nO1,MARIA GOMEZ - renewal,A1,L1,new,Closed Won,2026-07-10,2026-06-20,120000,Webinar,2026-07-10\n"
        "O2,Bell expansion,A2,,expansion,Qualification,2026-09-20,2026-06-20,60000,Partner,2026-07-17\n"
        "O3,For Maria Gomez,A1,L1,expansion,Qualification,2026-10-20,2026-07-16,9000,Partner,2026-07-17\n"
    ),
    "marketing/leads_2026-07-20T0600.csv": (
        f"{LEADS}\nL1,Maria,Gomez,MARIA.GOMEZ@ACME.EXAMPLE,415.555.0134,Acme,Webinar,,O1,2026-05-03,2026-07-15\n"
        "L3,M.,,,+1 415 555 0134,Acme,Webinar,,,2026-07-16,2026-07-16\n"
        "broken,maria.gomez@acme.example\n"
    ),
    "webinar/attendees_2026-07-20T0600.csv": (
        "Email,Name,Mobile,Day\nmaria.gomez@acme.example,Maria Gomez,+14155550134,2026-05-02\n"
        "li@bell.example,Li Na,,2026-05-02\n"
    ),
    "webinar/clicks_2026-07-20T0600.csv": (
        "at,who,page\n2026-06-01T10:00:00,maria.gomez@acme.example,/price?mail=maria.gomez%40acme.example\n"
        "2026-07-16T11:00:00,maria.gomez@acme.example,/docs\n"
    ),
}
TELLING = ("maria", "gomez", "5550134", "555-0134", "likes golf", "vp sales", "svp", "she wants", "8f8d9a1e")
"""What must not be left anywhere: in small letters."""
UNEQUAL = {"email_key", "name", "company_key", "body", "record", "lead_id", "first_lead_id", "person", "id", "channel"}
"""Columns that may hold surrogates, so that their values are not compared; their number is."""


def write(folder: Path, exports: dict[str, str] | None = None) -> Workspace:
    """Lay the company's contract and exports down."""
    contract = folder / "contract"
    contract.mkdir(parents=True)
    for name, text in {"company": COMPANY, "sources": SOURCES, "pipeline": PIPELINE}.items():
        (contract / f"{name}.yaml").write_text(text)
    (contract / "merges.csv").write_text("object,id,into,reason,owner,expires\n")
    lay(folder, EXPORTS if exports is None else exports)
    return Workspace(folder)


def lay(folder: Path, exports: dict[str, str]) -> None:
    """Lay exports down; names that end with .gz are packed."""
    for name, text in exports.items():
        path = folder / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())


def figures(workspace: Workspace) -> dict[Any, Any]:
    """Every number of the catalogue, as of two moments, restated, whole and by segment."""
    found: dict[Any, Any] = {}
    moments = [datetime(2026, 7, day, 23) for day in (13, 20)]
    with opened(workspace) as build:
        for metric in METRICS:
            by = () if metric.fact == "revenue" else ("segment",)
            for as_of in moments:
                for row in ask(build, Question(metric.id, period="2026-Q3", as_of=as_of, by=by)).rows:
                    found[metric.id, as_of, tuple(row.by.values())] = (str(row.value), row.n, row.absent)
    return found


def figures_known(workspace: Workspace, known_at: datetime) -> dict[Any, Any]:
    """Every number of the catalogue, as it was known at a moment, whole and by segment."""
    found: dict[Any, Any] = {}
    for event in (False, True):  # what happened is read from a build of its own
        metrics = [metric for metric in METRICS if metric.event is event]
        with as_known(workspace, Question(metrics[0].id, known_at=known_at)) as build:
            for metric in metrics:
                by = () if metric.fact == "revenue" else ("segment",)
                for row in ask(build, Question(metric.id, period="2026-Q3", known_at=known_at, by=by)).rows:
                    found[metric.id, tuple(row.by.values())] = (str(row.value), row.n, row.absent)
    return found


def tables(workspace: Workspace) -> dict[str, Any]:
    """Every table of the published build: its rows, without what may hold a surrogate."""
    found: dict[str, Any] = {}
    with opened(workspace) as build:
        names = [row[0] for row in build.engine.execute("select table_name from duckdb_tables()").fetchall()]
        for name in names:
            columns = [
                row[0]
                for row in build.engine.execute(f"describe {name}").fetchall()
                if row[0] not in UNEQUAL and name != "findings"
            ]
            shown = ", ".join(f'"{column}"::varchar' for column in columns) or "1"
            found[name] = Counter(build.engine.execute(f"select {shown} from {name}").fetchall())
    return found


def left(folder: Path, telling: tuple[str, ...] = TELLING) -> list[str]:
    """Read every file as bytes and as what it holds, by means of their own; name those that still tell her."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(one.encode() in text for text in texts(path) for one in telling)
    ]


def texts(path: Path) -> list[bytes]:
    """Give what is to be read of a file, in small letters."""
    data = path.read_bytes()
    held = [data]
    if data[:2] == b"\x1f\x8b":
        held.append(gzip.decompress(data))
    if data[:4] == b"PAR1":
        with duckdb.connect() as engine:
            held.append(repr(engine.execute("from read_parquet(?)", [str(path)]).fetchall()).encode())
    if data[8:12] == b"DUCK":
        with duckdb.connect(path, read_only=True) as engine:
            names = [row[0] for row in engine.execute("select table_name from duckdb_tables()").fetchall()]
            held += [repr(engine.execute(f"from {name}").fetchall()).encode() for name in names]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            held += [members.read(name) for name in members.namelist()]
    return [one.lower() for one in held]
