"""Make a file ready to be read: find out its packing and encoding, and have it as plain UTF-8 text.

What is plain UTF-8 already is read where it lies; anything else is written as such into the scratch folder.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import shutil
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from tieout.connect.files.counting import CHUNK, Count, count_file
from tieout.connect.files.json_lines import BEGINS
from tieout.connect.files.unreadable import AGAIN, UnreadableError
from tieout.connect.files.workbook import MAGIC, Grid, write_sheet

HEAD = 1 << 16
HIGH = bytes(range(128, 256))
UNUSED = b"\x81\x8d\x8f\x90\x9d"
NOT_WESTERN = re.compile(rb"[\x80-\xff]{3,}|(?<=[A-Za-z])[\x80-\xbf]+(?=[A-Za-z])")
"""Runs of letters beyond ASCII, and signs within words: a text in a Western encoding has hardly any."""

STAND_IN = "\x1f"
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
KNOWN_KINDS = (
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a SQLite database"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file: where scratch files go, what findings name, and what the contract tells of it.

    `known` columns help to tell the delimiter, the header and the sheet. `header`: the rows that name the columns,
    counted from 1. `rows`: read no more than about so many.
    """

    scratch: Path
    place: str
    delimiter: str | None = None
    known: frozenset[str] = frozenset()
    encoding: str | None = None
    sheet: str | None = None
    header: tuple[int, ...] = ()
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is plain UTF-8 (or Parquet) at `path`.

    `records` and `lines` are counted without parsing; `clean` says that the count can be relied on. `replaced`: bytes
    that are no text in the encoding stand as U+FFFD. `spaced`: there may be spaces between quotes and delimiters.
    `guessed`: nobody told the encoding. `grid`: the text is a sheet of a workbook.
    `json`: it is JSON. `sign`: stands for a delimiter of several signs.
    """

    path: Path
    parquet: bool = False
    encoding: str = "utf-8"
    guessed: bool = False
    replaced: bool = False
    spaced: bool = False
    clean: bool = True
    records: int = 0
    lines: int = 0
    grid: Grid | None = None
    json: bool = False
    sign: str | None = None

    @property
    def kind(self) -> str:
        """What the file is: text, json, workbook or parquet."""
        return "parquet" if self.parquet else "workbook" if self.grid else "json" if self.json else "text"


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file. Raises UnreadableError where it cannot be opened."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}."
        raise UnreadableError(message, "Make it readable for this user.") from error


def prepare(path: Path, reading: Reading) -> Prepared:
    """Have a file as plain text. Raises UnreadableError where that cannot be."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        if packed:
            path = _unpack(path, reading.scratch / "unpacked")
        with path.open("rb") as file:
            return _prepare(path, file, reading)
    except (OSError, EOFError, zlib.error) as error:
        message = f"The file cannot be read: {error}."
        raise UnreadableError(message, AGAIN) from error


def _unpack(path: Path, target: Path) -> Path:
    with gzip.open(path) as stream, target.open("wb") as file:
        shutil.copyfileobj(stream, file, CHUNK)
    return target


def _prepare(path: Path, file: IO[bytes], reading: Reading) -> Prepared:
    encoding, head = reading.encoding, file.read(HEAD)
    if not head:
        message = "The file is empty (0 bytes)."
        raise UnreadableError(message, "Export it again; even an export without records has a header.")
    if head[:4] == b"PAR1":
        return Prepared(path, parquet=True)
    if head.startswith(MAGIC):
        target = reading.scratch / "sheet.csv"
        return Prepared(target, grid=write_sheet(path, target, reading.sheet, reading.known, reading.rows))
    marked = next((name for mark, name in BOMS if head.startswith(mark)), None)
    chosen = _codec(encoding) if encoding else marked or _sniffed(head)
    guessed = not encoding and not marked
    several = sign if (sign := unescaped(reading.delimiter)) and len(sign) > 1 else None
    json = not reading.delimiter and bool(BEGINS.match(head.decode(chosen, "replace").removeprefix("\ufeff")))
    if chosen == "utf-8":
        count = count_file(path)
        if not count.invalid or not guessed or _mostly_utf8(path):
            if not several:
                return _told(path, count, json=json)
            guessed = False
        else:
            chosen = _single_byte(path)
    file.seek(0)
    target = reading.scratch / "text.csv"
    count, replaced = _transcode(file, chosen, target, several)
    told = _told(target, count, encoding=chosen, guessed=guessed, replaced=replaced, json=json)
    return replace(told, sign=STAND_IN, clean=False) if several else told


