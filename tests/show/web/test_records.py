"""Records under a figure: pages of them, what is hidden and masked, and files that hold what the library gives."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from python_calamine import CalamineWorkbook

from tests.show.web.conftest import ClientOf
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.operate.people.models import Account, LogEntry, Team
from tieout.operate.people.roles import Role
from tieout.questions import ask
from tieout.show.as_csv import written
from tieout.show.formulas import harmless
from tieout.show.web.exports import csv_lines, write_xlsx
from tieout.show.web.records import Column, Records, Seen

if TYPE_CHECKING:
    from django.test import Client

OPEN = "/records/pipeline.open_qualified"
SMB = "segment = 'SMB'"
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1")


def text_of(client: Client, address: str, status: int = 200) -> str:
    """Give what stands on a page."""
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def table_of(client: Client, address: str) -> list[dict[str, str]]:
    """Read a CSV as a program would."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = b"".join(cast("Any", answer).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def library(workspace: Workspace, where: str | None = None) -> dict[str, Decimal]:
    """Ask the library for the same records."""
    answer = ask(workspace, Question("pipeline.open_qualified", records=True, where=where))
    return {str(row["record"]): cast("Decimal", row["value"]) for row in answer.records or ()}


def of_team(rows: str, client_of: ClientOf, role: Role = Role.CONTRIBUTOR) -> Client:
    """Give somebody whose team opens only some deals."""
    client = client_of(role)
    team = Team.objects.create(name="Some", rows=rows)
    Account.objects.filter(email=f"{role.value}@marlow.example").update(team=team)
    return client


# -- pages


def test_a_page_has_fifty_records_and_the_total_of_all(web: Workspace, client_of: ClientOf) -> None:
    found = library(web)
    first = text_of(client_of(Role.ADMIN), OPEN)
    assert first.count('<th scope="row"><a href="/record/opportunity/') == 50
    assert f"{len(found)} records" in first
    assert f"Rows 1 to 50 of {len(found)}" in first
    assert f"{sum(found.values()):,.2f}" in first.split("<tfoot>")[1].split("</tfoot>")[0]


def test_the_pages_together_hold_each_record_once(web: Workspace, client_of: ClientOf) -> None:
    admin, seen = client_of(Role.ADMIN), []
    for page in range(1, 5):
        body = text_of(admin, f"{OPEN}?page={page}&sort=-value")
        seen += [part.split("?")[0] for part in body.split('<th scope="row"><a href="/record/opportunity/')[1:]]
    found = library(web)
    assert sorted(seen) == sorted(found)
    assert [found[record] for record in seen] == sorted(found.values(), reverse=True)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("page=5", "1 to 4"),
        ("page=0", "1 to 4"),
        ("page=\u0663", "1 to 4"),
        ("sort=vale", "Did you mean &#x27;value&#x27;?"),
        ("format=xls", "csv, xlsx"),
    ],
)
def test_an_address_that_is_wrong_says_what_is_allowed(client_of: ClientOf, query: str, told: str) -> None:
    assert told in text_of(client_of(Role.ADMIN), f"{OPEN}?{query}", 400)


def test_a_number_that_there_is_not_names_the_nearest(client_of: ClientOf) -> None:
    told = text_of(client_of(Role.VIEWER), "/records/pipeline.opn", 400)
    assert "Did you mean &#x27;pipeline.open&#x27;?" in told


def test_a_number_made_of_others_leads_to_them(client_of: ClientOf) -> None:
    assert f'href="{OPEN}"' in text_of(client_of(Role.VIEWER), "/records/coverage.opening")


# -- files


def test_a_csv_holds_what_the_library_gives(web: Workspace, client_of: ClientOf) -> None:
    rows = table_of(client_of(Role.ADMIN), f"{OPEN}?format=csv")
    assert {row["record"]: Decimal(row["value"]) for row in rows} == library(web)
    (passport,) = {row["passport"] for row in rows}
    for told in ("number: pipeline.open_qualified", "period: 2027-Q3", "in this file: 199", "build: ", "contract: "):
        assert told in passport


