"""What is found in exports of systems that nobody prepared for, and what is honestly not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.propose.conftest import NOW, plan_of
from tieout.propose.plan import Plan, Proposal, Sure
from tieout.propose.propose import propose

STRANGERS = Path(__file__).with_name("strangers")
"""Exports of systems that nobody prepared for: a few rows each, as those systems write them."""
ALL = sorted(path.name for path in STRANGERS.iterdir())


def of(system: str) -> Proposal:
    return propose(STRANGERS / system, STRANGERS, NOW)


def read(plan: Plan, *fields: str) -> dict[str, Any]:
    """Give the columns of fields that are proposed and not left to a person."""
    return {field: plan.column(field) for field in fields}


def outcomes(proposal: Proposal) -> dict[str, str]:
    return {stage.name: stage.outcome for stage in proposal.stages}


def test_pipedrive_keeps_the_end_of_a_deal_in_its_status() -> None:
    proposal = of("pipedrive")
    deals = plan_of(proposal, "deals")
    assert (deals.entity, deals.key, deals.told("mode")) == ("opportunity", ("Deal - ID",), "full")
    assert deals.told("modified") == "Deal - Update time"
    assert read(deals, "arr", "currency", "account_id", "created_at") == {
        "arr": "Deal - Value",
        "currency": "Deal - Currency of Value",
        "account_id": "Deal - Organization",
        "created_at": "Deal - Deal created",
    }
    sql = deals.told("fields.stage")["sql"]
    assert "when 'won' then 'Won' when 'lost' then 'Lost' else \"Deal - Stage\"" in sql
    assert deals.told("fields.close_date") == {
        "column": ["Deal - Won time", "Deal - Lost time", "Deal - Expected close date"]
    }
    assert outcomes(proposal) == {"Qualified": "open", "Proposal Made": "open", "Won": "won", "Lost": "lost"}


def test_pipedrive_names_organizations_so_their_names_are_ids() -> None:
    proposal = of("pipedrive")
    organizations = plan_of(proposal, "organizations")
    assert organizations.entity == "account"
    assert organizations.column("id") == "Organization - Name"
    assert [(join.field, join.target, join.share) for join in proposal.joins] == [
        ("account_id", "pipedrive.organizations", 1.0)
    ]


def test_zoho() -> None:
    proposal = of("zoho")
    deals = plan_of(proposal, "deals")
    assert (deals.key, deals.told("dates"), deals.told("files")) == (("Record Id",), "mdy", "Deals_*.csv")
    assert deals.told("fields.type") == {
        "column": "Type",
        "values": {"New Business": "new", "Existing Business": "expansion"},
    }
    assert deals.told("fields.source") == {"column": "Lead Source", "unknown": ["-None-"]}
    assert deals.told("fields.probability") == {"sql": 'try_cast("Probability (%)" as decimal(9, 4)) / 100'}
    assert [(stage.name, stage.outcome, stage.probability) for stage in proposal.stages] == [
        ("Qualification", "open", 0.1),
        ("Proposal/Price Quote", "open", 0.75),
        ("Closed Won", "won", 1.0),
        ("Closed Lost to Competition", "lost", 0.0),
    ]


def test_dynamics() -> None:
    proposal = of("dynamics")
    (plan,) = proposal.plans
    assert plan.key == ("(Do Not Modify) Opportunity",)
    assert (plan.told("dates"), plan.told("taken_at")) == ("mdy", "2026-07-20")
    assert plan.told("fields.close_date") == {"column": ["Actual Close Date", "Est. Close Date"]}
    assert [stage.name for stage in proposal.stages] == ["1-Qualify", "3-Propose", "Won", "Lost"]
    assert plan.column("arr") == "Est. Revenue"


def test_odoo_keeps_leads_and_opportunities_in_one_table() -> None:
    proposal = of("odoo")
    (plan,) = proposal.plans
    assert (plan.entity, plan.key, plan.told("modified")) == ("opportunity", ("id",), "write_date")
    assert plan.told("where") == "lower(\"type\") = 'opportunity'"
    assert plan.told("fields.close_date") == {"column": ["date_closed", "date_deadline"]}
    assert read(plan, "arr", "stage", "account_id") == {
        "arr": "expected_revenue",
        "stage": "stage_id",
        "account_id": "partner_id",
    }


def test_a_german_list() -> None:
    proposal = of("german")
    deals, customers = plan_of(proposal, "verkaufschancen_stand"), plan_of(proposal, "kundenliste")
    assert (deals.key, deals.told("dates"), deals.told("taken_at")) == (("Vorgangsnr",), "dmy", "2026-07-20")
    assert read(deals, "stage", "account_id", "close_date", "created_at", "owner_id") == {
        "stage": "Phase",
        "account_id": "Kundennr.",
        "close_date": "Abschluss geplant",
        "created_at": "Angelegt am",
        "owner_id": "Betreuer",
    }
    assert (customers.entity, customers.key) == ("account", ("Kundennr.",))
    assert read(customers, "name", "employees", "city") == {"name": "Firma", "employees": "Mitarbeiter", "city": "Ort"}
    assert outcomes(proposal) == {
        "Qualifiziert": "open", "Angebot": "open", "Gewonnen": "won", "Verloren": "lost",
    }  # fmt: skip
    assert {term.key: term.value for term in proposal.company}["currency"] == "EUR"


def test_a_brazilian_list() -> None:
    proposal = of("brazilian")
    (plan,) = proposal.plans
    assert (plan.system, plan.key, plan.told("dates")) == ("exports", ("Código",), "dmy")
    assert read(plan, "stage", "close_date", "reason") == {
        "stage": "Etapa do Funil",
        "close_date": "Previsão de Fechamento",
        "reason": "Motivo da Perda",
    }
    assert plan.told("fields.source") == {"column": "Origem", "unknown": ["não informado"]}
    assert outcomes(proposal)["Ganho"] == "won"
    assert {term.key: (term.value, term.sure) for term in proposal.company}["currency"] == ("BRL", Sure.HIGH)


def test_a_log_of_steps_is_the_life_of_deals() -> None:
    proposal = of("event_log")
    (plan,) = proposal.plans
    assert (plan.entity, plan.told("mode"), plan.told("at")) == ("opportunity", "log", "Zeit")
    assert read(plan, "id", "stage", "arr") == {"id": "Vorgang", "stage": "Schritt", "arr": "Betrag"}
    assert [stage.name for stage in proposal.stages] == ["Eingang", "Qualifiziert", "Angebot", "Gewonnen", "Verloren"]


@pytest.mark.parametrize("name", ALL)
def test_what_is_not_told_is_said(name: str) -> None:
    proposal = of(name)
    asked = {question.place for question in proposal.questions}
    assert "company.yaml time_zone" in asked
    low = [(plan, term) for plan in proposal.plans for term in plan.terms.values() if term.sure is Sure.LOW]
    for plan, term in low:
        assert f"sources.yaml {plan.system}.objects.{plan.name}.{term.key}" in asked
