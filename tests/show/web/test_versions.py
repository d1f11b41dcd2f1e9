"""Tie-out between two versions of the contract, in the browser's words: the form, the lines, the records, the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import simplejson

from tests.line.ten_deals import write
from tests.line.test_contract_versions import Company
from tests.show.web.conftest import ClientOf
from tests.show.web.seen import body, rows
from tieout import Workspace
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Published by one contract on 22 July 2026, by another one, which bars O1 (100,000), on the 23rd."""
    return Company(Workspace(write(tmp_path_factory.mktemp("web-versions"))))


@pytest.fixture
def client(company: Company, client_of: ClientOf, settings: Settings) -> Client:
    made = client_of(Role.CONTRIBUTOR)
    settings.WORKSPACE = company.workspace
    return made


ASKED = "a=agreed&b=agreed&period=2026-Q3&a_as_of=2026-07-20&b_as_of=2026-07-20"


def test_both_sides_offer_every_version(client: Client, company: Company) -> None:
    page = client.get(f"/tie-out?{ASKED}").content.decode()
    for text in (
        "First definition, until 2026-08-01", "Definition from 2026-08-01",
        f"Contract {company.before[:8]}, said 2026-07-22 to 2026-07-22",
    ):  # fmt: skip
        assert page.count(f">{text}</option>") == 2, text


def test_a_contract_of_before_on_one_side_and_its_records(client: Client, company: Company) -> None:
    told = rows(body(client, f"/tie-out?{ASKED}&a_contract={company.before}"))
    assert told[f"agreed by contract {company.before[:8]}"][0] == "510,000.00"
    assert told["exclusion"][:2] == ["\N{MINUS SIGN}100,000.00", "1"]
    assert told["residual"][0] == "0.00"
    records = body(client, f"/tie-out/records?{ASKED}&a_contract={company.before}&cause=exclusion")
    assert "O1" in records
    assert "in the register of exclusions" in records


def test_two_definitions_of_one_day(client: Client) -> None:
    told = rows(body(client, f"/tie-out?{ASKED}&a_contract=first&b_contract=2026-08-01"))
    assert told["definition"][:2] == ["\N{MINUS SIGN}410,000.00", "5"]


def test_swapped_every_version_goes_along(client: Client, company: Company) -> None:
    page = client.get(f"/tie-out?{ASKED}&a_contract={company.before}").content.decode()
    way = page.split(">Swap A and B<")[0].rpartition('href="')[2].partition('"')[0]
    assert f"b_contract={company.before}" in way
    assert "a_contract" not in way


def test_the_api_gives_the_same_bridge(client: Client, company: Company) -> None:
    start = f"agreed@2026-07-20%2Bcontract:{company.before[:6]}"
    answer = client.get(f"/api/v1/bridge?from={start}&to=agreed@2026-07-20&period=2026-Q3")
    told = simplejson.loads(answer.content)
    assert [(line["cause"], line["amount"]) for line in told["lines"]] == [("exclusion", -100000)]
    assert told["from"]["contract"] == company.before
