"""Marlow, the sample company: a B2B software firm of about $24M ARR, as its systems would export it, made on the spot.

The same every time: own random numbers with fixed seeds, no clock, nothing that depends on the machine.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from tieout.demo import accounts, balance, deals, exports, finance, leads, past, people, plant, readme, success, truth
from tieout.demo.exports import Lines, write_delta, write_full, write_log
from tieout.demo.world import FIRST_PULL, LAST_PULL, MONTHLY, WEEKLY, Record, World, stamp

CRM = {
    "accounts": (
        "Id",
        "Name",
        "Website",
        "Domain__c",
        "Industry",
        "NumberOfEmployees",
        "AnnualRevenue",
        "BillingCountry",
        "BillingCity",
        "Region__c",
        "OwnerId",
        "MergedInto__c",
        "CreatedDate",
        "LastModifiedDate",
    ),
    "contacts": (
        "Id",
        "FirstName",
        "LastName",
        "Email",
        "Phone",
        "Title",
        "AccountId",
        "CreatedDate",
        "LastModifiedDate",
    ),
    "users": ("Id", "Name", "Email", "Department", "Region", "ManagerId", "UserRole", "IsActive", "LastModifiedDate"),
}
LOGS = {
    "crm/opportunity_history": ("Id", "OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"),
    "crm/activities": (
        "Id",
        "ActivityType",
        "ActivityDateTime",
        "LeadId",
        "ContactId",
        "AccountId",
        "OpportunityId",
        "OwnerId",
        "Team",
        "Direction",
        "IsAutomated",
        "Subject",
    ),
    "marketing/touches": ("touch_id", "lead_id", "campaign_id", "touch_type", "channel", "touched_at"),
    "marketing/lifecycle_changes": ("change_id", "lead_id", "new_stage", "changed_at", "reason", "changed_by"),
    "finance/invoices": (
        "invoice_line",
        "customer_id",
        "subscription_id",
        "amount",
        "currency",
        "invoice_date",
        "line_type",
    ),
    "finance/general_ledger": (
        "entry_id",
        "gl_account",
        "category",
        "channel",
        "campaign_id",
        "amount",
        "currency",
        "posted_on",
    ),
    "success/health": ("score_id", "company_id", "score", "scored_at"),
    "success/usage": ("usage_id", "company_id", "measure", "value", "measured_at"),
}
TABLES = {
    "marketing/campaigns": (
        "campaign_id",
        "name",
        "channel",
        "start_date",
        "end_date",
        "budget",
        "currency",
        "updated_at",
    ),
    "marketing/opportunity_credits": (
        "credit_id",
        "lead_id",
        "opportunity_id",
        "credit_amount",
        "currency",
        "credited_at",
        "credited_by",
        "updated_at",
    ),
    "finance/subscriptions": (
        "subscription_id",
        "customer_id",
        "opportunity_id",
        "product",
        "arr",
        "currency",
        "start_date",
        "end_date",
        "status",
        "cancelled_on",
        "updated_at",
    ),
    "finance/targets": ("target_id", "fiscal_quarter", "segment", "target", "currency", "kind", "updated_at"),
    "finance/quotas": ("quota_id", "user_id", "fiscal_quarter", "quota", "currency", "updated_at"),
}


YEARLY = tuple(day for day in MONTHLY if day.month == 2 or day in {FIRST_PULL, LAST_PULL})
PULLS = {"finance/targets": YEARLY, "finance/quotas": YEARLY}
"""The tables that are exported when a fiscal year begins rather than each month."""


def make_marlow(folder: Path) -> None:
    """Write Marlow's whole workspace into `folder`: exports, contract, truth and a README. Files there are replaced."""
    world = World()
    people.hire(world)
    contracts = past.lay_past(world)
    plot = plant.plant(world, renewing(contracts))
    balance.balance(plot)
    contracts += finance.sign_rest(world)
    past.claim_past(world)
    leads.lay_leads(world)
    accounts.disturb(world)
    deals.log_changes(world)
    finance.earn(world, contracts)
    finance.spend(world)
    success.care(world, contracts)
    success.act(world)
    leads.null_sources(world)
    _export(world, folder / "exports")
    _contract(world, folder / "contract")
    truth.write_truth(world, plot.truth, folder / "truth")
    exports.write_text(folder / "README.md", readme.readme(world, plot.truth))


def renewing(contracts: list[finance.Contract]) -> list[Record]:
    """Give the customers whose terms end about the quarter under review, soonest first."""
    due = [contract for contract in contracts if not contract.cancelled and contract.ends > past.LAST_CLOSE]
    due.sort(key=lambda contract: (contract.ends, contract.record.id))
    return list({contract.account.id: contract.account for contract in due}.values())


def _export(world: World, folder: Path) -> None:
    opportunities = Lines(deals.COLUMNS, "Id", "LastModifiedDate")
    write_full(
        folder / "crm/opportunities", [deal.record for deal in world.deals], WEEKLY, opportunities, deals.renamed
    )
    for name, columns in CRM.items():
        records: list[Record] = {"accounts": world.accounts, "contacts": world.contacts, "users": world.users}[name]
        for record in records:
            born = stamp(record.born)
            record.versions[:] = [(at, {**row, "CreatedDate": born}) for at, row in record.versions]
        write_full(folder / "crm" / name, records, MONTHLY, Lines(columns, "Id", "LastModifiedDate"))
    write_delta(folder / "marketing/leads", world.leads, MONTHLY, Lines(leads.LEAD_COLUMNS, "lead_id", "updated_at"))
    tables = {
        "marketing/campaigns": leads.campaigns(),
        "marketing/opportunity_credits": world.claims,
        "finance/subscriptions": world.subscriptions,
        "finance/targets": finance.targets(),
        "finance/quotas": finance.quotas(world),
    }
    for name, columns in TABLES.items():
        pulls = PULLS.get(name, MONTHLY)
        write_full(folder / name, tables[name], pulls, Lines(columns, columns[0], "updated_at"))
    for name, columns in LOGS.items():
        write_log(folder / name, world.logs[name.partition("/")[2]], MONTHLY, columns)


def _contract(world: World, folder: Path) -> None:
    source = files("tieout.demo") / "marlow" / "contract"
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        exports.write_text(folder / entry.name, entry.read_text(encoding="utf-8"))
    for name, rows in (("exclusions.csv", world.exclusions), ("merges.csv", world.merges)):
        exports.write_text(
            folder / name, "".join(exports.line(row) for row in ([*rows[0]], *([*row.values()] for row in rows)))
        )


def marlow(folder: Path) -> str:
    """Make Marlow in `folder` for the command line; give the sentence to show."""
    make_marlow(folder)
    return f"Marlow is in {folder}. Its README names the quarter under review: 2027-Q3 as of 2026-09-22."
