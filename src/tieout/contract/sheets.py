"""The files that lenses report from: which there are, and the digest of what stands in each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path as FilePath

from tieout.contract.model import Lens
from tieout.contract.places import Path, shorten
from tieout.contract.shape import Shaper

MATCHES = "matches.csv"
"""Confirmed matches, in the folder of a list."""
LARGEST = 200_000_000


def matches_of(file: str) -> str:
    """Name the file of confirmed matches that lies beside a list."""
    return str(FilePath(file).parent / MATCHES)


def sheet_digests(root: FilePath, lenses: Mapping[str, Lens], shaper: Shaper) -> dict[str, str]:
    """Give the digest of each list and of the confirmed matches beside it; one that is not there is a fault."""
    found: dict[str, str] = {}
    for name, lens in lenses.items():
        if lens.reported is None or lens.reported.file is None:
            continue
        file, path = lens.reported.file, ("lenses.yaml", name, "reported", "file")
        if (digest := _digest(root / file, file, path, shaper)) is None:
            continue
        found[file] = digest
        beside = matches_of(file)
        if (root / beside).is_file() and (told := _digest(root / beside, beside, path, shaper)):
            found[beside] = told
    return found


def _digest(place: FilePath, file: str, path: Path, shaper: Shaper) -> str | None:
    try:
        if place.is_file() and place.stat().st_size <= LARGEST:
            with place.open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").hexdigest()
        there = place.exists()
    except (OSError, ValueError):
        there = True
    reason = f"is no file of at most {LARGEST // 1_000_000} MB that can be opened" if there else "is not there"
    message = f"The list '{shorten(file)}' {reason}."
    remedy = "Put the file there; its name is counted from the folder of the workspace."
    shaper.wrong(path, "lens.file_missing", message, remedy, file)
    return None
