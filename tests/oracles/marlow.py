"""Every number of the catalogue counted again for Marlow, from its books alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean, median

from tests.oracles.arithmetic import Days, Tally, end_of_day, percentile, tally
from tests.oracles.marlow_books import EVER, ZONE, Books, Row, State, local, midnight

STAGES = ("Discovery", "Qualification", "Proposal", "Negotiation")
QUALIFIED = STAGES[1:]
OUTCOMES = dict.fromkeys(STAGES, "open") | {"Closed Won": "won", "Closed Lost": "lost", "Disqualified": "disqualified"}
AGREED = ("new", "expansion")
CENT = Decimal("0.01")
NOW = end_of_day("2026-09-22", ZONE)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal that counts: its state at a moment, and its slices then."""

    record: str
    row: Row
    at: datetime
    value: Decimal
    segment: str
    team: str

    @property
    def outcome(self) -> str:
        """How it stands."""
        return OUTCOMES[self.row["StageName"]]

    @property
    def closes(self) -> date:
        """The day on which it is, or was to be, closed."""
        return date.fromisoformat(self.row["CloseDate"])


def rate(books: Books, currency: str, day: date, kind: str) -> Decimal:
    """Give the rate in force on a day."""
    found = Decimal(1)
    for entry in books.rates:
        if (entry["kind"], entry["currency"]) == (kind, currency) and entry["from"] <= str(day):
            found = Decimal(entry["rate"])
    return found


def price(books: Books, native: str, currency: str, day: date, kind: str = "plan") -> Decimal:
    """Give an amount in dollars at the rate of a day; nothing where none is told."""
    factor = Decimal(1) if currency == "USD" else rate(books, currency, day, kind)
    return (Decimal(native or 0) * factor).quantize(CENT, ROUND_HALF_UP)


def worth(books: Books, row: Row, at: datetime) -> Decimal:
    """Give a deal's ARR in dollars at the plan's rate of a day."""
    return price(books, row.get("ARR__c", ""), row["CurrencyIsoCode"], local(at))


def booked(books: Books, deal: Deal) -> Decimal:
    """Give a closed deal's ARR in dollars at the plan's rate of the day on which it was closed."""
    return price(books, deal.row.get("ARR__c", ""), deal.row["CurrencyIsoCode"], deal.closes)


def governed(books: Books, record: str, when: datetime, known: datetime = EVER) -> State | None:
    """Give a deal's state where it is in any population: known, not deleted, merged, a double or excluded."""
    state = books.at(record, when, known)
    if state is None or state.row is None or state.gone or books.merged(record, known):
        return None
    return None if books.excluded({record, state.row["AccountId"]}, when) else state


def deals(books: Books, when: datetime, known: datetime = EVER) -> Iterator[Deal]:
    """Give every deal that is in any population at a moment."""
    for record in books.rows:
        if (state := governed(books, record, when, known)) and state.row:
            row = state.row
            stood, owner = where_it_stood(books, record, row, when, known)
            segment = books.segment(row["AccountId"], stood, known)
            team = books.team(owner, stood, known)
            yield Deal(record, row, state.at, worth(books, row, when), segment, team)


def where_it_stood(books: Books, record: str, row: Row, when: datetime, known: datetime = EVER) -> tuple[datetime, str]:
    """Give the moment of a deal's slices, and its owner then: now if it is open, else the day on which it closed."""
    if OUTCOMES.get(row["StageName"], "open") == "open":
        return when, row.get("OwnerId", "")
    told = [state for state in books.life(record, known) if state.at <= when]
    first = len(told) - 1
    while first and (before := told[first - 1].row) and OUTCOMES[before["StageName"]] == OUTCOMES[row["StageName"]]:
        first -= 1
    shut = told[first]
    day = date.fromisoformat(row["CloseDate"]) if row["CloseDate"] else None
    owner = (shut.row or row).get("OwnerId", "") or row.get("OwnerId", "")
    return (midnight(day) if day and day < local(shut.at) else shut.at), owner


def as_it_is(books: Books, found: Iterable[Deal]) -> Iterator[Deal]:
    """Give deals with the slices of now: the team of their present owner, the present segment of their account."""
    for deal in found:
        state = books.at(deal.record, NOW)
        row = (state and state.row) or {}
        team = books.team(row.get("OwnerId", ""), NOW)
        yield replace(deal, segment=books.segment(row.get("AccountId", ""), NOW), team=team)


def by(found: Iterable[Deal], *names: str) -> dict[tuple[str, ...], Tally]:
    """Add up deals by slices; the total stands under ()."""
    parts: dict[tuple[str, ...], list[Decimal]] = defaultdict(list)
    for deal in found:
        for key in {(), tuple(str(getattr(deal, name)) for name in names)}:
            parts[key].append(deal.value)
    return {key: tally(values) for key, values in parts.items()}


# -- pipeline


def opened(found: Iterable[Deal]) -> list[Deal]:
    """Keep what is open."""
    return [deal for deal in found if deal.outcome == "open"]


def qualified(found: Iterable[Deal]) -> list[Deal]:
    """Keep open deals of the agreed definition, whenever they are to be closed."""
    return [deal for deal in opened(found) if qualifies(deal.row)]


