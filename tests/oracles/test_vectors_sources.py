"""The inventory of sources in small: two systems on one account, an empty column, a late extract, missing links."""

from __future__ import annotations

import csv
import io
import json
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.oracles.tiny import NOW, PIPELINE, Life, Tiny, dated, logged, once
from tieout import Workspace, refresh
from tieout.align.steps import step_order
from tieout.check import check
from tieout.inventory import Inventory, field_named, inventory
from tieout.measure.answers import QuestionError
from tieout.measure.diagnosis.uses import NOT_FOLLOWED, Uses
from tieout.questions import opened
from tieout.show.sources import mermaid

DAYS = ["2026-08-31", "2026-09-14"]
PIPE: dict[str, Any] = deepcopy(PIPELINE)
PIPE["stages"][1]["required"] = ["close_date", "product"]
ACCOUNTS: dict[str, Life] = {
    "A1": once(name="Acme", industry="Retail"),
    "A2": once(name="Bolt", industry=""),
    "A3": once(name="Core", industry="Mining"),
}
DEALS: dict[str, Life] = {
    # of three open new deals one has a lead of its own, one is named by a lead, one has none
    "with lead": once(account="A1", lead="L1", arr="10"),
    "named by lead": once(account="A1", arr="20"),
    "alone": once(account="A2", arr="40.50"),
    # two customers: A1 was billed, A3 never was
    "won and billed": once(account="A1", stage="Closed Won", arr="100"),
    "won and not billed": once(account="A3", stage="Closed Won", arr="300"),
}
LEADS: dict[str, Life] = {"L1": once(account="A1"), "L2": once(deal="named by lead"), "L3": once()}
CLAIMS: dict[str, Life] = {"C1": once(deal="alone", amount="7"), "C2": once(deal="nowhere", amount="9")}
INVOICES = [{"account": "A1", "at": "2026-08-01", "amount": "50"}, {"account": "?", "at": "2026-08-01", "amount": "5"}]


def billing(rows: list[dict[str, str]]) -> str:
    """The export of the other system that knows accounts."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ["ref", "label", "branch", "nothing", "extra"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The company, its CRM and its billing."""
    lives = {"deals": DEALS, "accounts": ACCOUNTS, "leads": LEADS, "claims": CLAIMS}
    exports = {name: text for kind, found in lives.items() for name, text in dated(kind, found, DAYS).items()}
    exports |= logged("invoices", "2026-09-14", INVOICES)
    workspace = Tiny(exports, {"pipeline": PIPE}).write(tmp_path_factory.mktemp("sources"))
    path = workspace.contract / "sources.yaml"
    sources = json.loads(path.read_text())
    sources["crm"]["objects"]["deals"] |= {"every": "7 days", "owner": "Alice"}
    sources["crm"]["objects"]["accounts"]["every"] = "3 months"
    sources["billing"] = {
        "path": "billing", "owner": "Bob",
        "objects": {
            "customers": {
                "entity": "account", "files": "*.csv", "key": "ref",
                "fields": {"name": "label", "industry": {"column": "branch", "owner": "Carol"}, "city": "nothing"},
            },
            "kept": {"files": "kept*.csv", "key": "ref"},
        },
    }  # fmt: skip
    path.write_text(json.dumps(sources))
    (workspace.root / "billing").mkdir()
    told = [
        {"ref": "A1", "label": "Acme", "branch": "Trade", "extra": "x"},
        {"ref": "A2", "label": "Bolt Ltd", "branch": "Retail", "extra": ""},
        {"ref": "A9", "label": "Dune", "branch": "Retail", "extra": ""},
    ]
    (workspace.root / "billing" / "customers_2026-09-14.csv").write_text(billing(told))
    assert refresh(workspace, NOW).after is not None
    return workspace


@pytest.fixture(scope="module")
def found(workspace: Workspace) -> Inventory:
    """Its inventory."""
    return inventory(workspace, NOW)


def test_a_field_of_two_systems_says_who_wins_and_how_often_they_differ(found: Inventory) -> None:
    """A1 and A2 are told by both. Their names differ once (Bolt), their industries once: A2 has one in billing only."""
    name, industry = field_named(found, "account.name").shared, field_named(found, "account.industry").shared
    assert name
    assert (name.both, name.differ, name.example) == (2, 1, "A2")
    assert name.wins == "the object that first told the record"
    assert industry
    assert (industry.both, industry.differ, industry.example) == (1, 1, "A1")


def test_the_winner_is_the_one_that_is_counted(workspace: Workspace) -> None:
    with opened(workspace) as asked:
        sql = "select name from account_versions where record = 'A2' and valid_to = timestamp '9999-12-31'"
        names = {row[0] for row in asked.engine.execute(f"{sql} and seen_to = timestamp '9999-12-31'").fetchall()}
    assert names == {"Bolt"}


