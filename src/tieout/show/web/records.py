"""Records that lie under a figure: one list of them serves a page of the table, and the files that are taken out.

A page gives them whole and unmasked, the records of everybody:

    found = Records(
        title="Won in 2026-Q3: 29 deals",
        columns=(Column("record", entity="opportunity"), Column("name", personal=True), Column("value", unit="money")),
        rows=rows,  # tuples, as the library gave them
        passport=answer_passport(answer),
    )

What is shown of them is decided here and nowhere else: `seen` leaves out what the reader may not open and masks what is
personal; `records_section` lays out one page of it; `exports.py` writes the files.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlencode

from tieout.basics.findings import nearest
from tieout.measure.life import ENTITIES
from tieout.measure.other_lives import OTHERS
from tieout.show import figures
from tieout.show.as_json import instant
from tieout.show.html.page import Cell, Head, Section, Table
from tieout.show.labels import period_of
from tieout.show.terminal import clean
from tieout.show.web.filters import OF_A_LIST, FilterError
from tieout.show.web.reader import stands
from tieout.show.web.sight import MASK, MASKED, closed_to
from tieout.show.web.turns import turn

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tieout.measure.answers import Answer, Passport, Unit
    from tieout.show.html.page import Order
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

TAKES = OF_A_LIST
"""The filters of a page that has records, beside its own."""
SIZE = 50
"""So many records stand on one page of the table."""
MOST_KEPT = 150_000
"""The lists asked for last are kept by each process, with so many records in all: turning a page asks nothing again."""
LONG = 30
"""A longer text is cut on the page, and whole behind it."""
LIVES = frozenset({*(entity for entity, _ in ENTITIES), *OTHERS})
"""What has a page of its own."""
ASKED = ("period", "calendar")
"""The filters of a record's page."""
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unit` says what a figure is; `entity` that it holds ids of such records; `summed` that it adds up.

    `personal` values are masked for those who may not see them, on pages and in files. `filed` columns stand in files
    only. `by` names the column with the id of the record that a name leads to. `main` ones stay on a phone.
    """

    name: str
    head: str = ""
    unit: Unit | None = None
    entity: str = ""
    personal: bool = False
    summed: bool = False
    filed: bool = False
    by: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records, the id of each in its first column. `name` is what a file of them is called, `word` each row.

    Personal columns are so in all rows, or only in those whose places are `private`. `asked` are the period and the
    calendar of the figure that they are under: the page of each record is asked about it in the same.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    passport: tuple[tuple[str, str], ...] = ()
    name: str = "records"
    word: str = "record"
    private: frozenset[int] | None = None
    asked: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees of a list: its rows, masked and in order, and how many more there are."""

    rows: Sequence[Row]
    hidden: int = 0


def passport_of(passport: Passport) -> tuple[tuple[str, str], ...]:
    """Give the parts of an answer's passport."""
    told = (
        ("build", passport.build), ("ledger", str(passport.position)), ("contract", passport.contract),
        ("program", passport.program), ("calendar", passport.calendar), ("rates", passport.rates),
        ("org", passport.org), ("lens", passport.lens or ""), ("filters", passport.filters or ""),
    )  # fmt: skip
    return tuple((name, text) for name, text in told if text)


def answer_passport(answer: Answer, number: str = "") -> tuple[tuple[str, str], ...]:
    """Give what a file says of the answer that its records are under, of another `number` where it is one's."""
    moments = (answer.as_of, answer.known_at)
    return told_passport(number or answer.metric, period_of(answer.period, answer.days), moments, answer.passport)


def told_passport(
    number: str, period: str, moments: tuple[datetime, datetime | None], passport: Passport
) -> tuple[tuple[str, str], ...]:
    """Give what a file says of itself: number, period, as-of and known-at, and what is needed to ask again."""
    as_of, known_at = moments
    told = (
        ("number", number), ("period", period), ("as of", instant(as_of)),
        ("known at", instant(known_at) if known_at else "now"),
    )  # fmt: skip
    return (*((name, text) for name, text in told if text), *passport_of(passport))


def build_passport(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Give the passport of what is told of the published build itself, and is the answer of no number."""
    build = reader.build
    return (
        ("as of", instant(build.heard_until)), ("known at", "now"), ("build", build.key),
        ("ledger", str(build.position)), ("contract", build.fingerprint),
    )  # fmt: skip


def record_path(entity: str, record: str, asked: Mapping[str, str | None] | None = None) -> str:
    """Give the address of a record's page, with the period and the calendar in which one asks about it."""
    texts = {name: text for name in ASKED if (text := (asked or {}).get(name))}
    return f"/record/{entity}/{quote(record, safe='')}{f'?{urlencode(texts)}' if texts else ''}"


def asked_of(filters: Filters) -> dict[str, str | None]:
    """Give what the page of a record takes of the filters of another."""
    return {name: filters[name] for name in ASKED}


# -- what is seen of them


def seen(reader: Reader, records: Records, order: str | None = None) -> Seen:
    """Leave out what the reader may not open, mask what is personal, put the rest in order.

    `order` is the name of a column, with a minus before it from the last to the first. Raises FilterError.
    """
    rows = records.rows
    _check(reader, records, order)
    entity = next((column.entity for column in records.columns), "")
    closed = closed_to(reader, (str(row[0]) for row in rows), entity or None)
    masked = frozenset(place for place, one in enumerate(records.columns) if one.personal and not reader.eyes.personal)
    mine: Sequence[Row] = [
        _masked(row, masked) if masked and (records.private is None or number in records.private) else row
        for number, row in enumerate(rows)
        if str(row[0]) not in closed
    ]
    hidden = len(rows) - len(mine)
    return Seen(_ordered(records, mine, order) if order else mine, hidden)


def _masked(row: Row, places: frozenset[int]) -> Row:
    return [MASK if place in places and value is not None else value for place, value in enumerate(row)]


def _check(reader: Reader, records: Records, order: str | None) -> None:
    """Hold an order to the columns there are, and to those whose values are seen: an order tells of what it goes by."""
    columns = {column.name: column for column in records.columns}
    name = (order or "").removeprefix("-")
    if order and name not in columns:
        near = nearest(name, columns)
        hint = f" Did you mean '{near}'?" if near else ""
        message = f"'{name[:60]}' is no column of these records. Allowed: {', '.join(columns)}.{hint}"
        raise FilterError(message)
    if order and columns[name].personal and not reader.eyes.personal:
        message = f"'{name}' is personal data: you may not see it, nor put records in its order."
        raise FilterError(message)


def _ordered(records: Records, rows: Sequence[Row], order: str) -> list[Row]:
    place = [column.name for column in records.columns].index(order.removeprefix("-"))
    known = [row for row in rows if row[place] is not None]
    known.sort(key=lambda row: _comparable(row[place]), reverse=order.startswith("-"))
    return [*known, *(row for row in rows if row[place] is None)]


def _comparable(value: object) -> tuple[int, object]:
    """Let values of one column be compared, whatever they are."""
    if isinstance(value, bool | int | float | Decimal):
        return (0, value)
    return (1, value.casefold()) if isinstance(value, str) else (2, str(value))


# -- the lists that were asked for a moment ago

_LISTS: OrderedDict[tuple[str, ...], Records] = OrderedDict()
_LOCK = Lock()


def kept_records(reader: Reader, filters: Filters, make: Callable[[], Records], beside: str = "") -> Records:
    """Give the records of an address, as they were a moment ago or made anew; they are the same for everybody.

    `beside` tells what they depend on beside the build.
    """
    address = f"{beside} {filters.link(**dict.fromkeys(TAKES))}"
    key = (str(reader.workspace.root), reader.build.key, reader.mark, address)
    with _LOCK:
        if key in _LISTS:
            _LISTS.move_to_end(key)
            return _LISTS[key]
    with turn():
        made = make()
    if len(made.rows) <= MOST_KEPT and stands(reader):
        with _LOCK:
            _LISTS[key] = made
            while sum(1 + len(one.rows) for one in _LISTS.values()) > MOST_KEPT:
                _LISTS.popitem(last=False)
    return made


# -- a page of them


def records_section(reader: Reader, filters: Filters, records: Records, title: str = "Records") -> Section:
    """Lay out one page of records: its order by any column, the sums of all, what is closed. Raises FilterError."""
    found = seen(reader, records, filters["sort"])
    pages = max(1, -(-len(found.rows) // SIZE))
    page = _page(filters["page"], pages)
    rows = found.rows[(page - 1) * SIZE : page * SIZE]
    asked = asked_of(filters) if records.asked is None else records.asked
    table = Table(
        caption=records.title,
        heads=[_head(column, filters, reader) for column in records.columns if not column.filed],
        rows=[_cells(row, records.columns, reader.zone, asked) for row in rows],
        foot=_foot(records, found),
        dense=True,
    )
    notes = [] if records.rows else ["There are no records here: nothing met all conditions."]
    if found.hidden:
        notes.append(f"{figures.count(found.hidden)} more you may not open; the totals count them.")
    if pages > 1:
        ends = (figures.count((page - 1) * SIZE + 1), figures.count((page - 1) * SIZE + len(rows)))
        whole = figures.count(len(found.rows))
        notes.append(f"Rows {ends[0]} to {ends[1]} of {whole}; the file of these records has all.")
    return Section(title, tables=(table,) if records.rows else (), notes=notes, links=_ways(filters, page, pages))


def _page(given: str | None, pages: int) -> int:
    page = int(given) if given and given.isascii() and given.isdigit() and len(given) < 9 else 0 if given else 1
    if not 1 <= page <= pages:
        message = f"There is no page '{str(given)[:20]}' of these records. Allowed: 1 to {pages}."
        raise FilterError(message)
    return page


def _ways(filters: Filters, page: int, pages: int) -> list[Cell]:
    if pages == 1:
        return []
    places = sorted({1, page - 1, page, page + 1, pages} & set(range(1, pages + 1)))
    ways = [Cell("Previous", anchor=filters.link(page=str(page - 1)))] if page > 1 else []
    for place in places:
        here = place == page
        text = f"Page {place} of {pages}" if here else str(place)
        ways.append(Cell(text, style="figure" if here else "", anchor=None if here else filters.link(page=str(place))))
    return [*ways, Cell("Next", anchor=filters.link(page=str(page + 1)))] if page < pages else ways


def _head(column: Column, filters: Filters, reader: Reader) -> Head:
    text = column.head or column.name.replace("_", " ")
    if column.unit == "money" and column.name != "original":
        text += f", {reader.contract.company.currency}"
    if column.personal and not reader.eyes.personal:
        return Head(text, right=False, main=column.main)
    order = filters["sort"] or ""
    right = column.unit is not None
    # The first press of a figure's head gives the largest first, as people look at them.
    first, second = (f"-{column.name}", column.name) if right else (column.name, f"-{column.name}")
    way = filters.link(sort=second if order == first else first, page=None)
    stands: Order = (
        "" if order.removeprefix("-") != column.name else "descending" if order.startswith("-") else "ascending"
    )
    return Head(text, right, column.main, way, stands)


def _foot(records: Records, found: Seen) -> list[list[Cell]]:
    """Sum what adds up, over all records: totals are the same for everybody."""
    cells: list[Cell] = []
    for place, column in enumerate(records.columns):
        if column.filed:
            continue
        if not cells:
            cells.append(Cell(figures.counted(len(found.rows) + found.hidden, records.word)))
        elif column.summed:
            given = (cast("Decimal | int | None", row[place]) for row in records.rows)
            cells.append(told_cell(sum((one for one in given if one is not None), Decimal(0)), column, None))
        else:
            cells.append(Cell())
    return [cells]


def _cells(row: Row, columns: Sequence[Column], zone: ZoneInfo, asked: Mapping[str, str | None]) -> list[Cell]:
    places = {column.name: place for place, column in enumerate(columns)}
    return [
        told_cell(value, column, zone, (row[places[column.by]] if column.by else value, asked))
        for value, column in zip(row, columns, strict=True)
        if not column.filed
    ]


def told_cell(
    value: object, column: Column, zone: ZoneInfo | None, way: tuple[object, Mapping[str, str | None]] = (None, {})
) -> Cell:
    """Write a value as people read it, with the full one behind it; `way`: the record that it leads to, asked how."""
    if value is None:
        return Cell(figures.NOTHING, "not known", "muted")
    if value == MASK and column.personal:
        return Cell(MASK, MASKED, "muted")
    if column.unit is not None:
        return Cell(figures.figure(value, column.unit), str(value))  # type: ignore[arg-type]
    record, asked = way
    leads = column.entity in LIVES and record is not None and not str(record).startswith("(")  # as "(unknown)"
    text = told(value, zone)
    anchor = record_path(column.entity, str(record), asked) if leads else None
    return Cell(text, text if len(text) > LONG else "", anchor=anchor)


def told(value: object, zone: ZoneInfo | None) -> str:
    """Write a value of a record by what it is; times in the company's zone."""
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime() if zone:
            return figures.stamp(value, zone)
        case Decimal():
            return figures.money(value)
        case int():
            return figures.count(value)
        case float():
            return f"{value:,.10g}".replace("-", figures.MINUS)
        case date():
            return value.isoformat()
        case _:
            return clean(str(value))
