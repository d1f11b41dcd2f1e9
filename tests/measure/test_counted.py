"""In which numbers a record is counted, beside what each number gives as its records."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tieout.contract.definitions import counting_lenses
from tieout.measure.answers import Question
from tieout.measure.counted import AGREED, NEVER, OF_DEALS, OF_LEADS, Counted, counted_in, deal_in, lead_in
from tieout.measure.counted_accounts import account_in
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import columns_of
from tieout.measure.run_sql import run
from tieout.questions import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout import Workspace
    from tieout.measure.numbers.question import Asked


@pytest.fixture(scope="module")
def marlow_asked(marlow: Workspace) -> Iterator[Asked]:
    with opened(marlow) as asked:
        yield asked


def some(asked: Asked, table: str, n: int) -> list[str]:
    """Give some records, spread over all of them."""
    sql = f"select distinct record from {table} order by hash(record), record limit {n}"
    return [row[0] for row in asked.engine.execute(sql).fetchall()]


def whole(asked: Asked, question: Question) -> dict[str, Decimal]:
    """Give the records of a number with what each adds to it."""
    sums: dict[str, Decimal] = {}
    for row in ask(asked, question).records or ():
        value = row["value"] if isinstance(row["value"], Decimal) else Decimal(0)
        sums[str(row["record"])] = sums.get(str(row["record"]), Decimal(0)) + value
    return sums


def test_each_deal_is_counted_where_the_number_counts_it(marlow_asked: Asked) -> None:
    lenses = ("agreed", *counting_lenses(marlow_asked.contract))
    every = {(AGREED, lens): whole(marlow_asked, Question(AGREED, lens=lens, records=True)) for lens in lenses}
    every |= {(name, "agreed"): whole(marlow_asked, Question(name, records=True)) for name in OF_DEALS}
    counted = 0
    # Of all deals few are stale or past due: those are looked at besides.
    deals = [*some(marlow_asked, "opportunity_versions", 5), *list(every["pipeline.past_due", "agreed"])[:2]]
    for record in deals:
        for one in counted_in(marlow_asked, "opportunity", record):
            inside = every[one.number, one.lens]
            assert one.counted == (record in inside), (record, one)
            assert (one.facet is None) == one.counted
            counted += one.counted
            if one.counted and one.value is not None:
                assert one.value == inside[record], (record, one)
    assert counted > 20


def of_account(asked: Asked, account: str, number: str, lens: str | None) -> tuple[int, object]:
    """Ask for what a number counts of an account: within a condition, or, where there is none of it, its slice."""
    if "account_id" in columns_of(BY_ID[number]):
        total = ask(asked, Question(number, lens=lens, where=f"account_id = '{account}'")).total
        return total.n, total.value
    rows = ask(asked, Question(number, by=("account",))).rows
    return next(((row.n, row.value) for row in rows if row.by.get("account") == account), (0, None))


def test_of_an_account_as_much_is_counted_as_the_number_counts_of_it(marlow_asked: Asked) -> None:
    accounts = """select account_id from opportunities where account_id is not null
      group by all order by count(*) desc, account_id limit 1"""
    for account in (marlow_asked.engine.execute(accounts).fetchall()[0][0], some(marlow_asked, "leads_told", 1)[0]):
        told = account_in(marlow_asked, account)
        for one in told:
            lens = None if one.lens == "agreed" else one.lens
            n, value = of_account(marlow_asked, account, one.number, lens)
            assert one.counted == (n > 0), one
            assert re.match(r"\d+|no|it has no", one.why), one
            found = re.match(r"\d+", one.why)
            assert int(found[0] if found else 0) == n, one
            if one.value is not None:
                assert one.value == value, one
        assert any(one.counted for one in told) == (account[:3] == "001")


def test_what_keeps_the_deals_of_an_account_out_is_counted(marlow_asked: Asked) -> None:
    """Of each deal by itself, by the other module: the facets of its rejections are those that are told together."""
    account = marlow_asked.engine.execute("select max(account_id) from opportunities").fetchall()[0][0]
    deals = marlow_asked.engine.execute("select record from opportunities where account_id = ?", [account]).fetchall()
    agreed = account_in(marlow_asked, account)[0]
    alone = [deal_in(marlow_asked, record, Question(AGREED)) for (record,) in deals]
    assert agreed.why.startswith(f"{sum(one.counted for one in alone)} of its {len(deals)} deal")
    for facet, n in Counter(one.facet for one in alone if one.facet).items():
        assert f"{n} by {facet}" in agreed.why


def test_each_lead_is_counted_where_the_number_counts_it(marlow_asked: Asked) -> None:
    every = {name: whole(marlow_asked, Question(name, records=True)) for name in OF_LEADS}
    for record in some(marlow_asked, "leads_told", 5):
        for one in counted_in(marlow_asked, "lead", record):
            if one.number not in NEVER or record in every[one.number]:
                assert one.counted == (record in every[one.number]), (record, one)


def of(found: tuple[Counted, ...], number: str, lens: str = "agreed") -> Counted:
    """Give what is said of one number."""
    return next(one for one in found if (one.number, one.lens) == (number, lens))


def test_what_keeps_a_deal_out_is_told_with_what_it_is(marlow_asked: Asked) -> None:
    # 006Mw0002539 was entered twice, and the register of merges says into which one it went.
    found = counted_in(marlow_asked, "opportunity", "006Mw0002539")
    agreed = of(found, AGREED)
    assert (agreed.facet, agreed.why) == ("duplicate", "it is a duplicate of 006Mw0002211")
    assert of(found, "pipeline.created").facet == "duplicate"


def test_a_period_in_which_it_does_not_close_is_named_with_its_days(marlow_asked: Asked) -> None:
    # It closes on 2026-10-31; the fiscal year of Marlow begins in February, so that 2026-Q1 ends with April 2025.
    (agreed, *_) = counted_in(marlow_asked, "opportunity", "006Mw0002205", "2026-Q1")
    assert agreed.facet == "close date"
    assert agreed.why == "its close date, 2026-10-31, lies outside 2026-Q1 (2025-02-01 to 2025-04-30)"


AT_NIGHT = """create temp view {table} as select * replace (
    date_trunc('day', {column}) + interval 26 hour as {column}{more}) from {database}.{table}"""
"""Everything at 2 o'clock in UTC of the next day, which is the evening before in New York."""


@pytest.mark.parametrize(
    ("table", "column", "number", "entity"),
    [("leads", "first_contact_at", "leads.new", "lead"), ("pipeline_created", "created_at", "pipeline.created", "")],
)
def test_days_in_reasons_are_those_of_the_company(
    marlow: Workspace, table: str, column: str, number: str, entity: str
) -> None:
    """Who came in the evening of New York came on that day, as the days of the periods are: in UTC it is the next."""
    with opened(marlow) as asked:
        (database,) = asked.engine.execute("select current_database()").fetchall()[0]
        sql = f"select record, {column} from {table} where {column} > timestamp '2026-01-01' order by record limit 12"
        before = asked.engine.execute(sql).fetchall()
        more = "" if entity else ", date_trunc('day', since) + interval 26 hour as since"
        asked.engine.execute(AT_NIGHT.format(table=table, column=column, database=database, more=more))
        told = []
        for record, moment in before:
            run(asked.engine, "create or replace temp table looked_at as select $r as record", {"r": record})
            one = (lead_in if entity else deal_in)(asked, record, Question(number, "2025-Q1"))
            told += [(str(moment.date()), one.why)] if one.facet == "close date" else []
        assert told
        assert all(day in why for day, why in told), told
