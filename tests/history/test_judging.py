"""Judging an extract: what is rejected, what is held back, and what it may delete."""

from __future__ import annotations

import json
import random

import pytest

from tests.history.conftest import Marlow, codes

MANY = [f"{number},Deal {number},10" for number in range(100)]


def rejected(marlow: Marlow, position: int = 1) -> list[dict[str, object]]:
    path = marlow.root / "ledger" / "rejected" / "crm.deals" / f"{position:08d}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_row_without_a_key_is_rejected_and_kept_aside(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", ",Bob,20", "  ,Carl,30", '4,"Do\nra",40', ",Eve,50")
    report = marlow.pull()
    assert (report.pulled[0].rows, report.pulled[0].rejected, report.pulled[0].deletions) == (2, 3, False)
    assert rejected(marlow) == [
        {"line": 3, "reason": "the key is empty", "text": ",Bob,20"},
        {"line": 4, "reason": "the key is empty", "text": "  ,Carl,30"},
        {"line": 7, "reason": "the key is empty", "text": ",Eve,50"},
    ]
    (found,) = report.findings[:1]
    assert (found.code, found.place, found.count) == ("file.rejected", "crm.deals deals_2026-07-06T1200.csv:3", 3)


def test_broken_lines_and_rows_without_a_key_are_kept_with_their_lines(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob", ",Carl,30", "4,Dora,40")
    marlow.pull()
    assert [(one["line"], one["text"]) for one in rejected(marlow)] == [(3, "2,Bob"), (4, ",Carl,30")]
    rows = marlow.engine.execute(f"select _row, id from '{marlow.ledger.path(marlow.ledger.pulls()[0])}'").fetchall()
    assert rows == [(1, "1"), (4, "4")]


def test_a_full_extract_with_rejected_rows_deletes_nothing(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,20")
    marlow.lay("13", "1,Ann,11", "2,Bob")
    marlow.lay("20", "1,Ann,12")
    report = marlow.pull()
    assert codes(report) == ["file.rejected", "pull.no_deletions"]
    assert marlow.changes() == [["+1,Ann,10", "+2,Bob,20"], ["+1,Ann,11"], ["+1,Ann,12", "-2,Bob,20"]]


def test_rows_that_are_the_same_count_once(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,20", "1,Ann,10", "1,Ann,10")
    report = marlow.pull()
    assert [(found.code, found.count) for found in report.findings][:1] == [("file.repeated", 2)]
    assert (report.pulled[0].rows, report.pulled[0].rejected, report.pulled[0].deletions) == (2, 0, True)


def test_of_rows_with_one_key_the_last_stays(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "1,Ann,20", "2,Bob,5")
    report = marlow.pull()
    assert (codes(report), report.pulled[0].deletions) == (["file.rejected"], True)
    assert marlow.changes() == [["+1,Ann,20", "+2,Bob,5"]]
    assert [(one["line"], one["text"]) for one in rejected(marlow)] == [(2, "1,Ann,10")]


@pytest.mark.parametrize(
    ("dates", "later", "earlier"),
    [
        ("iso", "2026-07-05 10:00", "2026-06-30 11:00"),
        ("dmy", "05/07/2026 10:00", "30/06/2026"),
        ("mdy", "07/05/2026", "06/30/2026 11:00:00"),
    ],
)
def test_of_rows_with_one_key_the_one_modified_last_stays(marlow: Marlow, dates: str, later: str, earlier: str) -> None:
    marlow.source |= {"modified": "changed", "dates": dates}
    marlow.lay("06", f"1,new,{later}", f"1,old,{earlier}", "1,never,soon", header="id,name,changed")
    marlow.pull()
    assert marlow.changes() == [[f"+1,new,{later}"]]


def test_a_delta_may_hold_several_rows_of_one_key(marlow: Marlow) -> None:
    marlow.source["mode"] = "delta"
    marlow.lay("06", "1,Ann,10", "1,Ann,20", "1,Ann,20", "1,Ann,10")
    report = marlow.pull()
    assert codes(report) == []
    assert marlow.changes() == [["+1,Ann,10", "+1,Ann,20", "+1,Ann,10"]]


def test_a_key_column_that_is_missing_holds_the_file_back(marlow: Marlow) -> None:
    marlow.source["key"] = "deal_id"
    marlow.lay("06", "1,Ann,10", header="dealid,name,arr")
    report = marlow.pull()
    assert ([held.code for held in report.held], report.findings[0].nearest) == (["file.key_missing"], "dealid")


def test_a_mapped_column_that_was_never_there_is_an_error_and_the_file_is_kept(marlow: Marlow) -> None:
    marlow.source["fields"] = {"stage": {"column": "stage_name"}, "arr": {"column": ["amount", "arr"]}}
    marlow.lay("06", "1,Ann,10", header="id,stagename,arr")
    report = marlow.pull()
    told = [(found.code, found.nearest) for found in report.findings]
    assert told == [("file.column_missing", "stagename"), ("file.unmapped", None)]
    assert len(report.pulled) == 1


def test_a_mapped_column_that_was_there_before_holds_a_full_extract_back(marlow: Marlow) -> None:
    marlow.source["fields"] = {"arr": {"column": "arr"}}
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13", "1,Ann", header="id,name")
    report = marlow.pull()
    assert [held.code for held in report.held] == ["pull.columns_lost"]
    assert len(marlow.pull("crm.deals").pulled) == 1


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02" * 500, b"PK\x03\x04", b"\n"])
def test_a_file_that_is_no_table_is_held_back_and_the_rest_goes_on(marlow: Marlow, data: bytes) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.path("13").write_bytes(data)
    marlow.lay("20", "1,Ann,20")
    report = marlow.pull()
    assert (len(report.pulled), [held.code for held in report.held]) == (2, ["file.unreadable"])


def test_a_file_without_any_key_is_held_back(marlow: Marlow) -> None:
    marlow.lay("06", ",Ann,10", ",Bob,20")
    report = marlow.pull()
    assert [(held.code, report.findings[0].count) for held in report.held] == [("file.no_rows", 2)]


def test_a_file_of_which_nothing_can_be_read_is_held_back(marlow: Marlow) -> None:
    marlow.source["delimiter"] = ","
    marlow.lay("06", "1", "2", "3")
    assert [held.code for held in marlow.pull().held] == ["file.no_rows"]


# -- the guard


def test_an_emptied_file_is_held_back(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13")
    report = marlow.pull()
    assert [held.code for held in report.held] == ["pull.deletions"]
    assert "--accept crm.deals" in report.findings[0].remedy
    assert marlow.changes() == [["+1,Ann,10"]]


def test_deletions_that_are_accepted_are_let_through(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13")
    assert len(marlow.pull("crm.deals").pulled) == 2
    assert marlow.changes() == [["+1,Ann,10"], ["-1,Ann,10"]]


def test_a_first_file_with_a_header_alone_is_taken(marlow: Marlow) -> None:
    marlow.lay("06")
    marlow.lay("13", "1,Ann,10")
    assert len(marlow.pull().pulled) == 2
    assert marlow.changes() == [[], ["+1,Ann,10"]]


@pytest.mark.parametrize(("kept", "held"), [(79, True), (80, False)])
def test_more_than_a_tenth_and_more_than_twenty_are_held_back(marlow: Marlow, kept: int, held: bool) -> None:  # noqa: FBT001
    marlow.lay("06", *MANY)
    marlow.lay("13", *MANY[:kept])
    assert bool(marlow.pull().held) is held


@pytest.mark.parametrize(("kept", "held"), [(269, True), (270, False)])
def test_a_tenth_of_many_may_go(marlow: Marlow, kept: int, held: bool) -> None:  # noqa: FBT001
    marlow.lay("06", *(f"{number},x,1" for number in range(300)))
    marlow.lay("13", *(f"{number},x,1" for number in range(kept)))
    assert bool(marlow.pull().held) is held


def test_records_that_an_incomplete_extract_did_not_delete_still_stand_for_the_guard(marlow: Marlow) -> None:
    marlow.lay("06", *MANY)
    marlow.lay("13", *MANY[:10], "broken")
    marlow.lay("20", *MANY[:10])
    report = marlow.pull()
    (held,) = report.held
    assert (held.source, held.code) == ("deals_2026-07-20T1200.csv", "pull.deletions")


def test_half_a_file_is_held_back(marlow: Marlow) -> None:
    marlow.lay("06", *MANY)
    whole = marlow.path("06").read_bytes()
    marlow.path("13").write_bytes(whole[: whole.index(b"\n50,") + 1])
    assert [held.code for held in marlow.pull().held] == ["pull.deletions"]


def test_a_delta_never_deletes(marlow: Marlow) -> None:
    marlow.source["mode"] = "delta"
    marlow.lay("06", *MANY)
    marlow.lay("13")
    report = marlow.pull()
    assert (codes(report), len(report.pulled)) == ([], 2)


def test_rows_in_are_rows_kept_and_rows_rejected(marlow: Marlow) -> None:
    """Of 3,000 lines, some broken, some without a key, some repeated, none is lost."""
    chance = random.Random(4)
    lines = ["0,Deal,0"]
    for number in range(1, 3001):
        kinds = [f"{number},Deal,{number}", f"{number},Deal", f",Deal,{number}", "0,Deal,0"]
        lines += chance.choices(kinds, [9, 1, 1, 1])
    marlow.lay("06", *lines)
    report = marlow.pull()
    (one,) = report.pulled
    repeated = sum(found.count for found in report.findings if found.code == "file.repeated")
    assert one.rows + one.rejected + repeated == 3001
    assert repeated == lines.count("0,Deal,0") - 1
    assert one.rejected == sum(line.count(",") == 1 or line.startswith(",") for line in lines)


# -- totals and headers among the rows


def test_a_row_of_totals_at_the_foot_is_no_record(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,20", "Total:,,30")
    marlow.lay("13", "1,Ann,10", ",Sum,10", ",Grand Total,10")
    report = marlow.pull()
    assert [(found.code, found.level.value) for found in report.findings][:2] == [("file.rejected", "note")] * 2
    assert rejected(marlow) == [{"line": 4, "reason": "it is a row of totals", "text": "Total:,,30"}]
    assert [one["line"] for one in rejected(marlow, 2)] == [3, 4]
    assert marlow.changes() == [["+1,Ann,10", "+2,Bob,20"], ["-2,Bob,20"]]


def test_a_record_called_total_among_others_is_one(marlow: Marlow) -> None:
    marlow.lay("06", "Total,Energy,10", "2,Bob,20", "subtotal,,30", "3,Sum,5")
    marlow.pull()
    assert marlow.changes() == [["+Total,Energy,10", "+2,Bob,20", "+3,Sum,5"]]


def test_a_header_among_the_rows_keeps_deletions(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,20")
    marlow.lay("13", "1,Ann,10", "id,name,arr", "3,Cid,5")
    report = marlow.pull()
    assert [(found.code, found.level.value) for found in report.findings][:1] == [("file.rejected", "note")]
    assert marlow.changes() == [["+1,Ann,10", "+2,Bob,20"], ["+3,Cid,5", "-2,Bob,20"]]
