"""The pipeline as it was on any day: restated, or as it was said then; a slider goes through the days of history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

import simplejson

from tieout.basics.calendars import DAY, end_of_day
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.answers import UNKNOWN, QuestionError
from tieout.measure.bridge.slices import COLUMNS
from tieout.measure.lens_sql import quoted
from tieout.measure.numbers.buckets import Every
from tieout.measure.numbers.question import allowed
from tieout.over_time import SeriesTerms, series_of
from tieout.questions import ask
from tieout.show import figures
from tieout.show.charts.over_time import Mark, Point, lines
from tieout.show.charts.over_time import Series as Drawn
from tieout.show.html.page import Card, Cell, Head, Page, Row, Section, Table, value_cell
from tieout.show.labels import label_of
from tieout.show.web.bar import choices_of
from tieout.show.web.filters import LONGEST
from tieout.show.web.pages.pipeline import SLICES
from tieout.show.web.pages.records import question_of
from tieout.show.web.reader import kept
from tieout.show.web.rooms import Room

if TYPE_CHECKING:
    from tieout.measure.answers import Answer, Question, Value
    from tieout.measure.answers import Row as Answered
    from tieout.measure.choices import Choices
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

METRIC = "pipeline.open_qualified"
FEW = 60
"""Up to so many points of the chart lead to their days; of more only the rows around the day do."""
BESIDE = 6
TICKS = 12
"""Up to so many days are marked on the slider."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The day that is looked at, and the days there are to choose from."""

    day: date
    first: date
    last: date
    said_then: bool

    @property
    def place(self) -> int:
        """How many days after the first it is."""
        return (self.day - self.first).days


def chosen_day(reader: Reader, filters: Filters) -> Chosen:
    """Read the day: `as_of`, or its place on the slider. Raises QuestionError for a day of which nothing is known."""
    known, then = choices_of(reader), filters.on("said_then")
    first = _first(known, then=then)
    if filters["as_of"]:
        day = _day(filters["as_of"])
    elif place := filters["nth"]:
        if not (place.isascii() and place.isdigit() and len(place) < 7):
            message = f"'{place[:20]}' is no place on the slider. Allowed: 0 to {(known.last - first).days}."
            raise QuestionError(message)
        day = first + timedelta(days=int(place))
    else:
        day = known.last
    if day > known.last:
        message = f"Nothing is known of {day}: what was last heard is of {known.last}. Choose a day until then."
        raise QuestionError(message)
    if day < first and then and known.first and day >= known.first:
        message = (
            f"Nothing was said on {day}: the first pull was taken on {first}. Choose a later day, or look at it "
            "restated."
        )
        raise QuestionError(message)
    if day < first:
        message = f"Nothing is known of {day}: history begins on {first}. Choose a day from then on."
        raise QuestionError(message)
    return Chosen(day, first, known.last, then)


def _first(known: Choices, *, then: bool) -> date:
    if known.first is None:
        message = "Nothing is known of any day: no deal's state is known. Refresh with an export of deals first."
        raise QuestionError(message)
    return max(known.first, known.said) if then else known.first


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        message = f"'{(text or '')[:40]}' is not a day. Allowed: 2026-07-06."
        raise QuestionError(message) from error


def _question(reader: Reader, filters: Filters, chosen: Chosen) -> Question:
    """Ask for the pipeline as of the end of the day; of the last day until what was last heard."""
    as_of = min(end_of_day(chosen.day, reader.zone), reader.build.heard_until)
    plain = replace(question_of(reader, replace(filters, texts={**filters.texts, "as_of": ""}), METRIC), as_of=as_of)
    return replace(plain, by=plain.by or ("segment",))


