"""Exports as files: CSV (plain or packed), workbooks and Parquet files, each file one pull of one object.

`read_table` reads any of them, or its beginning, into memory; `read_cells` gives a person's list cell by cell;
`sheets_of` lists the sheets of a workbook.
"""

from tieout.connect.files.cells import Cells, read_cells
from tieout.connect.files.find import Found, base_folder, find_files
from tieout.connect.files.header import ABOVE
from tieout.connect.files.load import TABLE, Extract, load
from tieout.connect.files.prepare import Prepared, Reading, file_digest, prepare
from tieout.connect.files.record import Reject
from tieout.connect.files.stamp import Stamp, read_stamp
from tieout.connect.files.table import Table, Told, read_table, reading_of
from tieout.connect.files.unreadable import UnreadableError
from tieout.connect.files.workbook import Sheet, sheets_of

__all__ = [
    "ABOVE",
    "TABLE",
    "Cells",
    "Extract",
    "Found",
    "Prepared",
    "Reading",
    "Reject",
    "Sheet",
    "Stamp",
    "Table",
    "Told",
    "UnreadableError",
    "base_folder",
    "file_digest",
    "find_files",
    "load",
    "prepare",
    "read_cells",
    "read_stamp",
    "read_table",
    "reading_of",
    "sheets_of",
]
