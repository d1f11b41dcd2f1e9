"""A slice in an address: its values, written as a line of CSV, so that a value may have commas in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tieout.show.html.ways import Ways
from tieout.show.terminal import clean
from tieout.show.web.filters import FilterError

if TYPE_CHECKING:
    from tieout.show.web.filters import Filters


def slice_text(values: Sequence[str]) -> str | None:
    """Write the values of a slice; of the whole there is nothing to write."""
    if not values:
        return None
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def ways_to(filters: Filters, path: str, name: str) -> Ways:
    """Lead from the figures of a page to a page of their records, told by what each is of and by its slice."""

    def records(_kind: str, told: str, *part: str) -> str:
        return filters.link(path, **{name: told}, slice=slice_text(part))

    return Ways(records, apart=True)


def slice_of(text: str | None) -> tuple[str, ...]:
    """Read the values of a slice. Raises FilterError."""
    try:
        return tuple(next(csv.reader([text]), [])) if text else ()
    except csv.Error as error:
        message = f"'{clean(text or '')[:60]}' is no slice. Give its values as a line of CSV: SMB,\"Field, north\"."
        raise FilterError(message) from error
