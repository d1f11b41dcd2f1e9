"""Small companies for one question each: lives of a few records become exports, a contract is laid beside them.

A life is a list of versions: when it became true (the company's time), and what changed; `gone` takes the record out of
the exports from then on. Unless it says otherwise a record was created with its first version. Every export holds all
records of its object as they were at the end of its day.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.oracles.arithmetic import end_of_day
from tieout import Workspace, ask, refresh
from tieout.measure.answers import Answer, Question, Row

ZONE = "America/New_York"
NOW = datetime(2026, 11, 23, 8)
GONE = "gone"
Fields = dict[str, str]
Life = list[tuple[str, Fields]]

COMPANY: dict[str, Any] = {
    "name": "Tiny",
    "currency": "USD",
    "time_zone": ZONE,
    "calendars": {"fiscal": {"start_month": 2}, "calendar": {"start_month": 1}},
    "segments": [{"name": "Large", "when": "employees >= 200"}, {"name": "Small", "when": "employees < 200"}],
}
PIPELINE: dict[str, Any] = {
    "stages": [
        {"name": "Discovery", "probability": 0.1},
        {"name": "Qualification", "probability": 0.25},
        {"name": "Proposal", "probability": 0.5},
        {"name": "Closed Won", "outcome": "won", "probability": 1},
        {"name": "Closed Lost", "outcome": "lost", "probability": 0},
        {"name": "Disqualified", "outcome": "disqualified", "probability": 0},
    ],
    "types": ["new", "expansion", "renewal"],
    "source_class": {
        "sources": {"Webinar": "marketing", "Partner": "partner", "Outbound": "sales"},
        "created_by": {"SDR": "sales", "Field": "sales"},
    },
}
DEAL = {
    "account": "", "owner": "", "lead": "", "type": "new", "stage": "Qualification", "category": "",
    "close": "2026-09-15", "created": "", "arr": "100000", "acv": "", "tcv": "", "currency": "USD", "source": "",
    "override": "", "segment": "", "accepted": "", "reason": "", "competitor": "", "merged": "",
}  # fmt: skip
"""The columns of a deal, with what a deal is unless it says otherwise."""
COLUMNS: dict[str, Fields] = {
    "deals": DEAL,
    "accounts": {"name": "", "domain": "", "employees": "", "industry": "", "merged": ""},
    "users": {"team": "", "role": ""},
    "leads": {
        "email": "",
        "source": "",
        "status": "",
        "account": "",
        "deal": "",
        "merged": "",
        "created": "",
        "score": "",
        "employees": "",
        "owner": "",
    },
    "changes": {"lead": "", "stage": "", "at": "", "reason": ""},
    "claims": {"lead": "", "deal": "", "amount": "", "currency": "USD", "claimed": "2026-08-03"},
    "targets": {"period": "2027-Q3", "segment": "", "amount": "", "currency": "USD"},
    "history": {"record": "", "field": "", "new_value": "", "at": ""},
    "activities": {
        "at": "",
        "account": "",
        "lead": "",
        "deal": "",
        "by_function": "sales",
        "automated": "",
        "kind": "",
    },
    "invoices": {"at": "", "account": "", "amount": "", "currency": "USD"},
    "spend": {"at": "", "amount": "", "currency": "USD", "category": ""},
}
MAPPED: dict[str, dict[str, Any]] = {
    "deals": {
        "entity": "opportunity",
        "fields": {
            "account_id": "account", "owner_id": "owner", "lead_id": "lead", "type": "type", "stage": "stage",
            "category": "category", "close_date": "close", "created_at": "created", "arr": "arr", "acv": "acv",
            "tcv": "tcv", "currency": "currency", "source": {"column": "source", "unknown": ["unknown"]},
            "source_override": "override", "segment": "segment", "accepted": "accepted", "reason": "reason",
            "competitor": "competitor", "merged_into": "merged",
        },
    },
    "accounts": {
        "entity": "account",
        "fields": {"name": "name", "domain": "domain", "employees": "employees", "industry": "industry",
                   "merged_into": "merged"},
    },
    "users": {"entity": "user", "fields": {"team": "team", "role": "role"}},
    "leads": {
        "entity": "lead",
        "fields": {"email": "email", "source": {"column": "source", "unknown": ["unknown"]}, "status": "status",
                   "account_id": "account", "opportunity_id": "deal", "merged_into": "merged",
                   "first_contact_at": "created", "score": "score", "employees": "employees", "owner_id": "owner"},
    },
    "changes": {
        "entity": "lifecycle_change", "mode": "log", "at": "at",
        "fields": {"lead_id": "lead", "stage": "stage", "at": "at", "reason": "reason"},
    },
    "claims": {
        "entity": "claim",
        "fields": {"lead_id": "lead", "opportunity_id": "deal", "amount": "amount", "currency": "currency",
                   "claimed_at": "claimed"},
    },
    "targets": {
        "entity": "target",
        "fields": {"period": "period", "segment": "segment", "amount": "amount", "currency": "currency"},
    },
    "history": {
        "entity": "field_history", "of": "opportunity", "mode": "log", "key": ["record", "field", "at"],
        "fields": {"record": "record", "field": "field", "new_value": "new_value", "at": "at"},
        "tracked": {"Stage": "stage", "Close": "close_date", "ARR": "arr"},
    },
    "activities": {
        "entity": "activity", "mode": "log", "at": "at",
        "fields": {"at": "at", "account_id": "account", "lead_id": "lead", "opportunity_id": "deal",
                   "by_function": "by_function", "automated": "automated", "kind": "kind"},
    },
    "spend": {
        "entity": "spend", "mode": "log", "at": "at",
        "fields": {"at": "at", "amount": "amount", "currency": "currency", "category": "category"},
    },
    "invoices": {
        "entity": "revenue", "mode": "log", "at": "at",
        "fields": {"at": "at", "account_id": "account", "amount": "amount", "currency": "currency"},
    },
}  # fmt: skip
RATES = "kind,currency,from,rate\nplan,EUR,2025-02-01,1.05\nplan,EUR,2026-02-01,1.10\nspot,EUR,2025-02-01,1.20\n"


def once(**changed: str) -> Life:
    """A life of one version, from the beginning of 2026."""
    return [("2026-01-05T09:00", changed)]


def dated(name: str, lives: Mapping[str, Life], days: Sequence[str]) -> Fields:
    """The exports of an object, one for each day."""
    return {f"{name}_{day}.csv": text(name, _alive(name, lives, day)) for day in days}


def _alive(name: str, lives: Mapping[str, Life], day: str) -> list[Fields]:
    rows = []
    for key, life in lives.items():
        passed = [version for version in life if version[0][:10] <= day]
        if passed and GONE not in passed[-1][1]:
            row = COLUMNS[name] | {"id": key, "modified": passed[-1][0]}
            for _, changed in passed:
                row |= {column: value for column, value in changed.items() if column != GONE}
            if not row.get("created", "-"):
                row["created"] = life[0][0]
            rows.append(row)
    return rows


def text(name: str, rows: Iterable[Fields]) -> str:
    """Rows of an object as CSV; what a row does not say is as usual."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", *COLUMNS[name], "modified"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({"modified": "2026-01-05", **COLUMNS[name], **row} for row in rows)
    return out.getvalue()


