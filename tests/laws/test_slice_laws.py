"""Laws of slices and waterfalls: parts add up to the whole, which the organization never moves; all closes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.line.moving_company import AUDIENCE, COMPANY, HEADER, LENSES, SOURCES, TEAM
from tieout import Workspace, refresh
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Bridge, Question
from tieout.measure.stages.stages import stages
from tieout.questions import ask, bridge, opened
from tieout.waterfall import WaterfallAsked, waterfall

WEEKS = [datetime(2026, 6, 1, 6) + timedelta(days=7 * week) for week in range(10)]
STAGES = ("Discovery", "Qualification", "Proposal", "Closed Won", "Closed Lost")
SOME = settings(max_examples=12, deadline=None)
FEW = settings(max_examples=4, deadline=None)
DIMENSIONS = ("owner", "team", "manager", "segment", "territory", "region", "stage", "type", "currency", "account")


@pytest.fixture(scope="module")
def restless(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A company in which everything moves each week: owners, stages, amounts, dates, accounts, deletions."""
    folder = tmp_path_factory.mktemp("restless")
    random = Random(7)
    (folder / "contract").mkdir()
    (folder / "exports").mkdir()
    lenses = LENSES + "\nwide: {types: all, past_due: true, basis: tcv, stages: all, outcomes: [open, won]}\n"
    files = {"company.yaml": COMPANY, "sources.yaml": SOURCES, "lenses.yaml": lenses, "audience.yaml": AUDIENCE}
    for name, text in {**files, "team.csv": TEAM}.items():
        (folder / "contract" / name).write_text(text.lstrip())
    for week in WEEKS:
        _write_week(folder / "exports", f"{week:%Y-%m-%dT%H%M}", random)
    refresh(Workspace(folder), datetime(2026, 8, 6, 8))
    return Workspace(folder)


def _write_week(exports: Path, stamp: str, random: Random) -> None:
    deals = [
        f"D{n},{random.choice(['new', 'expansion', 'renewal', ''])},{random.choice(STAGES)},{random.randint(1, 99)},"
        f"2026-{random.randint(6, 10):02}-15,A{random.randint(1, 8)},U{random.randint(1, 4)},,"
        for n in range(40)
        if random.random() < 0.9
    ]
    accounts = [
        f"A{n},Name,{random.choice(['', '90', '600', '1200'])},{random.choice(['US', 'DE', 'ES', ''])}"
        for n in range(1, 8)
    ]
    (exports / f"opportunities_{stamp}.csv").write_text("\n".join([HEADER, *deals]) + "\n")
    (exports / f"accounts_{stamp}.csv").write_text("\n".join(["id,name,employees,country", *accounts]) + "\n")


MOMENTS = st.sampled_from(WEEKS).map(lambda moment: f"{moment:%Y-%m-%d}")
ENDS = st.builds(
    EndAsked,
    st.sampled_from(["agreed", "wide", "west"]),
    MOMENTS,
    st.none(),
    st.sampled_from([None, "as-is", "as-was"]),
    st.sampled_from([None, "spot"]),
)
BY = st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=2, unique=True).map(tuple)
WHERE = st.sampled_from([None, "team = 'East'", "segment = 'Enterprise' or territory = 'Iberia'", "arr > 50"])


@SOME
@given(ENDS, ENDS, BY, WHERE)
def test_every_slice_closes_and_together_they_are_the_whole(
    restless: Workspace, start: EndAsked, end: EndAsked, by: tuple[str, ...], where: str | None
) -> None:
    found = bridge(restless, start, end, BridgeTerms("2026-Q3", where=where, by=by))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in (found, *found.slices):
        assert part.residual == 0
        assert part.end.value - part.start.value == sum(posting.amount for posting in part.postings)
    for part in found.slices:
        for line in part.lines:
            sums[line.cause] += line.amount
    whole = {line.cause: line.amount for line in found.lines if line.amount}
    assert {cause: amount for cause, amount in sums.items() if amount} == whole
    for side in ("start", "end"):
        assert sum(getattr(part, side).value for part in found.slices) == getattr(found, side).value
        assert sum(getattr(part, side).n for part in found.slices) == getattr(found, side).n


