"""How a figure was asked goes with it: into its label, the files of its records, and the pages that it leads to."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.show.web.conftest import ClientOf
from tests.show.web.seen import body, links
from tieout import Workspace, ask
from tieout.contract.model import Company
from tieout.measure.answers import Answer, Passport, Question, Row
from tieout.measure.names import deals_of
from tieout.operate.people.roles import Role
from tieout.questions import opened
from tieout.show.labels import label_of
from tieout.show.web.filters import Filters
from tieout.show.web.pages.record import under

if TYPE_CHECKING:
    from django.test import Client

OPEN = "/records/pipeline.open_qualified"


def passport(client: Client, address: str) -> dict[str, str]:
    """Read the passport of a file."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    text = b"".join(cast("Any", answer).streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    return dict(part.split(": ", 1) for part in row["passport"].split("; "))


# -- files


@pytest.mark.parametrize(
    ("address", "number", "period"),
    [
        (f"{OPEN}?", "pipeline.open_qualified", "2027-Q3 (2026-08-01 to 2026-10-31)"),
        ("/pipeline/stages/records?", "stages.conversion", ""),
        ("/pipeline/stalls/records?", "stages.stalled", ""),
        ("/pipeline/coverage/records?", "coverage.required.adjusted", "2027-Q3 (2026-08-01 to 2026-10-31)"),
        ("/funnel/records?period=2027-Q1&", "mql_to_sql.cohort_90d", "2027-Q1 (2026-02-01 to 2026-04-30)"),
        ("/funnel/clocks/records?period=2027-Q2&", "sla.compliance", "2027-Q2 (2026-05-01 to 2026-07-31)"),
        ("/funnel/statement/records?period=2027-Q2&", "", "2027-Q2 (2026-05-01 to 2026-07-31)"),
    ],
)
def test_a_file_says_of_which_number_and_moment_it_is(
    client_of: ClientOf, address: str, number: str, period: str
) -> None:
    told = passport(client_of(Role.ADMIN), f"{address}format=csv")
    assert told["number"] == number or not number
    assert told.get("period", "") == period
    assert datetime.fromisoformat(told["as of"]).date() == date(2026, 9, 23)
    assert told["known at"] == "now"
    assert (told["base currency"], told["times"]) == ("USD", "UTC")


@pytest.mark.parametrize("path", ["/pipeline/records?cause=created&", "/pipeline/pushes?"])
def test_a_file_of_a_waterfall_says_from_when_to_when(client_of: ClientOf, path: str) -> None:
    told = passport(client_of(Role.ADMIN), f"{path}where=segment+%3D+%27SMB%27&said_then=1&format=csv")
    assert (told["from"][:10], told["until"][:10]) == ("2026-08-01", "2026-09-23")
    assert told["closing in"] == "2027-Q3 (2026-08-01 to 2026-10-31)"
    assert (told["lens"], told["known at"]) == ("agreed", "as said then")
    assert told["filters"] == "(segment = 'SMB')"
    assert told["base currency"] == "USD"


def test_the_currency_beside_a_value_is_called_that_of_the_original(client_of: ClientOf) -> None:
    answer = client_of(Role.ADMIN).get(f"{OPEN}?format=csv")
    head = next(csv.reader(io.StringIO(b"".join(cast("Any", answer).streaming_content).decode("utf-8-sig"))))
    assert {"value", "original", "original_currency", "rate"} <= set(head)
    assert "currency" not in head


# -- labels


def answered(**passport: str | None) -> Answer:
    told = {"calendar": "fiscal", "org": "as-was", "filters": None, "lens": None} | passport
    made = Passport("b", 1, "p", "c", rates="plan", band=None, **told)  # type: ignore[arg-type]
    rows = (Row({}, 0.25, 8, (0.1, 0.5), {"observed": 1.0}),)
    days = (date(2026, 8, 1), date(2026, 10, 31))
    return Answer("win_rate", "rate", "2027-Q3", datetime(2026, 9, 1, 12), None, made, rows, days=days)


def test_a_label_says_what_was_chosen_and_nothing_of_what_was_not() -> None:
    company = Company.model_validate(
        {"name": "A", "currency": "USD", "time_zone": "UTC",
         "calendars": {"fiscal": {"start_month": 2}, "group": {"start_month": 3}}}
    )  # fmt: skip
    plain = label_of(answered(), company)
    assert plain[:3] == ["win_rate", "2027-Q3 (2026-08-01 to 2026-10-31)", "as of 2026-09-01 12:00"]
    assert plain[3:] == ["as known now", "n 8", "10.0\N{EN DASH}50.0%", "history observed"]
    chosen = label_of(answered(calendar="group", org="as-is", filters="a = 1", lens="sales"), company, then=True)
    assert chosen[1:5] == ["lens sales", "a = 1", "calendar group", "as-is"]
    assert "as said then" in chosen


@pytest.mark.parametrize(
    "path",
    [OPEN, "/glossary/pipeline.open_qualified", "/pipeline/day", "/pipeline/stages/records", "/funnel/clocks/records"],
)
def test_a_page_says_its_calendar_and_whose_organization(client_of: ClientOf, path: str) -> None:
    page = body(client_of(Role.VIEWER), f"{path}?calendar=group&org=as-is&period=2027-Q2")
    label = page.split('<ul class="label">')[1].split("</ul>")[0]
    assert "calendar group" in label
    assert "as-is" in label


