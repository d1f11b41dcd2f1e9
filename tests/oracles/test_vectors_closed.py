"""The house's vectors of win rates and cycle times, through the whole line, with what must not count beside them."""

from __future__ import annotations

import pytest

from tests.oracles.tiny import GONE, Life, Tiny, answered, dated, records, slices
from tieout import Workspace

DAYS = ["2026-05-31", "2026-06-30", "2026-07-10", "2026-07-31", "2026-09-30", "2026-10-31", "2026-11-15"]
Q2, Q3, Q4 = "2027-Q2", "2027-Q3", "2027-Q4"
"""May to July, August to October, November 2026 to January 2027."""
Lives = dict[str, Life]


def closed(stage: str, arr: str, close: str = "2026-08-15", at: str = "2026-08-15T12:00", **fields: str) -> Life:
    """A deal qualified on 10 June and closed later."""
    begun = {"arr": arr, "stage": "Qualification", **fields}
    return [("2026-06-10T12:00", begun), (at, {"stage": stage, "close": close})]


def nine() -> Lives:
    """Won 50, 20, 10; lost 100, 15, 5, 5, 5, 5; open 2."""
    won = {f"W{n}": closed("Closed Won", arr, segment="nine") for n, arr in enumerate(("50", "20", "10"))}
    amounts = ("100", "15", "5", "5", "5", "5")
    lost = {f"L{n}": closed("Closed Lost", arr, segment="nine") for n, arr in enumerate(amounts)}
    still = {f"N{n}": closed("Proposal", "7", segment="nine") for n in range(2)}
    return won | lost | still


def many() -> Lives:
    """30 of 120."""
    stages = ["Closed Won"] * 30 + ["Closed Lost"] * 90
    return {f"M{n:03}": closed(stage, "10", segment="many") for n, stage in enumerate(stages)}


def outside() -> Lives:
    """One won and three lost deals that count, and those that never do."""
    lost: Lives = {
        "no decision": closed("Closed Lost", "10", reason="No decision"),
        "exclusion ran out": closed("Closed Lost", "10"),
        "begun in the dark": closed("Closed Lost", "10", created="2026-01-05"),
    }
    never: Lives = {
        "renewal": closed("Closed Won", "10", type="renewal"),
        "expansion": closed("Closed Won", "10", type="expansion"),
        "no type": closed("Closed Won", "10", type=""),
        "disqualified": closed("Disqualified", "10"),
        "never qualified": [("2026-06-10", {"stage": "Discovery"}), ("2026-08-15", {"stage": "Closed Lost"})],
        "merged": closed("Closed Lost", "10", merged="no decision"),
        "double": closed("Closed Lost", "10"),
        "excluded": closed("Closed Lost", "10"),
        "excluded with its account": closed("Closed Lost", "10", account="A1"),
        "deleted": [*closed("Closed Lost", "10"), ("2026-10-05T12:00", {GONE: "1"})],
        "unknown stage": closed("Signed?", "10"),
    }
    every = {"counted": closed("Closed Won", "10")} | lost | never
    return {name: [(life[0][0], {"segment": "outside", **life[0][1]}), *life[1:]] for name, life in every.items()}


def reopened() -> Lives:
    """Closed on 5 July, open again on the 20th, won on 1 September."""

    def life(first: str) -> Life:
        begun = ("2026-06-10T12:00", {"segment": "reopened", "arr": "10"})
        shut = ("2026-07-05T12:00", {"stage": first, "close": "2026-07-05"})
        again = ("2026-07-20T12:00", {"stage": "Qualification", "close": "2026-09-01"})
        return [begun, shut, again, ("2026-09-01T12:00", {"stage": "Closed Won"})]

    return {"lost first": life("Closed Lost"), "won first": life("Closed Won")}


def edges() -> Lives:
    """Deals won around the first and the last day of the quarter, two of them half an hour before its end."""
    days = {
        "day before": ("2026-07-31", "2026-07-31T23:59"),
        "first day": ("2026-08-01", "2026-08-01T00:30"),
        "last day": ("2026-10-31", "2026-10-31T23:30"),
        "no date": ("", "2026-10-31T23:30"),
        "day after": ("2026-11-01", "2026-11-01T00:30"),
    }
    return {name: closed("Closed Won", "10", close, at, segment="edges") for name, (close, at) in days.items()}


