"""What stands around every page: the rooms, the tools, the search box, who is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.show.web.registry import ROOMS

if TYPE_CHECKING:
    from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame of each page is filled with."""
    here = request.path
    places = {
        group: [{"room": room, "here": here == room.path} for room in ROOMS if room.group == group]
        for group in ("rooms", "tools")
    }
    return {"places": places}
