"""Changes: what each pull changed, whatever the order in which the pulls were loaded."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.history.conftest import Marlow
from tieout.history import Ledger, LedgerError, changes, rebuild, verify
from tieout.history.ledger import watch_over
from tieout.warehouse.seals import Seals

COLUMNS = ["_op", "_key", "_digest", "_row", "_position", "_taken_at", "_previous_taken_at", "id", "name", "arr"]


def test_there_and_back_again_are_three_changes(marlow: Marlow) -> None:
    for day, arr in (("06", 10), ("13", 20), ("20", 10)):
        marlow.lay(day, f"1,Ann,{arr}")
    marlow.pull()
    assert marlow.changes() == [["+1,Ann,10"], ["+1,Ann,20"], ["+1,Ann,10"]]


def test_a_record_may_be_deleted_and_restored(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,20")
    marlow.lay("13", "1,Ann,10")
    marlow.lay("20", "1,Ann,10", "2,Bob,20")
    marlow.lay("27", "1,Ann,10", "2,Bob,20")
    marlow.pull()
    assert marlow.changes() == [["+1,Ann,10", "+2,Bob,20"], ["-2,Bob,20"], ["+2,Bob,20"], []]


@pytest.mark.parametrize("order", [("06", "13", "20"), ("20", "13", "06"), ("13", "20", "06"), ("20", "06", "13")])
def test_the_order_of_loading_makes_no_difference(marlow: Marlow, order: tuple[str, ...]) -> None:
    rows = {"06": ["1,Ann,10", "2,Bob,20"], "13": ["1,Ann,11"], "20": ["1,Ann,11", "2,Bob,20"]}
    for day in order:
        marlow.lay(day, *rows[day])
        marlow.pull()
        marlow.changes()
    assert marlow.changes() == [["+1,Ann,10", "+2,Bob,20"], ["+1,Ann,11", "-2,Bob,20"], ["+2,Bob,20"]]


def test_a_change_file_says_what_it_needs_to_say(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann,10", "2,Bob,20")
    marlow.lay("13", "9,New,1", "1,Ann,11")
    marlow.pull()
    paths = changes(marlow.ledger, marlow.engine, marlow.feed)
    for path in paths:
        shape = marlow.engine.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
        assert [row[0] for row in shape] == COLUMNS
    one, two = datetime(2026, 7, 6, 12), datetime(2026, 7, 13, 12)
    rows = marlow.engine.execute(
        "select _op, _key, _row, _position, _taken_at, _previous_taken_at from read_parquet(?)"
        " order by _position, _op, _row",
        [[str(path) for path in paths]],
    ).fetchall()
    assert rows == [
        ("put", "1", 1, 1, one, None),
        ("put", "2", 2, 1, one, None),
        ("delete", "2", 2, 2, two, one),
        ("put", "9", 1, 2, two, one),
        ("put", "1", 2, 2, two, one),
    ]


def test_only_pulls_known_then_count(marlow: Marlow) -> None:
    for day, arr in (("20", 30), ("06", 10), ("13", 20)):
        marlow.lay(day, f"1,Ann,{arr}")
        marlow.pull()
    assert marlow.changes(known_at=datetime(2026, 7, 13, 12)) == [["+1,Ann,10"], ["+1,Ann,20"]]
    assert marlow.changes(position=2) == [["+1,Ann,10"], ["+1,Ann,30"]]
    assert marlow.changes(known_at=datetime(2026, 7, 6, 11)) == []


def test_a_change_file_is_made_once(marlow: Marlow) -> None:
    for day, arr in (("06", 10), ("13", 20), ("20", 30)):
        marlow.lay(day, f"1,Ann,{arr}")
    marlow.pull()
    paths = changes(marlow.ledger, marlow.engine, marlow.feed)
    before = [path.stat().st_mtime_ns for path in paths]
    assert [path.stat().st_mtime_ns for path in changes(marlow.ledger, marlow.engine, marlow.feed)] == before


def test_the_cache_can_be_deleted_at_any_time(marlow: Marlow) -> None:
    for day, arr in (("06", 10), ("13", 20), ("20", 30)):
        marlow.lay(day, f"1,Ann,{arr}")
    marlow.pull()
    before = marlow.changes()
    shutil.rmtree(marlow.root / ".tieout")
    assert marlow.changes() == before
    assert rebuild(marlow.ledger, marlow.engine) == 3
    assert marlow.changes() == before


def test_columns_named_like_the_words_of_a_query_do_no_harm(marlow: Marlow) -> None:
    header = "id,rank,position,complete,was,rowid,_number,next_rank,n,b"
    for day in ("06", "13", "20"):
        marlow.lay(day, f"1,{day},2,3,4,5,6,7,8,9", "2,1,1,1,1,1,1,1,1,1", header=header)
    marlow.pull()
    assert marlow.changes() == [
        ["+1,06,2,3,4,5,6,7,8,9", "+2,1,1,1,1,1,1,1,1,1"],
        ["+1,13,2,3,4,5,6,7,8,9"],
        ["+1,20,2,3,4,5,6,7,8,9"],
    ]


def test_a_column_that_comes_and_goes_is_a_change_where_it_had_a_value(marlow: Marlow) -> None:
    marlow.lay("06", "1,Ann", "2,", header="id,name")
    marlow.lay("13", "1", "2", header="id")
    marlow.pull()
    assert marlow.changes() == [["+1,Ann", "+2,"], ["+1,"]]


def test_a_large_run_is_parted_and_gives_the_same(marlow: Marlow, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 29):
        rows = [f"{number},{(day // 3) * number % 5},1" for number in range(12) if (number + day) % 7]
        marlow.lay(f"{day:02d}", *rows, *(["broken"] if day % 9 == 4 else []))
    marlow.pull("crm.deals")
    at_once = marlow.changes()
    for most in (1, 90, 231):
        shutil.rmtree(marlow.root / ".tieout" / "changes")
        monkeypatch.setattr(sys.modules["tieout.history.changes"], "CHUNK_VALUES", most)
        assert marlow.changes() == at_once
    assert sum(map(len, at_once)) > 100


# -- damage


def three(marlow: Marlow) -> list[Path]:
    for day, arr in (("06", 10), ("13", 20), ("20", 30)):
        marlow.lay(day, f"1,Ann,{arr}")
    marlow.pull()
    return [marlow.ledger.path(one) for one in marlow.ledger.pulls()]


def test_a_sound_ledger_has_nothing_to_tell(marlow: Marlow) -> None:
    three(marlow)
    assert verify(marlow.ledger) == ()


@pytest.mark.parametrize("how", ["gone", "shorter"])
def test_a_damaged_pull_is_named_and_left_out(marlow: Marlow, how: str) -> None:
    middle = three(marlow)[1]
    marlow.changes()
    if how == "gone":
        middle.unlink()
    else:
        middle.write_bytes(middle.read_bytes()[:-9])
    ledger = marlow.ledger
    assert [finding.code for finding in ledger.findings] == ["ledger.damaged"]
    assert "pulls/crm.deals/00000002.parquet" in ledger.findings[0].place
    assert marlow.changes() == [["+1,Ann,10"], ["+1,Ann,30"]]
    assert "ledger.damaged" in [finding.code for finding in marlow.pull().findings]


def flip(path: Path) -> None:
    """Turn one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def rot(marlow: Marlow, path: Path) -> None:
    """Turn one byte as a failing disk does: nothing tells that the file was written to."""
    flip(path)
    seals = Seals(marlow.workspace)
    told = json.loads(seals.place(path).read_text(encoding="utf-8"))
    seals.put(path, told["sha256"])


