"""Row rules: what they open is what a question with the same condition counts; everything else of a deal is closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.numbers.question import Asked
from tieout.measure.row_rules import closed_records, read_rule
from tieout.questions import ask, opened


@pytest.fixture(scope="module")
def asked(marlow: Workspace) -> Iterator[Asked]:
    with opened(marlow) as found:
        yield found


def counted(workspace: Workspace, where: str | None = None) -> set[str]:
    answer = ask(workspace, Question("pipeline.open", org="as-is", where=where, records=True))
    return {str(one["record"]) for one in answer.records or ()}


@pytest.mark.parametrize("rule", ["segment = 'enterprise'", "arr >= 50000 and stage <> 'Negotiation'"])
def test_a_rule_opens_the_deals_that_a_question_with_its_condition_counts(
    marlow: Workspace, asked: Asked, rule: str
) -> None:
    all_open, inside = counted(marlow), counted(marlow, rule)
    assert 0 < len(inside) < len(all_open)
    assert closed_records(asked, rule, all_open) == all_open - inside


def test_an_account_and_a_lead_open_with_any_of_their_deals(asked: Asked) -> None:
    rule = "record = 'nothing'"
    (deal, account), *_ = asked.engine.execute(
        "select record, account_id from opportunity_versions where account_id is not null order by record"
    ).fetchall()
    lead, led = asked.engine.execute(
        "select record, opportunity_id from leads_told where opportunity_id is not null order by record"
    ).fetchall()[0]
    alone = asked.engine.execute(
        "select record from leads_told where opportunity_id is null"
        " and record not in (select lead_id from opportunity_versions where lead_id is not null) order by record"
    ).fetchall()[0][0]
    assert closed_records(asked, rule, [deal, account, lead, alone]) == {deal, account, lead}
    assert closed_records(asked, f"record in ('{deal}', '{led}')", [deal, account, lead, alone]) == set()


def test_what_names_a_deal_opens_with_it_and_what_names_none_with_any_of_its_account(asked: Asked) -> None:
    """Of an account with two deals, one of which is open: an activity of the other one, and a contact."""
    done, deal, account = asked.engine.execute(
        """select a.record, a.opportunity_id, a.account_id from activities as a
           join opportunity_versions as o on o.account_id = a.account_id and o.record <> a.opportunity_id
           where a.account_id in (select account_id from contacts) order by all"""
    ).fetchall()[0]
    (other,), *_ = asked.engine.execute(
        "select record from opportunity_versions where account_id = ? and record <> ? order by 1", [account, deal]
    ).fetchall()
    contact, person = asked.engine.execute(
        """select c.record, p.person from contacts as c join persons as p using (record)
           where c.account_id = ? order by all""",
        [account],
    ).fetchall()[0]

    def closed(rule: str) -> set[str]:
        wanted = (("activity", done), ("contact", contact), ("person", person))
        return {kind for kind, record in wanted if closed_records(asked, rule, [record], kind)}

    assert closed("record = 'nothing'") == {"activity", "contact", "person"}
    assert closed(f"record = '{other}'") == {"activity"}
    assert closed(f"record = '{deal}'") == set()


def test_all_contacts_of_accounts_with_deals_are_closed_by_a_rule_that_opens_none(asked: Asked) -> None:
    every = {record for (record,) in asked.engine.execute("select record from contacts").fetchall()}
    alone = asked.engine.execute(
        "select record from contacts anti join opportunity_versions as o on o.account_id = contacts.account_id"
    ).fetchall()
    closed = closed_records(asked, "record = 'nothing'", every, "contact")
    assert every - closed == {record for (record,) in alone} != set()


def test_an_id_is_judged_as_what_it_is(asked: Asked) -> None:
    """A deal and a lead of one id: the deal is open by the rule, the lead belongs to another deal, which is closed."""
    (deal,), (other,) = asked.engine.execute(
        "select distinct record from opportunity_versions order by 1 limit 2"
    ).fetchall()
    engine = asked.engine
    engine.execute("create temp table leads_told as select * from build_0.leads_told")
    engine.execute("insert into leads_told by name select ? as record, ? as opportunity_id", [deal, other])
    try:
        rule = f"record = '{deal}'"
        assert closed_records(asked, rule, [deal], "opportunity") == set()
        assert closed_records(asked, rule, [deal], "lead") == {deal}
        assert closed_records(asked, rule, [deal]) == {deal}
    finally:
        engine.execute("drop table temp.leads_told")


def test_no_rule_closes_nothing(asked: Asked) -> None:
    assert closed_records(asked, "", ["006Mw0000001"]) == frozenset()
    assert closed_records(asked, "arr > 0", []) == frozenset()


def test_a_rule_that_is_none_any_more_opens_no_deal(marlow: Workspace, asked: Asked) -> None:
    deals = counted(marlow)
    assert closed_records(asked, "no_such_column = 1", deals) == deals


@pytest.mark.parametrize(
    ("text", "words"), [("segmnt = 'x'", "segmnt"), ("arr", "true or false"), ("1;drop table x", "")]
)
def test_a_text_that_is_no_rule_is_told(text: str, words: str) -> None:
    told = read_rule(text)
    assert isinstance(told, str)
    assert words in told
    assert told
