"""Funnel: its steps, clocks and statement against a recount of Marlow's exports, and the records they lead to."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.oracles.arithmetic import days, end_of_day
from tests.oracles.marlow_books import ZONE, Books, local
from tests.oracles.marlow_clocks import Clocks, Over
from tests.oracles.marlow_funnel import People, Way, in_time
from tests.oracles.marlow_sources import Sources
from tests.show.web.conftest import ClientOf
from tests.show.web.seen import body, links, rows, words
from tieout import Workspace
from tieout.operate.people.roles import Role
from tieout.show import figures

NOW = end_of_day("2026-09-22", ZONE)
QUARTER = days("2026-02-01", "2026-04-30")
NAMES = {"mql": "MQL", "sal": "SAL", "sql": "SQL", "opportunity": "opportunity"}


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


@pytest.fixture(scope="module")
def cohort(books: Books) -> list[tuple[str, Way]]:
    """Those who became an mql in 2027-Q1, each with its source."""
    people = People(books, Sources(books))
    told = [way for way in people.ways(NOW) if "mql" in way.told and QUARTER.holds(local(way.told["mql"]))]
    return [(people.source(way), way) for way in told]


def reached(cohort: list[tuple[str, Way]], step: str, source: str | None = None) -> int:
    """How many of the cohort, or of those of a source, reach a step within 90 days."""
    mine = [way for of, way in cohort if source in (None, of)]
    return sum(step == "mql" or in_time(way.reached.get(step), way.told["mql"], 90) for way in mine)


def test_the_steps_are_those_of_the_exports(client_of: ClientOf, cohort: list[tuple[str, Way]]) -> None:
    page = body(client_of(Role.VIEWER), "/funnel?period=2027-Q1")
    seen, n = rows(page), len(cohort)
    sqls = reached(cohort, "sql")
    assert f"{figures.rate(sqls / n)} of {n} MQLs reached SQL within 90 days" in words(page)
    for step, name in NAMES.items():
        count = reached(cohort, step)
        assert seen[name][:2] == [figures.count(count), figures.rate(count / n)]


def test_a_step_leads_to_its_people_with_the_filters(client_of: ClientOf, cohort: list[tuple[str, Way]]) -> None:
    client = client_of(Role.VIEWER)
    page = body(client, "/funnel?period=2027-Q1&by=source")
    ways = links(page, "/funnel/records")
    assert {way["period"] for way in ways} == {"2027-Q1"}
    assert {way["of"] for way in ways} >= set(NAMES)
    whole = words(body(client, "/funnel/records?period=2027-Q1&of=sql"))
    assert f"{reached(cohort, 'sql')} leads reached SQL" in whole
    source, _ = Counter(of for of, _ in cohort).most_common(1)[0]
    assert source in {way.get("slice") for way in ways}
    part = words(body(client, f"/funnel/records?period=2027-Q1&of=sql&by=source&slice={source}"))
    assert f"{reached(cohort, 'sql', source)} leads reached SQL in {source}" in part


def test_a_young_cohort_says_that_it_is_immature(client_of: ClientOf) -> None:
    page = words(body(client_of(Role.VIEWER), "/funnel?period=2027-Q3"))
    assert "Immature: not everybody had 90 days yet." in page


def test_a_flow_counts_entries(client_of: ClientOf) -> None:
    assert "MQLs came in" in words(body(client_of(Role.VIEWER), "/funnel?period=2027-Q1&flow=1"))


@pytest.fixture(scope="module")
def late(books: Books) -> list[Over]:
    """The hand-offs of mqls of 2027-Q2 that were due and not answered in time."""
    window = days("2026-05-01", "2026-07-31")
    mine = [one for one in Clocks(books).over(NOW) if one.stage == "mql" and window.holds(local(one.started))]
    return [one for one in mine if one.outcome == "breached" and one.due <= NOW]


def test_what_was_late_leads_to_the_hand_offs(client_of: ClientOf, late: list[Over]) -> None:
    client = client_of(Role.VIEWER)
    ways = links(body(client, "/funnel/clocks?period=2027-Q2"), "/funnel/clocks/records")
    assert {"period": "2027-Q2", "slice": "mql"} in ways
    assert len(late) > 5
    page = words(body(client, "/funnel/clocks/records?period=2027-Q2&slice=mql"))
    assert f"{len(late)} hand-offs of mql were not answered in time" in page


def test_a_month_of_the_statement_leads_to_what_counts_against_a_side(client_of: ClientOf) -> None:
    client = client_of(Role.VIEWER)
    page = body(client, "/funnel/statement?period=2027-Q2")
    ways = [way for way in links(page, "/funnel/statement/records") if way["kind"] == "below"]
    assert ways
    for way in ways:
        # Of the first table: handed over, at quality, below it.
        handed, met, below, *_ = next(cells for name, cells in rows(page).items() if name.startswith(way["month"]))
        assert int(handed) - int(met) == int(below) > 0
        told = words(body(client, f"/funnel/statement/records?period=2027-Q2&kind=below&month={way['month']}"))
        assert f"{way['month']}: {figures.counted(int(below), 'hand-off')} handed over below the agreed quality" in told


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/funnel?cohort=visitor", "'visitor' is not a cohort. Allowed: mql, lead."),
        ("/funnel?within=0", "'0' is no horizon. Allowed: 1 to 3650 days."),
        ("/funnel?step=magic", "'magic' is not a step."),
        ("/funnel/records?of=lead", "'lead' is not a step of this funnel."),
        ("/funnel/clocks/records?slice=magic", "'magic' is not a slice. Allowed: mql"),
        ("/funnel/statement/records?kind=magic", "'magic' is not a kind. Allowed: below, late."),
        ("/funnel/clocks?by=magic", "'magic' is not a dimension."),
    ],
)
def test_a_wrong_address_says_what_is_allowed(client_of: ClientOf, path: str, expected: str) -> None:
    answer = client_of(Role.VIEWER).get(path)
    assert answer.status_code == 400
    assert expected in words(answer.content.decode())


def test_tabs_keep_the_filters_that_the_other_page_takes(client_of: ClientOf) -> None:
    whole = client_of(Role.VIEWER).get("/funnel?period=2027-Q1&by=score_band&segment=SMB").content.decode()
    (way,) = [one for one in links(whole, "/funnel/clocks") if "of" not in one]
    assert way == {"period": "2027-Q1", "segment": "SMB"}