def day_room(reader: Reader, filters: Filters) -> Page:
    """Give the page of one day."""
    chosen = chosen_day(reader, filters)
    question = _question(reader, filters, chosen)
    answer = ask(reader.workspace, question, reader.build)
    total, company = answer.total, reader.contract.company
    title = f"Pipeline on {chosen.day} is not known: {total.absent}"
    if total.value is not None:
        said = "was said to be" if chosen.said_then else "was"
        title = f"Pipeline {said} {figures.headline(total.value, answer.unit)} on {chosen.day}"
        title += f", closing in {answer.period}" if answer.period else ""
    label = label_of(answer, company, then=chosen.said_then)
    sections = [_figures(reader, filters, chosen, answer, question), _over_time(reader, filters, chosen, question)]
    passport = answer.passport
    told = [("build", passport.build), ("ledger", str(passport.position)), ("contract", passport.contract)]
    told += [("calendar", passport.calendar), ("rates", passport.rates), ("org", passport.org)]
    headline = None
    if total.value is not None:
        words = f"{figures.figure(total.value, answer.unit)} {company.currency}, {figures.counted(total.n, 'deal')}"
        headline = (figures.headline(total.value, answer.unit), words)
    return Page(title, label, sections, told, headline, answer.notes)


def _figures(reader: Reader, filters: Filters, chosen: Chosen, answer: Answer, question: Question) -> Section:
    """Set the day beside the other way of telling it, and cut it into slices, each leading to its records."""
    told = {"as_of": str(chosen.day), "nth": None, "every": None}
    currency = reader.contract.company.currency
    names = question.by
    rows: list[Row] = [
        [
            *row.by.values(),
            value_cell(row.value, answer.unit, row.absent, _way_of(filters, row, told)),
            figures.count(row.n),
            figures.graded(row.grade),
        ]
        for row in answer.rows[1:]
    ]
    total = answer.total
    way = filters.link(f"/records/{METRIC}", **told, by=None)
    whole = value_cell(total.value, answer.unit, total.absent, way if total.n else None)
    foot: list[Row] = [["all", *[""] * (len(names) - 1), whole, figures.count(total.n), figures.graded(total.grade)]]
    heads = [*(Head(name.replace("_", " "), right=False) for name in names), Head(currency), Head("n")]
    heads.append(Head("grade", right=False))
    table = Table(f"By {' and '.join(names)}", heads, rows, foot)
    return Section("The figure of that day", cards=_cards(reader, filters, chosen, answer, question), tables=(table,))


def _way_of(filters: Filters, row: Answered, told: dict[str, str | None]) -> str | None:
    """Lead to the records of a slice: a condition on what it is cut by, beside the one there is.

    What is no column of a deal alone (a month, the source of a lead) cannot be asked for.
    """
    columns = [COLUMNS.get(name, "") for name in row.by]
    if not row.n or not all(column in OPPORTUNITY_COLUMNS for column in columns):
        return None
    parts = [f"({typed})"] if (typed := filters["where"]) else []
    parts += [
        f"{column} is null" if value == UNKNOWN else f"{column} = {quoted(value)}"
        for column, value in zip(columns, row.by.values(), strict=True)
    ]
    where = " and ".join(parts)
    return filters.link(f"/records/{METRIC}", **told, by=None, where=where) if len(where) <= LONGEST else None


def _cards(reader: Reader, filters: Filters, chosen: Chosen, answer: Answer, question: Question) -> list[Card]:
    """Give the figure restated and as said then, what lies between them, and the way to what happened since."""
    day = str(chosen.day)
    cards = []
    if chosen.day >= choices_of(reader).said:
        # A known-at of the address limits the figure of the page; restated is what is known now.
        plain = replace(question, by=(), known_at=None)
        restated, said = (
            answer
            if chosen.said_then == then and (then or question.known_at is None)
            else ask(reader.workspace, replace(plain, said_then=then), reader.build)
            for then in (False, True)
        )
        for name, one, switch in (("Restated", restated, None), ("As said then", said, "1")):
            here = one is answer
            way = None if here else filters.link(as_of=day, nth=None, said_then=switch, known_at=None)
            words = "shown here" if here else figures.counted(one.total.n, "deal")
            cards.append(Card(name, value_cell(one.total.value, one.unit, one.total.absent, way), words))
        if restated.total.value is not None and said.total.value is not None:
            moved = Decimal(restated.total.value) - Decimal(said.total.value)
            cards.append(Card("Heard since", Cell(figures.signed(moved), str(moved)), "restated less said then"))
    if chosen.day < chosen.last:
        way = filters.link("/pipeline", since=day, as_of=None, nth=None, every=None, closing=answer.period)
        cards.append(Card("What happened since", Cell("Waterfall", anchor=way), f"from {day} until {chosen.last}"))
    return cards


