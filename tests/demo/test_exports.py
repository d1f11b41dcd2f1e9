"""Marlow's exports: the same every time, and such as its systems could have made them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.demo.recount import Marlow, local, read

FULL = {
    "crm/opportunities": ("Id", "LastModifiedDate"),
    "crm/accounts": ("Id", "LastModifiedDate"),
    "crm/contacts": ("Id", "LastModifiedDate"),
    "crm/users": ("Id", "LastModifiedDate"),
    "marketing/campaigns": ("campaign_id", "updated_at"),
    "marketing/opportunity_credits": ("credit_id", "updated_at"),
    "finance/subscriptions": ("subscription_id", "updated_at"),
    "finance/targets": ("target_id", "updated_at"),
    "finance/quotas": ("quota_id", "updated_at"),
}
LOGS = {
    "crm/opportunity_history": ("Id", "CreatedDate"),
    "crm/activities": ("Id", "ActivityDateTime"),
    "marketing/touches": ("touch_id", "touched_at"),
    "marketing/lifecycle_changes": ("change_id", "changed_at"),
    "finance/invoices": ("invoice_line", "invoice_date"),
    "finance/general_ledger": ("entry_id", "posted_on"),
    "success/health": ("score_id", "scored_at"),
    "success/usage": ("usage_id", "measured_at"),
}
RENAMED_ON = date(2025, 6, 10)


def pulls(marlow: Marlow, name: str) -> Iterator[tuple[date, list[dict[str, str]]]]:
    for path in sorted((marlow.folder / "exports" / name).iterdir()):
        yield date.fromisoformat(path.name.split("_")[-1][:10]), read(path)


def newest(marlow: Marlow, name: str) -> list[dict[str, str]]:
    return read(marlow.folder / "exports" / name / f"{name.split('/')[1]}_2026-09-22.csv")


@cache
def weekly_ids(marlow: Marlow) -> dict[date, set[str]]:
    return {day: {row["Id"] for row in rows} for day, rows in pulls(marlow, "crm/opportunities")}


def fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_is_the_same_every_time_whatever_the_hash_seed_and_what_was_there(marlow: Marlow, tmp_path: Path) -> None:
    """It is made in place: of its files some are as they were, some were spoiled, some are gone."""
    folder = tmp_path / "marlow"
    for number, path in enumerate(sorted(path for path in marlow.folder.rglob("*") if path.is_file())):
        to = folder / path.relative_to(marlow.folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        if number % 3:
            to.write_bytes(path.read_bytes() if number % 3 == 1 else b"spoiled")
    assert fingerprint(folder) != fingerprint(marlow.folder)
    code = f"from pathlib import Path; from tieout.demo import make_marlow; make_marlow(Path({str(folder)!r}))"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    )
    assert fingerprint(folder) == fingerprint(marlow.folder)


def test_the_exports_stay_small(marlow: Marlow) -> None:
    assert sum(path.stat().st_size for path in marlow.folder.rglob("*") if path.is_file()) < 60_000_000


@pytest.mark.parametrize("name", FULL)
def test_each_key_is_there_once_and_what_changed_between_two_exports_was_modified_between_them(
    marlow: Marlow, name: str
) -> None:
    key, modified = FULL[name]
    before: dict[str, dict[str, str]] = {}
    previous = date.min
    ever: set[str] = set()
    for day, rows in pulls(marlow, name):
        now = {row[key]: row for row in rows}
        assert len(now) == len(rows), day
        for record, row in now.items():
            changed = record not in ever or (record in before and before[record] != row)
            renamed = day == RENAMED_ON and row.get("StageName") == "Proposal"
            if changed and not renamed:
                assert previous < local(row[modified]) <= day, (name, day, record)
        ever |= set(now)
        before, previous = now, day
    assert previous == date(2026, 9, 22)


def test_few_records_vanish_at_a_time(marlow: Marlow) -> None:
    before: set[str] = set()
    for day, now in weekly_ids(marlow).items():
        assert len(before - now) <= 20, day
        before = now


@pytest.mark.parametrize("name", LOGS)
def test_an_event_is_told_once_and_after_it_happened(marlow: Marlow, name: str) -> None:
    key, at = LOGS[name]
    seen: set[str] = set()
    previous = date.min
    for day, rows in pulls(marlow, name):
        keys = {row[key] for row in rows}
        assert len(keys) == len(rows)
        assert not keys & seen
        happened = [date.fromisoformat(row[at]) if len(row[at]) == 10 else local(row[at]) for row in rows]
        assert all(previous < one <= day for one in happened), (name, day)
        seen |= keys
        previous = day


def test_references_resolve(marlow: Marlow) -> None:
    ids = {name: {row[key] for row in newest(marlow, name)} for name, (key, _) in FULL.items()}
    ids["crm/opportunities"] = set().union(*weekly_ids(marlow).values())
    leads = {row["lead_id"] for _, rows in pulls(marlow, "marketing/leads") for row in rows}
    deals, accounts, users = ids["crm/opportunities"], ids["crm/accounts"], ids["crm/users"]
    for row in newest(marlow, "crm/opportunities"):
        assert row["AccountId"] in accounts
        assert not row["Lead__c"] or row["Lead__c"] in leads
        assert not row["MergedInto__c"] or row["MergedInto__c"] in deals
    for row in newest(marlow, "marketing/opportunity_credits"):
        assert row["lead_id"] in leads
        assert not row["opportunity_id"] or row["opportunity_id"] in deals
    for row in newest(marlow, "finance/subscriptions"):
        assert row["customer_id"] in accounts
        assert not row["opportunity_id"] or row["opportunity_id"] in deals
    for name, column, known in (
        ("crm/contacts", "AccountId", accounts),
        ("crm/accounts", "OwnerId", users),
        ("finance/quotas", "user_id", users),
    ):
        assert {row[column] for row in newest(marlow, name)} <= known, name
    for name, column, known in (
        ("marketing/touches", "lead_id", leads),
        ("marketing/touches", "campaign_id", ids["marketing/campaigns"]),
        ("marketing/lifecycle_changes", "lead_id", leads),
        ("finance/invoices", "customer_id", accounts),
        ("finance/invoices", "subscription_id", ids["finance/subscriptions"]),
        ("crm/opportunity_history", "OpportunityId", deals),
        ("success/health", "company_id", accounts),
        ("success/usage", "company_id", accounts),
    ):
        assert {row[column] for _, rows in pulls(marlow, name) for row in rows} <= known, name


def test_only_the_planted_deals_have_an_owner_nobody_knows(marlow: Marlow) -> None:
    users = {row["Id"] for _, rows in pulls(marlow, "crm/users") for row in rows}
    strangers = {row["Id"] for row in marlow.weeks[date(2026, 9, 22)].values() if row["OwnerId"] not in users}
    trap = {
        row["record"] for row in read(marlow.folder / "truth/traps.csv") if row["trap"] == "owner not known (recipe)"
    }
    assert strangers == trap


def test_the_field_history_ends_where_the_last_export_stands(marlow: Marlow) -> None:
    told: dict[tuple[str, str], str] = {}
    for _, rows in pulls(marlow, "crm/opportunity_history"):
        for row in rows:
            told[row["OpportunityId"], row["Field"]] = row["NewValue"]
    last = marlow.weeks[date(2026, 9, 22)]
    wrong = [key for key, value in told.items() if key[0] in last and last[key[0]][key[1]] != value]
    assert wrong == []


def test_a_deleted_deal_has_no_history_after_it_was_last_seen(marlow: Marlow) -> None:
    last_seen = {record: day for day, ids in weekly_ids(marlow).items() for record in ids}
    for _, rows in pulls(marlow, "crm/opportunity_history"):
        for row in rows:
            assert local(row["CreatedDate"]) <= last_seen[row["OpportunityId"]]