def qualifies(row: Row) -> bool:
    """Say whether stage, type and forecast category are those of the agreed definition."""
    omitted = row.get("ForecastCategoryName", "").casefold() == "omitted"
    return row["StageName"] in QUALIFIED and row["Type"] in AGREED and not omitted


def in_period(found: Iterable[Deal], period: Days, day: date) -> list[Deal]:
    """Keep what is to be closed in the period and not past due."""
    return [deal for deal in found if period.holds(deal.closes) and deal.closes >= day]


def past_due(found: Iterable[Deal], day: date) -> list[Deal]:
    """Keep what should have been closed before the day."""
    return [deal for deal in found if deal.closes < day]


def won(found: Iterable[Deal], period: Days, types: tuple[str, ...] | None = None) -> list[Deal]:
    """Keep what was won in the period."""
    of_type = (deal for deal in found if types is None or deal.row["Type"] in types)
    return [deal for deal in of_type if deal.outcome == "won" and period.holds(deal.closes)]


def targets(books: Books, quarter: str) -> dict[str, Decimal]:
    """Give a quarter's targets by segment, and their sum under ''."""
    rows = books.newest("finance/targets", "target_id").values()
    found = {row["segment"]: Decimal(row["target"]) for row in rows if row["fiscal_quarter"] == quarter}
    return found | {"": sum(found.values(), Decimal())}


# -- lives: qualified, created, closed, stays


def runs(books: Books, record: str, key: Callable[[State], object]) -> list[list[State]]:
    """Part a deal's life into runs of states that agree."""
    found: list[list[State]] = []
    for state in books.life(record):
        if found and key(found[-1][-1]) == key(state):
            found[-1].append(state)
        else:
            found.append([state])
    return found


def unknown_until(books: Books, record: str) -> tuple[datetime, datetime] | None:
    """Give from when until when nothing tells a deal's state."""
    life = books.life(record)
    missing = [place for place, state in enumerate(life) if state.row is None]
    if not missing:
        return None
    following = missing[-1] + 1
    return life[missing[0]].at, life[following].at if following < len(life) else EVER


def reached(books: Books, record: str) -> datetime | None:
    """Give the first time a deal was in the qualifying stage, beyond it, or won."""
    for state in books.life(record):
        if state.row and not state.gone and state.row["StageName"] in (*QUALIFIED, "Closed Won"):
            return state.at
    return None


def closed_at(books: Books, record: str, when: datetime) -> datetime:
    """Give the time since which a deal has had the outcome that it has at a moment."""
    parts = runs(books, record, lambda state: state.row and OUTCOMES[state.row["StageName"]])
    return next(part[0].at for part in reversed(parts) if part[0].at <= when)


def closed(books: Books, found: Iterable[Deal], period: Days, kind: str, when: datetime) -> list[Deal]:
    """Keep won and lost deals of a type, closed in the period, that had reached the qualifying stage before."""
    return [
        deal
        for deal in found
        if deal.outcome in {"won", "lost"} and deal.row["Type"] == kind and period.holds(deal.closes)
        if (at := reached(books, deal.record)) and at <= closed_at(books, deal.record, when)
    ]


def cycles(books: Books, found: Iterable[Deal], period: Days, when: datetime) -> list[float]:
    """List the days from first qualifying to winning, where the first is known."""
    times = []
    for deal in won(found, period, AGREED):
        begun, end, dark = (
            reached(books, deal.record),
            closed_at(books, deal.record, when),
            unknown_until(books, deal.record),
        )
        if begun and begun <= end and not (dark and dark[1] >= begun):
            times.append((end - begun) / DAY)
    return times


def created(books: Books, period: Days, when: datetime) -> list[Deal]:
    """List the pipeline created in a period: deals at the first moment at which they met the definition."""
    found = []
    for record in books.rows:
        first = next((s for s in books.life(record) if s.row and not s.gone and qualifies(s.row)), None)
        if first is None or first.row is None or first.at > when or not governed(books, record, when):
            continue
        dark = unknown_until(books, record)
        since = dark[0] if dark and dark[1] >= first.at else first.at
        if local(since) >= period.first and local(first.at) <= period.last:
            row = first.row
            segment, team = books.segment(row["AccountId"], first.at), books.team(row.get("OwnerId", ""), first.at)
            found.append(Deal(record, row, first.at, worth(books, row, first.at), segment, team))
    return found


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a stage; it may have begun as early as `since`, where nothing tells what was before it."""

    stage: str
    since: datetime
    entered: datetime
    left: datetime


def stays(books: Books, when: datetime) -> list[Stay]:
    """List the stays in a stage of all deals; a deletion ends a stay, a restoration begins one."""
    found = []
    for record in books.rows:
        if not governed(books, record, when):
            continue
        parts = runs(books, record, lambda state: (state.row and state.row["StageName"], state.gone))
        ends = [part[0].at for part in parts[1:]] + [EVER]
        dark: datetime | None = None
        for part, end in zip(parts, ends, strict=True):
            state = part[0]
            if state.row and not state.gone:
                found.append(Stay(state.row["StageName"], dark or state.at, state.at, end))
            dark = state.at if state.row is None else None
    return found


AVERAGES: dict[str, Callable[[list[float]], float]] = {
    "mean": fmean,
    "median": median,
    "p75": lambda values: percentile(values, 0.75),
}
