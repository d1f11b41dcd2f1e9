"""The pages of one room beside one another; going from one to another keeps the filters that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.show.web.filters import Filters
    from tieout.show.web.rooms import Room


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a room: its title, its address, and whether the reader is there or below it."""

    title: str
    address: str
    here: bool


def tabs_of(room: Room, filters: Filters, rooms: Iterable[Room]) -> list[Tab]:
    """Give the tabs of a page; none where its room has no other page."""
    head = f"/{room.path.split('/')[1]}"
    pages = [one for one in rooms if one.tab and f"{one.path}/".startswith(f"{head}/")]
    if len(pages) < 2:
        return []
    above = [one.path for one in pages if f"{room.path}/".startswith(f"{one.path}/")]
    here = max(above, key=len, default="")
    return [Tab(one.tab, _address(one, filters), one.path == here) for one in pages]


def _address(room: Room, filters: Filters) -> str:
    sliced = {} if set(filters.by) <= set(room.slices) else {"by": None}
    return filters.link(room.path, **sliced)
