"""Leads with their place in the organization: that of their first contact, or that of now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.measure.states import ORGANIZATION

if TYPE_CHECKING:
    from tieout.measure.lens_sql import LensView

LEAD = (
    "record", "first_contact_at", "source", "source_raw", "status", "score", "campaign_id", "landing_page",
    "opportunity_id", "account_id", "match_reason", "industry", "vertical", "employees", "country", "domain",
    "duplicate_until",
)  # fmt: skip
"""The columns of leads that do not depend on who stands where."""


def leads_sql(view: LensView) -> str:
    """Give the SQL of every lead, its place in the organization as it was at first contact or as it is."""
    columns = ", ".join(f"l.{name}" for name in LEAD)
    stood = ", ".join(f"{'l' if view.as_is else 'a'}.{name}" for name in ORGANIZATION)
    return f"select {columns}, {stood} from leads as l left join lead_arrivals as a on a.record = l.record"
