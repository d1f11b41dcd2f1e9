from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.connect.files.counting import Count, count_file

cells = st.lists(st.tuples(st.text("ab,\"\n'", max_size=5), st.text('ab"\r\n', max_size=5)), min_size=1, max_size=8)


@given(rows=cells, size=st.integers(1, 9))
def test_records_are_counted_right_however_the_text_is_cut(rows: list[tuple[str, str]], size: int) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    data, count = text.getvalue().encode(), Count()
    for start in range(0, len(data), size):
        count.take(data[start : start + size])
    count.finish()
    assert (count.records, count.quoted, count.invalid) == (len(rows), False, False)


@pytest.mark.parametrize(
    ("data", "records", "clean"),
    [
        (b"a\n1\n2\n", 3, True),
        (b"a\n1\n2", 3, True),
        (b"a\n1\n2\n\n\n", 3, True),
        (b'a\n"1\n2"\n', 2, True),
        (b"", 0, True),
        (b"a\n\xff\n", 2, False),
        (b"a\n\0\n", 2, False),
        (b'a, "b"\n', 1, False),
        (b'"a" ,b\n', 1, False),
    ],
)
def test_a_file_is_counted(tmp_path: Path, data: bytes, records: int, clean: bool) -> None:  # noqa: FBT001
    path = tmp_path / "counted.csv"
    path.write_bytes(data)
    count = count_file(path)
    assert (count.records, count.clean) == (records, clean)
