"""In which currency amounts are: a wrong guess would make a wrong number."""

from __future__ import annotations

from tests.propose.conftest import Proposing, plan_of
from tieout.propose.plan import Sure

DEALS = """
    Id;Name;Stage;Amount;Close Date
    A;Alpha;Proposal;12.000,50 €;2026-09-01
    B;Beta;Won;8.000,00 €;2026-07-01
"""
SPEND = """
    Day,Channel,Campaign,Spend (USD)
    2026-06-01,Google Ads,Brand,1200.00
    2026-06-02,LinkedIn,ABM,800.00
"""


def test_a_code_in_the_name_of_the_column_counts_before_the_company_s_own(proposed: Proposing) -> None:
    proposal = proposed({"crm/deals.csv": DEALS, "ads/spend.csv": SPEND})
    company = {term.key: term for term in proposal.company}
    assert (company["currency"].value, company["currency"].sure) == ("EUR", Sure.HIGH)
    assert plan_of(proposal, "deals").told("fields.currency") == {"constant": "EUR"}
    assert plan_of(proposal, "spend").told("fields.currency") == {"constant": "USD"}
    assert [question.what for question in proposal.questions if question.place == "rates.csv"] == [
        "Amounts are in USD too; without a rate they add nothing."
    ]


def test_where_nothing_tells_it_that_is_said(proposed: Proposing) -> None:
    proposal = proposed({"deals.csv": "Id,Name,Stage,Amount\nA,Alpha,Proposal,5\n"})
    assert "company.yaml currency" in {question.place for question in proposal.questions}
    assert {term.key: term.sure for term in proposal.company}["currency"] is Sure.LOW
