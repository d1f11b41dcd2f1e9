"""JSON as systems export it: nested, with late keys, exact numbers, torn lines."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connect.files.conftest import Reader
from tieout.connect.files import UnreadableError
from tieout.connect.files.json_lines import JsonRows
from tieout.connect.files.record import Record

LINES = b'{"id": 1, "name": "Ann"}\n{"id": 2, "name": "Bob"}\n'
ROWS = [("1", "Ann"), ("2", "Bob")]


@pytest.mark.parametrize(
    "data",
    [
        LINES,
        LINES.replace(b"\n", b"\r\n"),
        b"\n" + LINES.replace(b"\n", b"\n\n"),
        LINES[:-1],
        b'[{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]',
        b'[\n  {\n    "id": 1,\n    "name": "Ann"\n  },\n  {"id": 2, "name": "Bob"}\n]\n',
        b'{\n "id": 1,\n "name": "Ann"\n}\n{\n "id": 2, "name": "Bob"\n}\n',
        gzip.compress(LINES, mtime=0),
        b"\xef\xbb\xbf" + LINES,
        LINES.decode().encode("utf-16"),
    ],
)
def test_lines_and_lists_of_objects_are_read(read: Reader, data: bytes) -> None:
    found = read(data, name="deals.jsonl")
    assert (found.extract.columns, found.rows, found.rejects) == (("id", "name"), ROWS, [])


def test_nested_objects_become_columns_with_dots(read: Reader) -> None:
    found = read(b'{"id": 1, "owner": {"id": 7, "team": {"name": "West"}}, "tags": ["a", {"n": 1.50}], "none": {}}\n')
    assert found.extract.columns == ("id", "owner.id", "owner.team.name", "tags")
    assert found.rows == [("1", "7", "West", '["a",{"n":1.50}]')]


def test_values_are_kept_as_they_are_written(read: Reader) -> None:
    values = ["12345678901234567890.10", "0.1", "-0", "1E5", "1e-7", "true", "false", "null", '"007"', '"\\u00e9\\n"']
    found = read("".join(f'{{"x": {value}}}\n' for value in values).encode())
    wanted = ["12345678901234567890.10", "0.1", "-0", "1E5", "1e-7", "true", "false", None, "007", "é\n"]
    assert [row[0] for row in found.rows] == wanted


def test_keys_that_appear_late_are_columns(read: Reader) -> None:
    found = read(b'{"id": 1}\n{"id": 2, "note": "a\\nb"}\n{"note": "c", "arr": 5, "id": 3}\n')
    assert found.extract.columns == ("id", "note", "arr")
    assert found.rows == [("1", None, None), ("2", "a\nb", None), ("3", "c", "5")]


def test_lines_that_are_no_objects_are_rejected(read: Reader) -> None:
    found = read(b'{"id": 1}\nhello\n[1]\n7\n{"id": NaN}\n{"id": 2, "id": 3}\n{"id": 4, "id": 4}\n{"id": 5\n')
    assert found.rows == [("1",), ("4",)]
    assert found.rejects == [
        (2, "it is no whole JSON"),
        (3, "it is JSON, but no object with keys"),
        (4, "it is JSON, but no object with keys"),
        (5, "NaN is no number"),
        (6, "the key 'id' is there twice with other values"),
        (8, "it is no whole JSON"),
    ]


def test_a_key_and_a_nested_key_of_one_name_must_agree(read: Reader) -> None:
    found = read(b'{"id": 1, "a.b": 1, "a": {"b": 2}}\n{"id": 2, "a.b": 1, "a": {"b": 1}}\n')
    assert (found.rows, len(found.rejects)) == ([("2", "1")], 1)


def test_a_torn_list_keeps_what_is_whole(read: Reader) -> None:
    found = read(b'[{"id": 1},\n{"id": 2},\n{"id": 3, "na')
    assert (found.rows, found.rejects) == ([("1",), ("2",)], [(3, "it is no whole JSON; nothing behind it is read")])


def test_half_a_letter_and_deep_nesting_cost_their_line(read: Reader) -> None:
    deep = b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    found = read(b'{"id": "\\ud800"}\n' + deep + b'{"id": 1}\n')
    assert (found.rows, [line for line, _ in found.rejects]) == ([("1",)], [1, 2])


def test_keys_that_are_data_are_refused(read: Reader) -> None:
    with pytest.raises(UnreadableError, match="different keys"):
        read(json.dumps({f"k{number}": 1 for number in range(5000)}).encode())


def test_a_table_that_begins_with_a_bracket_is_no_json(read: Reader) -> None:
    assert read(b"[id],{name}\n1,Ann\n").extract.columns == ("[id]", "{name}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=3), st.none() | st.booleans() | st.integers() | st.text(max_size=4), min_size=1
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_value_of_every_object_is_kept(read: Reader, objects: list[dict[str, object]]) -> None:
    given: list[dict[str, object]] = [{"a": 1}, *objects]
    found = read("".join(json.dumps(each) + "\n" for each in given).encode())
    spelled = {True: "true", False: "false"}
    kept = sorted(value for row in found.rows for value in row if value is not None)
    rejected = {line for line, _ in found.rejects}
    texts = [
        spelled[value] if isinstance(value, bool) else str(value)
        for line, each in enumerate(given, 1)
        for value in each.values()
        if line not in rejected and value is not None and value != ""
    ]
    assert len(found.rows) + len(rejected) == len(given)
    assert kept == sorted(texts)


def test_a_long_list_is_read_whole_and_costs_no_more_for_each_record(tmp_path: Path) -> None:
    path, count = tmp_path / "deals.json", 40_000
    path.write_text("[\n" + ",\n".join(f'{{"id": {n}, "note": "{"x" * 100}"}}' for n in range(count)) + "\n]\n")
    began = time.process_time()
    found = list(JsonRows(path))
    assert time.process_time() - began < 15
    assert [one.line for one in found] == list(range(2, count + 2))
    assert [one.values[0] for one in found if isinstance(one, Record)] == [str(n) for n in range(count)]
