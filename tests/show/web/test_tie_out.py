"""Tie-out: the figures and lines of the library, every record as both sides see it, wrong addresses."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from tests.show.web.conftest import ClientOf
from tieout import Workspace, bridge
from tieout.ends import BridgeTerms, read_end
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Role
from tieout.show import figures
from tieout.show.web.pages.tie_out import told_of_version
from tieout.versions import Version

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def viewer(client_of: ClientOf) -> Client:
    return client_of(Role.VIEWER)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


@pytest.mark.parametrize(("lens", "value"), [("marketing", "8.4M"), ("sales", "6.1M"), ("finance", "7.2M")])
def test_every_line_of_a_bridge_is_told_and_leads_to_its_records(
    viewer: Client, marlow: Workspace, lens: str, value: str
) -> None:
    page = text(viewer, f"/tie-out?a=agreed&b={lens}")
    assert f" {value}; residual 0.00" in page
    for line in bridge(marlow, read_end("agreed"), read_end(lens)).lines:
        assert f'title="{line.amount}">{figures.signed(line.amount)}<' in page
        assert f"cause={line.cause.replace(' ', '+')}" in page


def test_backwards_every_line_is_the_negative(viewer: Client) -> None:
    there, back = (text(viewer, f"/tie-out?a={a}&b={b}") for a, b in (("agreed", "sales"), ("sales", "agreed")))
    assert ">+683,397.00<" in there
    assert f">{figures.MINUS}683,397.00<" in back


def test_two_moments_of_one_lens(viewer: Client) -> None:
    page = text(viewer, "/tie-out?a=agreed&b=agreed&a_as_of=2026-09-15&b_as_of=2026-09-22")
    assert "agreed 2026-09-22: 14.1K more than agreed 2026-09-15" in page
    assert ">+130,900.00<" in page


def test_versions_of_the_contract_are_offered_and_stand_in_the_address(viewer: Client) -> None:
    """Marlow has one definition, which holds on every day."""
    page = text(viewer, "/tie-out?a=sales&b=sales&a_contract=first&b_contract=2026-01-31")
    assert page.count('<option value="first"') == 2
    assert '<option value="first" selected>The one definition</option>' in page
    assert '<option value="2026-01-31" selected>the definition of 2026-01-31</option>' in page
    assert "sales by the first definition" in page
    assert "there is nothing between them" in page


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (Version("first", None, date(2026, 2, 1)), "First definition, until 2026-02-01"),
        (Version("2026-02-01", date(2026, 2, 1)), "Definition from 2026-02-01"),
        (
            Version("0123456789abcdef", said=(datetime(2026, 5, 3, 6), datetime(2026, 7, 7, 3)), archived=True),
            "Contract 01234567, said 2026-05-03 to 2026-07-06",
        ),
        (Version("0123456789abcdef", archived=True), "Contract 01234567, by which nothing was said"),
    ],
)
def test_a_version_is_offered_by_the_days_of_the_company(version: Version, words: str) -> None:
    assert told_of_version(version, ZoneInfo("America/New_York")) == words


def test_one_figure_twice_has_nothing_between(viewer: Client) -> None:
    assert "there is nothing between them" in text(viewer, "/tie-out?a=sales&b=sales")


def test_a_record_tells_what_both_sides_look_at(viewer: Client) -> None:
    """By hand: 006Mw0002698, an excluded renewal of 60,000 EUR TCV, which marketing counts at 1.15."""
    page = text(viewer, "/tie-out/records?a=agreed&b=marketing&cause=excluded")
    row = page.split(">006Mw0002698</a>")[1].split("</tr>")[0]
    assert ">69,000.00<" in row
    assert "in the register of exclusions" in row
    assert "TCV 60,000.00 EUR at 1.15" in row


def test_the_field_that_differs_is_marked(viewer: Client) -> None:
    page = text(viewer, "/tie-out/records?a=agreed&b=sales&cause=type")
    assert page.count('accent">type: renewal<') == 30
    assert "type renewal; counted: new, expansion" in page


def test_an_export_holds_what_the_page_shows(client_of: ClientOf) -> None:
    client = client_of(Role.CONTRIBUTOR)
    answer: Any = client.get("/tie-out/records?a=agreed&b=sales&cause=type&format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert len(rows) == 30
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("683397.00")
    assert {row["a_counts"] for row in rows} == {""}
    assert "build" in rows[0]["passport"]


def test_a_viewer_takes_no_records_out_and_sees_no_names(viewer: Client) -> None:
    assert viewer.get("/tie-out/records?b=sales&format=csv").status_code == 403
    page = text(viewer, "/tie-out/records?b=sales&cause=type")
    assert "Renewal May 2026" not in page
    assert "\N{BULLET}" * 5 in page


def test_who_may_open_some_rows_sees_the_totals_of_all(client_of: ClientOf) -> None:
    client = client_of(Role.SALES)
    team = Team.objects.create(name="SMB", rows="segment = 'SMB'")
    Account.objects.filter(role=Role.SALES).update(team=team)
    page = text(client, "/tie-out/records?b=sales&cause=type")
    assert "more you may not open" in page
    assert "683,397.00" in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/tie-out?a=marketting", "marketing"),
        ("/tie-out?a_as_of=yesterday", "yesterday"),
        ("/tie-out?a_build=0123", "There is no build"),
        ("/tie-out?a_contract=lately", "is no version of the contract"),
        ("/tie-out?b_contract=abcdef", "There is no contract"),
        ("/tie-out?period=2027-Q9", "2027-Q9"),
        ("/tie-out/records?b=sales&cause=tipe", "Did you mean &#x27;type&#x27;?"),
        ("/tie-out?b=%3Cscript%3Ealert(1)%3C/script%3E", "&lt;script&gt;"),
        ("/tie-out/records?b=sales&page=99", "no page"),
    ],
)
def test_a_wrong_address_says_what_is_allowed(viewer: Client, address: str, said: str) -> None:
    page = text(viewer, address, 400)
    assert said in page
    assert "<script>alert" not in page


# -- within a condition


@pytest.mark.parametrize("name", ["segment", "team", "owner", "where"])
def test_the_records_of_a_line_are_those_of_its_slice(client_of: ClientOf, marlow: Workspace, name: str) -> None:
    client = client_of(Role.CONTRIBUTOR)
    column = {"where": "stage", "owner": "owner_id"}.get(name, name)
    terms = BridgeTerms(by=("stage" if name == "where" else name,))
    parts = bridge(marlow, read_end("agreed"), read_end("sales"), terms).slices
    (value,) = max(parts, key=lambda part: part.posted).by.values()
    where = f"{column} = '{value}'"
    chosen = urlencode({name: where if name == "where" else value})
    found = bridge(marlow, read_end("agreed"), read_end("sales"), BridgeTerms(where=where))
    whole = {line.cause: line for line in bridge(marlow, read_end("agreed"), read_end("sales")).lines}
    line = max(found.lines, key=lambda one: one.n)
    assert 0 < line.n < whole[line.cause].n
    address = f"/tie-out/records?b=sales&{chosen}&cause={line.cause}"
    page = text(client, address)
    assert f">{figures.money(line.amount)}<" in page.split("<tfoot")[1]
    answer: Any = client.get(f"{address}&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert sum(Decimal(row["amount"]) for row in rows) == line.amount
    assert f"where: {where}" in rows[0]["passport"].replace("(", "").replace(")", "")


def test_records_of_a_line_say_what_they_are_of(viewer: Client) -> None:
    page = text(viewer, "/tie-out/records?b=sales&segment=SMB&cause=type")
    label = page.split('class="label"')[1].split("</ul>")[0]
    for told in ("2027-Q3", "as of 2026-09-22", "as known now", "where segment = &#x27;SMB&#x27;", "USD"):
        assert told in label
    assert ">amount, USD<" in page
    assert ">agreed counts, USD<" in page


# -- the form


def test_a_form_keeps_every_slice_and_names_every_choice(viewer: Client) -> None:
    page = text(viewer, "/tie-out?b=sales&segment=SMB&owner=x&team=y&org=as-is")
    form = page.split('class="bar ends"')[1].split("</form>")[0]
    for name, value in (("segment", "SMB"), ("owner", "x"), ("team", "y"), ("org", "as-is")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert '<option value="">Agreed</option>' in form


def test_a_sheet_is_not_offered_where_it_cannot_be_sliced(client_of: ClientOf) -> None:
    client = client_of(Role.CONTRIBUTOR)
    assert 'type="file"' in text(client, "/tie-out?b=sales")
    page = text(client, "/tie-out?b=sales&segment=SMB")
    assert 'type="file"' not in page
    assert "it has no segment" in page
