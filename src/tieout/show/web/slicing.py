"""A slice in an address: its values, written as a line of CSV, so that a value may have commas in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from tieout.show.terminal import clean
from tieout.show.web.filters import FilterError


def slice_text(values: Sequence[str]) -> str | None:
    """Write the values of a slice; of the whole there is nothing to write."""
    if not values:
        return None
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def slice_of(text: str | None) -> tuple[str, ...]:
    """Read the values of a slice. Raises FilterError."""
    try:
        return tuple(next(csv.reader([text]), [])) if text else ()
    except csv.Error as error:
        message = f"'{clean(text or '')[:60]}' is no slice. Give its values as a line of CSV: SMB,\"Field, north\"."
        raise FilterError(message) from error