# -- the days beside it


class At(NamedTuple):
    """The figure at the end of a bucket: its name, its last day, the value or why there is none, how many deals."""

    name: str
    day: str
    value: Value | None
    n: int
    absent: str | None


def _over_time(reader: Reader, filters: Filters, chosen: Chosen, question: Question) -> Section:
    every = filters["every"] or "week"
    allowed("step of time", every, get_args(Every))
    found = _kept_series(reader, filters, chosen, question, cast("Every", every))
    ways = [filters.link(as_of=one.day, nth=None) for one in found]
    few = len(found) <= FEW
    points = [
        Point(one.value, one.absent, anchor=way if few else None, n=one.n) for way, one in zip(ways, found, strict=True)
    ]
    place = sum(one.day < str(chosen.day) for one in found)
    words = f"Pipeline from {chosen.first} to {chosen.last}, with {chosen.day} marked"
    mark = Mark(float(place), str(chosen.day))
    chart = lines(words, [one.name for one in found], [Drawn("", points)], "money", [mark])
    rows: list[Row] = [
        [Cell(found[near].name, found[near].day, anchor=ways[near]),
         value_cell(found[near].value, "money", found[near].absent), figures.count(found[near].n)]
        for near in reversed(_near(place, len(found)))
    ]  # fmt: skip
    heads = [Head(every, right=False), Head(reader.contract.company.currency), Head("n")]
    of = f"closing in {question.period}" if question.period else "of the quarter that holds it"
    table = Table(f"Around {chosen.day}", heads, rows)
    return Section("Before and after", (chart,), (table,), (f"Each {every} as of its end, {of}.",))


def _kept_series(reader: Reader, filters: Filters, chosen: Chosen, question: Question, every: Every) -> list[At]:
    """Give the figure of every bucket; it is the same whichever day is looked at, so it is kept for all of them."""

    def make() -> str:
        plain = replace(question, as_of=None, by=(), said_then=False)
        terms = SeriesTerms(every, (chosen.first, chosen.last), ("said then",) if chosen.said_then else ("restated",))
        found = series_of(reader.workspace, plain, terms, reader.build)
        days = [min(bucket.period.last_day, chosen.last) for bucket in found.buckets]
        told = [
            At(bucket.name, str(day), value[0].value, value[0].n, value[0].absent)
            for bucket, day, value in zip(found.buckets, days, next(iter(found.rows.values())), strict=True)
        ]
        return simplejson.dumps([list(one) for one in told], use_decimal=True)

    address = filters.link("/pipeline/day/series", as_of=None, nth=None, by=None)
    return [At(*one) for one in simplejson.loads(kept(reader, address, make), use_decimal=True)]


def _near(place: int, count: int) -> range:
    """Give the places around one of a long row."""
    first = max(0, min(place - BESIDE, count - 2 * BESIDE - 1))
    return range(first, min(count, first + 2 * BESIDE + 1))


def day_context(reader: Reader, filters: Filters) -> dict[str, object]:
    """Give what the slider is made of."""
    chosen = chosen_day(reader, filters)
    kept = {name: text for name, text in filters.texts.items() if name not in {"as_of", "nth", "every"}}
    most = (chosen.last - chosen.first).days
    ticks = range(0, most + 1, max(1, most // TICKS))
    before, after = (chosen.day + DAY * step for step in (-1, 1))
    return {
        "first": str(chosen.first),
        "last": str(chosen.last),
        "day": str(chosen.day),
        "place": chosen.place,
        "most": most,
        "kept": kept,
        "every": filters["every"] or "",
        "steps": [("" if one == "week" else one, one) for one in get_args(Every)],
        "ticks": ticks,
        "before": filters.link(as_of=str(before), nth=None) if before >= chosen.first else None,
        "after": filters.link(as_of=str(after), nth=None) if after <= chosen.last else None,
    }


ON_DAY = Room(
    "day", "On a day", "/pipeline/day", day_room, takes=("nth", "every"), tab="On any day", slices=SLICES,
    bar=("period", "lens", "segment", "team", "owner", "by", "org", "said_then"), above="web/slider.html",
    context=day_context,
)  # fmt: skip
