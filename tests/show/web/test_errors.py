"""What people are told when there is no page: one design, a request id, and nothing of what went on inside."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import get_resolver

from tests.show.web.conftest import ClientOf
from tieout import Workspace
from tieout.operate.people.roles import Role
from tieout.show.web import health
from tieout.show.web.logs import log_settings
from tieout.warehouse.builds import NotPublishedError

if TYPE_CHECKING:
    from pytest_django import Settings

SECRET = "alice@example.com"


@pytest.fixture
def broken(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Client]:
    """Give a viewer whose next page runs into an error."""

    def break_with(error: Exception) -> Client:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("tieout.show.web.views.reader_of", fail)
        client = client_of(Role.VIEWER)
        client.raise_request_exception = False
        return client

    return break_with


def test_a_mistake_of_ours_gives_the_request_and_nothing_else(broken: Callable[[Exception], Client]) -> None:
    answer = broken(ValueError(f"no such person: {SECRET}")).get("/pipeline")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in page
    assert "ValueError" not in page
    assert SECRET not in page


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (
            OperationalError(f"connection of {SECRET} refused"),
            "The database of the application cannot be used just now",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
    ],
)
def test_what_time_can_mend_is_said_to_be_so(
    broken: Callable[[Exception], Client], error: Exception, title: str
) -> None:
    answer = broken(error).get("/pipeline")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert f"<h1>{title}</h1>" in answer.content.decode()
    assert SECRET not in answer.content.decode()


def test_an_address_that_there_is_not(client_of: ClientOf) -> None:
    answer = client_of(Role.VIEWER).get("/nothing<script>")
    assert answer.status_code == 404
    assert b"<h1>There is no such page</h1>" in answer.content
    assert b'href="/pipeline"' in answer.content, "the rooms are still around it"
    assert b"<script>" not in answer.content


def test_a_method_that_is_not_taken(client_of: ClientOf) -> None:
    answer = client_of(Role.VIEWER).post("/pipeline")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert b"<h1>This address does not take that</h1>" in answer.content


def test_a_form_that_is_too_large_and_a_host_that_is_not_ours(web: Workspace, db: None, settings: Settings) -> None:  # noqa: ARG001
    client = Client(raise_request_exception=False)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
    answer = client.post("/accounts/login/", {"login": "x" * 1_100_000})
    assert answer.status_code in {400, 413}
    assert b"<h1>" in answer.content
    answer = client.get("/pipeline", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil" not in answer.content


def test_a_program_is_told_in_json(web: Workspace) -> None:  # noqa: ARG001 -- it is needed, not looked at
    answer = Client(raise_request_exception=False).get("/api/nothing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    document = json.loads(answer.content)
    assert document["status"] == 404
    assert document["request"] == answer["X-Request-ID"]


# -- what is published, taken away under a reader


def test_a_published_file_that_was_deleted(marlow_copy: Workspace, client_of: ClientOf, settings: Settings) -> None:
    settings.WORKSPACE = marlow_copy
    viewer = client_of(Role.VIEWER)
    assert viewer.get("/pipeline").status_code == 200
    for build in marlow_copy.builds.glob("*.duckdb"):
        build.unlink()
    answer = viewer.get("/pipeline")
    assert answer.status_code == 503
    assert b"<h1>Nothing is published yet</h1>" in answer.content
    assert viewer.get("/readyz").json() == {
        "ready": False, "database": "reachable", "published": "nothing is published",
    }  # fmt: skip


def test_a_published_file_that_is_damaged(marlow_copy: Workspace, client_of: ClientOf, settings: Settings) -> None:
    settings.WORKSPACE = marlow_copy
    for build in marlow_copy.builds.glob("*.duckdb"):
        build.write_bytes(b"\0" * 5000)
    viewer = client_of(Role.VIEWER)
    viewer.raise_request_exception = False
    answer = viewer.get("/pipeline")
    assert answer.status_code == 503
    assert b"<h1>The published numbers cannot be read</h1>" in answer.content
    assert viewer.get("/readyz").json()["published"] == "unreadable"


def test_a_full_disk_costs_time_and_no_page(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tieout.show.web.reader.write_aside", full)
    answer = client_of(Role.VIEWER).get("/pipeline?period=2026-Q2")
    assert answer.status_code == 200


# -- for machines


@pytest.mark.usefixtures("web", "db")
def test_health_needs_no_account_no_host_and_no_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"host": "10.0.0.7:8642"}
    assert client.get("/healthz", headers=named).json() == {"alive": True}
    assert client.get("/readyz", headers=named).json() == {
        "ready": True, "database": "reachable", "published": "readable",
    }  # fmt: skip
    monkeypatch.setattr(health, "_database", lambda: "unreachable")
    assert client.get("/healthz", headers=named).status_code == 200
    answer = client.get("/readyz", headers=named)
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_a_line_for_each_request_without_what_is_personal(broken: Callable[[Exception], Client]) -> None:
    made = log_settings()["formatters"]["lines"]
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(made.pop("()")(**made))
    logging.getLogger("tieout").addHandler(handler)
    try:
        client = broken(ValueError(SECRET))
        client.get(f"/pipeline?owner={SECRET}", headers={"x-request-id": "given-by-a-proxy-1"})
        client.get(f"/recrod/lead/{SECRET}")
    finally:
        logging.getLogger("tieout").removeHandler(handler)
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [one["event"] for one in told] == ["error", "request", "request"]
    assert told[0]["kind"] == "ValueError"
    assert told[0]["request"] == told[1]["request"] == "given-by-a-proxy-1"
    assert (told[1]["method"], told[1]["path"], told[1]["status"]) == ("GET", "/pipeline", 500)
    assert isinstance(told[1]["who"], int)
    assert told[1]["queries"] >= 1
    assert (told[2]["path"], told[2]["status"]) == ("/recrod/...", 404)
    assert SECRET not in written.getvalue()


def test_every_error_handler_is_there() -> None:
    resolver = get_resolver()
    for status in (400, 403, 404, 500):
        assert resolver.resolve_error_handler(status).__module__ == "tieout.show.web.errors"


def test_the_page_of_a_mistake_stands_alone() -> None:
    page = (Path(health.__file__).parent / "templates" / "web" / "failed.html").read_text()
    assert "extends" not in page
    assert "user" not in page


@pytest.mark.parametrize("path", ["/pipeline/records?slice=a%0Db", "/funnel/records?slice=a%0Db"])
def test_a_slice_that_cannot_be_read(client_of: ClientOf, path: str) -> None:
    assert client_of(Role.VIEWER).get(path).status_code == 400


@pytest.mark.parametrize("path", ["/pipeline", "/search?q=a"])
def test_nobody_is_told_where_the_workspace_is(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    def fail(*_: object) -> None:
        message = "There is nothing in '/srv/secret/place'."
        raise NotPublishedError(message)

    for module in ("views", "search"):
        monkeypatch.setattr(f"tieout.show.web.{module}.reader_of", fail)
    answer = client_of(Role.VIEWER).get(path)
    assert answer.status_code == 503
    assert "/srv/secret" not in answer.content.decode()
