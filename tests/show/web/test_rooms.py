"""Every room: who may see it, what a wrong address gives, that a kept page is the page."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.show.web.conftest import ClientOf, Server
from tieout import Workspace
from tieout.operate.people.models import Account
from tieout.operate.people.roles import Role
from tieout.show.web import records, views
from tieout.show.web.filters import Filters
from tieout.show.web.reader import reader_of
from tieout.show.web.records import Records, kept_records
from tieout.show.web.registry import ROOMS
from tieout.show.web.rooms import Room
from tieout.show.web.sheets import keep
from tieout.show.web.views import of_one_build

if TYPE_CHECKING:
    from django.test import Client

    from tieout.show.web.reader import Reader


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("path", [room.path for room in ROOMS])
def test_whoever_is_not_signed_in_is_asked_to(path: str, client: Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


def test_a_page_is_the_same_when_it_is_kept(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    first, second = (viewer.get("/pipeline").content for _ in range(2))
    assert b"5,412,350.00" in first
    pages = [each.split(b'id="page"')[1].split(b'class="save"')[0] for each in (first, second)]
    assert pages[0] == pages[1]


def test_a_filter_that_there_is_not_is_named_with_the_nearest(client_of: ClientOf) -> None:
    answer = client_of(Role.VIEWER).get("/pipeline?perod=2026-Q3")
    assert answer.status_code == 400
    assert "Did you mean &#x27;period&#x27;?" in answer.content.decode()


def test_the_server_answers(server: Server) -> None:
    assert server.address.startswith("http://127.0.0.1:")


# -- filters take effect, or are refused

NAMED = {"metric": "pipeline.open_qualified", "entity": "opportunity", "record": "006Mw0002698"}
SHEET = b"id,amount\n006Mw0002445,65400\n"


class EnoughError(Exception):
    """Every filter was read: the page need not be made."""


@pytest.mark.parametrize("room", [room for room in ROOMS if room.common or room.takes], ids=lambda room: room.name)
def test_each_filter_that_a_page_takes_is_read(
    room: Room, client_of: ClientOf, web: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_LISTS", OrderedDict())  # what is kept of another test reads no filter
    client_of(Role.ADMIN)
    reader = reader_of(Account.objects.get(email="admin@marlow.example"))
    texts = {"sheet": keep(web, "one.csv", [SHEET], len(SHEET)).digest} if "sheet" in room.takes else {}
    filters = Filters(room.path, texts, {name: NAMED[name] for name in NAMED if f":{name}>" in room.path})
    # Of the values that are typed for a criterion, those that it looks at are read.
    unread = {name for name in (*room.common, *room.takes) if not name.startswith("is_")}
    item, on, by, where = Filters.__getitem__, Filters.on, Filters.by, Filters.where

    def noted(found: object, *names: str) -> object:
        unread.difference_update(names)
        if not unread:
            raise EnoughError
        return found

    monkeypatch.setattr(Filters, "__getitem__", lambda self, name: noted(item(self, name), name))
    monkeypatch.setattr(Filters, "on", lambda self, name: noted(on(self, name), name))
    monkeypatch.setattr(Filters, "by", property(lambda self: noted(by.fget(self), "by")))  # type: ignore[attr-defined]
    sliced = ("segment", "team", "owner", "where")
    monkeypatch.setattr(Filters, "where", property(lambda self: noted(where.fget(self), *sliced)))  # type: ignore[attr-defined]
    with suppress(EnoughError):
        room.context(reader, filters)
        room.make(reader, filters)
    assert unread == set()
    assert set(room.bar) <= set(room.all)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/?segment=SMB&as_of=2026-05-01", "segment"), ("/tie-out?said_then=1", "said_then"),
        ("/tie-out?lens=sales", "lens"), ("/tie-out?by=segment", "by"), ("/data?segment=SMB", "segment"),
        ("/data/fields?period=2026-Q3", "period"), ("/record/opportunity/006Mw0002698?as_of=2026-05-01", "as_of"),
        ("/records/bookings?weighted=1", "weighted"), ("/glossary?segment=SMB", "segment"),
        ("/funnel/statement?by=segment", "by"),
    ],
)  # fmt: skip
def test_a_filter_without_effect_is_refused(client_of: ClientOf, address: str, name: str) -> None:
    answer = client_of(Role.VIEWER).get(address)
    assert answer.status_code == 400
    assert f"This page has no filter &#x27;{name}&#x27;." in answer.content.decode()


def test_a_link_carries_what_takes_effect_where_it_leads() -> None:
    sliced = {"segment": "SMB", "as_of": "2026-05-01", "period": "2026-Q2", "gross": "1", "sort": "-days", "page": "2"}
    here = Filters("/pipeline/pushes", sliced)
    assert here.link("/data") == "/data?period=2026-Q2"
    assert here.link("/") == "/"
    assert here.link("/record/opportunity/00/6") == "/record/opportunity/00/6?period=2026-Q2"
    assert here.link("/records/bookings") == "/records/bookings?as_of=2026-05-01&period=2026-Q2&segment=SMB"
    assert here.link("/glossary/criteria") == "/glossary/criteria"
    assert here.link("/tie-out", b="sales", period=None) == "/tie-out?as_of=2026-05-01&b=sales&segment=SMB"
    # The order and the page are of this list.
    assert "sort" not in here.link("/pipeline/records")
    assert here.link(page="3") == f"/pipeline/pushes?{Filters('', {**sliced, 'page': '3'}).query}"


# -- one build


def test_what_is_made_while_another_build_is_published_is_made_once_more(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client_of(Role.VIEWER)
    account = Account.objects.get(email="viewer@marlow.example")
    there = [False, True]
    monkeypatch.setattr(views, "stands", lambda _reader: there.pop(0))
    made: list[Reader] = []

    def make(reader: Reader) -> int:
        made.append(reader)
        return len(made)

    reader, found = of_one_build(account, make)
    assert (found, len(made)) == (2, 2)
    assert reader is made[1]


def test_records_of_two_builds_are_not_kept(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client_of(Role.VIEWER)
    reader = reader_of(Account.objects.get(email="viewer@marlow.example"))
    made: list[str] = []

    def make() -> Records:
        made.append("")
        return Records("none", (), ())

    kept = Filters("/nowhere")
    monkeypatch.setattr("tieout.show.web.records.stands", lambda _reader: False)
    kept_records(reader, kept, make)
    monkeypatch.undo()
    for _ in range(3):
        kept_records(reader, kept, make)
    assert len(made) == 2
