"""Marlow's waterfall counted again from its books, deal by deal, in plain Python; what came and went in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from tests.oracles.arithmetic import Days
from tests.oracles.marlow import AGREED, OUTCOMES, QUALIFIED, Deal, as_it_is, deals, price, worth
from tests.oracles.marlow_books import EVER, Books, Row, State, local, midnight, moment

Lines = dict[str, tuple[Decimal, int]]
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """From when to when, of what closes in which days, each end as known when; with the slices of then or of now."""

    start: datetime
    end: datetime
    closing: Days
    known: tuple[datetime, datetime] = (EVER, EVER)
    as_is: bool = False


@dataclass
class Recount:
    """The lines of the whole under "" and of each slice, and the two ends."""

    ends: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [Decimal(0), Decimal(0)]))
    posted: dict[str, dict[str, dict[str, Decimal]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(Decimal)))
    )

    def post(self, slices: str, cause: str, record: str, amount: Decimal, *, whole: bool = True) -> None:
        """Post an amount to a slice, and to the whole unless it only moves within it."""
        if amount:
            for name in {slices, ""} if whole else {slices}:
                self.posted[name][cause][record] += amount

    def lines(self, name: str = "") -> Lines:
        """Give the lines of the whole or of a slice."""
        return {cause: (sum(told.values(), Decimal()), len(told)) for cause, told in self.posted[name].items()}


def why_not(books: Books, record: str, when: datetime, closing: Days, known: datetime) -> str:
    """Say what keeps a deal from being counted at a moment; nothing if it is counted."""
    state = books.at(record, when, known)
    if state is None:
        return "not there"
    if state.row is None:
        return "missing"
    row = state.row
    stands = OUTCOMES[row["StageName"]]
    closes = datetime.fromisoformat(row["CloseDate"]).date() if row.get("CloseDate") else None
    checks = (
        ("deleted", state.gone),
        ("merged", books.merged(record, known)),
        ("excluded", books.excluded({record, row.get("AccountId", "")}, when)),
        ("type", row.get("Type") not in AGREED),
        (stands, stands != "open"),
        ("unqualified", row["StageName"] not in QUALIFIED),
        ("category", row.get("ForecastCategoryName", "").casefold() == "omitted"),
        ("no date", closes is None),
        ("later", closes is not None and closes > closing.last),
        ("earlier", closes is not None and closes < closing.first),
        ("past due", closes is not None and closes < local(when)),
    )
    return next((name for name, fails in checks if fails), "")


def came(why: str, *, old: bool) -> str:
    """Name what brought in a deal that was not counted for a reason."""
    named = {
        "not there": "late history" if old else "created", "missing": "late history", "deleted": "restored",
        "merged": "unmerged", "excluded": "exclusion", "lost": "re-opened", "won": "re-opened",
        "disqualified": "re-opened", "unqualified": "qualified", "no date": "dated", "later": "pulled in",
        "earlier": "pushed in", "past due": "pushed in",
    }  # fmt: skip
    return named.get(why, why)


def went(why: str) -> str:
    """Name what took out a deal that is not counted any more for a reason."""
    named = {
        "unqualified": "disqualified", "excluded": "exclusion", "no date": "undated", "later": "pushed out",
        "earlier": "pulled out", "missing": "late history",
    }  # fmt: skip
    return named.get(why, why)


def waterfall(books: Books, asked: Asked, cuts: tuple[str, ...]) -> dict[str, Recount]:
    """Go through all deals, once for each dimension: what came or went, what changed in amount, rate and slice."""
    ends = []
    for when, known in zip((asked.start, asked.end), asked.known, strict=True):
        counted = [
            one for one in deals(books, when, known) if not why_not(books, one.record, when, asked.closing, known)
        ]
        ends.append({one.record: one for one in (as_it_is(books, counted) if asked.as_is else counted)})
    found = {cut: Recount() for cut in cuts}
    for record in {*ends[0], *ends[1]}:
        for cut in cuts:
            _post(books, asked, found[cut], cut, (ends[0].get(record), ends[1].get(record)))
    return found


def _post(books: Books, asked: Asked, found: Recount, cut: str, ends: tuple[Deal | None, Deal | None]) -> None:
    before, after = ends
    slices = [str(getattr(deal, cut)) if deal else "" for deal in ends]
    for place, deal in enumerate(ends):
        if deal:
            for name in (slices[place], ""):
                found.ends[name][place] += deal.value
    if before is None and after:
        why = why_not(books, after.record, asked.start, asked.closing, asked.known[0])
        old = moment(after.row["CreatedDate"]) <= asked.start
        found.post(slices[1], came(why, old=old), after.record, after.value)
    elif after is None and before:
        why = why_not(books, before.record, asked.end, asked.closing, asked.known[1])
        found.post(slices[0], went(why), before.record, -before.value)
    elif before and after:
        native, currency = after.row.get("ARR__c", ""), after.row["CurrencyIsoCode"]
        carried = price(books, native, currency, local(asked.start))
        rise = carried - before.value
        found.post(slices[1], "amount up" if rise > 0 else "amount down", after.record, rise)
        found.post(slices[1], "rate", after.record, after.value - carried)
        if slices[0] != slices[1]:
            handed = cut == "team" and before.row.get("OwnerId", "") != after.row.get("OwnerId", "")
            cause = "owner moved" if handed else f"{cut} moved"
            found.post(slices[0], cause, after.record, -before.value, whole=False)
            found.post(slices[1], cause, after.record, before.value, whole=False)


# -- what came and went


@dataclass(frozen=True, slots=True)
class Look:
    """A moment in a deal's life: why it is not counted then, and what it is worth."""

    why: str
    value: Decimal


def memo(books: Books, asked: Asked) -> Lines:
    """Tell what neither end counts and was counted in between, and the other way round, by its first and last move."""
    told: dict[str, list[Decimal]] = defaultdict(list)
    for record in books.rows:
        looks = list(_looks(books, record, asked))
        counted = [not look.why for look in looks]
        if counted[0] != counted[-1] or len(set(counted)) == 1:
            continue
        moves = [(one, two) for one, two in pairwise(looks) if bool(one.why) != bool(two.why)]
        first, last = moves[0], moves[-1]
        born = looks[0].why == "not there"
        names = ["created" if born else _move(*first), _move(*last)]
        told[" and ".join(names)].append(first[1].value if first[0].why else first[0].value)
    return {cause: (sum(values, Decimal()), len(values)) for cause, values in told.items()}


def _move(before: Look, after: Look) -> str:
    return came(before.why, old=False) if before.why else went(after.why)


def _looks(books: Books, record: str, asked: Asked) -> Iterator[Look]:
    """Look at a deal at both ends, whenever a state begins in between, and when a close date has just passed."""
    life = books.life(record)
    moments = {state.at for state in life} | {_passed(state) for state in life}
    for when in [asked.start, *sorted(at for at in moments if asked.start < at <= asked.end), asked.end]:
        state = books.at(record, when)
        row: Row | None = state.row if state else None
        value = worth(books, row, when) if row else Decimal(0)
        yield Look(why_not(books, record, when, asked.closing, EVER), value)


def _passed(state: State) -> datetime:
    """Give the moment at which a state's close date is over."""
    if not state.row or not state.row.get("CloseDate"):
        return datetime.min.replace(tzinfo=UTC)
    return midnight(datetime.fromisoformat(state.row["CloseDate"]).date() + timedelta(days=1))


def as_said(asked: Asked) -> Asked:
    """Take each end as it was known then."""
    return replace(asked, known=(asked.start, asked.end))