def _told(
    path: Path, count: Count, *, encoding: str = "utf-8", guessed: bool = False, replaced: bool = False, json: bool
) -> Prepared:
    return Prepared(
        path,
        json=json,
        encoding=encoding,
        guessed=guessed,
        replaced=replaced,
        spaced=count.spaced,
        clean=count.clean and not replaced,
        records=count.records,
        lines=count.lines,
    )


def _transcode(file: IO[bytes], encoding: str, target: Path, several: str | None = None) -> tuple[Count, bool]:
    """Write a text of another encoding as UTF-8; say whether it has bytes that are none of its letters.

    A delimiter of several signs becomes one that no text has.
    """
    count, replaced, rest = Count(), False, ""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with target.open("wb") as out:
        more = True
        while more:
            chunk = file.read(CHUNK)
            more = bool(chunk)
            text = decoder.decode(chunk, final=not more)
            replaced = replaced or "\ufffd" in text
            if several:
                text, rest = _swapped(rest + text, several, last=not more)
            data = text.encode("utf-8", "replace")
            count.take(data)
            out.write(data)
    count.finish()
    return count, replaced


def unescaped(delimiter: str | None) -> str | None:
    """Give a delimiter as the sign it stands for, where it is written with a backslash, as a tab may be."""
    if not delimiter or not delimiter.startswith("\\"):
        return delimiter
    return delimiter.encode("latin-1", "replace").decode("unicode_escape", "replace")


def _swapped(text: str, several: str, *, last: bool) -> tuple[str, str]:
    """Put the stand-in for the delimiter; keep back an end that may be the beginning of one."""
    if STAND_IN in text:
        message = "The file holds the control sign 1F, which stands for its delimiter here."
        raise UnreadableError(message, "Say 'delimiter: \\x1f' if it is the delimiter, or export with another one.")
    parts = text.split(several)
    kept = len(several) - 1 if not last else 0
    tail, end = parts[-1], max(0, len(parts[-1]) - kept)
    return STAND_IN.join([*parts[:-1], tail[:end]]), tail[end:]


def _codec(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        codecs.getincrementaldecoder(name)().decode(b"")
    except (LookupError, TypeError, ValueError) as error:
        message = f"The encoding '{encoding}' of the contract is not known."
        raise UnreadableError(message, "Allowed: utf-8, utf-16, cp1252, latin-1 and their like.") from error
    return {"utf-8-sig": "utf-8", "ascii": "utf-8"}.get(name, name)


def _sniffed(head: bytes) -> str:
    for magic, kind in KNOWN_KINDS:
        if head.startswith(magic):
            message = f"The file is {kind}, not a text table."
            raise UnreadableError(message, "Save or export it as CSV or Parquet.")
    quarter = len(head) // 4
    zeros = [head[place : 4 * quarter : 4].count(0) for place in range(4)]
    if quarter and min(zeros[1:3]) > quarter * 0.9 and max(zeros[0], zeros[3]) > quarter * 0.9:
        return "utf-32-be" if zeros[0] > zeros[3] else "utf-32-le"
    half = len(head) // 2
    even, odd = head[: 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if half and max(even, odd) > half * 0.4 and min(even, odd) < half * 0.05 and 0 in head[:2]:
        return "utf-16-be" if even > odd else "utf-16-le"
    odd_ones = len(head.translate(None, bytes(range(32, 256)) + b"\t\r\n\f\x01\x1f"))
    if odd_ones > len(head) * 0.1:
        message = "The file is binary, not a text table."
        raise UnreadableError(message, "Export it as CSV or Parquet.")
    return "utf-8"


def _mostly_utf8(path: Path) -> bool:
    """Say whether more of the lines beyond ASCII are UTF-8 than not: then it is UTF-8 with damaged lines."""
    good = bad = 0
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return good > bad


def _single_byte(path: Path) -> str:
    """Choose Windows' Western encoding, or Latin-1 where there are bytes that it does not have.

    Raises UnreadableError where the letters are not Western: a letter read wrong stays wrong in the ledger.
    """
    high = odd = 0
    found = "cp1252"
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            high += len(chunk) - len(chunk.translate(None, HIGH))
            odd += sum(len(match[0]) for match in NOT_WESTERN.finditer(chunk))
            if found == "cp1252" and any(byte in chunk for byte in UNUSED):
                found = "latin-1"
    if odd * 5 > high:
        message = "The encoding of its letters cannot be told."
        remedy = "Say 'encoding' in contract/sources.yaml, such as cp1250, cp1251, koi8-r, shift_jis or gb18030."
        raise UnreadableError(message, remedy)
    return found