@SOME
@given(ENDS, ENDS, BY, WHERE)
def test_backwards_is_the_negative(
    restless: Workspace, start: EndAsked, end: EndAsked, by: tuple[str, ...], where: str | None
) -> None:
    terms = BridgeTerms("2026-Q3", where=where, by=by)
    there, back = bridge(restless, start, end, terms), bridge(restless, end, start, terms)
    if start == end:
        return
    for one, other in zip((there, *there.slices), (back, *back.slices), strict=True):
        assert one.by == other.by
        assert [(line.cause, -line.amount, line.n) for line in one.lines] == [
            (line.cause, line.amount, line.n) for line in other.lines
        ]


METRICS = (
    "pipeline.open", "pipeline.open_qualified", "pipeline.created", "bookings", "win_rate.closed.count",
    "stages.visits", "stages.time.mean", "stages.conversion", "stages.reentry_rate", "stages.time.latest.p75",
    "stages.time.cumulative.median", "stages.stalled", "win_rate.created.count",
)  # fmt: skip


@SOME
@given(st.sampled_from(METRICS), BY, MOMENTS)
def test_the_organization_never_moves_the_whole(
    restless: Workspace, metric: str, by: tuple[str, ...], moment: str
) -> None:
    as_of = datetime.fromisoformat(moment) + timedelta(days=1)
    was, now = (ask(restless, Question(metric, "2026-Q3", by, as_of, org=org)) for org in ("as-was", "as-is"))
    assert (was.total.value, was.total.n) == (now.total.value, now.total.n)
    for answer in (was, now):
        if answer.total.n:
            assert sum(row.n for row in answer.rows[1:]) == answer.total.n


@SOME
@given(st.sampled_from(["agreed", "wide"]), MOMENTS, WHERE.filter(bool), st.sampled_from(["as-is", "as-was"]))
def test_within_a_condition_is_what_a_number_says(
    restless: Workspace, lens: str, moment: str, where: str, org: str
) -> None:
    found = bridge(restless, EndAsked(lens, moment, None, org), EndAsked(lens), BridgeTerms("2026-Q3", where=where))
    asked = Question(
        "pipeline.open_qualified", "2026-Q3", as_of=found.start.as_of, where=where, lens=lens,
        org="as-is" if org == "as-is" else "as-was",
    )  # fmt: skip
    assert (ask(restless, asked).total.value or 0, ask(restless, asked).total.n) == (found.start.value, found.start.n)


# -- waterfalls


DAYS = st.lists(MOMENTS, min_size=3, max_size=3, unique=True).map(sorted)
TERMS = st.builds(
    WaterfallAsked,
    closing=st.sampled_from(["2026-Q3", "2026-Q2", "any"]),
    lens=st.sampled_from(["agreed", "west"]),
    org=st.sampled_from(["as-was", "as-is"]),
    where=WHERE,
    weighted=st.booleans(),
)