def test_a_pull_that_somebody_wrote_into_is_left_out_at_once(marlow: Marlow) -> None:
    flip(three(marlow)[1])
    ledger = marlow.ledger
    assert [finding.code for finding in ledger.findings] == ["ledger.damaged"]
    assert [one.position for one in ledger.pulls()] == [1, 3]
    assert rebuild(marlow.ledger, marlow.engine) == 2


@pytest.mark.parametrize("look", [verify, watch_over])
def test_a_pull_that_rotted_is_found_by_reading_it_again(marlow: Marlow, look: Callable[[Ledger], object]) -> None:
    rot(marlow, three(marlow)[1])
    ledger = marlow.ledger
    assert [pull.position for pull in ledger.pulls()] == [1, 2, 3]
    look(ledger)
    assert [finding.code for finding in ledger.findings] == ["ledger.damaged"]
    assert [one.position for one in ledger.pulls()] == [1, 3]
    assert [one.position for one in marlow.ledger.pulls()] == [1, 3]


def test_a_pull_too_large_to_be_read_again_keeps_no_other_from_it(
    marlow: Marlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, middle, _ = three(marlow)
    rot(marlow, middle)
    os.utime(Seals(marlow.workspace).place(first), (0, 0))
    ledger = marlow.ledger
    pulls = [replace(pull, size=pull.size + 1_000_000 * (pull.position == 1)) for pull in ledger.committed]
    monkeypatch.setattr(ledger, "committed", tuple(pulls))
    monkeypatch.setattr(sys.modules["tieout.history.ledger"], "WATCHED", 500_000)
    watch_over(ledger)
    assert [finding.place for finding in ledger.findings] == ["ledger/pulls/crm.deals/00000002.parquet"]


def test_a_spoiled_change_file_is_not_taken_for_sound_by_who_looks_next(marlow: Marlow) -> None:
    three(marlow)
    last = changes(marlow.ledger, marlow.engine, marlow.feed)[-1]
    flip(last)
    # Who finds it spoiled may be killed, or have no room, before it is made again.
    assert [Seals(marlow.workspace).intact(last) for _ in range(3)] == [False, False, False]
    assert marlow.changes() == [["+1,Ann,10"], ["+1,Ann,20"], ["+1,Ann,30"]]


def test_a_spoiled_line_of_an_erasure_is_told_and_stops_nothing(marlow: Marlow) -> None:
    three(marlow)
    path = marlow.root / "ledger" / "manifest.jsonl"
    path.write_bytes(path.read_bytes() + b'{"erased": 1\x00\n')
    assert [finding.code for finding in marlow.ledger.findings] == ["ledger.line"]
    assert marlow.changes() == [["+1,Ann,10"], ["+1,Ann,20"], ["+1,Ann,30"]]


def test_a_restored_pull_is_sound_again(marlow: Marlow) -> None:
    middle = three(marlow)[1]
    whole = middle.read_bytes()
    flip(middle)
    assert len(marlow.ledger.pulls()) == 2
    middle.write_bytes(whole)
    assert len(marlow.ledger.pulls()) == 3


@pytest.mark.parametrize("spoil", [flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_spoiled_change_file_is_derived_again(marlow: Marlow, spoil: Callable[[Path], object]) -> None:
    three(marlow)
    right = marlow.changes()
    spoil(changes(marlow.ledger, marlow.engine, marlow.feed)[1])
    assert marlow.changes() == right


def test_without_any_cache_everything_is_derived_again(marlow: Marlow) -> None:
    three(marlow)
    right = marlow.changes()
    shutil.rmtree(marlow.root / ".tieout")
    assert marlow.changes() == right
    assert marlow.ledger.findings == ()


def test_a_pull_that_the_engine_cannot_read_is_left_out_on_the_way(marlow: Marlow) -> None:
    middle = three(marlow)[1]
    middle.write_bytes(b"x" * middle.stat().st_size)
    ledger = marlow.ledger
    assert len(changes(ledger, marlow.engine, marlow.feed)) == 2
    assert [finding.code for finding in ledger.findings] == ["ledger.damaged"]


def test_what_is_not_the_fault_of_a_pull_is_our_error(marlow: Marlow) -> None:
    three(marlow)
    marlow.engine.close()
    with pytest.raises(LedgerError, match=r"crm\.deals"):
        marlow.changes()
