"""Reading files as they come: every record is kept as it is, or rejected with its line and the reason."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connect.files.conftest import Reader
from tieout.connect.files import UnreadableError
from tieout.connect.files.prepare import _swapped

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PLAIN = "id,name\n1,Ann\n2,Bob\n"
ROWS = [("1", "Ann"), ("2", "Bob")]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read: Reader, sign: str) -> None:
    assert read(PLAIN.replace(",", sign).encode()).rows == ROWS


def test_known_columns_decide_between_delimiters(read: Reader) -> None:
    found = read(b"id;a,b\n1;2,5\n", known=frozenset({"a,b"}))
    assert found.extract.columns == ("id", "a,b")


def test_commas_in_a_file_of_one_column_are_no_delimiters(read: Reader) -> None:
    assert read(b"name\nAcme Inc\nBolt Ltd\n").rows == [("Acme Inc",), ("Bolt Ltd",)]


def test_a_hint_for_spreadsheets_is_obeyed(read: Reader) -> None:
    assert read(b"sep=;\r\nid;name\r\n1;Ann\r\n2;Bob\r\n").rows == ROWS


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        b"id,name\n1,Ann\r\n2,Bob\n",
        b"id,name\n1,Ann\n2,Bob",
        b"id,name\n1,Ann\n\n2,Bob\n\n\n",
        b"\n\nid,name\n1,Ann\n2,Bob\n",
        b'"id","name"\n"1","Ann"\n"2","Bob"\n',
        b'id, "name"\n1, "Ann"\n2, "Bob"\n',
        b'id,name\n"1" ,"Ann" \n2,Bob\n',
        b'"id" ,"name" \n1,Ann\n2,Bob\n',
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        PLAIN.encode("utf-32-le"),
        PLAIN.encode("utf-32-be"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        gzip.compress(PLAIN.encode(), mtime=0),
        gzip.compress(PLAIN.encode("utf-16"), mtime=0),
    ],
)
def test_line_ends_quotes_encodings_and_packing_make_no_difference(read: Reader, data: bytes) -> None:
    found = read(data)
    assert (found.extract.columns, found.rows, found.rejects) == (("id", "name"), ROWS, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_beyond_ascii_are_read_without_being_told_the_encoding(read: Reader, encoding: str) -> None:
    assert read("id,name\n1,Zoë Müller\n".encode(encoding)).rows == [("1", "Zoë Müller")]


def test_a_guessed_encoding_is_told(read: Reader) -> None:
    found = read("id,name\n1,Zoë\n".encode("cp1252"))
    assert [finding.code for finding in found.extract.findings] == ["file.encoding"]


def test_latin_1_is_read_where_windows_has_no_such_byte(read: Reader) -> None:
    assert read(b"id,name\n1,Zo\xeb\x81\n").rows == [("1", "Zo\xeb\x81")]


def test_an_encoding_of_the_contract_is_obeyed(read: Reader) -> None:
    assert read("id,name\n1,Żółć\n".encode("cp1250"), encoding="cp1250").rows == [("1", "Żółć")]


def test_names_with_emoji_and_letters_from_right_to_left_are_kept(read: Reader) -> None:
    found = read("المعرف,😀 mood\n7,שלום 🎉\n".encode())
    assert (found.extract.columns, found.rows) == (("المعرف", "😀 mood"), [("7", "שלום 🎉")])


def test_quoted_values_hold_anything(read: Reader) -> None:
    value = 'line one\nline "two", and; |\tthree\r\n'
    text = io.StringIO()
    csv.writer(text).writerows([["id", "name"], ["1", value], ["2", "Bob"]])
    assert read(text.getvalue().encode()).rows == [("1", value), ("2", "Bob")]


def test_values_are_data_and_nothing_else(read: Reader) -> None:
    odd = ["=1+1", "NULL", "\\N", "'; drop table extract; --", "{{ x }}", "${HOME}", "#", " padded ", "007", "1e3"]
    text = "id,name\n" + "".join(f"{number},{value}\n" for number, value in enumerate(odd))
    assert [row[1] for row in read(text.encode()).rows] == odd


@pytest.mark.parametrize("name", ["a*b[1]?.csv", "it's.csv", "s3:odd {a,b}.csv", "день=1.csv", "year=2026.csv"])
def test_the_name_of_a_file_is_no_pattern(read: Reader, name: str) -> None:
    assert read(PLAIN.encode(), name=name).rows == ROWS


def test_columns_are_called_as_the_engine_calls_its_own_without_harm(read: Reader) -> None:
    found = read(b"rowid,record,c1,line\n9,8,7,6\n")
    assert (found.extract.columns, found.rows) == (("rowid", "record", "c1", "line"), [("9", "8", "7", "6")])


def test_every_column_gets_a_name_of_its_own(read: Reader) -> None:
    found = read(b" id ,Name,name,,_row,_fivetran,\n1,2,3,4,5,6,7\n")
    wanted = ("id", "Name", "name (2)", "column 4", "_row (file)", "_fivetran", "column 7")
    assert (found.extract.columns, found.rows) == (wanted, [("1", "2", "3", "4", "5", "6", "7")])
    assert [(finding.code, finding.count) for finding in found.extract.findings] == [("file.column_names", 4)]


@pytest.mark.parametrize("sign", ["^", "~", "\x1f", "\xa6"])
def test_unusual_delimiters_are_found_where_every_line_has_them(read: Reader, sign: str) -> None:
    assert read(PLAIN.replace(",", sign).encode()).rows == ROWS


@pytest.mark.parametrize("sign", ["||", "|~|", "::", "\\t\\t", "\\x1f"])
def test_a_delimiter_of_several_signs_is_obeyed(read: Reader, sign: str) -> None:
    plain = sign.encode().decode("unicode_escape")
    text = PLAIN.replace(",", plain) + f'3{plain}"a{plain}b"\n'
    assert read(text.encode(), delimiter=sign).rows == [*ROWS, ("3", f"a{plain}b")]


def test_a_delimiter_of_several_signs_may_be_cut_by_a_chunk() -> None:
    parts, rest = [], ""
    for letter in "a||b|||c|":
        text, rest = _swapped(rest + letter, "||", last=False)
        parts.append(text)
    parts.append(_swapped(rest, "||", last=True)[0])
    assert "".join(parts) == "a\x1fb\x1f|c|"


def test_two_delimiters_that_do_as_well_are_told(read: Reader) -> None:
    found = read(b"id;a,b\n1;2,5\n2;3,5\n")
    assert [finding.code for finding in found.extract.findings] == ["file.delimiter"]
    assert read(b"id;a,b\n1;2,5\n2;3,5\n", known=frozenset({"id"})).extract.columns == ("id", "a,b")


@pytest.mark.parametrize(
    "title",
    ["Pipeline of July\n", "# made by a report\n\n", "Report: deals,\nby: RevOps,\n,\n", "sep=,\nA title\n"],
)
def test_titles_above_the_header_are_passed_over_and_told(read: Reader, title: str) -> None:
    found = read(f"{title}id,name,arr\n1,Ann,5\n2,Bob,6\n3,Cid,7\n".encode())
    assert found.extract.columns == ("id", "name", "arr")
    assert (len(found.rows), found.rejects) == (3, [])
    assert [finding.code for finding in found.extract.findings] == ["file.header"]


@pytest.mark.parametrize(
    "data",
    [
        b"x,y\naa,a,.,b\na\n", b"name\nAcme,Inc\nBolt,Ltd\n", b"id,name\nAnn,x,y,z\nBob,v,w,u\n",
        b"a;b\nc;d;e;f;g\n", b"id\n1,2\n",
    ],
)  # fmt: skip
def test_a_short_first_row_is_no_title(read: Reader, data: bytes) -> None:
    first = data.split(b"\n")[0].decode()
    found = read(data, delimiter=";" if ";" in first else ",")
    assert found.extract.columns == tuple(first.replace(";", ",").split(","))


def test_a_first_row_is_the_header_where_no_other_is_plainly_one(read: Reader) -> None:
    assert read(b"id,name\n1,Ann,x,y\n2,Bob,x,z\n3\n4,Cid\n").extract.columns == ("id", "name")


def test_the_contract_tells_the_row_of_the_header(read: Reader) -> None:
    found = read(b"a,b\nx,y\nid,name\n1,Ann\n", header=(3,))
    assert (found.extract.columns, found.rows, found.extract.findings) == (("id", "name"), ROWS[:1], ())
    found = read(b",Deal,,Money\nid,name,type,arr\n1,Ann,new,5\n", header=(1, 2))
    assert found.extract.columns == ("id", "Deal / name", "Deal / type", "Money / arr")


def test_a_header_that_stands_there_again_is_no_record(read: Reader) -> None:
    found = read(b"id,name\n1,Ann\nid,name\n2,Bob\n")
    assert (found.rows, found.rejects) == (ROWS, [(3, "it names the columns once more")])
    assert found.extract.rejects[0].spare


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Żółć"), ("cp1251", "Реклама"), ("shift_jis", "東京"), ("mac-roman", "Zoë"), ("utf-32", "Żółć"),
        ("gb18030", "北京"), ("koi8-r", "Реклама"), ("utf-16", "東京"),
    ],
)  # fmt: skip
def test_any_encoding_is_read_when_told(read: Reader, encoding: str, text: str) -> None:
    assert read(f"id,name\n1,{text}\n".encode(encoding), encoding=encoding).rows == [("1", text)]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "shift_jis", "cp1250", "big5", "cp1253"])
def test_letters_that_are_not_western_are_not_guessed(read: Reader, encoding: str) -> None:
    text = {"cp1250": "Małgorzata Wąsik, źdźbło", "shift_jis": "東京都", "big5": "北京市", "cp1253": "Αθήνα"}
    with pytest.raises(UnreadableError, match="encoding"):
        read(f"id;name\n1;{text.get(encoding, 'Реклама')}\n".encode(encoding))


# -- what is rejected


def test_lines_with_too_few_or_too_many_columns_are_rejected(read: Reader) -> None:
    found = read(b"id,name\n1,Ann\n2\n3,Carl,x\n4,Dora,\n")
    assert found.rows == [("1", "Ann"), ("4", "Dora")]
    assert found.rejects == [(3, "1 columns where the header has 2"), (4, "3 columns where the header has 2")]
    assert [reject.text for reject in found.extract.rejects] == ["2", "3,Carl,x"]


def test_an_open_quote_costs_its_own_line_only(read: Reader) -> None:
    found = read(b'id,name\n1,Ann\n2,"Bob\n3,Carl\n4,Dora\n')
    assert (found.rows, found.rejects) == (
        [("1", "Ann"), ("3", "Carl"), ("4", "Dora")],
        [(3, "a quote is opened and not closed")],
    )


def test_an_open_quote_before_a_quoted_value_costs_its_own_line_only(read: Reader) -> None:
    found = read(b'id,name\n1,"Ann\n2,Bob\n3,"Carl"\n')
    assert (found.rows, found.rejects) == (
        [("2", "Bob"), ("3", "Carl")],
        [(2, "a quote is closed in the middle of a value")],
    )


def test_half_a_file_keeps_its_whole_lines(read: Reader) -> None:
    found = read(b'id,name,note\n1,Ann,x\n2,Bob,"he sa')
    assert (found.rows, found.rejects) == ([("1", "Ann", "x")], [(3, "a quote is opened and not closed")])


def test_bytes_that_are_no_text_cost_their_line_where_the_rest_is_utf_8(read: Reader) -> None:
    found = read("id,name\n1,Zoë\n2,Bjørn\n".encode() + b"3,\xff\xfe\n4,Dora\n")
    assert found.rows == [("1", "Zoë"), ("2", "Bjørn"), ("4", "Dora")]
    assert found.rejects == [(4, "it holds bytes that are not text in this encoding")]


def test_half_a_letter_of_utf_16_costs_its_line(read: Reader) -> None:
    found = read(PLAIN.encode("utf-16") + b"3\x00,\x00C")
    assert (found.rows, len(found.rejects)) == (ROWS, 1)


def test_a_nul_byte_costs_its_line(read: Reader) -> None:
    found = read(b"id,name\n1,Ann\n2,B\x00b\n3,Carl\n")
    assert (found.rows, found.rejects) == ([("1", "Ann"), ("3", "Carl")], [(3, "it holds a NUL byte")])


def test_a_line_without_end_costs_itself(read: Reader) -> None:
    found = read(b"id,name\n1,Ann\n2," + b"x" * 5_000_000 + b"\n3,Carl\n")
    assert (found.rows, found.rejects) == (
        [("1", "Ann"), ("3", "Carl")],
        [(3, "the line is longer than 2,000,000 characters")],
    )


def test_a_long_line_is_no_fault(read: Reader) -> None:
    assert read(b"id,name\n1," + b"x" * 1_500_000 + b"\n").rows == [("1", "x" * 1_500_000)]


def test_records_keep_their_numbers_when_others_are_rejected(read: Reader, engine: DuckDBPyConnection) -> None:
    read(b'id,name\n1,"two\nlines"\n2\n3,Carl\n')
    assert engine.execute("select record, line from extract order by 1").fetchall() == [(1, 2), (3, 5)]


# -- what is no table


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes"),
        (b"\n\n", "no header"),
        (b"PK\x03\x04 and so on", "workbook"),
        (bytes(range(256)) * 20, "binary"),
        (gzip.compress(b"id,name\n1,Ann\n" * 999, mtime=0)[:60], "cannot be read"),
        (b"PAR1 but not really", "Parquet"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(read: Reader, data: bytes, told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        read(data)


def test_an_encoding_that_nobody_knows_is_refused(read: Reader) -> None:
    with pytest.raises(UnreadableError, match="klingon"):
        read(PLAIN.encode(), encoding="klingon")


def test_delimiters_at_the_ends_of_lines_make_no_column(read: Reader) -> None:
    for data in (b"id,name,\n1,Ann,\n", b"id,name,,\n1,Ann,,\n", b"id,name\n1,Ann,\n", b'id,name,\n1,"Ann\n",\n'):
        found = read(data)
        assert (found.extract.columns, len(found.rows), found.extract.findings) == (("id", "name"), 1, ())


def test_a_last_column_without_a_name_that_has_values_is_kept(read: Reader) -> None:
    found = read(b"id,name,\n1,Ann,\n2,Bob,x\n")
    assert (found.extract.columns, found.rows) == (("id", "name", "column 3"), [("1", "Ann", None), ("2", "Bob", "x")])


def test_a_file_with_a_header_alone_has_no_rows(read: Reader) -> None:
    assert read(b"id,name\n").rows == []


# -- Parquet


def test_typed_columns_are_spelled_in_one_way(read: Reader, engine: DuckDBPyConnection, tmp_path: Path) -> None:
    source = tmp_path / "typed.parquet"
    engine.execute(
        "copy (select 1::bigint as id, 12.50::decimal(9,2) as arr, true as won, date '2026-07-06' as day,"
        " '' as nothing, timestamp '2026-07-06 06:00:00.5' as at,"
        " timestamptz '2026-07-06 08:00:00+02' as zoned, null::integer as none)"
        f" to '{source}' (format parquet)"
    )
    found = read(source.read_bytes(), name="deals.parquet")
    assert found.extract.columns == ("id", "arr", "won", "day", "nothing", "at", "zoned", "none")
    wanted = ("1", "12.50", "true", "2026-07-06", None, "2026-07-06T06:00:00.5", "2026-07-06T06:00:00+00:00", None)
    assert found.rows == [wanted]


# -- laws

QUOTING: tuple[Literal[0, 1], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)

lawful = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
cell = st.text(st.sampled_from('ab ,;|"\n\r\té😀'), max_size=6)


@lawful
@given(rows=st.lists(st.tuples(cell, cell), max_size=8), quoting=st.sampled_from(QUOTING))
def test_what_a_csv_writer_writes_is_read(read: Reader, rows: list[tuple[str, str]], quoting: Literal[0, 1]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=quoting).writerows([("id", "name"), *rows])
    found = read(text.getvalue().encode(), delimiter=",")
    assert found.rejects == []
    assert found.rows == [(first or None, second or None) for first, second in rows]


@lawful
@given(body=st.text(st.sampled_from('ab,"\n é'), max_size=40))
def test_no_line_is_lost_whatever_the_file(read: Reader, body: str) -> None:
    found = read(f"x,y\n{body}".encode(), delimiter=",")
    kept = "".join(value or "" for row in found.rows for value in row)
    rejected = "".join(reject.text for reject in found.extract.rejects)

    def letters(text: str) -> str:
        return "".join(sorted(text.replace('"', "").replace(",", "").replace("\n", "").replace(" ", "")))

    assert letters(kept + rejected) == letters(body)
