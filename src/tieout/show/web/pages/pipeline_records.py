"""The deals under the figures of Pipeline: of a cause, of a stage, of a quarter of coverage; and what was pushed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.answers import Chosen
from tieout.measure.names import accounts_of, names_of
from tieout.measure.numbers.question import allowed
from tieout.measure.stages.stages import FLAGS
from tieout.questions import opened
from tieout.show import figures
from tieout.show.html.page import Head, Page, Section, Table
from tieout.show.labels import label_of
from tieout.show.over_time.waterfall import label_of as waterfall_label
from tieout.show.over_time.waterfall import title_of
from tieout.show.over_time.waterfall_html import passport_of as waterfall_passport
from tieout.show.web.pages.coverage import COVERAGE, cover_of
from tieout.show.web.pages.pipeline import BAR, SLICES, TAKES, waterfall_of
from tieout.show.web.pages.stages import BAR as STAGE_BAR
from tieout.show.web.pages.stages import reached_of, stages_of
from tieout.show.web.records import Column, Records, answer_passport, kept_records, passport_of, records_section
from tieout.show.web.rooms import Room
from tieout.show.web.slicing import slice_of
from tieout.waterfall import ANY, Waterfall

if TYPE_CHECKING:
    from tieout.measure.answers import Answer, Bridge, Posting
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader
STALLED = "stages.stalled"
DEAL = (
    Column("record", "deal", entity="opportunity", main=True),
    Column("name", personal=True),
    Column("account_id", entity="account", filed=True),
    Column("account_name", "company", entity="account", by="account_id"),
)
"""What stands of a deal before what is told of it."""


def deals(reader: Reader, rows: Iterable[Sequence[object]]) -> list[list[object]]:
    """Put names and companies behind the ids that rows of deals begin with."""
    told = [list(row) for row in rows]
    ids = {str(row[0]) for row in told}
    with opened(reader.workspace, reader.build) as asked:
        names, owning = names_of(asked.engine, "opportunity", ids), accounts_of(asked.engine, ids)
        companies = names_of(asked.engine, "account", set(owning.values()))
    for row in told:
        account = owning.get(str(row[0]))
        row[1:1] = [names.get(str(row[0])), account, companies.get(account or "")]
    return told


# -- the postings of a cause


def cause_of(filters: Filters) -> Chosen:
    """Read whose postings are asked for."""
    return Chosen(filters["cause"] or "closing", slice_of(filters["slice"]))


def cause_records(reader: Reader, filters: Filters) -> Records:
    """Give the postings of a cause, the largest first. Raises QuestionError or PeriodError."""

    def make() -> Records:
        chosen = cause_of(filters)
        found = waterfall_of(reader, filters, chosen)
        bridge = found.bridge
        memo = chosen.cause in _memo(bridge)
        parts = (bridge,) if memo else bridge.slices or (bridge,)
        by = tuple(bridge.slices[0].by) if bridge.slices and not memo else ()
        rows: list[tuple[object, ...]] = [
            (one.record, *(part.by.values() if by else ()), one.amount)
            for part in parts
            for one in (part.postings if memo else _posted(part.postings, found))
        ]
        rows.sort(key=lambda row: (-abs(Decimal(str(row[-1]))), str(row[0])))
        columns = (*DEAL, *map(Column, by), Column("amount", unit="money", summed=True, main=True))
        title = f"{_named(chosen)}: {figures.counted(len(rows), 'posting')}"
        return Records(
            title, columns, deals(reader, rows), tuple(waterfall_passport(found)), f"waterfall {chosen.cause}",
            asked=_within(found),
        )  # fmt: skip

    return kept_records(reader, filters, make)


def _memo(bridge: Bridge) -> dict[str, tuple[Decimal, int]]:
    """Give amount and number of what came and went, by its words; slices tell none."""
    return {line.cause: (line.amount, line.n) for line in bridge.memo}


def _posted(postings: Sequence[Posting], found: Waterfall) -> Iterable[Posting]:
    """Leave out what cancels out of the whole, where the whole is asked for."""
    if not found.bridge.slices or (isinstance(found.asked.postings, Chosen) and found.asked.postings.slice):
        return postings
    whole = set(found.bridge.postings)
    return [one for one in postings if one in whole]


def _within(found: Waterfall) -> dict[str, str | None]:
    """Give the period that the deals of a waterfall close in, and its calendar: their pages are asked about it."""
    return {"period": found.closing if found.closing != ANY else None, "calendar": found.asked.calendar}


def _named(chosen: Chosen) -> str:
    return ", ".join((chosen.cause, *chosen.slice))


def cause_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the deals of a cause, a page at a time, their sum in the foot."""
    chosen, company = cause_of(filters), reader.contract.company
    found = waterfall_of(reader, filters)
    parts = [found.bridge]
    if chosen.slice:
        names = [", ".join(part.by.values()) for part in found.bridge.slices]
        allowed("slice", ", ".join(chosen.slice), names)
        parts = [part for part in found.bridge.slices if tuple(part.by.values()) == chosen.slice]
    ends = {"opening": (parts[0].start.value, parts[0].start.n), "closing": (parts[0].end.value, parts[0].end.n)}
    unsigned = ends | _memo(parts[0])
    lines = unsigned | {line.cause: (line.amount, line.n) for line in parts[0].lines}
    allowed("cause", chosen.cause, lines)
    amount, n = lines[chosen.cause]
    told = figures.money(amount) if chosen.cause in unsigned else figures.signed(amount)
    title = f"{_named(chosen)}: {told} {company.currency}, {figures.counted(n, 'deal')}"
    section = records_section(reader, filters, cause_records(reader, filters), "Deals")
    label = [*waterfall_label(found, reader.zone), *(f"{name}" for name in chosen.slice)]
    return Page(
        f"{title[:1].upper()}{title[1:]}", label, (section,), waterfall_passport(found), notes=(title_of(found),)
    )