def test_owners_are_of_the_field_the_object_or_the_system(found: Inventory) -> None:
    assert {one.object: one.owner for one in field_named(found, "account.industry").told} == {
        "crm.accounts": None, "billing.customers": "Carol",
    }  # fmt: skip
    assert field_named(found, "opportunity.arr").owner == "Alice"


def test_how_far_a_field_is_filled(found: Inventory) -> None:
    told = {one.object: (one.filled, one.rows) for one in field_named(found, "account.industry").told}
    assert told == {"crm.accounts": (2, 3), "billing.customers": (3, 3)}


def test_what_is_late(workspace: Workspace, found: Inventory) -> None:
    """The deals of 14 September, end of day in New York, were due on the 21st; accounts are not late on 23 November."""
    late = {one.label: one.late for one in found.objects if one.late}
    assert late == {"crm.deals": NOW - datetime(2026, 9, 15, 3, 59, 59, 999999) - timedelta(days=7)}
    told = [one for one in check(workspace, NOW, {}) if one.code == "source.late"]
    assert [(one.place, one.given) for one in told] == [("crm.deals", "7 days")]
    assert "62 days late" in told[0].message
    assert "Alice" in told[0].remedy
    assert not [one for one in check(workspace, datetime(2026, 9, 20), {}) if one.code == "source.late"]


def test_gaps(found: Inventory) -> None:
    gaps = {(gap.kind, gap.what) for gap in found.gaps}
    assert ("always empty", "billing.customers city") in gaps
    assert ("not mapped", "billing.customers extra") in gaps
    assert ("nobody maps", "opportunity.product") in gaps
    assert ("never pulled", "billing.kept") in gaps
    assert ("nobody tells", "activity") in gaps
    assert ("nobody maps", "opportunity.close_date") not in gaps
    assert not any("nothing" in what for kind, what in gaps if kind == "not mapped")


def test_missing_links_are_ranked_by_their_money(found: Inventory) -> None:
    assert [(link.what, link.alone, link.n, link.worth) for link in found.links] == [
        ("customers without revenue", 1, 2, Decimal("300.00")),
        ("new deals without a lead", 1, 3, Decimal("40.50")),
        ("claims on no known deal", 1, 2, Decimal("9.00")),
        ("revenue of no known account", 1, 2, Decimal("5.00")),
        ("leads of no account", 1, 3, None),
    ]


def test_which_numbers_read_a_field(found: Inventory) -> None:
    """Read in the SQL; the agreed number counts ARR, so that nothing of TCV moves it."""
    readers = {name: set(field_named(found, f"opportunity.{name}").numbers) for name in ("arr", "stage", "close_date")}
    assert {"pipeline.open", "pipeline.open_qualified", "bookings", "coverage.to_go"} <= readers["arr"]
    assert "leads.new" not in readers["arr"]
    assert "pipeline.open_qualified" in readers["stage"] & readers["close_date"]
    assert "pipeline.created" in set(field_named(found, "opportunity.tcv").numbers), "its basis may have been another"
    assert "pipeline.open_qualified" not in field_named(found, "opportunity.tcv").numbers
    assert field_named(found, "account.name").numbers == field_named(found, "account.domain").numbers
    assert "revenue.realised" in field_named(found, "revenue.amount").numbers
    assert set(field_named(found, "target.amount").numbers) == {
        "coverage.opening", "coverage.opening.week3", "coverage.to_go",
    }  # fmt: skip
    assert field_named(found, "lead.status").numbers == ()


def test_every_step_can_be_followed(workspace: Workspace) -> None:
    """One that cannot be would read nothing, and so would whatever is counted from it."""
    with opened(workspace) as asked:
        tables = Uses(asked).tables
    assert [name for name in step_order() if name not in NOT_FOLLOWED and not tables[name].columns] == []


def test_a_field_that_is_not_there_has_a_nearest(found: Inventory) -> None:
    with pytest.raises(QuestionError, match=r"opportunity\.close_date"):
        field_named(found, "opportunity.closedate")


def test_the_chart_names_every_object_and_entity(found: Inventory) -> None:
    chart = mermaid(found).splitlines()
    assert chart[0] == "flowchart LR"
    assert '    o_crm_2e_deals["deals"]' in chart
    assert "  o_crm_2e_deals --> e_opportunity" in chart
    assert '  e_opportunity --> n_pipeline["pipeline"]' in chart
    assert sum(line.strip() == "end" for line in chart) == len(found.labels) == 2
