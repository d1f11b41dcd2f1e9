"""What a record was, and is no longer, never counts as what it is: limits, events taken back, unknown history."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.line.ten_deals import COMPANY, HISTORY, P1, SOURCES, write
from tieout import Finding, Workspace, ask, bridge, refresh
from tieout.basics.calendars import end_of_day
from tieout.ends import BridgeTerms, read_end
from tieout.history.ledger import Ledger
from tieout.measure.answers import Answer, Question
from tieout.warehouse.builds import build_path, published

NOW = datetime(2026, 7, 22, 8)
HEAD = "id,type,stage,arr,close,modified,engaged,won"


class Small:
    """A workspace of one object of opportunities."""

    def __init__(self, folder: Path, terms: str, pipeline: str = "{}") -> None:
        (folder / "contract").mkdir()
        (folder / "exports").mkdir()
        head = "crm:\n  path: exports\n  objects:\n    deals:\n      entity: opportunity\n      files: deals_*.csv\n"
        sources = head + terms
        for name, text in {
            "company.yaml": COMPANY.lstrip(),
            "sources.yaml": sources,
            "pipeline.yaml": pipeline,
        }.items():
            (folder / "contract" / name).write_text(text)
        self.workspace = Workspace(folder)

    def pull(self, day: int, *rows: str) -> tuple[Finding, ...]:
        """Lay an export of a day of July into the folder, and refresh."""
        path = self.workspace.root / "exports" / f"deals_2026-07-{day:02}T0600.csv"
        path.write_text("\n".join((HEAD, *rows, "")))
        return refresh(self.workspace, NOW).findings

    def ask(self, metric: str, day: int, **terms: str) -> Answer:
        """Ask as of a day of July."""
        return ask(self.workspace, Question(metric, as_of=end_of_day(date(2026, 7, day), ZoneInfo("UTC")), **terms))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The worked example, refreshed; tests only read it, or copy it."""
    workspace = Workspace(write(tmp_path_factory.mktemp("worked")))
    refresh(workspace, NOW)
    return workspace


PLAIN = """      mode: full
      key: id
      modified: modified
      fields: {type: type, stage: stage, arr: arr, close_date: close}
"""


def test_a_record_that_leaves_an_objects_limits_is_no_longer_counted(tmp_path: Path) -> None:
    small = Small(tmp_path, PLAIN + "      where: type <> 'test'\n")
    small.pull(6, "O1,new,Qualification,100,2026-09-01,2026-06-20,,", "O2,new,Qualification,5,2026-09-01,2026-06-20,,")
    small.pull(
        13, "O1,test,Qualification,100,2026-09-01,2026-07-10,,", "O2,new,Qualification,5,2026-09-01,2026-06-20,,"
    )
    assert small.ask("pipeline.open", 7).total.value == Decimal(105)
    assert small.ask("pipeline.open", 14).total.value == Decimal(5)
    small.pull(20, "O1,new,Qualification,100,2026-09-01,2026-07-18,,", "O2,new,Qualification,5,2026-09-01,2026-06-20,,")
    assert small.ask("pipeline.open", 21).total.value == Decimal(105)


EVENTS = """      mode: full
      key: id
      assume: [type, arr, close_date]
      fields: {type: type, arr: arr}
      events: [{at: engaged, set: {stage: Qualification}}, {at: won, set: {stage: Closed Won}}]
"""


def test_an_event_that_its_column_takes_back_did_not_happen(tmp_path: Path) -> None:
    small = Small(tmp_path, EVENTS)
    small.pull(6, "O1,new,,100,,,2026-07-01,2026-07-05")
    assert (small.ask("bookings", 6).total.value, small.ask("pipeline.open", 6).total.value) == (100, 0)
    small.pull(13, "O1,new,,100,,,2026-07-01,")
    assert (small.ask("bookings", 13).total.value, small.ask("pipeline.open", 13).total.value) == (0, 100)
    then = end_of_day(date(2026, 7, 7), ZoneInfo("UTC"))
    said = ask(small.workspace, Question("bookings", as_of=then, known_at=then))
    assert said.total.value == Decimal(100)


def test_an_event_that_its_column_corrects_happened_then(tmp_path: Path) -> None:
    small = Small(tmp_path, EVENTS)
    small.pull(6, "O1,new,,100,,,2026-07-01,2026-07-05")
    small.pull(13, "O1,new,,100,,,2026-07-01,2026-07-12")
    assert small.ask("pipeline.open", 8).total.value == Decimal(100)
    assert small.ask("bookings", 13).total.value == Decimal(100)


def test_deals_first_seen_closed_have_no_win_rate(tmp_path: Path) -> None:
    small = Small(tmp_path, PLAIN)
    won = [f"W{n},new,Closed Won,1,2026-05-15,2026-05-15,," for n in range(5)]
    lost = [f"L{n},new,Closed Lost,1,2026-05-15,2026-05-15,," for n in range(15)]
    small.pull(6, *won, *lost)
    total = small.ask("win_rate.closed.count", 7, period="2026-Q2").total
    assert (total.value, total.n) == (None, 0)


