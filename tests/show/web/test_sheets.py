"""Sheets of one's own: taken, tied out, and refused where they are too large, bombs, or no sheets at all."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.show.web.conftest import ClientOf
from tieout import Workspace
from tieout.operate.people.models import LogEntry
from tieout.operate.people.roles import Role
from tieout.show.web import sheets
from tieout.show.web.pages.sheet import SHEET
from tieout.show.web.sheets import RefusedError, keep
from tieout.warehouse.builds import publications

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client
    from pytest_django import Settings

LIST = b"id,amount\n006Mw0002445,65400\n006Mw0002471,58088\nX-1,1000\n"
"""Two renewals that the agreed number does not count, and a record that there is not."""


@pytest.fixture
def own(client_of: ClientOf, marlow: Workspace, tmp_path: Path, settings: Settings) -> Workspace:
    """Marlow with an `app/` of its own."""
    del client_of
    root = tmp_path / "own"
    root.mkdir()
    for entry in marlow.root.iterdir():
        if entry.name != "app":
            (root / entry.name).symlink_to(entry)
    settings.WORKSPACE = Workspace(root)
    return Workspace(root)


@pytest.fixture
def client(own: Workspace, client_of: ClientOf, settings: Settings) -> Client:
    signed_in = client_of(Role.CONTRIBUTOR)
    settings.WORKSPACE = own
    return signed_in


def brought(client: Client, name: str, content: bytes) -> HttpResponse:
    return client.post("/tie-out/upload", {"sheet": SimpleUploadedFile(name, content), "a": "agreed"})  # type: ignore[return-value]


def book(members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", **members}.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_sheet_is_tied_out_and_its_address_is_the_view(client: Client, own: Workspace) -> None:
    answer = brought(client, "my deals.csv", LIST)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "my deals" in page
    assert "124,488.00" in page  # 65,400 + 58,088 + 1,000
    assert "residual 0.00" in page
    assert "2 rows of 3 matched" in page
    assert str(own.root) not in page
    records = client.get(answer["Location"].replace("/sheet?", "/sheet/records?") + "&cause=type").content.decode()
    assert ">row 2<" in records
    assert "type renewal; counted: new, expansion" in records
    (entry,) = LogEntry.objects.filter(did="uploaded")
    assert (entry.what, len(entry.request)) == ("my deals", 32)
    assert len(list((own.app / "sheets").glob("*.csv"))) == 1


def test_the_same_sheet_has_the_same_address(client: Client, own: Workspace) -> None:
    assert brought(client, "a.csv", LIST)["Location"] == brought(client, "b.csv", LIST)["Location"]
    assert len(list((own.app / "sheets").iterdir())) == 2  # the sheet, and what it was called


def test_who_may_not_upload_does_not_see_a_sheet_either(client: Client, client_of: ClientOf) -> None:
    address = brought(client, "a.csv", LIST)["Location"]
    viewer = client_of(Role.VIEWER)
    assert viewer.get(address).status_code == 403
    assert brought(viewer, "a.csv", LIST).status_code == 403
    assert "Tie out a sheet of your own" not in viewer.get("/tie-out").content.decode()


@pytest.mark.parametrize("digest", ["", "0" * 64, "../../secret", "%2e%2e%2fsecret"])
def test_a_sheet_that_is_not_kept_is_asked_for_again(client: Client, digest: str) -> None:
    answer = client.get(f"/tie-out/sheet?sheet={digest}")
    assert answer.status_code == 400
    assert "Upload it again" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("deals.pdf", b"%PDF-1.7", "Allowed: CSV"),
        ("deals.csv", b"a\x00b\x01c", "is no text"),
        ("deals.xlsx", b"id,amount\n", "is no workbook"),
        ("deals.xlsx", book({}).replace(b"[Content_Types]", b"[Something_Els]"), "is no workbook"),
        ("deals.csv", b"", "is empty"),
        ("deals.csv", b"id,when\nO1,today\n", "amount"),
        ("<script>.exe", b"x", "&lt;script&gt;"),
    ],
)
def test_what_is_no_sheet_is_refused_and_not_kept(
    client: Client, own: Workspace, name: str, content: bytes, said: str
) -> None:
    answer = brought(client, name, content)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert str(own.root) not in page
    assert [*(own.app / "sheets").glob("*")] == []


def test_a_workbook_that_unfolds_to_too_much_is_refused_before_it_is_parsed(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "UNFOLDED", 1_000_000)
    monkeypatch.setattr(sheets, "read_sheet", lambda *_: pytest.fail("it was parsed"))
    bomb = book({"xl/worksheets/sheet1.xml": b"0" * 1_000_001})
    assert len(bomb) < 5000
    with pytest.raises(RefusedError, match="unfolds to more than 1 MB"):
        keep(own, "bomb.xlsx", [bomb], len(bomb))


def test_a_workbook_that_lies_about_what_it_unfolds_to_is_found_out(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "UNFOLDED", 1_000_000)
    bomb = book({"xl/worksheets/sheet1.xml": b"0" * 1_000_001})
    size = struct.pack("<L", 1_000_001)
    assert bomb.count(size) == 2  # in the file's own head and in the directory
    lie = bomb.replace(size, struct.pack("<L", 10))
    with pytest.raises(RefusedError, match="unfolds to more than 1 MB"):
        keep(own, "bomb.xlsx", [lie], len(lie))


def test_all_sheets_together_are_bounded(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ALL", len(LIST) + 100)
    keep(own, "a.csv", [LIST], len(LIST))
    with pytest.raises(RefusedError, match="as many sheets as it may"):
        keep(own, "b.csv", [LIST + b"Y,1\n"], len(LIST) + 4)


class Endless(io.RawIOBase):
    """A body of a size that is never held: what is read of it is counted."""

    def __init__(self, size: int) -> None:
        self.left, self.largest = size, 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole body was asked for at once"
        part = min(size, self.left)
        self.left -= part
        self.largest = max(self.largest, part)
        return b"0" * part


@pytest.mark.parametrize(("path", "size"), [("/tie-out/upload", 200_000_000), ("/accounts/login/", 1_300_000)])
def test_a_body_that_is_too_large_is_never_held(client: Client, path: str, size: int) -> None:
    body = Endless(size)
    given: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    answer = client.generic("POST", path, content_type="multipart/form-data; boundary=x", **given)
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    assert body.largest <= 65_536


def test_an_upload_needs_the_token_of_the_form(own: Workspace, client_of: ClientOf) -> None:
    del own
    client = client_of(Role.CONTRIBUTOR)
    client.handler.enforce_csrf_checks = True
    assert brought(client, "a.csv", LIST).status_code == 403


def test_what_people_call_rows_is_masked_on_every_page_and_in_files(
    client: Client, client_of: ClientOf, own: Workspace, settings: Settings
) -> None:
    listed = b"id,name,amount\n006Mw0002445,Jane Roe,65400\nX-1,Jane Doe,1000\nX-2,John Doe,2000\n"
    address = brought(client, "a.csv", listed)["Location"]
    masked = client_of(Role.FINANCE)
    settings.WORKSPACE = own
    records = address.replace("/sheet?", "/sheet/records?")
    assert "Jane Doe" in client.get(address).content.decode()
    for path in (address, records):
        assert "Doe" not in masked.get(path).content.decode()
    for kind in ("csv",):
        answer = masked.get(f"{records}&format={kind}")
        assert "Doe" not in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_sheet_is_taken_while_another_is_renamed(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = own.app / "sheets" / ".gone.aside"
    monkeypatch.setattr(Path, "iterdir", lambda _: iter([gone]))
    assert keep(own, "a.csv", [LIST], len(LIST)).name == "a"


def test_a_sheet_has_no_slices(client: Client) -> None:
    address = brought(client, "a.csv", LIST)["Location"]
    answer = client.get(f"{address}&segment=SMB")
    assert answer.status_code == 400
    assert "no slices" in answer.content.decode()


ASKED = {"a": "sales", "a_as_of": "2026-09-15", "a_known_at": "2026-09-16", "period": "2026-Q3", "calendar": "fiscal",
         "org": "as-is"}  # fmt: skip


def test_the_upload_carries_the_whole_question(client: Client) -> None:
    answer = client.post("/tie-out/upload", {"sheet": SimpleUploadedFile("a.csv", LIST), **ASKED})
    given = parse_qs(urlsplit(answer["Location"]).query)
    assert {name: given[name] for name in ASKED} == {name: [text] for name, text in ASKED.items()}
    sliced = client.post("/tie-out/upload", {"sheet": SimpleUploadedFile("a.csv", LIST), "segment": "SMB"})
    refused = client.get(sliced["Location"])
    assert refused.status_code == 400
    assert "no slices" in refused.content.decode()


def test_the_form_of_a_sheet_asks_what_its_page_takes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    twice = publications(settings.WORKSPACE)[-1:] * 2
    monkeypatch.setattr("tieout.show.web.pages.tie_out.publications", lambda _workspace: twice)
    assert 'name="a_build"' in client.get("/tie-out").content.decode()
    page = client.get(brought(client, "a.csv", LIST)["Location"]).content.decode()
    form = page.split('class="bar ends"')[1].split("</form>")[0]
    names = set(re.findall(r'name="(\w+)"', form))
    assert names <= set(SHEET.all)
    assert names >= {"sheet", "a", "a_as_of", "a_known_at", "period", "calendar"}


def test_a_match_that_is_confirmed_shows_at_once(client: Client, own: Workspace) -> None:
    address = brought(client, "a.csv", LIST)["Location"]
    assert "2 rows of 3 matched" in client.get(address).content.decode()
    records = address.replace("/sheet?", "/sheet/records?") + "&cause=not+in+any+system"
    assert ">1,000.00<" in client.get(records).content.decode()
    # The third row, X-1, is decided to be a deal.
    (own.app / "sheets" / "matches.csv").write_text(
        "id,name,account,record,confirmed,score,reason\nX-1,,,006Mw0002698,yes,,\n"
    )
    assert "3 rows of 3 matched" in client.get(address).content.decode()
    assert client.get(records).status_code == 400
