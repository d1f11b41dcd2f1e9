"""matches.csv: which record a row means, as a person decided; read first, and written for a person to edit."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.contract.writing import write_aside
from tieout.measure.sheets.grid import SheetError
from tieout.measure.sheets.sheet import SheetRow

if TYPE_CHECKING:
    from tieout.measure.sheets.match import Match

FILE = "matches.csv"
COLUMNS = ("id", "name", "account", "record", "confirmed", "score", "reason")
YES = {"yes", "y", "x", "true", "1", "ja", "ok"}

Key = tuple[str, str, str]
Kept = Mapping[Key, str]
"""The decided record by row; an empty one says that the row is in no system."""


def key_of(row: SheetRow) -> Key:
    """Give what a row is known by from one sheet to the next: its id and names, without case and spaces."""
    return _key(row.id, row.name, row.account)


def _key(*texts: str) -> Key:
    one, two, three = (" ".join(text.split()).casefold() for text in texts)
    return one, two, three


def read_kept(path: Path) -> dict[Key, str]:
    """Read the confirmed matches of a file; none where there is no file. Raises SheetError where it is no such file."""
    return {
        key: row["record"].strip() for key, row in _stored(path).items() if row["confirmed"].strip().casefold() in YES
    }


def _stored(path: Path) -> dict[Key, dict[str, str]]:
    if not path.is_file():
        return {}
    try:
        lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"'{path}' cannot be read as CSV, UTF-8 ({error}). Mend it, or move it away to begin again."
        raise SheetError(message) from error
    lacking = [name for name in COLUMNS[:5] if lines and name not in lines[0]]
    if lacking:
        message = f"'{path}' has no column {', '.join(lacking)}. Its columns are: {', '.join(COLUMNS)}."
        raise SheetError(message)
    filled = [{name: line.get(name) or "" for name in COLUMNS} for line in lines]
    return {_key(row["id"], row["name"], row["account"]): row for row in filled}


def keep(path: Path, matches: Iterable[Match]) -> int:
    """Write all matches for a person to confirm; what is decided already stays as it is. Give how many there are."""
    stored = _stored(path)
    told_of = tuple(matches)
    times = Counter(key_of(match.row) for match in told_of)
    for match in told_of:
        row = match.row
        if times[key_of(row)] > 1:
            continue  # what several rows share cannot say which of them is meant
        told = match.record or " or ".join(match.candidates)
        stored.setdefault(
            key_of(row),
            {
                "id": row.id, "name": row.name, "account": row.account, "record": told, "confirmed": "",
                "score": f"{match.score:g}", "reason": match.reason,
            },
        )  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(stored.values())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_aside(path, out.getvalue())
    return len(stored)
