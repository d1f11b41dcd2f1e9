"""What stands around every page: the rooms, the tools, the search box, who is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.operate.people.roles import Right
from tieout.operate.people.saved import views_of
from tieout.show.web.files import rules
from tieout.show.web.registry import PLACES, ROOMS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tieout.show.web.rooms import Place, Room

SHOWN = 8
"""So many saved views stand in the frame; a page has them all."""


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame of each page is filled with."""
    here = request.path
    every: tuple[Room | Place, ...] = (*ROOMS, *PLACES)
    places = {
        group: [
            {"room": room, "here": here == room.path or here.startswith(f"{room.path}/")}
            for room in every
            if room.group == group
        ]
        for group in ("rooms", "tools")
    }
    user = request.user
    rights = {right.name for right in Right if user.is_authenticated and user.may(right)}
    saved = views_of(user)[:SHOWN] if user.is_authenticated else ()
    return {"places": places, "rights": rights, "saved": saved, "style": rules()[1]}
