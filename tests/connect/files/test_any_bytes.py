"""Any bytes given as a file: no crash, no hang, no line lost silently; rows and rejected lines are all there are."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from tests.connect.files.conftest import Read, Reader
from tieout.connect.files import UnreadableError

fuzzed = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def tried(read: Reader, data: bytes, **told: str | None) -> Read | None:
    """Read a file; None where it is said to be no table."""
    try:
        return read(data, **told)
    except UnreadableError:
        return None


pieces = st.sampled_from(
    [b"id,name\n", b"1,Ann\n", b'"', b",", b";", b"\n", b"\r", b"\t", b"|", b"\0", b"\xff", b"\xc3", b"\xe9", b" ",
     b"sep=;\n", b"\xef\xbb\xbf", b"\xff\xfe", b"{", b"}", b"[", b"]", b'{"id": 1}\n', b"PAR1", b"PK\x03\x04",
     b"\x1f\x8b", b"Total,,\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"^", b"\x1f"]
)  # fmt: skip


@fuzzed
@given(data=st.binary(max_size=400) | st.lists(pieces, max_size=30).map(b"".join))
@example(data=b"\x1f\x8b")
@example(data=b"\xff\xfe")
@example(data=b"a,b\n" + b'"' * 9)
@example(data=b"a\r")
def test_any_bytes_are_a_table_or_said_to_be_none(read: Reader, data: bytes) -> None:
    found = tried(read, data)
    assert found is None or len(found.rows) == found.extract.rows


@fuzzed
@given(st.lists(st.text(st.sampled_from("ab,\té ."), max_size=12), min_size=1, max_size=12), st.booleans())
def test_each_line_of_a_text_is_a_row_or_rejected(read: Reader, lines: list[str], end: bool) -> None:  # noqa: FBT001
    text = "x,y\n" + "\n".join(lines) + ("\n" if end else "")
    found = tried(read, text.encode(), delimiter=",")
    there = sum(bool(line) for line in lines)
    assert found is not None
    assert len(found.rows) + len(found.rejects) == there
    assert all(row == tuple(_cells(lines[line - 2])) for row, line in _numbered(found, lines))


def _numbered(found: Read, lines: list[str]) -> list[tuple[tuple[str | None, ...], int]]:
    rejected = {line for line, _ in found.rejects}
    there = [number for number, line in enumerate(lines, 2) if line and number not in rejected]
    return list(zip(found.rows, there, strict=True))


def _cells(line: str) -> list[str | None]:
    cells: list[str | None] = [cell or None for cell in next(csv.reader([line]))]
    return cells[:2]


values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)
lines_of_json = st.one_of(
    st.dictionaries(st.text(max_size=3), values, max_size=3).map(json.dumps),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8),
)


@fuzzed
@given(st.lists(lines_of_json, max_size=10))
def test_each_line_of_json_is_a_row_or_rejected(read: Reader, lines: list[str]) -> None:
    given = ['{"id": 1}', *lines]
    found = tried(read, "\n".join(given).encode())
    assert found is not None
    assert len(found.rows) + len(found.rejects) == sum(bool(line.strip()) for line in given)


def workbook(rows: list[list[str]]) -> bytes:
    data = io.BytesIO()
    made = Workbook(data, {"in_memory": True})
    sheet = made.add_worksheet()
    for number, row in enumerate([["id", "name"], *rows]):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)
    made.close()
    return data.getvalue()


plain = st.text(st.sampled_from("ab,;\"\n'é"), min_size=1, max_size=5)


@settings(fuzzed, max_examples=10)
@given(st.lists(st.lists(plain, min_size=2, max_size=2), min_size=1, max_size=6))
def test_each_row_of_a_sheet_is_a_row(read: Reader, rows: list[list[str]]) -> None:
    found = tried(read, workbook(rows))
    assert found is not None
    assert [list(row) for row in found.rows] == rows


WHOLE = workbook([["1", "Ann"], ["2", "Bob"]])


@settings(fuzzed, max_examples=15)
@given(st.data())
def test_a_damaged_workbook_is_read_or_said_to_be_none(read: Reader, data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        parts = [info.header_offset for info in archive.infolist()]
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(parts)) + data.draw(st.integers(0, 200))
        whole[min(place, len(whole) - 1)] = data.draw(st.integers(0, 255))
    found = tried(read, bytes(whole[: data.draw(st.integers(10, len(whole)))]))
    assert found is None or len(found.rows) == found.extract.rows
