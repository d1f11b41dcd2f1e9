"""Sheets that people upload: looked at before anything reads them, kept by their digest, found again by it.

A sheet is bounded three times: its bytes before they are read (limits.py), what a workbook unfolds to before it is
parsed, and all kept sheets together.
"""

from __future__ import annotations

import os
import re
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

import simplejson

from tieout.contract.writing import write_aside
from tieout.measure.sheets.columns import Choice
from tieout.measure.sheets.grid import SheetError
from tieout.measure.sheets.sheet import read_sheet
from tieout.show import figures
from tieout.show.terminal import clean, fit
from tieout.show.web.filters import FilterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.basics.workspace import Workspace

LARGEST = 20_000_000
"""A sheet has at most so many bytes."""
UNFOLDED = 200_000_000
"""A workbook unfolds to at most so many bytes."""
MEMBERS = 2000
ALL = 1_000_000_000
"""All kept sheets together have at most so many bytes."""
TEXTS, BOOK = (".csv", ".tsv", ".txt"), ".xlsx"
ALLOWED = "Allowed: CSV, TSV or TXT files, and workbooks (.xlsx)."
CHUNK = 65_536
LONGEST_NAME = 80
_DIGEST = re.compile(r"[0-9a-f]{64}")


class RefusedError(Exception):
    """A sheet that is not taken; the message says what was given and what is allowed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sheet that was taken: its digest, its file, and what it was called."""

    digest: str
    file: Path
    name: str


def keep(workspace: Workspace, name: str, chunks: Iterable[bytes], size: int) -> Kept:
    """Take a sheet: look at it, keep it, read it once. Raises RefusedError."""
    suffix = Path(name).suffix.lower()
    if suffix not in (*TEXTS, BOOK):
        message = f"'{fit(clean(name), LONGEST_NAME)}' is no sheet that can be tied out. {ALLOWED}"
        raise RefusedError(message)
    if size > LARGEST:
        raise RefusedError(too_large(size))
    folder = workspace.app / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    if sum(map(_size, folder.iterdir())) + size > ALL:
        message = "The workspace keeps as many sheets as it may. Ask who runs it to delete old ones in app/sheets."
        raise RefusedError(message)
    content = b"".join(chunks)
    _look(content, suffix, name)
    digest = sha256(content).hexdigest()
    file = folder / f"{digest}{suffix}"
    known = _known(folder, digest)
    if known:
        return known
    _write(file, content)
    try:
        read_sheet(file, Choice())
    except SheetError as error:
        file.unlink(missing_ok=True)
        raise RefusedError(without_path(str(error), file, name)) from error
    called = fit(clean(Path(name).stem), LONGEST_NAME) or "sheet"
    write_aside(folder / f"{digest}.json", simplejson.dumps({"name": called, "file": file.name}))
    return Kept(digest, file, called)


def _size(file: Path) -> int:
    """Give the size of a file; another upload may just have renamed it."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _write(file: Path, content: bytes) -> None:
    """Write a sheet aside, for this user alone, and rename it into place."""
    handle, aside = tempfile.mkstemp(prefix=".", suffix=".aside", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(aside).replace(file)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def find(workspace: Workspace, digest: str | None) -> Kept:
    """Give a sheet that was kept. Raises FilterError."""
    found = _known(workspace.app / "sheets", digest) if digest and _DIGEST.fullmatch(digest) else None
    if found is None:
        message = "The sheet of this address is not kept here. Upload it again: the same file has the same address."
        raise FilterError(message)
    return found


def _known(folder: Path, digest: str) -> Kept | None:
    try:
        told = simplejson.loads((folder / f"{digest}.json").read_text(encoding="utf-8"))
        file = folder / Path(str(told["file"])).name
        return Kept(digest, file, str(told["name"])) if file.is_file() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def too_large(size: int) -> str:
    """Say that a file is larger than one may be."""
    return f"The file has {figures.count(size)} bytes; a sheet may have {figures.count(LARGEST)}. Give the list alone."


def without_path(message: str, file: Path, name: str) -> str:
    """Call a sheet what its owner calls it, wherever it is kept."""
    return message.replace(str(file), clean(name)).replace(file.name, clean(name))


# -- what is in it


def _look(content: bytes, suffix: str, name: str) -> None:
    """Hold the content to what its name says. Raises RefusedError."""
    called = fit(clean(name), LONGEST_NAME)
    if suffix == BOOK:
        _look_into(content, called)
    elif content[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\x00" in content[:CHUNK]:
        message = f"'{called}' is no text: it holds what no list does. {ALLOWED}"
        raise RefusedError(message)


def _look_into(content: bytes, called: str) -> None:
    """Unfold a workbook and throw it away, up to what one may unfold to: what its directory says may be a lie."""
    file = BytesIO(content)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
        names = {member.filename for member in members}
        if len(members) > MEMBERS or "[Content_Types].xml" not in names:
            message = f"'{called}' is no workbook. {ALLOWED}"
            raise RefusedError(message)
        unfolded = 0
        for member in members:
            for part in _parts(file, member):
                unfolded += part
                if unfolded > UNFOLDED:
                    message = f"'{called}' unfolds to more than {UNFOLDED // 1_000_000} MB; a list does not. {ALLOWED}"
                    raise RefusedError(message)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, NotImplementedError) as error:
        message = f"'{called}' is no workbook, or is damaged. {ALLOWED}"
        raise RefusedError(message) from error


def _parts(file: IO[bytes], member: zipfile.ZipInfo) -> Iterable[int]:
    """Give the sizes of the parts that a member unfolds to, read from its bytes and not from what is said of them."""
    file.seek(member.header_offset + 26)
    name, extra = struct.unpack("<HH", file.read(4))
    file.seek(name + extra, 1)
    if member.compress_type == zipfile.ZIP_STORED:
        yield member.compress_size
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        message = "compressed in a way that workbooks are not"
        raise ValueError(message)
    engine, left = zlib.decompressobj(-15), member.compress_size
    while left > 0 and not engine.eof:
        packed = file.read(min(CHUNK, left))
        if not packed:
            return
        left -= len(packed)
        while packed and not engine.eof:
            yield len(engine.decompress(packed, CHUNK))
            packed = engine.unconsumed_tail
