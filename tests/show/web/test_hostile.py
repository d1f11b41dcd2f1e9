"""Script, formulas, long names and text that turns around, in every text of a small company: none of it comes alive."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import pytest

from tests.line.ten_deals import COMPANY, write
from tests.show.web.conftest import ClientOf
from tieout import Workspace, refresh
from tieout.operate.people.roles import Role
from tieout.questions import opened
from tieout.show.web.records import record_path
from tieout.show.web.registry import ROOMS

if TYPE_CHECKING:
    from pytest_django import Settings

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{LEFT-TO-RIGHT ISOLATE}"
HEBREW = "\u05d7\u05d1\u05e8\u05d4 \u05d1\u05e2\u05de"
FORMULA = '=HYPERLINK("http://evil.example","x")'
LONG = "Wide " + "W" * 495
BROKEN = "'\"><svg onload=alert(3)>"
IDS = ("D<script>1", "D/2'\"&", "=D3", HEBREW, "D5")
SOURCES = """
crm:
  label: "<b onclick=alert(4)>CRM</b>"
  path: exports
  objects:
    opportunities:
      entity: opportunity
      files: opportunities_*.csv
      key: id
      modified: modified
      assume: [type, currency]
      fields: {name: name, account_id: account, lead_id: lead, owner_id: owner, type: type, stage: stage, arr: arr,
        currency: currency, close_date: close, created_at: created, source: source, region: region, reason: reason,
        competitor: competitor, product: product}
    accounts:
      entity: account
      files: accounts_*.csv
      key: id
      modified: modified
      fields: {name: name, domain: domain, industry: industry, city: city, country: country, owner_id: owner}
    leads:
      entity: lead
      files: leads_*.csv
      key: id
      fields: {source: source, status: status, account_id: account, domain: domain, landing_page: page,
        created_at: created, owner_id: owner}
"""


def lines(rows: list[list[str]]) -> str:
    """Write a CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A company in whose every text something lies in wait, refreshed."""
    texts = (SCRIPT, TURNED, FORMULA, LONG, BROKEN)
    heads = "id,name,account,lead,owner,type,stage,arr,currency,close,created,source,region,reason,competitor,product"
    deals = [[*heads.split(","), "modified"]]
    for record, text in zip(IDS, texts, strict=True):
        state = ["new", "Proposal", "1000.00", "USD", "2026-08-20", "2026-07-02"]
        near = [f"{letter}{text[:30]}" for letter in "AL"]
        deals.append([record, text, *near, text, *state, *[text] * 5, "2026-07-03"])
    accounts = [["id", "name", "domain", "industry", "city", "country", "owner", "modified"]]
    accounts += [[f"A{text[:30]}", *[text] * 6, "2026-07-01"] for text in texts]
    leads = [["id", "source", "status", "account", "domain", "page", "created", "owner"]]
    leads += [[f"L{text[:30]}", text, text, f"A{text[:30]}", text, text, "2026-07-01", text] for text in texts]
    stamp = "2026-07-06T0600"
    files = {"opportunities": deals, "accounts": accounts, "leads": leads}
    folder = write(
        tmp_path_factory.mktemp("hostile"),
        exports={f"{name}_{stamp}.csv": lines(rows) for name, rows in files.items()},
    )
    contract = folder / "contract"
    (contract / "company.yaml").write_text(COMPANY.lstrip().replace("Ten deals", SCRIPT))
    (contract / "sources.yaml").write_text(SOURCES.lstrip())
    (contract / "lenses.yaml").write_text(f"sales: {{types: [new], question: '{SCRIPT}', owner: '{SCRIPT}'}}\n")
    kept = lines(
        [["object", "id", "reason", "owner", "from", "expires"], ["opportunity", "D5", SCRIPT, BROKEN, "", ""]]
    )
    (contract / "exclusions.csv").write_text(kept)
    report = refresh(Workspace(folder), datetime(2026, 7, 22, 8))
    assert report.after is not None, report
    return Workspace(folder)


class Alive(HTMLParser):
    """Reads a page as a browser would, and notes what is of no template or kit of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.shown: list[str] = []

    def handle_data(self, data: str) -> None:
        self.shown.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # The value of a choice is sent back as it is, and not seen.
        self.shown += [text or "" for name, text in attrs if name in {"title", "aria-label", "placeholder"}]
        ours = tag == "script" and (given.get("src") or "").startswith("/static/")
        if (tag in {"script", "img", "b", "iframe"} and not ours) or any(name.startswith("on") for name in given):
            self.wrong.append(f"{tag} {given}")
        if "style" in given or (given.get("href") or "").lower().startswith(("javascript", "http", "data:")):
            self.wrong.append(f"{tag} {given}")


def read(body: str, address: str) -> None:
    """Hold a page to having nothing alive of the data, and nothing that turns its direction."""
    page = Alive()
    page.feed(body)
    assert page.wrong == [], address
    assert not any(letter in "".join(page.shown) for letter in "\u202e\u2066\u202d\u2067"), address


def addresses(planted: Workspace) -> list[str]:
    """Give every page that can be told without more, and those of every record."""
    found = [room.path for room in ROOMS if "<" not in room.path]
    found += [f"/records/{name}" for name in ("pipeline.open", "leads.new", "pipeline.created", "bookings")]
    found += [f"/glossary/{name}" for name in ("pipeline.open_qualified", "leads.new")]
    with opened(planted) as asked:
        for entity, table in (
            ("opportunity", "opportunities"),
            ("account", "account_versions"),
            ("lead", "leads_told"),
        ):
            for (record,) in asked.engine.execute(f"select distinct record from {table} order by 1").fetchall():
                found.append(record_path(entity, record))
    texts = (SCRIPT, TURNED, FORMULA, BROKEN)
    found += [f"/search?q={quote(text)}" for text in texts] + [f"/search/suggest?q={quote(text)}" for text in texts]
    found += [f"/records/{quote(BROKEN)}", f"/glossary/{quote(SCRIPT)}", f"/record/lead/{quote(SCRIPT)}"]
    found += [f"/records/pipeline.open?where={quote(SCRIPT)}", f"/records/pipeline.open?sort={quote(BROKEN)}"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
def test_no_page_shows_it_alive(planted: Workspace, client_of: ClientOf, settings: Settings, role: Role) -> None:
    client = client_of(role)
    settings.WORKSPACE = planted
    seen = ""
    for address in addresses(planted):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code == 200 or answer.status_code >= 400:
            body = answer.content.decode()
            read(body, address)
            seen += body
    assert "&lt;script&gt;alert(1)" in seen
    assert HEBREW in seen


def test_a_file_of_it_holds_texts_and_no_formulas(planted: Workspace, client_of: ClientOf, settings: Settings) -> None:
    client = client_of(Role.ADMIN)
    settings.WORKSPACE = planted
    answer = client.get("/records/pipeline.open?format=csv")
    body = b"".join(cast("Any", answer).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    # D5 is excluded.
    assert len(rows) == 4
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert {row["record"] for row in rows} == {"D<script>1", "D/2'\"&", "'=D3", HEBREW}


def test_a_name_of_five_hundred_characters_is_cut_on_a_page_and_whole_behind_it(
    planted: Workspace, client_of: ClientOf, settings: Settings
) -> None:
    client = client_of(Role.ADMIN)
    settings.WORKSPACE = planted
    body = client.get("/records/pipeline.open").content.decode()
    assert f'title="{LONG}"' in body or LONG in body
