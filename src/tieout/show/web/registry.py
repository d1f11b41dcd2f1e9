"""Every room there is, in the order in which people read them."""

from __future__ import annotations

from tieout.show.web.filters import told_takes
from tieout.show.web.pages import funnel_records, pipeline_records
from tieout.show.web.pages.coverage import COVERAGE
from tieout.show.web.pages.criteria import CRITERIA
from tieout.show.web.pages.data import DATA, DATA_FIELDS
from tieout.show.web.pages.day import ON_DAY
from tieout.show.web.pages.funnel import FUNNEL
from tieout.show.web.pages.glossary import GLOSSARY, NUMBER
from tieout.show.web.pages.handoffs import CLOCKS, STATEMENT
from tieout.show.web.pages.pipeline import PIPELINE
from tieout.show.web.pages.record import RECORD
from tieout.show.web.pages.records import RECORDS
from tieout.show.web.pages.sheet import SHEET, SHEET_RECORDS
from tieout.show.web.pages.stages import STAGES, STALLS, VELOCITY
from tieout.show.web.pages.tie_out import TIE_OUT, TIE_OUT_RECORDS
from tieout.show.web.pages.today import TODAY
from tieout.show.web.rooms import Place, Room

ROOMS: tuple[Room, ...] = (
    TODAY,
    PIPELINE, ON_DAY, COVERAGE, STAGES, STALLS, pipeline_records.PUSHES, VELOCITY, *pipeline_records.UNDER,
    FUNNEL, CLOCKS, STATEMENT, *funnel_records.UNDER,
    TIE_OUT, TIE_OUT_RECORDS, SHEET, SHEET_RECORDS,
    GLOSSARY, CRITERIA, NUMBER, DATA, DATA_FIELDS,
    RECORDS, RECORD,
)  # fmt: skip
for _room in ROOMS:
    told_takes(_room.path, _room.all)
PLACES: tuple[Place, ...] = (Place("people", "People", "/people", key="e"),)
