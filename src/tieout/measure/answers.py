"""What a question is, and what an answer is: values with their n, interval, grade, and the passport to ask again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from tieout.basics.wording import WordedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.contract.model import Band

Unit = Literal["money", "count", "rate", "days", "ratio", "touches", "hours"]
Value = Decimal | float | int

UNKNOWN = "(unknown)"
"""The one reserved value of every dimension for what is not known."""


class QuestionError(WordedError):
    """A question that cannot be asked; the message names what was given, what is allowed and the nearest."""


class UnknownNameError(QuestionError):
    """A name that there is not: what was given, what is allowed, and the nearest of those."""

    def __init__(self, message: str, given: str, allowed: Sequence[str], nearest: str | None) -> None:
        super().__init__(message)
        self.given, self.allowed, self.nearest = given, tuple(allowed), nearest


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a number. Texts as a person writes them; None is the default.

    `as_of` and `known_at` are UTC without zone. `org` is `as-was` (the owners, teams and segments of the moment) or
    `as-is` (those of now).
    """

    metric: str
    period: str | None = None
    by: tuple[str, ...] = ()
    as_of: datetime | None = None
    known_at: datetime | None = None
    said_then: bool = False
    calendar: str | None = None
    org: Literal["as-was", "as-is"] = "as-was"
    rates: Literal["plan", "spot"] | None = None
    where: str | None = None
    lens: str | None = None
    records: bool = False
    original: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One value: of the total (`by` is empty) or of a slice.

    `n` is how many records it counts (of a rate: its denominator). `interval` is Wilson's at 95%, for rates of counts.
    `grade` is the share of the value by how its history is known. `absent` says why there is no value; `unvalued`
    counts the records whose amount is not known.
    """

    by: dict[str, str]
    value: Value | None
    n: int
    interval: tuple[float, float] | None = None
    grade: dict[str, float] = field(default_factory=dict)
    absent: str | None = None
    verdict: str | None = None
    immature: bool = False
    unvalued: int = 0


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What a figure counts in one currency at one rate: the sum of the originals, and their value in the base one.

    `value` and `rate` are None where there is no rate; `unvalued` counts the records that add nothing.
    """

    currency: str
    rate: Decimal | None
    original: Decimal | None
    value: Decimal | None
    n: int
    unvalued: int = 0


@dataclass(frozen=True, slots=True)
class Passport:
    """Everything needed to ask again and get the same: the key of the build and the question, filled in."""

    build: str
    position: int
    program: str
    contract: str
    calendar: str
    rates: str
    org: str
    filters: str | None
    band: Band | None
    lens: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A number, asked for. `rows` begins with the total; `records` are the records it counts, where asked for."""

    metric: str
    unit: Unit
    period: str | None
    as_of: datetime
    known_at: datetime | None
    passport: Passport
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    records: tuple[dict[str, object], ...] | None = None
    days: tuple[date, date] | None = None
    """The first and the last day of the period."""
    currencies: tuple[InCurrency, ...] | None = None
    """What the figure is in its original currencies, where asked for."""

    @property
    def total(self) -> Row:
        """The row of the whole."""
        return self.rows[0]


class Posting(NamedTuple):
    """One step of a bridge: what one cause does to one record's value. `unit` tells claims of one record apart."""

    record: str
    cause: str
    amount: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The postings of one cause, the largest amounts first.

    The cause may be `opening` or `closing`: then they are what the figure at that end counts; or that of a memo line:
    then they are what came and went, of all slices together. `slice` holds them to one
    slice, named by its values.
    """

    cause: str
    slice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The postings of one cause, summed; `n` counts the records."""

    cause: str
    amount: Decimal
    n: int


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a bridge: a lens at a moment, and its figure."""

    lens: str
    as_of: datetime
    known_at: datetime | None
    value: Decimal
    n: int
    build: str
    contract: str
    options: tuple[str, ...] = ()
    sheet: tuple[str, str] | None = None
    """The file of a team's own figures, and the SHA-256 of what stood in it."""
    unvalued: int = 0
    """How many of the `n` have no amount in base currency: they are counted and add nothing."""
    grade: dict[str, float] = field(default_factory=dict)
    """The share of the value by how its history is known; empty of a team's own figures."""


class Changes(NamedTuple):
    """How often a deal was changed while it was open, between two moments.

    `pushed`: its close date was moved to a later day, by `days` in all; `pulled`: to an earlier one. `changed`: its
    amount was changed, by `change` in all. `opening` and `closing` are what it counted with at the two moments, None
    where it did not count; money is in base currency, the change at the rate of the first moment. `outcome` is that at
    the later moment, or `deleted`.
    """

    record: str
    pushed: int
    days: int
    pulled: int
    changed: int
    change: Decimal
    opening: Decimal | None
    closing: Decimal | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """From one figure to another: lines by cause in the fixed order, and the postings under them.

    `residual` is what the postings leave unexplained; it is computed from the two figures, and 0.00 always. `posted` is
    how many postings there are, `postings` those that were asked for. `memo` are movements that cancel out between the
    two ends. `won` walks from the opening amount of what was won to what it is worth at the later end. `slices` are
    bridges of their own, each of the slice `by`; moves from one to another are in theirs and cancel out of the whole.
    `where` is the condition that both ends are within.
    """

    start: Side
    end: Side
    period: str | None
    lines: tuple[Line, ...]
    postings: tuple[Posting, ...]
    residual: Decimal
    memo: tuple[Line, ...] = ()
    where: str | None = None
    by: dict[str, str] = field(default_factory=dict)
    slices: tuple[Bridge, ...] = ()
    posted: int = 0
    won: tuple[Line, ...] = ()
    deals: tuple[Changes, ...] = ()
    """The deals whose close date or amount was changed, those pushed furthest first, where asked for."""
