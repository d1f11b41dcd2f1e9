"""What a row rule closes and a role masks stays so on every way to it: Today, the API, slices, conditions, criteria."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import simplejson
from django.test import Client

from tests.show.web.conftest import ClientOf
from tieout import Workspace
from tieout.operate.people.models import Account, LogEntry, Team
from tieout.operate.people.roles import Right, Role
from tieout.operate.people.tokens import Asked, make_token
from tieout.questions import opened
from tieout.show.as_json import dumps
from tieout.show.web.api.seeing import seen
from tieout.show.web.reader import Eyes, Reader, reader_of
from tieout.show.web.sight import MASK, hold_fields, record_of

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

NOW = datetime(2026, 11, 26, tzinfo=UTC)
AskAs = Callable[..., "Response"]


@pytest.fixture
def nothing(web: Workspace, db: None) -> Account:  # noqa: ARG001 -- they are needed, not looked at
    """Nora is on a team that opens no deal."""
    team = Team.objects.create(name="Nothing", rows="record = 'nothing'")
    return Account.objects.create_user("nora@marlow.example", role=Role.SALES, team=team)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def ask_as(web: Workspace, db: None) -> AskAs:  # noqa: ARG001
    """Ask the API with a token of an account of a role."""

    def asked(path: str, role: Role, *scopes: Right) -> Response:
        account = Account.objects.filter(role=role).first() or Account.objects.create_user(
            f"{role}@x.example", role=role
        )
        _, text = make_token(account, Asked("tests", frozenset(scopes), 7), datetime.now(UTC))
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {text}"})

    return asked


def told(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = simplejson.loads(answer.content)
    return found


# -- the row rule


def test_today_names_no_record_that_is_closed(nothing: Account, client_of: ClientOf) -> None:
    def needs(client: Client) -> str:
        return client.get("/").content.decode().split("What needs a decision")[2].split("</section>")[0]

    assert "/record/opportunity/" in needs(client_of(Role.SALES))
    closed = needs(signed_in(nothing))
    assert "/record/opportunity/" not in closed
    assert "one you may not open" in closed


def finding(place: str) -> dict[str, Any]:
    return {"place": place, "given": "gone", "nearest": "n", "message": f"{place} is gone", "remedy": "mend gone",
            "count": 3}  # fmt: skip


def test_findings_of_the_api_name_no_record_that_is_closed(nothing: Account) -> None:
    open_to_all = finding("contract/pipeline.yaml:12")
    found = seen(reader_of(nothing), {"findings": [finding("crm.opportunities 006Mw0000002"), open_to_all]})
    assert found["hidden"] == 1
    assert found["findings"][1] == open_to_all
    assert found["findings"][0] == {
        "place": "crm.opportunities", "given": None, "nearest": None, "count": 3,
        "message": "about a record that you may not open", "remedy": f"mend {MASK}",
    }  # fmt: skip


def test_a_record_s_id_may_have_spaces() -> None:
    assert record_of("crm.opportunities 00 61x") == "00 61x"
    assert record_of("contract/pipeline.yaml:12") == ""


def test_a_criterion_is_tried_on_what_is_closed_as_on_what_there_is_not(nothing: Account) -> None:
    client = signed_in(nothing)
    answers = [client.get(f"/glossary/criteria?tried_on={name}") for name in ("006Mw0000002", "006Mw9999999")]
    pages = [answer.content.decode().split("<h1")[1].split("</main")[0] for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert pages[0].replace("006Mw0000002", "X") == pages[1].replace("006Mw9999999", "X")


# -- taking records out


def test_deals_of_a_waterfall_take_the_right_come_in_parts_and_are_written_down(ask_as: AskAs) -> None:
    path = "/waterfall?period=2027-Q3&deals=1&limit=3"
    assert ask_as(path, Role.VIEWER).status_code == 403
    assert ask_as(path, Role.SALES).status_code == 403
    document = told(ask_as(path, Role.SALES, Right.EXPORT))
    assert (len(document["deals"]), document["paging"]["list"]) == (3, "deals")
    assert document["paging"]["total"] > 3
    assert LogEntry.objects.filter(did="exported", what="/api/v1/waterfall").count() == 1


def test_deals_that_stall_are_records_too(ask_as: AskAs) -> None:
    path = "/stages?period=2027-Q2"
    figures = told(ask_as(path, Role.SALES))
    assert "stalled" not in figures
    document = told(ask_as(f"{path}&records=1&limit=2", Role.SALES, Right.EXPORT))
    assert len(document["stalled"]) == 2
    assert figures["usual"] == document["usual"]
    assert document["paging"]["total"] >= sum(one["stalled"] or 0 for one in document["usual"]) > 2


@pytest.mark.parametrize(
    "path",
    [
        "/numbers/pipeline.open_qualified?by=segment",
        "/numbers/bookings/series?every=quarter",
        "/lenses",
        "/bridge?from=agreed&to=marketing&period=2027-Q3&by=segment",
        "/waterfall?period=2027-Q3&gross=1",
        "/funnel?period=2027-Q2&step=mql",
        "/stages?period=2027-Q2&by=segment",
        "/coverage",
        "/clocks?period=2027-Q3",
        "/statement?period=2027-Q3",
    ],
)
def test_no_document_names_a_record_unasked(ask_as: AskAs, path: str) -> None:
    assert list(named(told(ask_as(path, Role.VIEWER)))) == []


def named(document: object) -> Iterator[str]:
    """Give whatever looks like the id of a deal, an account or a lead of Marlow."""
    if isinstance(document, dict):
        for value in document.values():
            yield from named(value)
    elif isinstance(document, list):
        for value in document:
            yield from named(value)
    elif isinstance(document, str):
        yield from re.findall(r"\b(?:00[16]Mw|LD)\d+", document)


# -- personal data


@pytest.mark.parametrize(
    "query", ["by=landing_page", "by=source,landing_page", "where=landing_page like 'a%25'", 'where="DOMAIN" is null']
)
def test_what_is_masked_is_neither_sliced_by_nor_asked_for(client_of: ClientOf, ask_as: AskAs, query: str) -> None:
    page = client_of(Role.VIEWER).get(f"/records/leads.new?{query}")
    assert page.status_code == 400
    assert "is personal data" in page.content.decode()
    assert ask_as(f"/numbers/leads.new?{query}", Role.SALES).status_code == 400
    assert ask_as(f"/numbers/leads.new?{query}", Role.SALES, Right.PERSONAL).status_code == 200
    assert client_of(Role.SALES).get(f"/records/leads.new?{query}").status_code == 200


def test_a_value_that_is_called_like_a_field_is_asked_for() -> None:
    hold_fields(("source",), "source = 'domain' or status = 'landing_page'", personal=False)


def test_the_life_of_a_lead_is_masked_in_the_api_as_on_its_page(ask_as: AskAs, marlow: Workspace) -> None:
    with opened(marlow) as asked:
        sql = "select record, landing_page from leads_told where landing_page is not null order by record limit 1"
        ((lead, landing),) = asked.engine.execute(sql).fetchall()
    assert landing in ask_as(f"/records/{lead}", Role.SALES, Right.PERSONAL).content.decode()
    answer = ask_as(f"/records/{lead}", Role.SALES)
    assert landing not in answer.content.decode()
    assert told(answer)["versions"][-1]["state"]["landing_page"] == MASK


def test_an_unknown_entity_masks_every_private_field(nothing: Account) -> None:
    eyes = Eyes(personal=False)
    reader = reader_of(nothing)
    state = {"name": "Ada", "domain": "ada.example", "source": "web"}
    version = {"state": state, "changes": []}
    plain = Reader(reader.workspace, reader.build, reader.contract, reader.zone, eyes)
    masked = seen(plain, simplejson.loads(dumps({"versions": [version]})))["versions"][0]["state"]
    assert masked == {"name": MASK, "domain": MASK, "source": "web"}
