"""Pulling: what is taken, what is taken once only, and when it was taken."""

from __future__ import annotations

import json
import os
from datetime import datetime

import pytest

from tests.history.conftest import Marlow, codes
from tieout.history import Feed, LedgerError

D = datetime


def test_a_pull_is_a_file_and_a_line(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,")
    report = marlow.pull()
    (one,) = marlow.ledger.pulls()
    assert report.pulled == (one,)
    assert (one.position, one.rows, one.rejected, one.deletions, one.columns) == (1, 2, 0, True, ("id", "name", "arr"))
    assert (one.taken_at, one.taken_from, one.mode, one.keys) == (D(2026, 7, 6, 12), "name", "full", ("id",))
    rows = marlow.engine.execute(
        "select _key, _row, id, name, arr from read_parquet(?) order by _row", [str(marlow.ledger.path(one))]
    ).fetchall()
    assert rows == [("1", 1, "1", "Ann", "10"), ("2", 2, "2", "Bob", None)]


def test_pulling_twice_is_pulling_once(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13", "1,Ann,20")
    assert (len(marlow.pull().pulled), marlow.pull().unchanged) == (2, 2)
    os.utime(marlow.path("06"))
    report = marlow.pull()
    assert (report.pulled, report.unchanged, marlow.ledger.position) == ((), 2, 2)


def test_a_copy_of_a_file_is_not_taken_again(marlow: Marlow) -> None:
    marlow.lay("deals_2026-07-06.csv", "1,Ann,10")
    marlow.lay("copy of deals_2026-07-06.csv", "1,Ann,10")
    assert (len(marlow.pull().pulled), marlow.pull().unchanged) == (1, 2)


def test_a_file_without_a_date_was_taken_when_its_pull_began(marlow: Marlow) -> None:
    for day, arr in ((1, 10), (2, 20), (3, 10)):
        marlow.lay("deals.csv", f"1,Ann,{arr}")
        (one,) = marlow.pull(now=D(2026, 7, day)).pulled
        assert (one.taken_at, one.taken_from) == (D(2026, 7, day), "pull")
    assert marlow.changes() == [["+1,Ann,10"], ["+1,Ann,20"], ["+1,Ann,10"]]
    assert marlow.pull(now=D(2026, 7, 4)).unchanged == 1


def test_the_contract_may_tell_when_a_file_was_taken(marlow: Marlow) -> None:
    marlow.source["taken_at"] = "2026-03-31"
    marlow.zone = "Europe/Berlin"
    marlow.lay("deals.csv", "1,Ann,10")
    (one,) = marlow.pull().pulled
    assert (one.taken_at, one.taken_from) == (D(2026, 3, 31, 21, 59, 59, 999999), "contract")


def test_a_moment_in_the_contract_that_is_none_is_a_finding(marlow: Marlow) -> None:
    marlow.source["taken_at"] = "last week"
    marlow.lay("deals.csv", "1,Ann,10")
    assert codes(marlow.pull()) == ["source.taken_at"]


def test_files_are_taken_in_the_order_of_their_dates(marlow: Marlow) -> None:
    marlow.lay("z_2026-07-01.csv", "1,Ann,10")
    marlow.lay("a_2026-07-02.csv", "1,Ann,20")
    assert [one.source for one in marlow.pull().pulled] == ["z_2026-07-01.csv", "a_2026-07-02.csv"]


def test_a_file_from_the_future_is_held_back(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    report = marlow.pull(now=D(2026, 7, 5))
    assert ([held.code for held in report.held], codes(report)) == (["pull.future"], ["pull.future"])
    assert len(marlow.pull(now=D(2026, 7, 7)).pulled) == 1


def test_a_file_of_today_is_taken_again_when_it_has_changed(marlow: Marlow) -> None:
    marlow.lay("deals_2026-07-06.csv", "1,Ann,10")
    assert marlow.pull(now=D(2026, 7, 6, 9)).pulled[0].taken_at == D(2026, 7, 6, 9)
    marlow.lay("deals_2026-07-06.csv", "1,Ann,20")
    assert marlow.pull(now=D(2026, 7, 6, 15)).pulled[0].taken_at == D(2026, 7, 6, 15)
    assert marlow.pull(now=D(2026, 7, 8)).unchanged == 1


def test_two_full_files_of_one_time_that_differ_disagree(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.pull()
    marlow.lay("other_2026-07-06T1200.csv", "1,Ann,99")
    report = marlow.pull()
    assert codes(report) == ["pull.disagree"]
    assert "deals_2026-07-06T1200.csv" in report.findings[0].message
    assert marlow.ledger.position == 1


def test_several_full_files_without_a_date_are_held_back(marlow: Marlow) -> None:
    marlow.lay("emea.csv", "1,Ann,10")
    marlow.lay("apac.csv", "2,Bob,20")
    for day in (1, 2):
        assert [held.code for held in marlow.pull(now=D(2026, 7, day)).held] == ["pull.undated"] * 2
    marlow.path("apac.csv").unlink()
    assert len(marlow.pull(now=D(2026, 7, 3)).pulled) == 1


def test_accepting_an_object_that_is_not_there_is_a_finding(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    report = marlow.pull("crm.deal")
    assert [(found.code, found.nearest) for found in report.findings[:1]] == [("pull.accept", "crm.deals")]


def test_the_name_of_an_object_leads_nowhere_else() -> None:
    odd = Feed("../../crm", "deals")
    assert odd.folder == "..%2F..%2Fcrm.deals"
    assert Feed("crm", "deals").folder == "crm.deals"


def test_two_deltas_of_one_time_are_both_taken(marlow: Marlow) -> None:
    marlow.source["mode"] = "delta"
    marlow.lay("06", "1,Ann,10")
    marlow.lay("part2_2026-07-06T1200.csv", "2,Bob,20")
    assert len(marlow.pull().pulled) == 2


def test_no_file_at_all_is_an_error_at_first_and_a_note_later(marlow: Marlow) -> None:
    marlow.path("06").parent.mkdir(exist_ok=True)
    assert [(found.code, found.level) for found in marlow.pull().findings] == [("source.files", "error")]
    marlow.lay("06", "1,Ann,10")
    marlow.pull()
    marlow.path("06").unlink()
    assert [(found.code, found.level) for found in marlow.pull().findings] == [("source.files", "note")]


def test_columns_that_nobody_mapped_are_kept_and_told_once(marlow: Marlow) -> None:
    marlow.source["fields"] = {"name": {"column": "name"}, "arr": {"sql": "cast(arr as decimal(18, 2))"}}
    marlow.lay("06", "1,Ann,10,x", header="id,name,arr,mood")
    marlow.lay("13", "1,Ann,10,x,y", header="id,name,arr,mood,weather")
    (note,) = [found for found in marlow.pull().findings if found.code == "file.unmapped"]
    assert "'mood', 'weather'" in note.message
    assert marlow.changes() == [["+1,Ann,10,x"], ["+1,Ann,10,x,y"]]


def test_a_new_empty_column_rewrites_nothing(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.lay("13", "1,,Ann,10", header="id,mood,name,arr")
    marlow.pull()
    assert marlow.changes() == [["+1,Ann,10"], []]


@pytest.mark.parametrize(
    ("left", "right"), [("a|b,c", "a,b|c"), ("a\\,|b", "a\\|,b"), ("a|,b", "a,|b"), ("1:2,3", "1,2:3")]
)
def test_keys_of_several_columns_are_not_mixed_up(marlow: Marlow, left: str, right: str) -> None:
    marlow.source["key"] = ("id", "name")
    marlow.lay("06", f"{left},1", f"{right},2")
    report = marlow.pull()
    assert (codes(report), report.pulled[0].rows) == ([], 2)


def test_a_delta_without_a_key_is_refused(marlow: Marlow) -> None:
    marlow.source |= {"mode": "delta", "key": ()}
    marlow.lay("06", "1,Ann,10")
    assert [held.code for held in marlow.pull().held] == ["source.key"]


def test_a_log_needs_no_key(marlow: Marlow) -> None:
    marlow.source |= {"mode": "log", "key": ()}
    marlow.lay("06", "1,Ann,10", "1,Ann,10", "1,Ann,20")
    marlow.lay("13", "1,Ann,10", "1,Ann,30")
    marlow.pull()
    assert marlow.changes() == [["+1,Ann,10", "+1,Ann,20"], ["+1,Ann,30"]]


def test_the_manifest_is_lines_of_json(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10")
    marlow.pull()
    lines = (marlow.root / "ledger" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line).get("position") for line in lines] == [None, 1]


def test_a_full_disk_stops_with_our_error(marlow: Marlow, monkeypatch: pytest.MonkeyPatch) -> None:
    marlow.lay("06", "1,Ann,10")

    def full(_: int) -> None:
        message = "No space left on device"
        raise OSError(message)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError, match="No space left"):
        marlow.pull()
    monkeypatch.undo()
    assert len(marlow.pull().pulled) == 1


def test_a_clock_that_was_set_back_holds_back_what_only_it_could_date(marlow: Marlow) -> None:
    marlow.lay("deals.csv", "1,Ann,10")
    marlow.pull(now=D(2027, 1, 10))
    marlow.lay("deals.csv", "1,Ann,20")
    marlow.lay("13", "1,Ann,15")
    report = marlow.pull(now=D(2027, 1, 9))
    assert [held.code for held in report.held] == ["pull.clock"]
    assert [one.source for one in report.pulled] == ["deals_2026-07-13T1200.csv"]
    assert "2027-01-09 00:00" in next(found.message for found in report.findings if found.code == "pull.clock")
    assert [one.taken_at for one in marlow.pull(now=D(2027, 1, 11)).pulled] == [D(2027, 1, 11)]