def test_a_number_of_no_period_uses_the_definition_of_the_periods_end(tmp_path: Path) -> None:
    changed = "definition: [{stage: Qualification}, {from: 2026-07-15, stage: Proposal}]\n"
    small = Small(tmp_path, PLAIN, changed)
    small.pull(20, "O1,new,Qualification,100,2026-07-01,2026-06-20,,")
    june = ask(small.workspace, Question("pipeline.past_due", "2026-07-01..2026-07-10"))
    assert june.total.value == small.ask("pipeline.past_due", 10).total.value == Decimal(100)
    assert small.ask("pipeline.past_due", 20).total.value == Decimal(0)


def test_what_was_created_keeps_the_terms_of_its_time(tmp_path: Path) -> None:
    changed = "definition: [{basis: arr}, {from: 2026-07-15, basis: tcv}]\n"
    small = Small(tmp_path, PLAIN.replace("arr: arr", "arr: arr, tcv: {sql: \"'300'\"}"), changed)
    small.pull(20, "O1,new,Qualification,100,2026-09-01,2026-07-10,,")
    assert small.ask("pipeline.created", 10).total.value == Decimal(100)
    assert small.ask("pipeline.created", 20).total.value == Decimal(100)


@pytest.mark.parametrize("column", ["source_class", "SOURCE_CLASS"])
def test_a_filter_reads_names_in_any_case(tmp_path: Path, column: str) -> None:
    small = Small(tmp_path, PLAIN)
    small.pull(6, "O1,new,Qualification,100,2026-09-01,2026-06-20,,")
    assert small.ask("pipeline.open", 7, where=f"{column} is null").total.n == 1


def test_a_pull_that_cannot_be_read_makes_another_build(worked: Workspace, tmp_path: Path) -> None:
    folder = shutil.copytree(worked.root, tmp_path / "ten")
    workspace = Workspace(folder)
    whole = published(workspace).key
    build_path(workspace, whole).unlink()
    (newest,) = [p for p in Ledger(workspace).pulls() if p.source == "opportunities_2026-07-20T0600.csv"]
    pull_file, export = workspace.ledger / newest.file, folder / "exports" / newest.source
    aside, kept = tmp_path / "aside.parquet", tmp_path / "aside.csv"
    pull_file.rename(aside)
    export.rename(kept)
    refresh(workspace, NOW)
    assert published(workspace).key != whole
    aside.rename(pull_file)
    kept.rename(export)
    refresh(workspace, NOW)
    assert published(workspace).key == whole


def test_a_time_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    exports = {
        "opportunities_2026-07-06T0600.csv": P1,
        "history_2026-07-21T0600.csv": HISTORY.replace("2026-07-03", "03/07/2026"),
    }
    findings = refresh(Workspace(write(tmp_path, exports=exports)), NOW).findings
    assert [(f.code, f.count) for f in findings if f.code == "event.undated"] == [("event.undated", 3)]


def test_a_log_of_accounts_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    sources = SOURCES + "      entity: account\n".replace("      entity", "    accounts:\n      entity")
    (folder / "contract" / "sources.yaml").write_text(
        sources.lstrip() + "      files: accounts.csv\n      mode: log\n      at: at\n"
    )
    assert "object.log" in {finding.code for finding in refresh(Workspace(folder), NOW).findings}


def test_a_huge_amount_stops_nothing(tmp_path: Path) -> None:
    row = "OH,new,Qualification,9999999999999999.00,,EUR,2026-09-15,,2026-06-20,\n"
    row += "OI,new,Qualification,700000000.00,,EUR,2026-09-15,,2026-06-20,\n"
    workspace = Workspace(write(tmp_path, exports={"opportunities_2026-07-06T0600.csv": P1 + row}))
    refresh(workspace, NOW)
    question = Question("pipeline.open_qualified", "2026-Q3", as_of=end_of_day(date(2026, 7, 6), ZoneInfo("UTC")))
    total = ask(workspace, question).total
    assert total.value == Decimal(470_000 + 770_000_000)
    assert (total.n, total.unvalued) == (8, 1)


def test_a_bridge_of_claims_over_time_closes(worked: Workspace) -> None:
    ends = (read_end("marketing@2026-07-06"), read_end("marketing@2026-07-20"))
    for start, end in (ends, ends[::-1]):
        assert bridge(worked, start, end, BridgeTerms("2026-Q3")).residual == 0


def test_a_damaged_build_is_made_again(worked: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(shutil.copytree(worked.root, tmp_path / "ten"))
    key = published(workspace).key
    build_path(workspace, key).write_bytes(b"x" * 100)
    refresh(workspace, NOW)
    assert published(workspace).key == key
    assert ask(workspace, Question("pipeline.open")).total.n == 8  # ten, less the merged and the excluded


def test_won_in_a_period_that_has_not_begun_is_absent(worked: Workspace) -> None:
    total = ask(worked, Question("bookings", "2035-Q1")).total
    assert (total.value, total.absent) == (None, "the period has not begun")