def logged(name: str, day: str, rows: Iterable[Fields]) -> Fields:
    """An export of a log, its events numbered."""
    return {f"{name}_{day}.csv": text(name, ({"id": f"{name}-{n}", **row} for n, row in enumerate(rows)))}


@dataclass(frozen=True)
class Tiny:
    """A company: its exports, the files of its contract and its registers."""

    exports: Fields
    contract: dict[str, Any] = field(default_factory=dict)
    exclusions: str = ""
    merges: str = ""
    rates: str = RATES

    def write(self, folder: Path) -> Workspace:
        """Write the workspace."""
        (folder / "contract").mkdir(parents=True, exist_ok=True)
        (folder / "exports").mkdir(exist_ok=True)
        parts = {"company": COMPANY, "pipeline": PIPELINE, "sources": self._sources()} | self.contract
        for name, part in parts.items():
            (folder / f"contract/{name}.yaml").write_text(json.dumps(part))
        heads = {
            "exclusions": "object,id,reason,owner,from,expires\n",
            "merges": "object,id,into,reason,owner,expires\n",
        }
        (folder / "contract/rates.csv").write_text(self.rates)
        (folder / "contract/exclusions.csv").write_text(heads["exclusions"] + self.exclusions)
        (folder / "contract/merges.csv").write_text(heads["merges"] + self.merges)
        for name, content in self.exports.items():
            (folder / "exports" / name).write_text(content, encoding="utf-8")
        return Workspace(folder)

    def refreshed(self, folder: Path) -> Workspace:
        """Write the workspace and bring its numbers up to date."""
        workspace = self.write(folder)
        report = refresh(workspace, NOW)
        assert report.after is not None, report.findings
        return workspace

    def _sources(self) -> dict[str, Any]:
        names = dict.fromkeys(name.partition("_")[0] for name in self.exports)
        usual = {"key": "id", "modified": "modified"}
        objects = {name: usual | {"files": f"{name}_*.csv"} | MAPPED[name] for name in names}
        return {"crm": {"path": "exports", "objects": objects}}


# -- asking


def stored(day: str) -> datetime:
    """The end of a local day as questions have it: in UTC, without zone."""
    return end_of_day(day, ZONE).astimezone(UTC).replace(tzinfo=None)


def answered(workspace: Workspace, metric: str, as_of: str | None = None, **question: Any) -> Answer:  # noqa: ANN401
    """Ask as of the end of a day."""
    return ask(workspace, Question(metric, as_of=stored(as_of) if as_of else None, **question))


def slices(answer: Answer) -> dict[str, Row]:
    """The rows of the one dimension asked for."""
    return {next(iter(row.by.values())): row for row in answer.rows if row.by}


def records(workspace: Workspace, metric: str, as_of: str | None = None, **question: Any) -> set[str]:  # noqa: ANN401
    """The records that a number counts."""
    found = answered(workspace, metric, as_of, records=True, **question).records
    return {str(row["record"]) for row in found or ()}