# -- what was pushed


def pushed_records(reader: Reader, filters: Filters) -> Records:
    """Give the deals whose close date or amount was changed, those pushed furthest first."""

    def make() -> Records:
        found = waterfall_of(reader, filters, deals=True)
        columns = (
            *DEAL, Column("pushed", unit="count", summed=True, main=True), Column("days", unit="count"),
            Column("pulled", unit="count", summed=True), Column("changed", unit="count", summed=True),
            Column("by", unit="money", summed=True), Column("opening", unit="money", summed=True),
            Column("closing", unit="money", summed=True), Column("outcome"),
        )  # fmt: skip
        rows = [tuple(one) for one in found.bridge.deals]
        title = f"Close dates and amounts that were changed: {figures.counted(len(rows), 'deal')}"
        passport = tuple(waterfall_passport(found))
        return Records(title, columns, deals(reader, rows), passport, "pushes", asked=_within(found))

    return kept_records(reader, filters, make)


def pushed_page(reader: Reader, filters: Filters) -> Page:
    """Lay out how often deals were pushed, and which."""
    found = waterfall_of(reader, filters, deals=True)
    company = reader.contract.company
    times: dict[str, list[Decimal | None]] = {}
    for deal in sorted(found.bridge.deals, key=lambda one: min(one.pushed, 3)):
        word = ("not pushed", "once", "twice", "3 times or more")[min(deal.pushed, 3)]
        times.setdefault(word, []).append(deal.opening)
    pushed = [deal for deal in found.bridge.deals if deal.pushed]
    money = sum((deal.opening or Decimal(0) for deal in pushed), Decimal(0))
    verb = "was" if len(pushed) == 1 else "were"
    title = f"{figures.counted(len(pushed), 'deal')} {verb} pushed, worth {figures.short(money)} at the opening"
    rows = [
        [word, figures.count(len(of)), figures.money(sum((one or Decimal(0) for one in of), Decimal(0)))]
        for word, of in times.items()
    ]
    heads = [Head("pushed", right=False), Head("deals"), Head(f"opening, {company.currency}")]
    counted = Section("How often", tables=(Table("Deals whose close date or amount was changed", heads, rows),))
    section = records_section(reader, filters, pushed_records(reader, filters), "Deals")
    return Page(
        title, waterfall_label(found, reader.zone), (counted, section), waterfall_passport(found), notes=found.notes
    )


# -- stages and coverage


def _page(
    reader: Reader, filters: Filters, records: Callable[[Reader, Filters], Records], answer: Answer, number: str = ""
) -> Page:
    """Lay out records under a title that is theirs, with the label of an answer."""
    made = records(reader, filters)
    then = filters.on("said_then")
    label = label_of(answer, reader.contract.company, number=number, then=then, figure=False)
    return Page(made.title, label, (records_section(reader, filters, made, "Deals"),), passport_of(answer.passport))


