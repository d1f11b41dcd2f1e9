"""Bad input through the whole line: each has a clear finding, no figure is wrong, nothing is lost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from tests.line.ten_deals import HEADER, P1, P2, write
from tieout import Finding, Workspace, ask, refresh
from tieout.basics.calendars import end_of_day
from tieout.basics.findings import Level
from tieout.history.ledger import Ledger
from tieout.measure.answers import Question

NOW = datetime(2026, 7, 22, 8)
FIRST, SECOND = "opportunities_2026-07-06T0600.csv", "opportunities_2026-07-13T0600.csv"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A workspace whose exports a test lays out."""
    return Line(tmp_path)


class Line:
    """A workspace, its exports, and what the last refresh found."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace(write(folder, exports={}))
        self.findings: tuple[Finding, ...] = ()

    def export(self, name: str, content: str | bytes) -> Line:
        """Lay an export into the folder and refresh."""
        path = self.workspace.root / "exports" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.findings = refresh(self.workspace, NOW).findings
        return self

    def found(self, code: str) -> Finding:
        """The one finding of a code."""
        (finding,) = [finding for finding in self.findings if finding.code == code]
        assert finding.remedy
        return finding

    def figure(self, day: int = 20) -> Decimal | None:
        """The agreed number in thousands, as of a day of July."""
        as_of = end_of_day(date(2026, 7, day), ZoneInfo("UTC"))
        value = ask(self.workspace, Question("pipeline.open_qualified", "2026-Q3", as_of=as_of)).total.value
        return None if value is None else Decimal(value) / 1000

    def rows(self) -> int:
        """How many rows the ledger holds."""
        return sum(pull.rows for pull in Ledger(self.workspace).pulls())


def deals(*rows: str) -> str:
    """An export of opportunities."""
    return "\n".join((HEADER, *rows, ""))


def deal(name: str = "O1", **fields: str) -> str:
    """A row that the agreed number counts with 100."""
    usual = {
        "id": name, "type": "new", "stage": "Qualification", "arr": "100000", "tcv": "", "currency": "USD",
        "close": "2026-09-15", "created": "", "modified": "2026-06-20", "merged_into": "",
    }  # fmt: skip
    return ",".join((usual | fields).values())


def test_text_in_a_money_column(line: Line) -> None:
    line.export(FIRST, deals(deal(), deal("O2", arr="a lot")))
    finding = line.found("value.unreadable")
    assert finding.count == 1
    assert finding.place == "crm.opportunities O2"
    assert line.figure() == 100


def test_impossible_and_mixed_dates(line: Line) -> None:
    line.export(FIRST, deals(deal(), deal("O2", close="2026-02-30"), deal("O3", close="15/09/2026")))
    assert line.found("value.unreadable").count == 2
    assert line.found("close_date.missing").count == 2
    assert line.figure() == 100


def test_a_date_of_the_far_future(line: Line) -> None:
    line.export(FIRST, deals(deal(), deal("O2", close="9999-12-31")))
    assert line.found("close_date.impossible").given == "9999-12-31"
    assert line.figure() == 100


def test_a_renamed_stage_is_not_counted_and_named(line: Line) -> None:
    line.export(FIRST, deals(deal(), deal("O2", stage="Qualificatoin")))
    finding = line.found("stage.unknown")
    assert (finding.level, finding.given, finding.nearest) == (Level.ERROR, "Qualificatoin", "Qualification")
    assert line.figure() == 100


def test_an_unknown_currency_has_no_amount(line: Line) -> None:
    line.export(FIRST, deals(deal(), deal("O2", currency="GBP")))
    assert line.found("rate.missing").given == "GBP"
    assert line.figure() == 100


def test_rows_without_key_are_kept_aside(line: Line) -> None:
    line.export(FIRST, deals(deal(), deal("")))
    assert line.rows() == 1
    (pull,) = Ledger(line.workspace).pulls()
    assert pull.rejected == 1
    assert line.figure() == 100


def test_of_two_rows_with_one_key_the_newest_counts(line: Line) -> None:
    old, new = deal(arr="50000", modified="2026-06-01"), deal(arr="100000", modified="2026-06-20")
    line.export(FIRST, deals(new, old))
    assert line.figure() == 100
    assert Ledger(line.workspace).pulls()[0].rejected == 1


def test_an_emptied_or_unreadable_export_changes_nothing(line: Line) -> None:
    line.export(FIRST, P1)
    before = line.figure()
    for content in ("", HEADER + "\n", "\x00\x01\x02" * 50):
        line.export(SECOND, content)
        assert [finding for finding in line.findings if finding.level is Level.ERROR and SECOND in finding.place]
        assert line.figure() == before


def test_half_a_file_deletes_nothing(line: Line) -> None:
    many = [deal(f"D{number}", arr="1000") for number in range(300)]
    line.export(FIRST, deals(*many))
    whole = deals(*many)
    line.export(SECOND, whole[: len(whole) // 2])
    assert [finding for finding in line.findings if finding.level is Level.ERROR]
    assert line.figure() == 300


def test_two_files_that_disagree_about_one_moment(line: Line) -> None:
    line.export(FIRST, deals(deal(arr="100000")))
    line.export("opportunities_copy_2026-07-06T0600.csv", deals(deal(arr="200000")))
    assert [finding for finding in line.findings if finding.level is Level.ERROR]
    assert line.figure() == 100


def test_a_renamed_column_holds_the_extract_back(line: Line) -> None:
    line.export(FIRST, P1)
    before = line.figure()
    line.export(SECOND, P2.replace("stage", "stage_name", 1))
    assert [finding for finding in line.findings if "stage" in (finding.given or "") + finding.message]
    assert line.figure() == before


def test_unknown_columns_are_kept_and_named(line: Line) -> None:
    line.export(FIRST, "extra," + HEADER + "\nx," + deal() + "\n")
    assert "'extra'" in line.found("file.unmapped").message
    assert line.figure() == 100


NAMES = ['"He said ""hi"", then left"', '"two\nlines"', "naïve 🚀 O'Neil", "שלום עולם", "a;b|c\td"]


def test_names_of_every_kind_are_only_data(line: Line) -> None:
    rows = [f"{name},{deal(f'O{number}')}" for number, name in enumerate((*NAMES, "plain"))]
    line.export(FIRST, "\n".join((f"name,{HEADER}", *rows, "")))
    assert line.figure() == 600
    assert line.rows() == 6
    told = Path(next((line.workspace.ledger / "pulls").glob("crm.opportunities/*.parquet")))
    names = {str(row["name"]) for row in pq.read_table(told).to_pylist()}
    assert names == {'He said "hi", then left', "two\nlines", "naïve 🚀 O'Neil", "שלום עולם", "a;b|c\td", "plain"}


def test_a_key_that_looks_like_sql_is_only_data(line: Line) -> None:
    line.export(FIRST, deals(deal("O1'; drop table opportunity_states; --"), deal("$as_of")))
    assert line.figure() == 200


def test_a_contract_with_errors_changes_nothing(line: Line) -> None:
    line.export(FIRST, P1)
    before = line.figure()
    lenses = line.workspace.contract / "lenses.yaml"
    lenses.write_text("sales: {bassis: tcv}\nmarketing: {grain: clam}\n")
    line.export(SECOND, P2)
    assert {finding.place for finding in line.findings} == {"contract/lenses.yaml:1", "contract/lenses.yaml:2"}
    assert line.figure() == before
    assert len(Ledger(line.workspace).pulls()) == 1


def test_only_the_header_of_a_first_export(line: Line) -> None:
    line.export(FIRST, HEADER + "\n")
    assert line.findings


def test_a_year_of_nothing(line: Line) -> None:
    line.export(FIRST, deals(deal(close="2031-01-01")))
    question = Question("win_rate.closed.count", "2027-Q1")
    assert ask(line.workspace, question).total.absent == "nothing to divide by: no records in the denominator"
