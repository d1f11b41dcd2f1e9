"""The API: the same documents as the command line, for whom, in parts, and nothing that is not for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import simplejson
from django.core.cache import cache
from django.test import Client

from tests.line.typed import typing
from tests.show.web.conftest import ClientOf
from tieout import Workspace
from tieout.operate.people.models import Account, LogEntry, Team, Token
from tieout.operate.people.roles import Right, Role
from tieout.operate.people.tokens import Asked, make_token
from tieout.show.web.api.addresses import ADDRESSES
from tieout.show.web.api.answering import taken

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
    from pytest_django import Settings

EVERYTHING = frozenset({Right.READ, Right.PERSONAL, Right.EXPORT})
Ask = Callable[..., "Response"]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def token_of(web: Workspace, db: None) -> Callable[..., str]:  # noqa: ARG001 -- they are needed, not looked at
    """Make a token for an account of a role."""
    cache.clear()

    def made(role: Role = Role.REVOPS, scopes: frozenset[Right] = EVERYTHING, team: Team | None = None) -> str:
        account = Account.objects.create_user(
            f"{role.value}-{now().timestamp()}@marlow.example", None, role=role, team=team
        )
        return make_token(account, Asked("for tests", frozenset(one for one in scopes if account.may(one)), 7), now())[
            1
        ]

    return made


@pytest.fixture
def ask(token_of: Callable[..., str]) -> Ask:
    """Ask the API with a token that opens everything."""
    text = token_of()

    def asked(path: str, headers: dict[str, str] | None = None, token: str = text) -> Response:
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}", **(headers or {})})

    return asked


def document_of(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = simplejson.loads(answer.content, use_decimal=True)
    return found


# -- the same as the command line


SAME = """
    /numbers/pipeline.open_qualified?period=2027-Q3
      ask pipeline.open_qualified --period 2027-Q3
    /numbers/win_rate.closed.count?period=2027-Q2&by=segment&as_of=2026-07-20
      ask win_rate.closed.count --period 2027-Q2 --by segment --as-of 2026-07-20
    /numbers/pipeline.open_qualified/series?every=month&from=2026-07-01&restated=1&said_then=1
      show series pipeline.open_qualified --every month --from 2026-07-01 --restated --said-then
    /lenses?period=2027-Q3
      lenses --period 2027-Q3
    /bridge?from=agreed&to=marketing&period=2027-Q3&records=1&limit=1000
      bridge agreed marketing --period 2027-Q3 --records
    /waterfall?period=2027-Q3&by=segment
      show waterfall --period 2027-Q3 --by segment
    /funnel?period=2027-Q2
      show funnel --period 2027-Q2
    /stages?period=2027-Q2
      show stages --period 2027-Q2
    /coverage
      show coverage
    /clocks?period=2027-Q3
      show clocks --period 2027-Q3
    /statement?period=2027-Q3
      show statement --period 2027-Q3
    /records/006Mw0002572?period=2027-Q3
      history 006Mw0002572 --period 2027-Q3
    /glossary
      ask --list