def cycling() -> Lives:
    """Cycles of 60, 70 (in spite of a step back), 40 (a stage skipped) and 100 days, and one that began in the dark."""
    back: Life = [
        ("2026-06-20T12:00", {}),
        ("2026-07-05T12:00", {"stage": "Discovery"}),
        ("2026-07-20T12:00", {"stage": "Qualification"}),
        ("2026-08-29T12:00", {"stage": "Closed Won"}),
    ]
    skipped: Life = [
        ("2026-06-10T12:00", {"stage": "Discovery"}),
        ("2026-07-05T12:00", {"stage": "Proposal"}),
        ("2026-08-14T12:00", {"stage": "Closed Won"}),
    ]
    lives: Lives = {
        "60": closed("Closed Won", "10", at="2026-08-09T12:00"),
        "70": back,
        "40": skipped,
        "100": closed("Closed Won", "10", at="2026-09-18T12:00"),
        "dark": closed("Closed Won", "10", created="2026-01-05"),
        "lost": closed("Closed Lost", "10"),
    }
    return {name: [(life[0][0], {"segment": "cycles", **life[0][1]}), *life[1:]] for name, life in lives.items()}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    lives = nine() | many() | outside() | reopened() | edges() | cycling()
    exclusions = (
        "opportunity,excluded,a test,RevOps,,\naccount,A1,a sister,RevOps,,\n"
        "opportunity,exclusion ran out,a dispute,RevOps,2026-03-01,2026-06-30\n"
    )
    merges = "opportunity,double,no decision,entered twice,RevOps,\n"
    tiny = Tiny(dated("deals", lives, DAYS), exclusions=exclusions, merges=merges)
    return tiny.refreshed(tmp_path_factory.mktemp("closed"))


# -- win rates


def test_three_won_of_nine_closed(company: Workspace) -> None:
    row = slices(answered(company, "win_rate.closed.count", period=Q3, by=("segment",)))["nine"]
    assert (row.n, row.value) == (9, pytest.approx(0.3333, abs=5e-5))
    assert row.interval == (pytest.approx(0.121, abs=5e-4), pytest.approx(0.646, abs=5e-4))


def test_the_same_nine_by_value(company: Workspace) -> None:
    row = slices(answered(company, "win_rate.closed.value", period=Q3, by=("segment",)))["nine"]
    assert (row.n, row.value, row.interval) == (9, pytest.approx(0.3721, abs=5e-5), None)


def test_thirty_won_of_a_hundred_and_twenty(company: Workspace) -> None:
    row = slices(answered(company, "win_rate.closed.count", period=Q3, by=("segment",)))["many"]
    assert (row.n, row.value) == (120, 0.25)
    assert row.interval == (pytest.approx(0.181, abs=5e-4), pytest.approx(0.334, abs=5e-4))


def test_below_the_least_n_there_is_no_verdict(company: Workspace) -> None:
    rows = slices(answered(company, "win_rate.closed.count", period=Q3, by=("segment",)))
    assert rows["nine"].verdict == "too few records for a verdict (n below 10)"
    assert rows["many"].verdict is None


def test_the_total_is_a_sum_over_a_sum(company: Workspace) -> None:
    answer = answered(company, "win_rate.closed.count", period=Q3, by=("segment",))
    rows = slices(answer).values()
    assert answer.total.n == sum(row.n for row in rows)
    hits = sum(round(float(row.value or 0) * row.n) for row in rows)
    assert answer.total.value == pytest.approx(hits / answer.total.n)


def test_what_never_enters_a_win_rate(company: Workspace) -> None:
    where = "segment = 'outside'"
    counted = {"counted", "no decision", "exclusion ran out", "begun in the dark"}
    assert records(company, "win_rate.closed.count", period=Q3, where=where) == counted
    assert answered(company, "win_rate.closed.count", period=Q3, where=where).total.value == 0.25
    assert records(company, "win_rate.closed.count.expansion", period=Q3) == {"expansion"}


