"""Rows added to a register: what stands in the file stays as it is, comments and order included."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from tieout.contract.writing import write_aside


class RegisterError(Exception):
    """A register that cannot be added to; the message says why and what to do."""


def add_rows(file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> int:
    """Add rows to a register, in the columns and with the delimiter that it has; those that stand there are not added.

    Gives how many were added. The file is replaced whole, so that a kill leaves the old one or the new one.
    """
    text = _text(file)
    lines = text.splitlines()
    place, delimiter = _header(lines)
    if place is None:
        header, before = list(columns), [*lines, ",".join(columns)]
    else:
        named = next(csv.reader([lines[place]], delimiter=delimiter))
        header, before = [name.strip().casefold() for name in named], lines
    if missing := [name for name in columns if name not in header and any(row.get(name) for row in rows)]:
        message = (
            f"The register '{file.name}' has no column {', '.join(missing)}. Add it to its header, then try again."
        )
        raise RegisterError(message)
    there = set(before)
    fresh = [line for line in dict.fromkeys(_line(row, header, delimiter) for row in rows) if line not in there]
    if fresh:
        write_aside(file, "\n".join([*before, *fresh]) + "\n")
    return len(fresh)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"The register '{file}' cannot be read: {error}. Mend it, then try again."
        raise RegisterError(message) from error


def _header(lines: Sequence[str]) -> tuple[int | None, str]:
    for place, line in enumerate(lines):
        if line.strip() and not line.startswith("#"):
            return place, "," if "," in line else next((sign for sign in (";", "\t", "|") if sign in line), ",")
    return None, ","


def _line(row: Mapping[str, str], header: Sequence[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow([row.get(name, "") for name in header])
    return out.getvalue()
