"""Every room there is, in the order in which people read them."""

from __future__ import annotations

from tieout.show.web.pages.pipeline import PIPELINE
from tieout.show.web.pages.record import RECORD
from tieout.show.web.pages.records import RECORDS
from tieout.show.web.pages.sheet import SHEET, SHEET_RECORDS
from tieout.show.web.pages.tie_out import TIE_OUT, TIE_OUT_RECORDS
from tieout.show.web.pages.today import TODAY
from tieout.show.web.rooms import Place, Room

ROOMS: tuple[Room, ...] = (TODAY, PIPELINE, TIE_OUT, TIE_OUT_RECORDS, SHEET, SHEET_RECORDS, RECORDS, RECORD)
PLACES: tuple[Place, ...] = (Place("people", "People", "/people", key="e"),)
