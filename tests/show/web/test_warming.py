"""Pages that are made before somebody asks for them: which, for whom, and that they are those that people get."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.test import Client

from tests.show.web.conftest import ClientOf
from tieout import Workspace
from tieout.measure.answers import QuestionError
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Right, Role
from tieout.show.html.page import Page, body_of
from tieout.show.web import warming
from tieout.show.web.filters import Filters
from tieout.show.web.reader import Eyes, reader_of
from tieout.show.web.rooms import Room
from tieout.show.web.views import shown
from tieout.show.web.warming import eyes_there, warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from tieout.show.web.reader import Reader

FOR_GOOD = "public, max-age=31536000, immutable"
PAGE = Page("A page", (), (), ())
SEEING, MASKED = Eyes(personal=True), Eyes(personal=False)
MADE: list[tuple[str, bool]] = []


def room(fault: Exception | None = None, **given: object) -> Room:
    """A room of its own address, which writes down whenever its page is made, and for whom."""
    path = f"/{uuid4().hex}"

    def make(reader: Reader, _: Filters) -> Page:
        MADE.append((path, reader.eyes.personal))
        if fault:
            raise fault
        return PAGE

    return Room("test", "Test", path, make, **({"tab": "Test"} | given))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    MADE.clear()


@pytest.fixture
def people(web: Workspace, db: None) -> Callable[..., Account]:  # noqa: ARG001 -- they are needed, not looked at
    def somebody(role: Role, rows: str = "", *, active: bool = True) -> Account:
        team = Team.objects.create(name=uuid4().hex, rows=rows) if rows else None
        email = f"{uuid4().hex}@marlow.example"
        return Account.objects.create_user(email, role=role, team=team, is_active=active)

    return somebody


def test_pages_are_made_as_those_who_are_there_see_them(people: Callable[..., Account]) -> None:
    alice, bob = people(Role.VIEWER), people(Role.SALES)
    people(Role.REVOPS)
    people(Role.SALES, "segment = 'SMB'")
    people(Role.SALES, "segment = 'Enterprise'", active=False)
    assert eyes_there() == {MASKED, SEEING, Eyes(personal=True, rows="segment = 'SMB'")}
    one = room()
    assert warm([MASKED, SEEING], [one]) == 2
    for account in (alice, bob):
        assert shown(reader_of(account), one, Filters(one.path)) == {"title": "A page", "body": body_of(PAGE)}
    assert [(one.path, True), (one.path, False)] == MADE, "each was made once, before anybody asked"


@pytest.mark.usefixtures("web")
def test_only_what_people_come_to_first_is_made() -> None:
    rooms = [room(), room(tab=""), room(tab="", group="tools"), room(tab="", ahead=True), room(right=Right.AUDIT)]
    assert warm([SEEING], rooms) == 3
    assert [path for path, _ in MADE] == [rooms[place].path for place in (0, 2, 3)]


@pytest.mark.usefixtures("web")
def test_one_that_fails_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    rooms = [room(QuestionError("Say which.")), room(ZeroDivisionError()), room()]
    assert warm([SEEING], rooms) == 1
    assert len(MADE) == 3
    assert "ZeroDivisionError" in str([one.__dict__ for one in caplog.records])


@pytest.mark.usefixtures("web")
def test_another_build_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "stands", lambda _: False)
    assert warm([SEEING], [room()]) == 0
    assert MADE == []


# -- what a browser keeps, and how it is sent


def test_files_are_named_by_what_is_in_them_and_kept_for_good(client_of: ClientOf) -> None:
    page = client_of(Role.VIEWER).get("/glossary").content.decode()
    ways = re.findall(r'(?:src|href)="(/(?:static/[^"]+|style\.css[^"]*))"', page)
    assert len(ways) >= 5
    assert all(re.fullmatch(r"/[^?]+\?v=[0-9a-f]{16}", way) for way in ways), ways
    for way in ways:
        answer = Client().get(way)
        assert answer.status_code == 200, way
        assert "max-age=31536000" in answer["Cache-Control"], way
        answer.close()


def test_the_style_sheet_is_kept_for_good_only_by_its_name() -> None:
    plain = Client().get("/style.css")
    assert plain["Cache-Control"] == "no-cache"
    name = plain["ETag"].strip('"')
    assert Client().get(f"/style.css?v={name}")["Cache-Control"] == FOR_GOOD
    assert Client().get("/style.css?v=0123456789abcdef")["Cache-Control"] == "no-cache"
    assert Client().get("/style.css", headers={"If-None-Match": f'W/"{name}"'}).status_code == 304


def test_pages_are_sent_packed_to_who_takes_them_so(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    plain, packed = viewer.get("/glossary"), viewer.get("/glossary", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 3
    page = gzip.decompress(packed.content).decode()
    assert page.split('id="page"')[1].split('class="save"')[0] in plain.content.decode()


@pytest.mark.usefixtures("client_of")
def test_the_length_of_a_packed_answer_tells_nothing() -> None:
    lengths = {len(Client().get("/style.css", headers={"Accept-Encoding": "gzip"}).content) for _ in range(12)}
    assert len(lengths) > 1, "what is packed must not be guessed from its length"
