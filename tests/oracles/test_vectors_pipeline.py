"""The agreed number in small: its edges, its unknowns, its rates, owners who moved, and what is past due."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracles.tiny import GONE, Life, Tiny, answered, dated, once, records, slices
from tieout import Workspace

DAYS = ["2026-07-31", "2026-08-31", "2026-09-14"]
AS_OF, QUARTER = "2026-09-14", "2027-Q3"
QUALIFIED = "pipeline.open_qualified"
BEGUN = "2026-07-06T09:00"


def deal(**fields: str) -> Life:
    """An open, qualified deal for the middle of September."""
    return [(BEGUN, fields)]


COUNTED: dict[str, Life] = {
    "first day": deal(close="2026-09-14"),
    "last day": deal(close="2026-10-31"),
    "proposal": deal(stage="Proposal"),
    "expansion": deal(type="expansion"),
    "spelled otherwise": deal(type="NEW", stage=" qualification "),
    "no category": deal(category=""),
    "exclusion ran out": deal(),
    "euro": deal(currency="EUR", arr="1000"),
    "no amount": deal(arr=""),
}
PAST_DUE: dict[str, Life] = {"yesterday": deal(close="2026-09-13"), "last quarter": deal(close="2026-07-31")}
OTHERS: dict[str, Life] = {
    "day after": deal(close="2026-11-01"),
    "no date": deal(close=""),
    "discovery": deal(stage="Discovery"),
    "renewal": deal(type="renewal"),
    "no type": deal(type=""),
    "omitted": deal(category="OMITTED"),
    "merged": deal(merged="proposal"),
    "double": deal(),
    "excluded": deal(),
    "excluded with its account": deal(account="A9"),
    "past due and excluded": deal(close="2026-09-13", account="A9"),
    "past due in discovery": deal(close="2026-09-13", stage="Discovery"),
    "won": [*deal(), ("2026-09-01T12:00", {"stage": "Closed Won"})],
    "deleted": [*deal(), ("2026-08-20T12:00", {GONE: "1"})],
}
SLICED: dict[str, Life] = {
    "moved owner": [
        (BEGUN, {"owner": "U1", "account": "A1", "source": "Webinar"}),
        ("2026-08-10T12:00", {"owner": "U2"}),
    ],
    "moved team": deal(owner="U3", account="A2", source="unknown"),
    "owner nobody knows": deal(owner="U8", account="A8"),
    "head count unknown": deal(owner="U1", account="A3", accepted="true", source="Partner"),
    "not accepted": deal(owner="U1", account="A1", accepted="false"),
}
ACCOUNTS: dict[str, Life] = {
    "A1": [("2026-01-05", {"employees": "150"}), ("2026-08-10T12:00", {"employees": "250"})],
    "A2": once(employees="199"),
    "A3": once(employees=""),
    "A9": once(employees="10"),
}
USERS: dict[str, Life] = {
    "U1": once(team="East"),
    "U2": once(team="West"),
    "U3": [("2026-01-05", {"team": "East"}), ("2026-08-12T12:00", {"team": "West"})],
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    sliced = {name: [(life[0][0], life[0][1] | {"close": "2026-12-15"}), *life[1:]] for name, life in SLICED.items()}
    lives = COUNTED | PAST_DUE | OTHERS | sliced
    exports = dated("deals", lives, DAYS) | dated("accounts", ACCOUNTS, DAYS) | dated("users", USERS, DAYS)
    exclusions = (
        "opportunity,excluded,a test,RevOps,,\naccount,A9,a sister,RevOps,,\n"
        "opportunity,exclusion ran out,a dispute,RevOps,2026-08-01,2026-08-31\n"
    )
    merges = "opportunity,double,proposal,entered twice,RevOps,\n"
    lenses = {"wide": {"stages": "all", "types": "all", "past_due": True, "basis": "tcv"}}
    tiny = Tiny(exports, {"lenses": lenses}, exclusions, merges)
    return tiny.refreshed(tmp_path_factory.mktemp("pipeline"))


# -- what is counted


def test_what_the_agreed_number_counts(company: Workspace) -> None:
    assert records(company, QUALIFIED, AS_OF, period=QUARTER) == set(COUNTED)


def test_its_value_is_in_dollars_at_the_plans_rate(company: Workspace) -> None:
    total = answered(company, QUALIFIED, AS_OF, period=QUARTER).total
    assert (total.value, total.n) == (Decimal(7 * 100_000 + 1_100), 9)


def test_at_the_rate_of_the_market(company: Workspace) -> None:
    answer = answered(company, QUALIFIED, AS_OF, period=QUARTER, rates="spot")
    assert (answer.total.value, answer.passport.rates) == (Decimal(7 * 100_000 + 1_200), "spot")


def test_past_due_is_a_line_of_its_own_and_in_no_period(company: Workspace) -> None:
    assert records(company, "pipeline.past_due", AS_OF) == set(PAST_DUE)
    for period in (QUARTER, "2027-Q2"):
        assert not records(company, QUALIFIED, AS_OF, period=period) & set(PAST_DUE)


def test_a_deal_is_not_past_due_on_its_own_day(company: Workspace) -> None:
    assert "yesterday" in records(company, QUALIFIED, "2026-09-13", period=QUARTER)
    assert "yesterday" not in records(company, "pipeline.past_due", "2026-09-13")


def test_open_is_every_stage_type_and_date(company: Workspace) -> None:
    never = {"merged", "double", "excluded", "excluded with its account", "past due and excluded", "won", "deleted"}
    assert records(company, "pipeline.open", AS_OF) == {*COUNTED, *PAST_DUE, *OTHERS, *SLICED} - never


def test_an_exclusion_holds_through_the_day_on_which_it_runs_out(company: Workspace) -> None:
    days = {"2026-07-31": True, "2026-08-01": False, "2026-08-31": False, "2026-09-01": True}
    for day, counts in days.items():
        assert ("exclusion ran out" in records(company, "pipeline.open", day)) is counts, day


def test_before_it_was_won_or_deleted_a_deal_was_open(company: Workspace) -> None:
    assert {"won", "deleted"} <= records(company, QUALIFIED, "2026-08-30", period=QUARTER)
    assert {"won", "deleted"} & records(company, QUALIFIED, "2026-08-31", period=QUARTER) == {"won"}


def test_a_merge_holds_for_all_time_once_it_is_known(company: Workspace) -> None:
    assert not {"merged", "double"} & records(company, "pipeline.open", "2026-07-31")


# -- slices


def test_as_was_and_as_is(company: Workspace) -> None:
    where = "close_date > '2026-12-01'"
    asked = {"by": ("team",), "where": where}
    was = {team: row.n for team, row in slices(answered(company, "pipeline.open", "2026-07-31", **asked)).items()}
    now = {
        team: row.n
        for team, row in slices(answered(company, "pipeline.open", "2026-07-31", org="as-is", **asked)).items()
    }
    assert was == {"East": 4, "(unknown)": 1}
    assert now == {"East": 2, "West": 2, "(unknown)": 1}
    later = {team: row.n for team, row in slices(answered(company, "pipeline.open", AS_OF, **asked)).items()}
    assert later == now


def test_segments_as_was_and_as_is(company: Workspace) -> None:
    asked = {"by": ("segment",), "where": "close_date > '2026-12-01'"}
    was = {name: row.n for name, row in slices(answered(company, "pipeline.open", "2026-07-31", **asked)).items()}
    now = {
        name: row.n
        for name, row in slices(answered(company, "pipeline.open", "2026-07-31", org="as-is", **asked)).items()
    }
    assert was == {"Small": 3, "(unknown)": 2}
    assert now == {"Small": 1, "Large": 2, "(unknown)": 2}


@pytest.mark.parametrize("dimension", ["segment", "team", "source", "account", "industry", "competitor", "reason"])
def test_what_is_not_known_of_a_dimension_is_one_value(company: Workspace, dimension: str) -> None:
    answer = answered(company, "pipeline.open", AS_OF, by=(dimension,))
    rows = slices(answer)
    assert "(unknown)" in rows
    assert not {"", "unknown", "None", "null"} & set(rows)
    assert sum(row.n for row in rows.values()) == answer.total.n
    assert sum(Decimal(row.value or 0) for row in rows.values()) == answer.total.value


# -- filters answer true, false or unknown


@pytest.mark.parametrize(
    ("where", "counted"),
    [
        ("accepted", {"head count unknown"}),
        ("not accepted", {"not accepted"}),
        ("accepted is null", {"moved owner", "moved team", "owner nobody knows"}),
        ("source <> 'Partner'", {"moved owner"}),
        ("source = 'partner'", {"head count unknown"}),
        (
            "source = 'PARTNER' or source is null",
            {"head count unknown", "moved team", "owner nobody knows", "not accepted"},
        ),
        (
            "team = 'West' or arr > 0",
            {"moved owner", "moved team", "owner nobody knows", "head count unknown", "not accepted"},
        ),
        ("team = 'West' and arr > 0", {"moved owner", "moved team"}),
        ("segment in ('Large', 'Small')", {"moved owner", "moved team", "not accepted"}),
    ],
)
def test_an_unknown_answer_is_not_counted(company: Workspace, where: str, counted: set[str]) -> None:
    asked = f"close_date > '2026-12-01' and ({where})"
    answer = answered(company, "pipeline.open", AS_OF, where=asked)
    assert records(company, "pipeline.open", AS_OF, where=asked) == counted
    assert answer.passport.filters == asked


def test_the_three_values_part_the_whole(company: Workspace) -> None:
    whole = answered(company, "pipeline.open", AS_OF).total
    parts = [
        answered(company, "pipeline.open", AS_OF, where=where).total
        for where in ("accepted", "not accepted", "accepted is null")
    ]
    assert sum(part.n for part in parts) == whole.n
    assert sum(Decimal(part.value or 0) for part in parts) == whole.value
