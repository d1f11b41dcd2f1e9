"""The words a contract may use: the entities a system's objects can mean, and the fields each of them has.

A mapping fills these fields; a criterion may use these columns. A test holds the lists equal to the tables of align.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a field holds once it has been read."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"


T, M, N, D, H, F = Kind.TEXT, Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.FLAG
W = Kind.INTEGER

PERSON = {
    "first_name": T,
    "last_name": T,
    "email": T,
    "phone": T,
    "company": T,
    "title": T,
    "linkedin": T,
}

ENTITIES: dict[str, dict[str, Kind]] = {
    "account": {
        "id": T, "name": T, "domain": T, "industry": T, "employees": W, "revenue": N, "country": T, "region": T,
        "city": T, "segment": T, "owner_id": T, "parent_id": T, "merged_into": T, "created_at": H,
    },
    "activity": {
        "id": T, "kind": T, "at": H, "lead_id": T, "contact_id": T, "account_id": T, "opportunity_id": T, "user_id": T,
        "campaign_id": T, "channel": T, "direction": T, "by_function": T, "automated": F, "subject": T,
    },
    "campaign": {"id": T, "name": T, "channel": T, "starts_on": D, "ends_on": D, "budget": M, "currency": T},
    "claim": {"id": T, "lead_id": T, "opportunity_id": T, "amount": M, "currency": T, "claimed_at": H, "claimed_by": T},
    "contact": {"id": T, **PERSON, "account_id": T, "lead_id": T, "merged_into": T, "created_at": H},
    "health": {"id": T, "account_id": T, "score": N, "at": H},
    "invoice": {"id": T, "account_id": T, "amount": M, "currency": T, "at": H, "due_on": D, "paid_on": D},
    "lead": {
        "id": T, **PERSON, "domain": T, "industry": T, "employees": W, "country": T, "region": T, "segment": T,
        "source": T, "status": T, "score": N, "campaign_id": T, "landing_page": T, "owner_id": T, "account_id": T,
        "opportunity_id": T, "merged_into": T, "first_contact_at": H, "created_at": H,
    },
    "lifecycle_change": {"id": T, "lead_id": T, "stage": T, "at": H, "reason": T, "user_id": T},
    "opportunity": {
        "id": T, "name": T, "account_id": T, "owner_id": T, "lead_id": T, "type": T, "stage": T, "category": T,
        "close_date": D, "created_at": H, "arr": M, "acv": M, "tcv": M, "currency": T, "probability": N, "source": T,
        "source_override": T, "segment": T, "region": T, "accepted": F, "reason": T, "competitor": T, "product": T,
        "merged_into": T,
    },
    "quota": {"id": T, "user_id": T, "period": T, "amount": M, "currency": T},
    "revenue": {"id": T, "account_id": T, "amount": M, "currency": T, "at": H, "kind": T},
    "spend": {"id": T, "amount": M, "currency": T, "at": H, "category": T, "channel": T, "campaign_id": T},
    "subscription": {
        "id": T, "account_id": T, "opportunity_id": T, "product": T, "arr": M, "currency": T, "starts_on": D,
        "ends_on": D, "cancelled_on": D, "status": T,
    },
    "target": {"id": T, "period": T, "segment": T, "amount": M, "currency": T, "kind": T},
    "usage": {"id": T, "account_id": T, "metric": T, "value": N, "at": H},
    "user": {"id": T, "name": T, "email": T, "team": T, "region": T, "manager_id": T, "role": T, "active": F},
}  # fmt: skip
"""Every entity and its fields. `id` is the record's own key in its system."""

FIELD_HISTORY = "field_history"
"""The entity of an object whose rows are single changes of another entity's fields; see `SourceObject.of`."""

FIELD_HISTORY_FIELDS: dict[str, Kind] = {"record": T, "field": T, "old_value": T, "new_value": T, "at": H}

PERSONAL = frozenset({"first_name", "last_name", "email", "phone", "title", "linkedin", "subject"})
"""Fields about a person; they stay in the ledger and never reach a published file."""

OPPORTUNITY_COLUMNS: dict[str, Kind] = {
    "record": T, "account_id": T, "owner_id": T, "team": T, "manager_id": T, "region": T, "segment": T, "territory": T,
    "industry": T, "country": T, "employees": W, "type": T, "stage": T, "category": T, "outcome": T, "source": T,
    "source_class": T, "close_date": D, "arr": M, "acv": M, "tcv": M, "currency": T, "probability": N, "accepted": F,
    "reason": T, "competitor": T, "vertical": T,
}  # fmt: skip
"""What a criterion about opportunities (a lens's slice or acceptance, `--where`) may use."""

EVIDENCE_COLUMNS: dict[str, Kind] = {
    **OPPORTUNITY_COLUMNS, "name": T, "lead_id": T, "product": T, "closes_in_days": W, "days_in_stage": W,
    "days_unchanged": W, "days_inactive": W, "times_pushed": W,
}  # fmt: skip
"""What evidence for a stage and a rule about opportunities may use: also what is counted as of the moment.

`closes_in_days` is negative where the close date has passed; `days_unchanged` since the deal last changed,
`days_inactive` since its last activity by a person; `times_pushed` how often its close date was moved to a later day.
"""

REQUIRABLE: tuple[str, ...] = tuple(name for name in ENTITIES["opportunity"] if name not in {"id", "merged_into"})
"""The fields of an opportunity that a stage may require."""

ACCOUNT_COLUMNS: dict[str, Kind] = {
    "name": T, "domain": T, "industry": T, "employees": W, "revenue": N, "country": T, "region": T, "city": T,
    "segment": T,
}  # fmt: skip
"""What a criterion about accounts (a segment's `when`) may use."""

LEAD_COLUMNS: dict[str, Kind] = {
    "source": T, "status": T, "score": N, "industry": T, "employees": W, "country": T, "region": T, "segment": T,
    "territory": T, "owner_id": T, "team": T, "manager_id": T, "domain": T, "landing_page": T, "campaign_id": T,
    "vertical": T,
}  # fmt: skip
"""What a condition about leads may use."""

LEAD_TOLD: dict[str, Kind] = {
    name: kind for name, kind in LEAD_COLUMNS.items() if name not in {"territory", "team", "manager_id", "vertical"}
}
"""What a lifecycle stage's `when` and the ideal customer profile may use: what was told of the lead or its account."""


def rule_columns(entity: str) -> dict[str, Kind]:
    """Give the columns that a rule about the records of an entity may use."""
    if entity == "opportunity":
        return EVIDENCE_COLUMNS
    return {"record" if name == "id" else name: kind for name, kind in ENTITIES.get(entity, {}).items()}


FUNCTIONS = frozenset({"abs", "coalesce", "concat", "length", "lower", "nullif", "round", "trim", "upper"})
"""The functions a criterion may call, beside and, or, not, in, like, between, is null, comparison and arithmetic."""
