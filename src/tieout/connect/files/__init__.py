"""Exports as files: folders of CSV (plain or packed) and Parquet files, each file one pull of one object."""

from tieout.connect.files.careful import Reject
from tieout.connect.files.find import Found, base_folder, find_files
from tieout.connect.files.load import TABLE, Extract, Reading, load
from tieout.connect.files.prepare import Prepared, UnreadableError, file_digest, prepare
from tieout.connect.files.stamp import Stamp, read_stamp

__all__ = [
    "TABLE",
    "Extract",
    "Found",
    "Prepared",
    "Reading",
    "Reject",
    "Stamp",
    "UnreadableError",
    "base_folder",
    "file_digest",
    "find_files",
    "load",
    "prepare",
    "read_stamp",
]