def by_record(*found: Bridge) -> dict[str, Decimal]:
    """Sum the postings of one or several bridges by record; those that cancel out are left out."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in found:
        for posting in part.postings:
            sums[posting.record] += posting.amount
    return {record: amount for record, amount in sums.items() if amount}


def by_cause(*found: Bridge) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in found:
        for line in part.lines:
            sums[line.cause] += line.amount
    return {cause: amount for cause, amount in sums.items() if amount}


@FEW
@given(DAYS, TERMS)
def test_two_waterfalls_are_the_longer_one(restless: Workspace, days: list[str], terms: WaterfallAsked) -> None:
    """Gross cause by cause; net record by record, for what came in the first and went in the second is in neither."""
    for gross in (False, True):
        whole, first, second = (
            waterfall(restless, replace(terms, start=start, end=end, gross=gross)).bridge
            for start, end in ((days[0], days[2]), (days[0], days[1]), (days[1], days[2]))
        )
        assert (first.end.value, whole.start.value) == (second.start.value, first.start.value)
        assert by_record(whole) == by_record(first, second)
        assert whole.residual == first.residual == second.residual == 0
        if gross:
            assert by_cause(whole) == by_cause(first, second)


@FEW
@given(DAYS, TERMS, BY)
@example(
    ["2026-06-01", "2026-06-08", "2026-07-20"],
    WaterfallAsked(closing="2026-Q3", where="segment = 'Enterprise' or territory = 'Iberia'"),
    ("owner",),
)
def test_gross_ties_to_net_and_slices_to_the_whole(
    restless: Workspace, days: list[str], terms: WaterfallAsked, by: tuple[str, ...]
) -> None:
    terms = replace(terms, start=days[0], end=days[2])
    net, gross, cut = (
        waterfall(restless, replace(terms, **changed)).bridge
        for changed in ({}, {"gross": True}, {"gross": True, "by": by})
    )
    assert by_record(gross) == by_record(net)
    assert by_cause(*cut.slices) == by_cause(cut) == by_cause(gross)
    assert all(part.residual == 0 for part in (net, gross, cut, *cut.slices))
    for side in ("start", "end"):
        assert sum(getattr(part, side).value for part in cut.slices) == getattr(net, side).value


@FEW
@given(DAYS, TERMS.filter(lambda terms: not terms.weighted))
@example(
    ["2026-06-01", "2026-06-08", "2026-07-06"],
    WaterfallAsked(closing="2026-Q3", where="segment = 'Enterprise' or territory = 'Iberia'"),
)
def test_memo_lines_are_what_the_gross_waterfall_has_more(
    restless: Workspace, days: list[str], terms: WaterfallAsked
) -> None:
    """Each record of a memo line moves in and out as often, and is not in the net waterfall's moves."""
    terms = replace(terms, start=days[0], end=days[2])
    net = waterfall(restless, terms).bridge
    gross = waterfall(restless, replace(terms, gross=True)).bridge
    moving = {cause for line in net.memo for cause in line.cause.split(" and ")} - {"created"}
    assert moving <= {line.cause for line in gross.lines}
    here: dict[str, int] = defaultdict(int)
    for posting in gross.postings:
        here[posting.record] += posting.cause not in WALKED
    there = {posting.record for posting in net.postings if posting.cause not in WALKED}
    came_and_went = {record for record, times in here.items() if times > 1 and times % 2 == 0}
    assert sum(line.n for line in net.memo) == len(came_and_went - there)


WALKED = {
    "amount up",
    "amount down",
    "rate",
    "stage",
    "probability",
    *(f"{name} moved" for name in DIMENSIONS),
    "slice moved",
}


# -- stages


@SOME
@given(st.sampled_from(["stage", "segment", "owner", "type"]), MOMENTS, st.sampled_from([None, "2026-Q3", "2026-06"]))
def test_of_those_that_reached_a_stage_none_goes_missing(
    restless: Workspace, by: str, moment: str, period: str | None
) -> None:
    """Who went on, who may, and who ended are all of them, in every stage and slice; no share is above the whole."""
    as_of = datetime.fromisoformat(moment) + timedelta(days=1)
    with opened(restless) as asked:
        found = stages(asked, Question("stages.conversion", period, (by,), as_of))
    for one in found.stages:
        assert one.went_on + one.still_open + one.closed == one.reached
        for part in (one.went_on, one.still_open, one.closed, one.skipped, one.fell_back, one.came_back):
            assert 0 <= part <= one.reached
        assert one.latest.n == one.cumulative.n <= one.reached
        assert one.latest.ended == one.cumulative.ended
    for whole in (one for one in found.stages if not one.by):
        parts = [one for one in found.stages if one.by and one.stage == whole.stage]
        for name in ("reached", "went_on", "still_open", "skipped", "fell_back", "came_back"):
            assert sum(getattr(one, name) for one in parts) == getattr(whole, name)