def reached_records(reader: Reader, filters: Filters) -> Records:
    """Give the deals that reached a stage, with what became of them there. Raises QuestionError."""

    def make() -> Records:
        answer, stage, found = reached_of(reader, filters, lambda stages: _stage(filters, stages))
        names = ("record", "day", *FLAGS, *filters.by)
        rows = [tuple(row[name] for name in names) for row in found]
        title = f"{figures.counted(len(rows), 'deal')} reached {stage}"
        columns = (*DEAL, *(Column(name, main=name == "went_on") for name in names[1:]))
        return Records(title, columns, deals(reader, rows), answer_passport(answer), f"reached {stage}")

    return kept_records(reader, filters, make)


def _stage(filters: Filters, stages: Sequence[str]) -> str:
    """Read the stage whose deals are asked for; the first by default. Raises QuestionError."""
    stage = filters["stage"] or next(iter(stages), "")
    allowed("stage", stage, stages)
    return stage


def reached_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the deals that reached a stage."""
    return _page(reader, filters, reached_records, stages_of(reader, filters).answer)


def stalled_records(reader: Reader, filters: Filters) -> Records:
    """Give the open deals that have been in a stage for longer than is usual, the largest first."""

    def make() -> Records:
        found = stages_of(reader, filters, "stalls")
        stage = _stage(filters, list(dict.fromkeys(one.stage for one in found.usual)))
        columns = (
            *DEAL, Column("segment"), Column("owner", entity="user"), Column("days", unit="days", main=True),
            Column("p90", unit="days"), Column("amount", unit="money", summed=True, main=True), Column("close_date"),
        )  # fmt: skip
        rows = [
            (one.record, one.segment, one.owner, one.days, one.p90, one.amount, one.close_date)
            for one in found.stalled
            if one.stage == stage
        ]
        title = f"{figures.counted(len(rows), 'deal')} {'stalls' if len(rows) == 1 else 'stall'} in {stage}"
        return Records(title, columns, deals(reader, rows), answer_passport(found.answer, STALLED), f"stalled {stage}")

    return kept_records(reader, filters, make)


def stalled_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the deals that stall in a stage."""
    return _page(reader, filters, stalled_records, stages_of(reader, filters).answer, STALLED)


def covered_records(reader: Reader, filters: Filters) -> Records:
    """Give the deals of a trailing quarter: its pipeline of that day, and what was won. Raises QuestionError."""

    def make() -> Records:
        found = cover_of(reader, filters, records=True)
        quarters = [one.quarter.name for one in found.slices[0].required.quarters if not one.absent]
        quarter = filters["quarter"] or (quarters[-1] if quarters else "")
        allowed("quarter of it", quarter, quarters)
        rows = [
            (row["record"], row["part"], row["value"], row["won"])
            for row in found.records or ()
            if row["quarter"] == quarter
        ]
        columns = (
            *DEAL, Column("part"), Column("pipeline", unit="money", summed=True, main=True),
            Column("won", unit="money", summed=True, main=True),
        )  # fmt: skip
        title = f"{quarter}: {figures.counted(len(rows), 'deal')} in its pipeline or won"
        return Records(title, columns, deals(reader, rows), answer_passport(found.answer), f"coverage {quarter}")

    return kept_records(reader, filters, make)


def covered_page(reader: Reader, filters: Filters) -> Page:
    """Lay out the deals of a trailing quarter."""
    return _page(reader, filters, covered_records, cover_of(reader, filters).answer)


PUSHES = Room(
    "pushes", "Pushes", "/pipeline/pushes", pushed_page, takes=TAKES, bar=BAR, tab="Pushes", slices=SLICES,
    records=pushed_records,
)  # fmt: skip
UNDER = (
    Room(
        "pipeline-records", "Deals of a cause", "/pipeline/records", cause_page, takes=(*TAKES, "cause", "slice"),
        bar=BAR, slices=SLICES, records=cause_records,
    ),
    Room(
        "stages-records", "Deals of a stage", "/pipeline/stages/records", reached_page, takes=("stage",),
        bar=STAGE_BAR, slices=SLICES, records=reached_records,
    ),
    Room(
        "stalls-records", "Deals that stall", "/pipeline/stalls/records", stalled_page, takes=("stage",),
        bar=STAGE_BAR, slices=SLICES, records=stalled_records,
    ),
    Room(
        "coverage-records", "Deals of a quarter", "/pipeline/coverage/records", covered_page,
        takes=("quarter", *COVERAGE.takes), bar=COVERAGE.bar, slices=COVERAGE.slices, records=covered_records,
    ),
)  # fmt: skip
"""The pages of records under those of the room."""
