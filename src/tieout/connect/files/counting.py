"""Count the records of a text without parsing it: the line ends that have an even number of quotes before them.

The count is the check on the fast reader. It costs a tenth of the reading, because everything but quotes and line
ends is thrown away first, and quotes that touch then cancel out.
"""

from __future__ import annotations

import codecs
from pathlib import Path

CHUNK = 1 << 22
TAIL = 1 << 16
BEFORE_QUOTE = (b', "', b'; "', b'\t "', b'| "', b'^ "', b'~ "', b'\n "', b'  "')
BEHIND_QUOTE = (b'" ,', b'" ;', b'" \t', b'" |', b'" ^', b'" ~', b'" \r', b'" \n', b'" "', b'"  ')
NOT_STRUCTURE = bytes(set(range(256)) - set(b'"\n'))


class Count:
    """How many lines and records a UTF-8 text has, and whether there is anything in it that only care can read."""

    def __init__(self) -> None:
        self.lines = self.records = 0
        self.nul = self.quoted = self.invalid = self.spaced = False
        self._tail = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._ascii = True

    @property
    def clean(self) -> bool:
        """Say whether all bytes are text, all quotes are closed, and no space parts them from the delimiters."""
        return not (self.nul or self.quoted or self.invalid or self.spaced)

    def take(self, chunk: bytes) -> None:
        """Count the next part of the text."""
        self.nul = self.nul or b"\0" in chunk
        if not (self._ascii and chunk.isascii()):
            self._ascii = False
            self._decode(chunk)
        lines = chunk.count(b"\n")
        self.lines += lines
        if b'"' not in chunk:
            self.records += 0 if self.quoted else lines
        else:
            parts = chunk.translate(None, NOT_STRUCTURE).replace(b'""', b"").split(b'"')
            self.records += sum(part.count(b"\n") for part in parts[int(self.quoted) :: 2])
            self.quoted ^= len(parts) % 2 == 0
            self.spaced = self.spaced or _is_spaced(chunk)
        self._tail = (self._tail + chunk[-TAIL:])[-TAIL:]

    def finish(self) -> None:
        """Count the last line where it has no end, and none of the empty ones at the end."""
        self._decode(b"", final=True)
        ends = self._tail[len(self._tail.rstrip(b"\r\n")) :].count(b"\n")
        if self._tail and not self.quoted:
            self.records += 1 - ends
            self.lines += 1 - ends

    def _decode(self, chunk: bytes, *, final: bool = False) -> None:
        if self.invalid:
            return
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self.invalid = True


def _is_spaced(chunk: bytes) -> bool:
    """Say whether spaces part quotes from delimiters; in doubt yes, since that only costs time."""
    before = b' "' in chunk and (chunk.startswith(b' "') or any(sign in chunk for sign in BEFORE_QUOTE))
    return before or (b'" ' in chunk and (chunk.endswith(b'" ') or any(sign in chunk for sign in BEHIND_QUOTE)))


def count_file(path: Path) -> Count:
    """Count a file that is UTF-8, or is to be found out not to be."""
    count = Count()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            count.take(chunk)
    count.finish()
    return count