def test_before_it_was_deleted_a_deal_counted(company: Workspace) -> None:
    assert "deleted" in records(company, "win_rate.closed.count", "2026-10-30", period=Q3)
    assert "deleted" not in records(company, "win_rate.closed.count", "2026-10-31", period=Q3)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("win_rate.closed.count", "nothing to divide by: no records in the denominator"),
        ("win_rate.closed.value", "nothing to divide by: the whole is 0"),
        ("contribution.sourced", "nothing to divide by: the whole is 0"),
        ("contribution.open", "nothing to divide by: the whole is 0"),
        ("conversion.lead_to_won", "nothing to divide by: no records in the denominator"),
        ("cycle_time.won.mean", "no records to take it from"),
        ("stages.time.median", "no records to take it from"),
    ],
)
def test_without_a_denominator_there_is_no_rate(company: Workspace, metric: str, reason: str) -> None:
    total = answered(company, metric, period="2024-Q1").total
    assert (total.value, total.n, total.interval, total.absent) == (None, 0, None, reason)


# -- re-opened


def test_a_reopened_deal_counts_at_its_final_close(company: Workspace) -> None:
    where = "segment = 'reopened'"
    assert records(company, "win_rate.closed.count", period=Q3, where=where) == {"lost first", "won first"}
    assert answered(company, "win_rate.closed.count", period=Q3, where=where).total.value == 1
    assert answered(company, "win_rate.closed.count", period=Q2, where=where).total.absent
    assert records(company, "bookings", period=Q3, where=where) == {"lost first", "won first"}
    assert records(company, "bookings", period=Q2, where=where) == set()


def test_as_said_then_a_reopened_deal_counts_at_the_close_known_then(company: Workspace) -> None:
    where = "segment = 'reopened'"
    total = answered(company, "win_rate.closed.count", "2026-07-10", period=Q2, where=where, said_then=True).total
    assert (total.n, total.value) == (2, 0.5)
    booked = records(company, "bookings", "2026-07-10", period=Q2, where=where, said_then=True)
    assert booked == {"won first"}


def test_a_reopened_deal_became_pipeline_once(company: Workspace) -> None:
    assert {"lost first", "won first", "70"} <= records(company, "pipeline.created", period=Q2)
    assert not {"lost first", "won first", "70"} & records(company, "pipeline.created", period=Q3)
    again = records(company, "pipeline.created", period="2026-05-01..2026-10-31", where="segment = 'reopened'")
    assert again == {"lost first", "won first"}


# -- edges of the quarter


def test_the_first_and_the_last_day_belong_to_the_quarter(company: Workspace) -> None:
    where = "segment = 'edges'"
    for metric in ("bookings", "win_rate.closed.count"):
        assert records(company, metric, period=Q2, where=where) == {"day before"}
        assert records(company, metric, period=Q3, where=where) == {"first day", "last day", "no date"}
        assert records(company, metric, period=Q4, where=where) == {"day after"}


def test_half_past_eleven_at_night_is_still_that_day(company: Workspace) -> None:
    where = "segment = 'edges' and stage = 'Closed Won'"
    visits = slices(answered(company, "stages.visits", period=Q3, by=("stage",), where=where))
    assert visits["Closed Won"].value == 3
    assert "last day" in records(company, "bookings", "2026-10-31", period=Q3)
    assert "last day" not in records(company, "bookings", "2026-10-30", period=Q3)


# -- cycle times


@pytest.mark.parametrize(("average", "days"), [("mean", 67.5), ("median", 65), ("p75", 77.5)])
def test_cycle_time_runs_from_first_qualifying_to_winning(company: Workspace, average: str, days: float) -> None:
    total = answered(company, f"cycle_time.won.{average}", period=Q3, where="segment = 'cycles'").total
    assert (total.n, total.value) == (4, pytest.approx(days))


def test_a_cycle_that_began_in_the_dark_is_not_measured(company: Workspace) -> None:
    measured = records(company, "cycle_time.won.mean", period=Q3, where="segment = 'cycles'")
    assert measured == {"60", "70", "40", "100"}
