"""Pipeline: each figure of its pages against a recount of Marlow's exports, and the records that its bars lead to."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from tests.oracles.arithmetic import days, end_of_day
from tests.oracles.marlow_books import ZONE, Books
from tests.oracles.marlow_waterfall import Asked, Recount, as_said
from tests.oracles.marlow_waterfall import waterfall as recount
from tests.show.web.conftest import ClientOf
from tests.show.web.seen import body, links, rows, words
from tieout import Workspace, ask
from tieout.measure.answers import Question
from tieout.operate.people.roles import Role
from tieout.show import figures

START, END, QUARTER = "2026-07-31", "2026-09-22", days("2026-08-01", "2026-10-31")


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


def counted(books: Books, *, said: bool = False) -> Recount:
    """The quarter until now, counted again by segment from the exports."""
    asked = Asked(end_of_day(START, ZONE), end_of_day(END, ZONE), QUARTER)
    return recount(books, as_said(asked) if said else asked, ("segment",))["segment"]


@pytest.mark.parametrize("switch", ["", "?said_then=1"])
def test_the_waterfall_is_that_of_the_exports(client_of: ClientOf, books: Books, switch: str) -> None:
    expected = counted(books, said=bool(switch))
    seen = rows(body(client_of(Role.VIEWER), f"/pipeline{switch}"))
    opening, closing = expected.ends[""]
    assert seen[f"opening {START}"][0] == figures.money(opening)
    assert seen[f"closing {END}"][0] == figures.money(closing)
    told = {cause: (amount, n) for cause, (amount, n) in expected.lines().items() if amount}
    assert len(told) > 8
    for cause, (amount, n) in told.items():
        assert seen[cause] == [figures.signed(amount), str(n)], cause
    assert seen["residual"][0] == "0.00"


@pytest.mark.parametrize("by", ["", "?by=segment"])
def test_a_memo_line_leads_to_its_records(client_of: ClientOf, by: str) -> None:
    client = client_of(Role.VIEWER)
    page = body(client, f"/pipeline{by}")
    memo = {cause: told for cause, told in rows(page).items() if " and " in cause}
    ways = {way["cause"]: way for way in links(page, "/pipeline/records") if way["cause"] in memo}
    assert set(ways) == set(memo)
    assert len(memo) > 2
    for cause, way in ways.items():
        amount, n = memo[cause]
        told = body(client, f"/pipeline/records?{urlencode(way)}")
        assert f"{cause[:1].upper()}{cause[1:]}: {amount} USD, {n} deal" in told
        assert figures.money(Decimal(amount.replace(",", ""))) in told.split("<tfoot>")[1]


def test_every_bar_leads_to_its_records_with_the_filters(client_of: ClientOf, books: Books) -> None:
    client, expected = client_of(Role.VIEWER), counted(books)
    part = expected.lines("SMB")
    ways = links(body(client, "/pipeline?by=segment&org=as-was"), "/pipeline/records")
    assert {way["by"] for way in ways} == {"segment"}
    assert {way["org"] for way in ways} == {"as-was"}
    mine = {way["cause"]: way for way in ways if way.get("slice") == "SMB"}
    assert set(mine) == {cause for cause, (amount, _) in part.items() if amount}
    for cause in ("created", "lost", "won"):
        page = body(client, f"/pipeline/records?{urlencode(mine[cause])}")
        amount, n = part[cause]
        assert f"{figures.signed(amount)} USD, {figures.counted(n, 'deal')}" in words(page)
        foot = next(cells for name, cells in rows(page).items() if name.endswith((" record", " records")))
        assert foot[-1] == figures.money(amount)


def test_records_are_fifty_a_page_the_largest_first(client_of: ClientOf, books: Books) -> None:
    client = client_of(Role.VIEWER)
    _, closing = counted(books).ends[""]
    page = body(client, "/pipeline/records?cause=closing")
    listed = [cells for cells in rows(page).values() if len(cells) == 3][1:]
    amounts = [Decimal(cells[-1].replace(",", "")) for cells in listed if cells[-1] != figures.money(closing)]
    assert len(amounts) == 50
    assert amounts == sorted(amounts, reverse=True)
    assert words(page).count(figures.money(closing)) == 2  # in the title, and as the sum in the foot
    assert {one for way in links(page, "/pipeline/records") if (one := way.get("page"))} == {"2", "4"}
    assert 'href="/record/opportunity/006Mw' in page


def test_a_segment_is_a_filter_of_both_ends(client_of: ClientOf, books: Books) -> None:
    opening, closing = counted(books).ends["SMB"]
    page = body(client_of(Role.VIEWER), "/pipeline?segment=SMB")
    seen = rows(page)
    assert (seen[f"opening {START}"][0], seen[f"closing {END}"][0]) == (figures.money(opening), figures.money(closing))
    assert {way["segment"] for way in links(page, "/pipeline/records")} == {"SMB"}


def test_a_period_and_a_day_are_the_period_until_then(client_of: ClientOf) -> None:
    seen = rows(body(client_of(Role.VIEWER), "/pipeline?period=2027-Q3&as_of=2026-09-06"))
    assert f"opening {START}" in seen
    assert "closing 2026-09-06" in seen


# -- any day


DAYS = ["2023-10-03", "2026-06-08", "2026-07-31", "2026-09-21"]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("switch", ["", "&said_then=1"])
def test_a_day_is_what_the_library_answers_as_of_it(
    client_of: ClientOf, marlow: Workspace, day: str, switch: str
) -> None:
    as_of = end_of_day(day, ZONE).astimezone(UTC).replace(tzinfo=None)
    expected = ask(marlow, Question("pipeline.open_qualified", None, ("segment",), as_of, said_then=bool(switch)))
    page = body(client_of(Role.VIEWER), f"/pipeline/day?as_of={day}{switch}")
    seen = rows(page)
    total = Decimal(expected.total.value or 0)
    assert seen["all"][:2] == [figures.money(total), figures.count(expected.total.n)]
    assert f"{'was said to be' if switch else 'was'} {figures.short(total)} on {day}" in words(page)
    for row in expected.rows[1:]:
        assert seen[row.by["segment"]][:2] == [figures.money(Decimal(row.value or 0)), figures.count(row.n)]


def test_both_ways_of_telling_a_day_stand_side_by_side(client_of: ClientOf, books: Books) -> None:
    asked = Asked(end_of_day("2026-06-08", ZONE), end_of_day(START, ZONE), days("2026-05-01", "2026-07-31"))
    (restated, _), (said, _) = (
        recount(books, one, ("segment",))["segment"].ends[""] for one in (asked, as_said(asked))
    )
    assert restated != said
    page = words(body(client_of(Role.VIEWER), "/pipeline/day?as_of=2026-06-08"))
    assert f"Restated {figures.money(restated)} shown here" in page
    assert f"As said then {figures.money(said)}" in page
    assert f"Heard since {figures.signed(restated - said)} restated less said then" in page


def test_a_day_is_that_of_the_exports(client_of: ClientOf, books: Books) -> None:
    opening, _ = counted(books).ends[""]
    page = body(client_of(Role.VIEWER), f"/pipeline/day?as_of={START}&period=2027-Q3")
    assert rows(page)["all"][0] == figures.money(opening)


def test_the_place_on_the_slider_is_a_day(client_of: ClientOf) -> None:
    client = client_of(Role.VIEWER)
    # History begins on 2023-08-18; 1,078 days later is 2026-07-31.
    assert "on 2026-07-31, closing in" in words(body(client, "/pipeline/day?nth=1078"))
    whole = client.get("/pipeline/day?nth=1078").content.decode()
    assert 'type="range" name="nth" min="0" max="1131" value="1078"' in whole
    assert 'name="as_of" min="2023-08-18" max="2026-09-22" value="2026-07-31"' in whole


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("as_of=2023-08-17", "Nothing is known of 2023-08-17: history begins on 2023-08-18."),
        ("as_of=2026-09-23", "Nothing is known of 2026-09-23: what was last heard is of 2026-09-22."),
        ("as_of=2023-09-30&said_then=1", "Nothing was said on 2023-09-30: the first pull was taken on 2023-10-03."),
        ("as_of=soon", "'soon' is not a day."),
        ("nth=-1", "'-1' is no place on the slider. Allowed: 0 to 1131."),
        ("every=hour", "'hour' is not a step of time. Allowed: day, week, month, quarter."),
    ],
)
def test_a_day_of_which_nothing_is_known_is_refused(client_of: ClientOf, query: str, expected: str) -> None:
    answer = client_of(Role.VIEWER).get(f"/pipeline/day?{query}")
    assert answer.status_code == 400
    assert expected in words(answer.content.decode())


# -- the other pages, and what a wrong address gives


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/pipeline/records?cause=magic", "'magic' is not a cause."),
        ("/pipeline/records?cause=won&by=segment&slice=Huge", "'Huge' is not a slice. Allowed: Enterprise"),
        ("/pipeline/stages/records?stage=Magic", "'Magic' is not a stage. Allowed: "),
        ("/pipeline/coverage/records?quarter=1999-Q1", "'1999-Q1' is not a quarter of it."),
        ("/pipeline?said_then=1&gross=1", "'gross' posts one history"),
        ("/pipeline?by=magic", "'magic' is not a dimension."),
    ],
)
def test_a_wrong_address_says_what_is_allowed(client_of: ClientOf, path: str, expected: str) -> None:
    answer = client_of(Role.VIEWER).get(path)
    assert answer.status_code == 400
    assert expected in words(answer.content.decode())


def test_the_bar_offers_what_there_is(client_of: ClientOf) -> None:
    whole = client_of(Role.VIEWER).get("/pipeline?segment=SMB").content.decode()
    assert '<option value="SMB" selected>SMB</option>' in whole
    assert '<option value="2027-Q3">2027-Q3</option>' in whole
    assert '<option value="2024-Q3">2024-Q3</option>' in whole  # the quarter in which history begins


def test_script_in_a_filter_is_text(client_of: ClientOf) -> None:
    where = "stage = '<script>alert(1)</script>'"
    answer = client_of(Role.VIEWER).get(f"/pipeline/day?{urlencode({'where': where})}")
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/pipeline?by=owner", "/pipeline?by=account",
        "/pipeline/day?every=day", "/pipeline/coverage", "/pipeline/stages", "/pipeline/stalls",
        "/pipeline/pushes", "/pipeline/velocity", "/pipeline/stages/records", "/pipeline/stalls/records",
        "/pipeline/coverage/records",
    ],
)  # fmt: skip
def test_no_page_is_large(client_of: ClientOf, path: str) -> None:
    assert len(client_of(Role.VIEWER).get(path).content) < 300_000
