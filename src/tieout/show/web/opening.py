"""What a reader may open of what lies under the totals: the row rule of the team, and the mask over personal data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from tieout.measure.opening import closed_deals
from tieout.questions import opened

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.show.web.reader import Reader
    from tieout.warehouse.builds import BuildFacts

MASKED = "\N{BULLET}" * 5
"""Stands for what is personal."""


def openable(reader: Reader, records: Iterable[str]) -> frozenset[str] | None:
    """Give those of some records that the reader may open; None where all of them.

    A row rule is about deals: whatever has the id of a deal that does not meet it is closed.
    """
    if not reader.eyes.rows:
        return None
    return frozenset(records) - _closed(reader.workspace, reader.build, reader.eyes.rows)


def may_open(reader: Reader, record: str) -> bool:
    """Say whether the reader may open one record."""
    found = openable(reader, (record,))
    return found is None or record in found


@lru_cache(maxsize=16)
def _closed(workspace: Workspace, build: BuildFacts, rows: str) -> frozenset[str]:
    with opened(workspace, build) as asked:
        return closed_deals(asked, rows)
