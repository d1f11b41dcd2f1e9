"""A contract file's bytes as text: encodings, line ends and stray characters, each told with its line."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path as FilePath

from tieout.basics.findings import Level
from tieout.contract.places import Fault, Places

REPLACEMENT = "\ufffd"
STRAY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WIDE = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"))
_MARKS = (*_WIDE, (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))


@dataclass(frozen=True, slots=True)
class TextFile:
    """The text of a file, or None where there is none to read, and what was wrong with it."""

    text: str | None
    faults: tuple[Fault, ...] = ()


def read_text(file: FilePath, name: str, places: Places, limit: int) -> TextFile:
    """Read a file as text, keeping as much of it as can be kept; `limit` is its greatest size in bytes."""
    try:
        size = file.stat().st_size
        content = b"" if size > limit else file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "Make it a plain file that this user may read."
        return _refused(places, name, "file.unreadable", f"The file cannot be read: {reason}.", remedy)
    if size > limit:
        message = f"The file has {size:,} bytes; at most {limit:,} are read."
        return _refused(places, name, "file.too_large", message, "Keep data in exports and only the agreement here.")
    if not content:
        message = "The file is empty (0 bytes), so defaults are used."
        fault = places.fault((name,), "file.empty", message, "Restore it, or delete it.", level=Level.WARNING)
        return TextFile("", (fault,))
    return _decoded(content, name, places)


def _refused(places: Places, name: str, code: str, message: str, remedy: str) -> TextFile:
    return TextFile(None, (places.fault((name,), code, message, remedy),))


def _decoded(content: bytes, name: str, places: Places) -> TextFile:
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    if encoding.startswith("utf-8") and b"\x00" in content:
        message = "The file is not text: it holds bytes of value 0."
        return _refused(places, name, "file.binary", message, "Restore the text file, saved as UTF-8.")
    text = content.decode(encoding, errors="replace")
    faults: list[Fault] = []
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + content[: error.start].count(b"\n")
        message = (
            f"The file is not {error.encoding.upper()} text: the byte {content[error.start]:#04x} belongs to no letter."
        )
        faults.append(at_line(places, (name, line), "file.encoding", message, "Save the file as UTF-8."))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, found in _stray(text):
        message = f"The line holds a control character (U+{ord(found):04X}) that no text needs."
        faults.append(at_line(places, (name, number), "file.character", message, "Delete the character."))
    return TextFile(STRAY.sub(REPLACEMENT, text), tuple(faults))


def _stray(text: str) -> list[tuple[int, str]]:
    if not STRAY.search(text):
        return []
    lines = enumerate(text.split("\n"), 1)
    return [(number, match[0]) for number, line in lines if (match := STRAY.search(line))][:20]


def at_line(places: Places, where: tuple[str, int], code: str, message: str, remedy: str) -> Fault:
    """Make a fault of a line that belongs to no part of the contract."""
    name, line = where
    path = (name, f"line {line}")
    places.lines[path] = line
    return places.fault(path, code, message, remedy)