def test_a_workbook_holds_the_same_and_its_passport_on_a_second_sheet(web: Workspace, client_of: ClientOf) -> None:
    answer = client_of(Role.ADMIN).get(f"{OPEN}?format=xlsx&sort=-value")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(cast("Any", answer).streaming_content)))
    assert book.sheet_names == ["records", "passport"]
    head, *rows = book.get_sheet_by_name("records").to_python()
    values = [Decimal(str(row[head.index("value")])) for row in rows]
    assert values == sorted(library(web).values(), reverse=True)
    assert isinstance(rows[0][head.index("day")], date)
    passport = dict(cast("list[tuple[str, str]]", book.get_sheet_by_name("passport").to_python()))
    assert passport["number"] == "pipeline.open_qualified"
    assert passport["address"] == f"{OPEN}?sort=-value"


def test_files_are_taken_only_with_the_right_and_noted(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    assert "format=csv" not in text_of(viewer, OPEN)
    assert viewer.get(f"{OPEN}?format=csv").status_code == 403
    assert not LogEntry.objects.filter(did="exported").exists()
    table_of(client_of(Role.CONTRIBUTOR), f"{OPEN}?format=csv")
    entry = LogEntry.objects.get(did="exported")
    assert (entry.who, entry.what) == ("contributor@marlow.example", f"{OPEN}?format=csv")


# -- what is not for everybody


def test_personal_data_is_masked_on_pages_and_in_files(client_of: ClientOf) -> None:
    assert "New May 2026" in text_of(client_of(Role.ADMIN), OPEN)
    assert "New May 2026" not in text_of(client_of(Role.VIEWER), OPEN)
    rows = table_of(client_of(Role.FINANCE), f"{OPEN}?format=csv")
    assert len(rows) == 199
    assert {row["name"] for row in rows} == {"\N{BULLET}" * 6}


def test_nobody_sorts_by_what_they_do_not_see(client_of: ClientOf) -> None:
    assert "may not" in text_of(client_of(Role.VIEWER), f"{OPEN}?sort=name", 400)


def test_a_row_rule_hides_records_and_no_total(web: Workspace, client_of: ClientOf) -> None:
    everybody, open_to_them = library(web), library(web, SMB)
    hidden = len(everybody) - len(open_to_them)
    assert 0 < len(open_to_them) < 199
    client = of_team(SMB, client_of)
    body = text_of(client, OPEN)
    assert f"{hidden} more you may not open" in body
    assert f"{sum(everybody.values()):,.2f}" in body.split("<tfoot>")[1]
    rows = table_of(client, f"{OPEN}?format=csv")
    assert {row["record"]: Decimal(row["value"]) for row in rows} == open_to_them
    assert f"not yours to open: {hidden}" in rows[0]["passport"]
    closed = set(everybody) - set(open_to_them)
    assert not any(
        record in text_of(client, f"{OPEN}?sort={order}") for order in ("value", "-value") for record in closed
    )


# -- what stands in them


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_no_formula(text: str, tmp_path: Path) -> None:
    safe = f"'{text}" if text[0] not in "\t\r" else f"'{text[0]}'{text[1:]}"
    assert harmless(text) == safe
    records = Records("r", (Column("record"), Column("value", unit="money")), [[text, Decimal("-3.50")]])
    seen = Seen(records.rows)
    _, line = list(csv.reader(io.StringIO("".join(csv_lines(records, seen, (("=a", "=b"),))), newline="")))
    assert line == [safe, "-3.50", "'=a: =b"]
    table = list(csv.reader(io.StringIO(written(["text", "value"], [(text, Decimal("-3.50"))]), newline="")))
    assert table[1] == [safe, "-3.50"]
    file = tmp_path / "r.xlsx"
    with file.open("w+b") as stream:
        write_xlsx(stream, records, seen, (("=a", "=b"),))
    with file.open("rb") as stream:
        book = CalamineWorkbook.from_filelike(stream)
        (_, (cell, value)) = book.get_sheet_by_name("records").to_python()
        assert (str(cell).strip(), value) == (text.strip(), -3.5)
    assert b"<f>" not in _sheet(file)


def _sheet(file: Path) -> bytes:
    from zipfile import ZipFile  # noqa: PLC0415 -- only to look inside

    with ZipFile(file) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("between", [";", "\t", "; ", ';"', "\n", ";\t "])
def test_a_formula_within_a_text_is_none(between: str) -> None:
    """Where a comma is the decimal sign, a spreadsheet splits the line of a CSV at semicolons."""
    assert harmless(f"a{between}=cmd()") == f"a{between}'=cmd()"
    assert harmless(f"=a{between}@b") == f"'=a{between}'@b"


def test_a_harmless_text_stays_as_it_is() -> None:
    for text in ("Acme", "a=b", "", "'quoted", "1-2", "a; b", "a;b=c"):
        assert harmless(text) == text
