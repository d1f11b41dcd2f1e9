"""Records as files, with their passport inside: CSV for programs and spreadsheets, XLSX for people.

They hold what the page shows to this reader, in its order: what may not be opened is counted and not written, what is
personal is masked. A text is never a formula. A CSV has one head and one row for each record, so that anything reads
it; its passport is the last column, the same in every row. An XLSX has it as a second sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from tieout.show.as_csv import line
from tieout.show.terminal import clean
from tieout.show.web.filters import FilterError
from tieout.show.web.records import seen

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader
    from tieout.show.web.records import Records, Seen

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS, LONGEST_TEXT = 1_048_575, 32_767
"""What a sheet of an XLSX can hold beside its head, and a cell of it."""
WRITTEN: dict[type, str] = {Decimal: "#,##0.00", date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm"}
"""How a sheet shows figures and times; a time is UTC."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def export(reader: Reader, filters: Filters, records: Records) -> HttpResponseBase:
    """Give the file that an address asks for. Raises FilterError."""
    kind = filters["format"] or ""
    if kind not in FORMATS:
        message = f"'{kind[:20]}' is no format of a file. Allowed: {', '.join(FORMATS)}."
        raise FilterError(message)
    found = seen(reader, records, filters["sort"])
    passport = export_passport(reader, filters, records, found)
    name = f"{_NOT_IN_NAMES.sub('-', f'tieout-{records.name}-{reader.build.key[:8]}').strip('-')}.{kind}"
    if kind == "csv":
        answer = StreamingHttpResponse(csv_lines(records, found, passport), content_type=FORMATS[kind])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    if len(found.rows) > MOST_ROWS:
        message = f"{len(found.rows):,} records are more than a sheet can hold ({MOST_ROWS:,}). Take them as csv."
        raise FilterError(message)
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 -- the answer closes it
    write_xlsx(file, records, found, passport)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[kind])


def export_passport(reader: Reader, filters: Filters, records: Records, found: Seen) -> tuple[tuple[str, str], ...]:
    """Give what a file must say of itself: what it is of, how to see it again, what is left out."""
    told = (
        ("records", records.title),
        ("address", filters.link(format=None, page=None)),
        ("in this file", str(len(found.rows))),
        ("not yours to open", str(found.hidden)),
        ("base currency", reader.contract.company.currency),
        ("times", "UTC"),
        ("days", reader.zone.key),
    )
    return tuple((name, clean(text)) for name, text in (*told, *records.passport))


def csv_lines(records: Records, found: Seen, passport: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Write a CSV line by line. It begins with a byte order mark, without which Excel reads it as another encoding."""
    told = "; ".join(f"{name}: {text}" for name, text in passport)
    yield f"\ufeff{line([*(column.name for column in records.columns), 'passport'])}\r\n"
    for row in found.rows:
        yield f"{line([*row, told])}\r\n"


def write_xlsx(file: IO[bytes], records: Records, found: Seen, passport: Iterable[tuple[str, str]]) -> None:
    """Write a workbook of two sheets, row by row: memory stays flat however many there are."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "nan_inf_to_errors": True}  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("records")
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(records.columns):
            sheet.set_column(place, place, 18 if column.unit is None else 14)
            sheet.write_string(0, place, column.name, bold)
        formats = {kind: book.add_format({"num_format": text}) for kind, text in WRITTEN.items()}
        for number, row in enumerate(found.rows, start=1):
            for place, value in enumerate(row):
                _write_cell(sheet, (number, place), value, formats)
        told = book.add_worksheet("passport")
        told.set_column(0, 0, 18)
        told.set_column(1, 1, 80)
        for number, (name, text) in enumerate(passport):
            told.write_string(number, 0, name, bold)
            told.write_string(number, 1, text[:LONGEST_TEXT])


def _write_cell(sheet: Worksheet, place: tuple[int, int], value: object, formats: dict[type, Format]) -> None:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(*place, value)
        case Decimal():
            sheet.write_number(*place, value, formats[Decimal])
        case int() | float():
            sheet.write_number(*place, value)
        case datetime():
            sheet.write_datetime(*place, value, formats[datetime])
        case date():
            sheet.write_datetime(*place, datetime.combine(value, datetime.min.time()), formats[date])
        case _:
            sheet.write_string(*place, str(value)[:LONGEST_TEXT])
