"""The dirty names, missing accounts and stale deals of the Maven data, counted again from its files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.asking import DATA, Workspace, real_data

PRODUCTS = ["GTX Basic", "GTX Pro", "MG Special", "MG Advanced", "GTX Plus Pro", "GTX Plus Basic", "GTK 500"]
SECTORS = ["technology", "medical", "retail", "software", "entertainment", "marketing", "telecommunications", "finance",
           "employment", "services"]  # fmt: skip
TAKEN = date(2017, 12, 31)
CONTRACT: dict[str, Any] = {
    "company": {"name": "Maven"},
    "pipeline": {
        "stages": [
            {"name": "Prospecting", "required": ["owner_id", "product"]},
            {"name": "Engaging", "required": ["account_id"]},
            {"name": "Won", "outcome": "won", "required": ["close_date"]},
            {"name": "Lost", "outcome": "lost", "required": ["close_date"]},
        ],
        "types": ["new"],
        "definition": [{"stage": "Prospecting", "types": ["new"]}],
        "stale": {"unchanged_days": 180},
    },
    "quality": {
        "fields": {
            "opportunity.product": {"allowed": PRODUCTS},
            "account.industry": {"allowed": SECTORS},
            "account.name": {"consistent": True},
            "opportunity.account_id": {"same_as": "account.name"},
        },
        "verticals": {"Tech": ["software", "telecommunications"]},
    },
    "sources": {
        "crm": {
            "path": "${TIEOUT_DATA}/maven",
            "objects": {
                "deals": {
                    "entity": "opportunity", "files": "sales_pipeline.csv", "key": "opportunity_id",
                    "taken_at": str(TAKEN), "events": [{"at": "engage_date", "set": {"stage": "Engaging"}}],
                    "fields": {"owner_id": "sales_agent", "account_id": "account", "product": "product",
                               "stage": "deal_stage", "close_date": "close_date", "arr": "close_value",
                               "type": {"constant": "new"}},
                },
                "accounts": {
                    "entity": "account", "files": "accounts.csv", "key": "account", "taken_at": str(TAKEN),
                    "fields": {"name": "account", "industry": "sector"},
                },
            },
        }
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Maven, by a contract of its own; skips where the data is not there."""
    real_data("maven")
    folder = tmp_path_factory.mktemp("maven")
    (folder / "contract").mkdir()
    for name, part in CONTRACT.items():
        (folder / "contract" / f"{name}.yaml").write_text(json.dumps(part))
    workspace = Workspace(folder)
    workspace.run("refresh")
    return workspace


@pytest.fixture(scope="module")
def audited(maven: Workspace) -> dict[str, Any]:
    """Its audit."""
    found: dict[str, Any] = json.loads(maven.run("audit", "--json"))
    return found


def rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(DATA) / "maven" / name).open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def check(audited: dict[str, Any], name: str) -> tuple[int, int]:
    return next((one["checked"], one["broken"]) for one in audited["checks"] if one["name"] == name)


def test_products_and_sectors_that_are_not_allowed(maven: Workspace, audited: dict[str, Any]) -> None:
    products = Counter(row["product"] for row in rows("sales_pipeline.csv"))
    assert products["GTXPro"] == 1480
    assert check(audited, "opportunity.product allowed") == (8800, 1480)
    sectors = Counter(row["sector"] for row in rows("accounts.csv"))
    assert check(audited, "account.industry allowed") == (85, sectors["technolgy"])
    found = json.loads(maven.run("check", "--json"))["findings"]
    meant = {one["given"]: one["nearest"] for one in found if one["code"] == "quality.allowed"}
    assert meant == {"GTXPro": "GTX Pro", "technolgy": "technology"}


def test_deals_without_an_account(audited: dict[str, Any]) -> None:
    """1,425 open deals have none; those in Engaging owe one, and every won deal has one."""
    deals = list(rows("sales_pipeline.csv"))
    without = Counter(row["deal_stage"] for row in deals if not row["account"])
    assert without == {"Engaging": 1088, "Prospecting": 337}
    owing = sum(row["deal_stage"] in {"Engaging", "Won"} for row in deals)
    assert check(audited, "opportunity.account_id by stage") == (owing, 1088)
    stages = Counter(row["deal_stage"] for row in deals)
    owed = 2 * stages["Prospecting"] + 3 * stages["Engaging"]
    fields = next(one for one in audited["questions"] if one["question"] == "Required fields?")
    assert (fields["right"], fields["n"]) == (owed - 1088, owed)


def test_stale_deals(audited: dict[str, Any]) -> None:
    """Prospecting has no date at all: nobody knows when such a deal last changed, so none of them is stale."""
    engaged = [
        date.fromisoformat(row["engage_date"]) for row in rows("sales_pipeline.csv") if row["deal_stage"] == "Engaging"
    ]
    assert check(audited, "stale: unchanged") == (2089, sum((TAKEN - day).days > 180 for day in engaged))


def test_names_agree(audited: dict[str, Any]) -> None:
    """No account is spelled in two ways, and deals name accounts as the table of accounts does."""
    names = {row["account"] for row in rows("accounts.csv")}
    assert {row["account"] for row in rows("sales_pipeline.csv")} - {""} <= names
    assert check(audited, "account.name spelling") == (85, 0)
    assert check(audited, "opportunity.account_id spelling")[1] == 0


def test_no_completeness_before_the_rows_were_told(audited: dict[str, Any]) -> None:
    """Until the one extract only stages are known, by their dates: no field is missing then."""
    values = [row["completeness.required"]["value"] for row in audited["trend"]]
    assert values[:-1] == [None] * 5
    assert values[-1] is not None
