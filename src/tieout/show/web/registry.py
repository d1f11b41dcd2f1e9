"""Every room there is, in the order in which people read them."""

from __future__ import annotations

from tieout.show.web.pages.pipeline import PIPELINE
from tieout.show.web.pages.record import RECORD
from tieout.show.web.pages.records import RECORDS
from tieout.show.web.rooms import Place, Room

ROOMS: tuple[Room, ...] = (PIPELINE, RECORDS, RECORD)
PLACES: tuple[Place, ...] = (Place("people", "People", "/people", key="e"),)
