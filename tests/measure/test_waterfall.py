"""The waterfall of a small company, every posting by hand: one deal for each thing that may happen to a deal.

From the end of 31 July to the end of 30 September 2026, of what closes from August to October (2027-Q3), in thousands.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.oracles.tiny import RATES, Life, Tiny, dated, once
from tieout import Workspace, ask
from tieout.measure.answers import Bridge, Question, QuestionError
from tieout.waterfall import Waterfall, WaterfallAsked, waterfall

BEGUN = "2026-01-05T09:00"
DAYS = ("06-30", "07-31", "08-05", "08-10", "08-12", "08-20", "08-25", "08-31", "09-30")


def life(*changes: tuple[str, dict[str, str]], born: str = BEGUN, **first: str) -> Life:
    """A life that begins with the first version and changes at noon of the days given; it closes in October."""
    return [(born, {"close": "2026-10-15"} | first), *((f"2026-{day}T12:00", changed) for day, changed in changes)]


DEALS: dict[str, Life] = {
    "idle": life(arr="10000"),
    "won-more": life(("08-10", {"arr": "120000"}), ("08-20", {"stage": "Closed Won", "arr": "130000"}), arr="100000"),
    "won-less": life(("08-20", {"stage": "Closed Won", "arr": "40000"}), arr="50000"),
    "pushed-in-time": life(
        ("08-05", {"arr": "65000"}), ("08-10", {"close": "2026-10-20"}), arr="60000", close="2026-08-15",
    ),
    "pushed-too-late": life(("08-25", {"close": "2026-10-10"}), arr="15000", close="2026-08-15"),
    "never-pushed": life(arr="7000", close="2026-08-15"),
    "made-and-won": life(("08-25", {"stage": "Closed Won"}), born="2026-08-05T12:00", arr="30000"),
    "made-and-lost": life(
        ("08-10", {"stage": "Qualification", "arr": "21000"}), ("08-20", {"stage": "Closed Lost"}),
        born="2026-08-05T12:00", stage="Discovery", arr="20000",
    ),
    "made": life(born="2026-08-05T12:00", arr="8000"),
    "dated": life(("08-10", {"close": "2026-10-12"}), arr="11000", close=""),
    "undated": life(("08-10", {"close": ""}), arr="12000"),
    "pulled-in": life(("08-10", {"close": "2026-10-05"}), arr="13000", close="2026-11-20"),
    "from-the-past": life(("08-10", {"close": "2026-10-05"}), arr="14000", close="2026-07-15"),
    "pushed-out": life(("08-10", {"close": "2026-11-10"}), arr="16000"),
    "there-and-back": life(("08-10", {"close": "2026-11-10"}), ("08-20", {"close": "2026-10-20"}), arr="17000"),
    "pulled-out": life(("08-10", {"close": "2026-07-20"}), arr="18000"),
    "re-opened": life(("08-10", {"stage": "Qualification"}), arr="19000", stage="Closed Lost"),
    "qualified": life(("08-10", {"stage": "Qualification"}), arr="22000", stage="Discovery"),
    "lost": life(("08-10", {"stage": "Closed Lost"}), arr="23000"),
    "august-won": life(
        ("07-10", {"close": "2026-08-20"}), ("08-20", {"stage": "Closed Won"}), arr="40000", close="2026-07-20"
    ),
    "august-lost": life(("08-12", {"stage": "Closed Lost"}), arr="41000", close="2026-08-15"),
    "august-thrown-out": life(("08-12", {"stage": "Disqualified"}), arr="42000", close="2026-08-15"),
    "august-gone": life(("08-12", {"gone": "x"}), arr="43000", close="2026-08-15"),
    "disqualified": life(("08-10", {"stage": "Disqualified"}), arr="24000"),
    "gone": life(("08-10", {"gone": "x"}), arr="25000"),
    "further": life(("08-10", {"stage": "Proposal", "arr": "36000"}), arr="32000"),
    "euro": life(arr="10000", currency="EUR"),
    "handed-over": life(("08-10", {"owner": "U2", "arr": "29000"}), arr="27000", owner="U1"),
}  # fmt: skip
NET = {
    "won-more": {"won": -100}, "won-less": {"won": -50}, "pushed-in-time": {"amount up": 5},
    "never-pushed": {"past due": -7}, "made": {"created": 8}, "dated": {"dated": 11}, "undated": {"undated": -12},
    "pulled-in": {"pulled in": 13}, "from-the-past": {"pushed in": 14}, "pushed-out": {"pushed out": -16},
    "pulled-out": {"pulled out": -18}, "re-opened": {"re-opened": 19}, "qualified": {"qualified": 22},
    "lost": {"lost": -23}, "disqualified": {"disqualified": -24}, "gone": {"deleted": -25},
    "august-won": {"won": -40}, "august-lost": {"lost": -41}, "august-thrown-out": {"disqualified": -42},
    "august-gone": {"deleted": -43}, "further": {"amount up": 4}, "euro": {"rate": 1}, "handed-over": {"amount up": 2},
}  # fmt: skip
MEMO = {"past due and pushed in": (15, 1), "created and won": (30, 1), "created and lost": (21, 1),
        "pushed out and pulled in": (17, 1)}  # fmt: skip
GROSS = NET | {
    "won-more": {"amount up": 20, "won": -120},  # it left with what it was worth until then
    "pushed-too-late": {"past due": -15, "pushed in": 15},
    "made-and-won": {"created": 30, "won": -30},
    "made-and-lost": {"qualified": 21, "lost": -21},
    "there-and-back": {"pushed out": -17, "pulled in": 17},
}
OPENING = 40 + 41 + 42 + 43 + 10 + 100 + 50 + 60 + 15 + 7 + 12 + 16 + 17 + 18 + 23 + 24 + 25 + 32 + 11 + 27
CLOSING = OPENING + sum(sum(moves.values()) for moves in NET.values())


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    days = [f"2026-{day}" for day in DAYS]
    users = dated("users", {"U1": once(team="East"), "U2": once(team="West")}, days[:1])
    rates = f"{RATES}plan,EUR,2026-09-01,1.20\n"
    return Tiny(dated("deals", DEALS, days) | users, rates=rates).refreshed(tmp_path_factory.mktemp("waterfall"))


ASKED = WaterfallAsked("2026-07-31", "2026-09-30", closing="2027-Q3")


def told(company: Workspace, **terms: object) -> Waterfall:
    found = waterfall(company, replace(ASKED, **terms))  # type: ignore[arg-type]
    for part in (found.bridge, *found.bridge.slices):
        assert part.residual == 0
        assert part.end.value - part.start.value == sum(line.amount for line in part.lines)
    return found


def moves(bridge: Bridge) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for posting in bridge.postings:
        assert posting.cause not in found[posting.record]
        found[posting.record][posting.cause] = int(posting.amount / 1000)
    return dict(found)


def test_net(company: Workspace) -> None:
    bridge = told(company).bridge
    assert (bridge.start.value, bridge.end.value) == (OPENING * 1000, CLOSING * 1000)
    assert moves(bridge) == NET
    assert {line.cause: (line.amount / 1000, line.n) for line in bridge.memo} == MEMO
    assert sum(line.amount for line in bridge.lines) == (CLOSING - OPENING) * 1000


def test_gross_posts_every_version_as_of_its_own_day(company: Workspace) -> None:
    assert moves(told(company, gross=True).bridge) == GROSS


def test_won_is_minus_the_opening_amount_and_the_change_at_closing_is_told(company: Workspace) -> None:
    lines = told(company).bridge.won
    assert [(line.cause, line.amount / 1000, line.n) for line in lines] == [
        ("opening", 190, 3), ("amount up", 30, 1), ("amount down", -10, 1), ("closing", 210, 3),
    ]  # fmt: skip


def test_weighted_has_a_line_for_the_stage(company: Workspace) -> None:
    """32 at 25% is 8; 36 at 25% is 9, at 50% 18. All else stays in Qualification, at a quarter."""
    quarter = {record: {cause: Decimal(amount) / 4 for cause, amount in done.items()} for record, done in NET.items()}
    quarter["further"] = {"amount up": Decimal(1), "stage": Decimal(9)}
    found = told(company, weighted=True)
    assert found.weighting == "stage"
    amounts = {(one.record, one.cause): one.amount / 1000 for one in found.bridge.postings}
    assert amounts == {(record, cause): amount for record, done in quarter.items() for cause, amount in done.items()}


def test_any_close_date_has_no_pushes(company: Workspace) -> None:
    found = told(company, closing="any")
    dates = {"pulled in", "pushed in", "dated", "pushed out", "pulled out", "undated", "past due"}
    assert not dates & {line.cause for line in found.bridge.lines}
    assert (found.closing, found.days, found.bridge.period) == ("any", None, None)
    undated = {"dated": 11, "pulled-in": 13, "from-the-past": 14}
    assert found.bridge.start.value == (OPENING + sum(undated.values())) * 1000


def test_slices_add_up_and_what_changed_hands_moved(company: Workspace) -> None:
    bridge = told(company, by=("team",)).bridge
    teams = {part.by["team"]: {line.cause: line.amount / 1000 for line in part.lines} for part in bridge.slices}
    assert teams["East"] == {"owner moved": -27}
    assert teams["West"] == {"owner moved": 27, "amount up": 2}
    assert sum(part.start.value for part in bridge.slices) == bridge.start.value
    assert sum(part.end.value for part in bridge.slices) == bridge.end.value
    assert bridge.lines == told(company).bridge.lines


def test_a_condition_is_a_slice(company: Workspace) -> None:
    bridge = told(company, where="currency = 'EUR'").bridge
    assert (bridge.start.value, bridge.end.value, moves(bridge)) == (11000, 12000, {"euro": {"rate": 1}})
    assert bridge.memo == ()


def test_pushes_and_changes_are_counted_for_each_deal(company: Workspace) -> None:
    found = {deal.record: deal for deal in told(company, deals=True).bridge.deals}
    pushed = {record: (deal.pushed, deal.days) for record, deal in found.items() if deal.pushed}
    assert pushed == {
        "pushed-in-time": (1, 66), "pushed-too-late": (1, 56), "from-the-past": (1, 82), "pushed-out": (1, 26),
        "there-and-back": (1, 26),
    }  # fmt: skip
    pulled = {record for record, deal in found.items() if deal.pulled}
    assert pulled == {"pulled-in", "pulled-out", "there-and-back"}
    changed = {record: (deal.changed, deal.change / 1000) for record, deal in found.items() if deal.changed}
    assert changed == {"won-more": (2, 30), "won-less": (1, -10), "pushed-in-time": (1, 5), "further": (1, 4),
                       "handed-over": (1, 2)}  # fmt: skip
    assert (found["won-more"].opening, found["won-more"].closing, found["won-more"].outcome) == (100000, None, "won")


def test_two_waterfalls_make_the_longer_one(company: Workspace) -> None:
    """Gross, line by line; net only in sum, since what came in the first and went in the second is a memo of both."""
    whole = told(company, gross=True).bridge
    parts = [told(company, gross=True, start=start, end=end).bridge for start, end in (
        ("2026-07-31", "2026-08-16"), ("2026-08-16", "2026-09-30"),
    )]  # fmt: skip
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        for line in part.lines:
            sums[line.cause] += line.amount
    assert dict(sums) == {line.cause: line.amount for line in whole.lines}


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"start": "2026-09-30", "end": "2026-07-31"}, "'from 2026-09-30' is not before 2026-07-31"),
        ({"start": "2025-12-31"}, "Nothing is known of 2025-12-31: history begins on 2026-01-05"),
        ({"period": "2027-Q3"}, "'period' and 'from' or 'to' cannot both be given"),
        ({"start": None, "end": None, "period": "2027-Q4"}, "2027-Q4 has not begun"),
        ({"said_then": True, "gross": True}, "'gross' posts one history"),
        ({"said_then": True, "known_at": "2026-09-30"}, "'known at' and 'said then' cannot both be given"),
        (
            {"said_then": True, "start": "2026-06-29"},
            "Nothing was said of 2026-06-29 then: the first pull was taken on",
        ),
        ({"known_at": "2026-08-31"}, "nobody could know"),
        ({"lens": "slaes"}, "'slaes' is not a lens"),
        ({"by": ("teem",)}, "'teem' is not a dimension. .* Did you mean 'team'"),
    ],
)
def test_errors_say_what_to_do(company: Workspace, terms: dict[str, object], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        told(company, **terms)


def test_an_empty_period_is_empty(company: Workspace) -> None:
    bridge = told(company, closing="2030-Q1").bridge
    assert (bridge.start.value, bridge.end.value, bridge.lines, bridge.memo) == (0, 0, (), ())


def test_the_default_is_the_current_quarter(company: Workspace) -> None:
    found = waterfall(company, WaterfallAsked())
    assert (found.closing, found.days) == ("2027-Q3", ("2026-08-01", "2026-10-31"))
    assert found.notes == ("2027-Q3 is not over: it ends on 2026-10-31.",)
    assert found.bridge == told(company).bridge


# -- slips


def slips(company: Workspace, metric: str, **terms: Any) -> dict[str, tuple[float | None, int]]:  # noqa: ANN401
    answer = ask(company, Question(metric, "2026-08", **terms))
    return {
        " ".join(row.by.values()): (row.value if row.value is None else round(float(row.value), 6), row.n)
        for row in answer.rows
    }


def test_slips_are_of_what_was_to_close_when_the_period_began(company: Workspace) -> None:
    """Six were to close in August and still exist: three are open, one was won, one lost, one thrown out."""
    assert slips(company, "slip_rate.count") == {"": (0.5, 6)}
    assert slips(company, "slip_rate.value") == {"": (round((60 + 15 + 7) / (60 + 15 + 7 + 40 + 41 + 42), 6), 6)}


def test_slips_by_earlier_pushes_and_by_what_became_of_them(company: Workspace) -> None:
    assert slips(company, "slip_rate.count", by=("pushes",)) == {"": (0.5, 6), "0": (0.6, 5), "1": (0.0, 1)}
    found = slips(company, "slip_rate.count", by=("outcome",))
    assert found == {"": (0.5, 6), "open": (1.0, 3), "won": (0.0, 1), "lost": (0.0, 1), "disqualified": (0.0, 1)}


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2027-Q3", "the period is not over: it ends on 2026-10-31"),
        ("2027-Q4", "the period has not begun"),
        ("2026-01", "nothing is known of the period's beginning: history begins on 2026-01-05"),
    ],
)
def test_a_slip_rate_that_nobody_can_tell_is_absent(company: Workspace, period: str, words: str) -> None:
    answer = ask(company, Question("slip_rate.count", period))
    assert (answer.total.value, answer.total.absent) == (None, words)
