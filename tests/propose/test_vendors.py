"""The exports of eight known systems: which object each file is, its key and mode, written down by looking at them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracles.asking import DATA
from tieout.propose.plan import Proposal
from tieout.propose.propose import propose

VENDORS = DATA / "vendor_exports"

EXPECTED: dict[str, dict[str, tuple[str, str, str]]] = {
    "salesforce": {
        "sf_account": ("account", "id", "full"),
        "sf_contact": ("contact", "id", "full"),
        "sf_event": ("activity", "id", "log"),
        "sf_lead": ("lead", "id", "full"),
        "sf_opportunity": ("opportunity", "id", "full"),
        "sf_opportunity_history": ("opportunity", "id _fivetran_start", "log"),
        "sf_task": ("activity", "id", "log"),
        "sf_user": ("user", "id", "full"),
    },
    "hubspot": {
        "company": ("account", "id", "full"),
        "contact": ("contact", "id", "full"),
        "contact_form_submission": ("activity", "conversion_id", "log"),
        "deal": ("opportunity", "deal_id", "full"),
        "deal_stage": ("opportunity", "deal_id date_entered", "log"),
        "email_campaign": ("campaign", "id", "full"),
        "email_event": ("activity", "id", "log"),
        "engagement_call": ("activity", "engagement_id", "log"),
        "engagement_communication": ("activity", "engagement_id", "log"),
        "engagement_email": ("activity", "engagement_id", "log"),
        "engagement_meeting": ("activity", "engagement_id", "log"),
        "engagement_note": ("activity", "engagement_id", "log"),
        "engagement_task": ("activity", "engagement_id", "log"),
        "owner": ("user", "owner_id", "full"),
        "ticket": ("activity", "id", "log"),
    },
    "marketo": {
        "marketo_activity_click_email": ("activity", "id", "log"),
        "marketo_activity_email_bounced": ("activity", "id", "log"),
        "marketo_activity_email_delivered": ("activity", "id", "log"),
        "marketo_activity_open_email": ("activity", "id", "log"),
        "marketo_activity_send_email": ("activity", "id", "log"),
        "marketo_activity_unsubscribe_email": ("activity", "id", "log"),
        "marketo_campaign": ("campaign", "id", "full"),
        "marketo_lead": ("lead", "id", "full"),
    },
    "stripe": {
        "customer": ("account", "id", "full"),
        "invoice": ("invoice", "id", "full"),
        "subscription": ("subscription", "id", "full"),
    },
    "quickbooks": {"customer": ("account", "id", "full"), "invoice": ("invoice", "id", "full")},
    "zendesk": {
        "organization": ("account", "id", "full"),
        "ticket": ("activity", "id", "log"),
        "user": ("contact", "id", "full"),
        "user_2": ("contact", "id", "full"),
    },
    "google_ads": {
        "campaign_history": ("campaign", "id", "delta"),
        "campaign_stats": ("spend", "_fivetran_id", "full"),
    },
    "linkedin": {
        "linkedin_ad_analytics_by_campaign": ("spend", "campaign_id day", "full"),
        "linkedin_campaign_history": ("campaign", "id", "delta"),
    },
}
"""For each folder the objects that numbers read: entity, key and mode. Everything else is kept without an entity."""


def propose_from(folder: Path, root: Path) -> Proposal:
    if not folder.is_dir():
        pytest.skip(f"no data in {folder}: set TIEOUT_DATA")
    return propose(folder, root, datetime(2026, 7, 31))


@pytest.mark.parametrize("system", EXPECTED)
def test_each_file_is_what_it_is(system: str, tmp_path: Path) -> None:
    proposal = propose_from(VENDORS / system, tmp_path)
    read = {plan.name: (plan.entity, " ".join(plan.key), plan.told("mode")) for plan in proposal.plans if plan.entity}
    assert read == EXPECTED[system]
    assert {plan.system for plan in proposal.plans} == {system}


@pytest.mark.slow
def test_every_file_is_told_of(tmp_path: Path) -> None:
    proposal = propose_from(VENDORS, tmp_path)
    told = {source.name for plan in proposal.plans for source in plan.table.sources}
    told |= {out.name for out in proposal.left_out}
    assert told == {path.relative_to(VENDORS).as_posix() for path in VENDORS.rglob("*") if path.is_file()}
