"""A merge counts no record twice and loses none: money stays, what belongs to a duplicate follows, and back again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, logged, once, records, slices
from tests.wrong_numbers.company import AS_OF, DAYS, EVENTS, MERGES, Figures, deal, exports, figures
from tieout import Workspace
from tieout.measure.numbers.catalogue import METRICS
from tieout.questions import opened

SUMS = {
    metric.id for metric in METRICS if metric.unit in {"money", "count"} and metric.id != "pipeline.created.sourced"
}


def wholes(workspace: Workspace) -> Figures:
    """The sums over everything; rates and slices may move with a merge of accounts, these may not."""
    others = {metric.id for metric in METRICS} - SUMS
    return figures(workspace, DAYS, but=others, by=())


def table(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with opened(workspace) as build:
        return build.engine.execute(sql).fetchall()


def merged(tmp_path: Path, name: str, rows: str, **terms: str) -> Workspace:
    return Tiny(exports(), {}, terms.get("exclusions", ""), MERGES + rows).refreshed(tmp_path / name)


CHAIN = "account,A3,A2,one firm,RevOps,\naccount,A2,A1,one firm,RevOps,\n"


EXCLUDED = "account,A2,competitor,RevOps,,\n"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """The sums over everything before any account is merged."""
    return wholes(merged(tmp_path_factory.mktemp("merges"), "alone", "", exclusions=EXCLUDED))


@pytest.mark.parametrize(
    "rows", ["account,A2,A1,one firm,RevOps,\n", CHAIN, "account,A1,A3,one firm,RevOps,2026-08-20\n"]
)
def test_merging_accounts_moves_no_money(alone: Figures, tmp_path: Path, rows: str) -> None:
    together = wholes(merged(tmp_path, "together", rows, exclusions=EXCLUDED))
    assert together == alone
    assert any(value for value, _, _ in alone.values())


def test_a_chain_of_accounts_ends_at_the_last(tmp_path: Path) -> None:
    workspace = merged(tmp_path, "chain", CHAIN)
    owners = answered(workspace, "pipeline.open", AS_OF, by=("account",))
    assert set(slices(owners)) == {"A1", "(unknown)"}
    assert {row[0] for row in table(workspace, "select distinct account_id from revenue where account_id <> ''")} == {
        "A1"
    }
    assert table(workspace, "select distinct account_id from leads where account_id is not null") == [("A1",)]
    assert table(workspace, "select record, survivor, steps from survivors where object = 'account' order by 1") == [
        ("A2", "A1", 1),
        ("A3", "A1", 2),
    ]


def test_an_account_merge_that_runs_out_holds_until_then(tmp_path: Path) -> None:
    workspace = merged(tmp_path, "ends", "account,A2,A1,one firm,RevOps,2026-08-20\n")
    before, after = (
        slices(answered(workspace, "pipeline.open", day, by=("account",))) for day in ("2026-08-15", "2026-08-31")
    )
    assert "A2" not in before
    assert after["A2"].value == 2_000 * 11 // 10 + 16_000


def test_taking_a_merge_out_restores_everything(tmp_path: Path) -> None:
    never = figures(merged(tmp_path, "never", ""), DAYS)
    workspace = merged(tmp_path, "back", CHAIN + "lead,L2,L1,same person,RevOps,\n")
    assert figures(workspace) != {key: value for key, value in never.items() if key[1] == AS_OF}
    assert figures(merged(tmp_path, "back", ""), DAYS) == never


def test_a_long_chain_of_deals_keeps_the_claim(tmp_path: Path) -> None:
    names = [f"D{number}" for number in range(6)]
    found = dated("deals", {name: deal(1_000) for name in names}, [AS_OF])
    found |= dated("claims", {"K": once(deal="D0")}, [AS_OF])
    rows = "".join(f"opportunity,{one},{other},again,RevOps,\n" for one, other in pairwise(names))
    lenses = {"marketing": {"grain": "claim"}}
    workspace = Tiny(found, {"lenses": lenses}, "", rows).refreshed(tmp_path)
    assert records(workspace, "pipeline.open_qualified", AS_OF, lens="marketing") == {"D5"}
    assert answered(workspace, "pipeline.open_qualified", AS_OF, lens="marketing").total.n == 1


def test_the_win_of_a_merged_lead_is_its_survivors(tmp_path: Path) -> None:
    won: Life = [("2026-07-06T12:00", {"lead": "L2"}), ("2026-08-01T12:00", {"stage": "Closed Won"})]
    found = dated("deals", {"D": won}, ["2026-07-31", AS_OF]) | dated("leads", {"L1": once(), "L2": once()}, [AS_OF])
    workspace = Tiny(found, {}, "", "lead,L2,L1,same person,RevOps,\n").refreshed(tmp_path)
    conversion = answered(workspace, "conversion.lead_to_won", AS_OF).total
    assert (conversion.value, conversion.n) == (1, 1)
    assert answered(workspace, "leads.new", AS_OF, period="2026-01-01..2026-12-31").total.value == 1


def test_merged_persons_are_one_person(tmp_path: Path) -> None:
    leads = {f"L{n}": once(email=email) for n, email in enumerate(["a@x.example", "a@x.example", "b@y.example", ""])}
    found = dated("deals", {"D": deal(1)}, [AS_OF]) | dated("leads", leads, [AS_OF])
    rows = "lead,L2,L0,same person,RevOps,\nlead,L3,L2,same person,RevOps,\n"
    workspace = Tiny(found, {}, "", rows).refreshed(tmp_path)
    assert {row[0] for row in table(workspace, "select person from persons")} == {"lead:L0"}
    assert table(workspace, "select count(*), count(distinct record) from persons") == [(4, 4)]


def test_what_a_system_says_of_accounts_is_known_when_heard(tmp_path: Path) -> None:
    accounts: dict[str, Life] = {
        "A1": once(employees="500", name="One"),
        "A2": [("2026-01-05T09:00", {"employees": "20", "name": "Uno"}), ("2026-08-10T12:00", {"merged": "A1"})],
    }
    days = ["2026-07-31", "2026-08-31"]
    found = dated("deals", {"D": deal(1_000, account="A2")}, days) | dated("accounts", accounts, days)
    workspace = Tiny(found).refreshed(tmp_path)
    then = slices(answered(workspace, "pipeline.open", "2026-07-31", by=("account",), said_then=True))
    now = slices(answered(workspace, "pipeline.open", "2026-07-31", by=("account",)))
    assert (set(then), set(now)) == ({"A2"}, {"A1"})


def test_a_circle_loses_nothing(tmp_path: Path) -> None:
    accounts = {"A1": once(merged="A2"), "A2": once(merged="A1"), "A3": once(merged="A3")}
    deals = {f"D{n}": deal(1_000, account=f"A{n}") for n in (1, 2, 3)}
    found = dated("deals", deals, [AS_OF]) | dated("accounts", accounts, [AS_OF])
    workspace = Tiny(found).refreshed(tmp_path)
    assert answered(workspace, "pipeline.open", AS_OF).total.value == 3_000


def test_activities_of_merged_accounts_lie_together(tmp_path: Path) -> None:
    found = exports() | logged("activities", AS_OF, [*EVENTS, {"account": "A3", "at": "2026-07-02T12:00"}])
    workspace = Tiny(found, {}, "", "account,A3,A2,one firm,RevOps,\naccount,A2,A1,one firm,RevOps,\n").refreshed(
        tmp_path
    )
    assert table(workspace, "select account_id, count(*) from activities group by all") == [("A1", 3)]


def test_the_company_of_this_folder_still_merges_its_deal(small: Workspace) -> None:
    assert "double" not in records(small, "pipeline.open", AS_OF)


def test_each_surviving_value_knows_where_it_is_from(tmp_path: Path) -> None:
    accounts: dict[str, Life] = {
        "A1": once(name="One", employees="10"),
        "A2": [
            ("2026-01-06T09:00", {"name": "One and only", "industry": "steel"}),
            ("2026-08-10", {"employees": "20"}),
        ],
        "A3": once(name="Uno", domain="one.example", employees="30"),
    }
    found = dated("deals", {"D": deal(1)}, DAYS) | dated("accounts", accounts, DAYS)
    rows = "account,A2,A1,one firm,RevOps,\naccount,A3,A1,one firm,RevOps,\n"
    terms = {"account": {"employees": {"rule": "newest"}, "name": {"rule": "longest"}}}
    workspace = Tiny(found, {"identity": terms}, "", rows).refreshed(tmp_path)
    assert table(workspace, "select field, value, from_record, rule from account_values order by field") == [
        ("domain", "one.example", "A3", "filled"),
        ("employees", "20", "A2", "newest"),
        ("industry", "steel", "A2", "filled"),
        ("name", "One and only", "A2", "longest"),
    ]


def test_a_merge_that_ran_out_before_the_newest_pull_holds_nowhere(tmp_path: Path) -> None:
    """Invoices are pulled on 15 September, deals and accounts last on 31 August; the merge runs out in between."""
    early = DAYS[:3]
    parts = dated("deals", {"one": deal(1_000, account="A2")}, early)
    parts |= dated("accounts", {"A1": once(name="One"), "A2": once(name="Two")}, early)
    parts |= logged("invoices", AS_OF, [{"account": "A2", "amount": "70", "at": "2026-09-02"}])
    rows = "account,A2,A1,one firm,RevOps,2026-09-05\n"
    workspace = Tiny(parts, {}, "", rows).refreshed(tmp_path)
    pipeline = slices(answered(workspace, "pipeline.open", AS_OF, by=("account",)))
    revenue = slices(answered(workspace, "revenue.realised", AS_OF, by=("account",)))
    assert (list(pipeline), list(revenue)) == (["A2"], ["A2"])


def test_who_is_merged_into_itself_stands_for_itself(tmp_path: Path) -> None:
    """Some systems name the surviving record on every row, the survivor's own row included."""
    workspace = Tiny(
        dated("deals", {"one": deal(1_000, account="A1", lead="L1", merged="one")}, DAYS)
        | dated("accounts", {"A1": once(name="One", domain="one.example", merged="A1")}, DAYS)
        | dated("leads", {"L1": once(email="a@one.example", created="2026-08-03", merged="L1")}, DAYS)
    ).refreshed(tmp_path)
    assert answered(workspace, "pipeline.open", AS_OF).total.n == 1
    found = answered(workspace, "leads.new", AS_OF, by=("account",))
    assert {name: row.n for name, row in slices(found).items()} == {"A1": 1}


def test_a_circle_of_deals_is_told(tmp_path: Path) -> None:
    deals = {"D1": deal(1_000, merged="D2"), "D2": deal(1_000, merged="D1"), "D3": deal(1_000, merged="D4")}
    workspace = Tiny(dated("deals", deals | {"D4": deal(1_000)}, [AS_OF])).refreshed(tmp_path)
    assert records(workspace, "pipeline.open", AS_OF) == {"D4"}
    told = table(
        workspace, "select cast(body ->> 'count' as integer) from findings where body ->> 'code' = 'merge.circle'"
    )
    assert told == [(2,)]