# -- ways


def test_the_way_to_a_record_keeps_period_and_calendar(client_of: ClientOf) -> None:
    client = client_of(Role.VIEWER)
    ways = re.findall(r'href="(/record/opportunity/[^"]+)"', body(client, f"{OPEN}?period=2027-Q4&calendar=group"))
    asked = [parse_qs(urlsplit(way.replace("&amp;", "&")).query) for way in ways]
    assert asked
    assert all(one == {"period": ["2027-Q4"], "calendar": ["group"]} for one in asked)
    page = body(client, ways[0].replace("&amp;", "&"))
    assert "2027-Q4" in page.split("<h1")[1].split("</h1>")[0]


def test_the_way_to_a_record_names_the_period_that_nobody_chose(client_of: ClientOf) -> None:
    """As of May 2026 the usual quarter is 2027-Q2; the record's page would take that of today."""
    page = body(client_of(Role.VIEWER), f"{OPEN}?as_of=2026-05-15")
    ways = re.findall(r'href="/record/opportunity/[^"?]+([^"]*)"', page)
    assert set(ways) == {"?period=2027-Q2"}


def test_the_way_back_from_a_record_has_only_what_it_was_asked_with() -> None:
    filters = Filters(
        "/record/opportunity/1", {"period": "2027-Q2", "segment": "SMB", "as_of": "2026-05-01", "page": "2"}
    )
    assert under(filters, "bookings", "agreed") == "/records/bookings?period=2027-Q2"
    assert under(filters, "bookings", "sales") == "/records/bookings?lens=sales&period=2027-Q2"


def test_the_deals_of_an_account_are_those_of_the_period(client_of: ClientOf, marlow: Workspace) -> None:
    period = "2027-Q4"
    records = ask(marlow, Question("pipeline.open_qualified", period, records=True)).records or ()
    counted = [str(row["record"]) for row in records]
    with opened(marlow) as asked:
        account = asked.engine.execute(
            "select account_id from opportunities where record = $record", {"record": counted[0]}
        ).fetchall()[0][0]
        found = deals_of(asked, account, period)
        mine = {
            row[0]
            for row in asked.engine.execute(
                "select record from opportunities where account_id = $account", {"account": account}
            ).fetchall()
        }
    expected = {str(row["record"]): row["value"] for row in records if row["record"] in mine}
    assert {deal.record: deal.value for deal in found.deals if deal.counted} == expected
    page = body(client_of(Role.VIEWER), f"/record/account/{account}?period={period}")
    assert f"agreed number, {period}" in page
    told = sum((cast("Decimal", value) for value in expected.values()), Decimal(0))
    assert f"{told:,.2f}" in page


def test_the_effects_lead_to_the_period_they_are_of(client_of: ClientOf) -> None:
    page = body(client_of(Role.VIEWER), "/data?period=2027-Q2")
    assert 'href="/glossary/bookings?period=2027-Q2"' in page
    assert "Completeness, as of now" in page


# -- the page of a day


def test_each_slice_of_a_day_leads_to_its_records(client_of: ClientOf) -> None:
    client = client_of(Role.VIEWER)
    page = body(client, "/pipeline/day?as_of=2026-09-15&by=segment,competitor&where=arr+%3E+1000")
    ways = links(page, OPEN)
    of_smb = [way for way in ways if "segment = 'SMB'" in way.get("where", "")]
    assert of_smb
    assert any("competitor is null" in way["where"] for way in of_smb)
    assert all(way["where"].startswith("(arr > 1000) and ") for way in of_smb)
    for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL):
        if OPEN in row and "competitor+is+null" in row and "SMB" in row:
            figure = re.findall(r">([\d,]+\.\d\d)</a>", row)[0]
            way = re.findall(rf'href="({OPEN}[^"]+)"', row)[0].replace("&amp;", "&")
            assert figure in body(client, way).split("<h1")[1].split("</h1>")[0]
            return
    raise AssertionError(page)


def test_restated_is_what_is_known_now_whatever_the_address_says(client_of: ClientOf) -> None:
    client = client_of(Role.VIEWER)
    plain = body(client, "/pipeline/day?as_of=2026-07-31")
    known = body(client, "/pipeline/day?as_of=2026-07-31&known_at=2026-08-10")

    def card(page: str) -> str:
        return str(re.findall(r'title="([\d.]+)"', page.split("Restated")[1])[0])

    assert card(known) == card(plain)


def test_a_calendar_that_there_is_not_is_refused(client_of: ClientOf) -> None:
    answer = client_of(Role.VIEWER).get("/pipeline?period=2027-Q2&as_of=2026-06-01&calendar=lunar")
    assert answer.status_code == 400
    assert "is not a calendar" in answer.content.decode()


# -- smaller


def test_an_amount_says_its_currency(client_of: ClientOf) -> None:
    assert "as the deal has it" in body(client_of(Role.VIEWER), "/record/opportunity/006Mw0002205")
    trend = (
        body(client_of(Role.VIEWER), "/glossary/bookings").split("<caption><div>Each quarter")[1].split("</thead>")[0]
    )
    assert "USD" in trend
    assert ">money<" not in trend


def test_a_typed_value_that_is_no_number_is_said_to_be_none(client_of: ClientOf) -> None:
    page = body(client_of(Role.VIEWER), "/glossary/criteria?criterion=quality&is_score=many")
    assert "is no " in page
    assert "score counts as unknown" in page
