"""Every page and document is of the build that its request began with; files hold what the API gives."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest
import simplejson
from python_calamine import CalamineWorkbook

from tests.show.web.conftest import ClientOf
from tests.show.web.test_bad_input import path_of
from tieout.operate.people.roles import Role
from tieout.show.web.api.addresses import ADDRESSES
from tieout.show.web.registry import ROOMS

if TYPE_CHECKING:
    from django.test import Client

API = [f"/api/v1{address.path}" for address in ADDRESSES if address.path not in ("/sources", "/glossary", "/numbers")]
BRIDGE = "?from=agreed&to=marketing"
SLOW = ("/data/fields",)
PAGES = [path_of(room) for room in ROOMS if not path_of(room).startswith("/tie-out/sheet")]


@pytest.fixture
def alone(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody for whom nothing is kept, and for whom nothing but the request itself may look for what is published."""

    def looked(*_: object) -> NoReturn:
        raise AssertionError("something looked for the published build by itself")  # noqa: EM101, TRY003 -- a test

    for place in ("tieout.questions.current", "tieout.postings.current", "tieout.passports.current"):
        monkeypatch.setattr(place, looked)
    for place in ("tieout.show.web.views.kept", "tieout.show.web.api.answering.kept"):
        monkeypatch.setattr(place, lambda _reader, _name, make: make())
    monkeypatch.setattr("tieout.show.web.records.MOST_KEPT", -1)
    return client_of(Role.ADMIN)


@pytest.mark.parametrize("path", API)
def test_a_document_is_of_the_build_that_the_request_began_with(alone: Client, path: str) -> None:
    path = path.replace("{metric}", "bookings").replace("{path:record}", "006Mw0002205")
    answer = alone.get(f"{path}{BRIDGE if path.endswith('/bridge') else ''}")
    assert answer.status_code == 200, answer.content.decode()


@pytest.mark.parametrize("path", [pytest.param(path, marks=[pytest.mark.slow] * (path in SLOW)) for path in PAGES])
def test_a_page_is_of_the_build_that_the_request_began_with(alone: Client, path: str) -> None:
    assert alone.get(path).status_code in (200, 400), path


@pytest.mark.parametrize(
    ("page", "document", "told"),
    [
        ("/records/pipeline.open_qualified?", "/numbers/pipeline.open_qualified?", ("records", "value")),
        ("/records/bookings?period=2027-Q2&segment=SMB&", "/numbers/bookings?period=2027-Q2&where=segment='SMB'&",
         ("records", "value")),
        ("/tie-out/records?a=agreed&b=sales&cause=type&", "/bridge?from=agreed&to=sales&", ("postings", "amount")),
        ("/pipeline/records?cause=won&", "/waterfall?", ("postings", "amount")),
    ],
)  # fmt: skip
def test_files_hold_what_the_api_gives(client_of: ClientOf, page: str, document: str, told: tuple[str, str]) -> None:
    client = client_of(Role.ADMIN)
    answer = client.get(f"/api/v1{document}records=true&limit=1000")
    whole = simplejson.loads(answer.content, use_decimal=True)
    assert whole["paging"]["total"] <= 1000, whole["paging"]
    name, column = told
    cause = page.partition("cause=")[2].partition("&")[0] or None
    given = sorted((one["record"], Decimal(one[column])) for one in whole[name] if cause in (None, one.get("cause")))
    assert len(given) > 10
    lines = b"".join(cast("Any", client.get(f"{page}format=csv")).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert sorted((row["record"], Decimal(row[column])) for row in rows) == given
    content = b"".join(cast("Any", client.get(f"{page}format=xlsx")).streaming_content)
    head, *cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("records").to_python()
    places = head.index("record"), head.index(column)
    assert sorted((str(row[places[0]]), Decimal(str(row[places[1]]))) for row in cells) == given