"""
"""An address, and under it the words that ask the same on the command line."""
LINES = [line.strip() for line in SAME.strip().splitlines()]


@pytest.mark.parametrize(("path", "words"), list(zip(LINES[::2], LINES[1::2], strict=True)))
def test_it_is_what_the_command_line_writes(
    ask: Ask, marlow: Workspace, capsys: pytest.CaptureFixture[str], path: str, words: str
) -> None:
    told = document_of(ask(path))
    told.pop("paging", None)
    written = typing(marlow.root, capsys.readouterr)(*words.split(), "--json").document
    # Deals that stall are records: the API gives none of them unasked.
    assert told == {name: value for name, value in written.items() if name != "stalled"}


def test_what_is_published(ask: Ask, marlow: Workspace) -> None:
    builds = document_of(ask("/builds"))["builds"]
    assert [f"{one['key']}.duckdb" for one in builds] == [path.name for path in marlow.builds.glob("*.duckdb")][:1]


@pytest.mark.slow
def test_where_it_comes_from(ask: Ask) -> None:
    assert document_of(ask("/sources"))["objects"]


# -- records, in parts


def test_records_come_in_parts_that_make_the_whole(ask: Ask) -> None:
    path = "/numbers/pipeline.open_qualified?period=2027-Q3&records=true"
    first = ask(f"{path}&limit=150")
    whole = document_of(ask(f"{path}&limit=1000"))
    assert 'rel="next"' in first["Link"]
    assert 'rel="prev"' not in first["Link"]
    following = next(link for link in first["Link"].split(", ") if link.endswith('rel="next"')).split(">")[0]
    second = document_of(ask(following.split("/api/v1")[1]))
    assert document_of(first)["records"] + second["records"] == whole["records"]
    assert whole["paging"]["total"] == whole["rows"][0]["n"] == 199
    assert sum(one["value"] for one in whole["records"]) == whole["rows"][0]["value"]
    assert second["rows"] == whole["rows"]


def test_taking_records_out_is_written_down(ask: Ask) -> None:
    ask("/numbers/pipeline.open_qualified?records=1&limit=5")
    entry = LogEntry.objects.get(did="exported")
    assert entry.what == "/api/v1/numbers/pipeline.open_qualified"
    assert entry.detail["limit"] == 5
    assert len(entry.request) == 32, "the line leads to the request that it was done in"


def test_totals_are_the_same_whatever_may_be_opened(ask: Ask, token_of: Callable[..., str]) -> None:
    path = "/numbers/pipeline.open_qualified?period=2027-Q3&records=1&limit=1000"
    everything = document_of(ask(path))
    team = Team.objects.create(name="EMEA", rows="region = 'EMEA'")
    mine = document_of(ask(path, token=token_of(Role.SALES, team=team)))
    assert mine["rows"] == everything["rows"]
    assert 0 < len(mine["records"]) < len(everything["records"])
    assert len(mine["records"]) + mine["hidden"] == len(everything["records"])
    ours = {one["record"] for one in mine["records"]}
    closed = next(one["record"] for one in everything["records"] if one["record"] not in ours)
    assert ask(f"/records/{closed}").status_code == 200
    answer = ask(f"/records/{closed}", token=token_of(Role.SALES, team=team))
    assert answer.status_code == 404
    assert ask("/records/006Nothing", token=token_of(Role.SALES, team=team)).json()["title"] == answer.json()["title"]


def test_personal_data_is_masked(ask: Ask, token_of: Callable[..., str]) -> None:
    named = document_of(ask("/records/006Mw0002572"))
    name = named["versions"][-1]["state"]["name"]
    for token in (token_of(Role.FINANCE), token_of(scopes=frozenset({Right.READ}))):
        masked = ask("/records/006Mw0002572", token=token)
        assert name not in masked.content.decode()
        told = document_of(masked)
        assert told["versions"][-1]["state"]["arr"] == named["versions"][-1]["state"]["arr"]


# -- who may ask


@pytest.mark.usefixtures("web", "db")
@pytest.mark.parametrize("header", [None, "Bearer tieout_wrong", "Bearer ", "Basic YTpi", "tieout_wrong"])
def test_nobody_is_told_anything(client: Client, header: str | None) -> None:
    for address in ADDRESSES:
        path = address.path.replace("{metric}", "bookings").replace("{path:record}", "x")
        answer = client.get(f"/api/v1{path}", headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert answer["Content-Type"] == "application/problem+json"


def test_a_token_that_ended_or_whose_owner_left(ask: Ask, token_of: Callable[..., str]) -> None:
    text = token_of()
    token = Token.objects.order_by("-id")[0]
    assert ask("/builds", token=text).status_code == 200
    Token.objects.filter(pk=token.pk).update(expires_at=now() - timedelta(seconds=1))
    assert ask("/builds", token=text).status_code == 401
    Token.objects.filter(pk=token.pk).update(expires_at=now() + timedelta(days=1))
    Account.objects.filter(pk=token.owner_id).update(is_active=False)
    assert ask("/builds", token=text).status_code == 401


def test_records_take_the_right_to_take_them_out(ask: Ask, token_of: Callable[..., str]) -> None:
    reading = token_of(scopes=frozenset({Right.READ}))
    assert ask("/numbers/bookings", token=reading).status_code == 200
    answer = ask("/numbers/bookings?records=1", token=reading)
    assert (answer.status_code, answer.json()["status"]) == (403, 403)


def test_a_browser_that_is_signed_in_reads_and_changes_nothing(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    assert viewer.get("/api/v1/numbers").status_code == 200
    answer = viewer.post("/api/v1/numbers")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"


def test_too_many_requests_have_to_wait(ask: Ask, token_of: Callable[..., str], settings: Settings) -> None:
    settings.API_RATE = 3
    assert [ask("/builds").status_code for _ in range(4)][-1] == 429
    answer = ask("/builds")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert ask("/builds", token=token_of()).status_code == 200, "others are not slowed down"


# -- nothing new


def test_what_is_known_is_not_sent_again(ask: Ask, token_of: Callable[..., str]) -> None:
    path = "/numbers/pipeline.open_qualified?period=2027-Q3"
    first = ask(path)
    again = ask(path, {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert ask(path, {"If-None-Match": '"other"'}).status_code == 200
    assert ask(f"{path}&by=segment")["ETag"] != first["ETag"]
    assert ask(path, token=token_of(Role.FINANCE))["ETag"] != first["ETag"], "other eyes see another document"
    assert "ETag" not in ask("/builds")


# -- mistakes


@pytest.mark.parametrize(
    ("path", "status", "given", "nearest"),
    [
        ("/numbers/bookngs", 404, "bookngs", "bookings"),
        ("/numbers/bookings?perod=2026-Q3", 400, "perod", "period"),
        ("/numbers/bookings?lens=marketting", 400, "marketting", "marketing"),
        ("/numbers/bookings?by=segmnt", 400, "segmnt", "segment"),
        ("/numbers/bookings/series?every=weak", 400, "weak", "week"),
        ("/numbers/bookings?org=as-iz", 400, "as-iz", "as-is"),
    ],
)
def test_a_mistake_names_what_was_given_and_the_nearest(
    ask: Ask, path: str, status: int, given: str, nearest: str
) -> None:
    answer = ask(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["given"], told["nearest"]) == (given, nearest)
    assert nearest in told["allowed"]
    assert told["request"] == answer["X-Request-ID"]


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-Q9", "as_of=yesterday", "where=region", "where=exists(select 1)", "limit=0", "limit=1001",
        "offset=-1", "records=perhaps", "where=%00", f"where={'x' * 501}", "calendar=lunar",
        "known_at=2026-08-01&said_then=1",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(ask: Ask, query: str) -> None:
    answer = ask(f"/numbers/pipeline.open_qualified?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.usefixtures("web", "db")
def test_its_description_names_every_address(client: Client) -> None:
    paths = json.loads(client.get("/api/v1/openapi.json").content)["paths"]
    assert len(paths) == len(ADDRESSES)
    page = client.get("/api/v1/docs").content.decode()
    for path in paths:
        assert f"<code>{path}</code>" in page
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert scripts
    assert all(' src="/static/' in script for script in scripts)


def test_the_reference_names_every_address_and_all_that_it_takes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "api.md").read_text()
    table = page.split("## Addresses")[1].split("## Long lists")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| `")]
    written = {path.strip("`"): takes for path, _, takes in rows}
    meant = {
        address.path.replace("{path:record}", "{record}"): ", ".join(f"`{name}`" for name in taken(address.takes))
        or "nothing"
        for address in ADDRESSES
    }
    assert written == meant


def test_the_postings_of_a_bridge_are_within_its_condition(ask: Ask) -> None:
    document = simplejson.loads(
        ask("/bridge?from=agreed&to=sales&where=segment='SMB'&records=1&limit=1000").content, use_decimal=True
    )
    whole = simplejson.loads(ask("/bridge?from=agreed&to=sales").content, use_decimal=True)
    for line in document["lines"]:
        mine = [one for one in document["postings"] if one["cause"] == line["cause"]]
        assert (sum(one["amount"] for one in mine), len({one["record"] for one in mine})) == (line["amount"], line["n"])
    assert document["lines"] != whole["lines"]
