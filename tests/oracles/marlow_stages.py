"""Marlow's stages counted again from its books, deal by deal: who reached what, when, for how long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.oracles import marlow as recount
from tests.oracles.arithmetic import Days, Duration, kaplan
from tests.oracles.marlow import DAY, OUTCOMES, STAGES, Deal, Stay
from tests.oracles.marlow_books import EVER, Books, local


@dataclass(frozen=True, slots=True)
class Step:
    """A deal that reached a stage or went beyond it: since when, in which segment, what became of it until a moment."""

    record: str
    stage: str
    since: datetime
    at: datetime
    segment: str
    went_on: bool
    still_open: bool
    skipped: bool
    fell_back: bool
    again: bool

    def inside(self, period: Days | None) -> bool:
        """Say whether it was reached in the period, for certain."""
        return period is None or (local(self.since) >= period.first and local(self.at) <= period.last)


def lives(books: Books, when: datetime) -> dict[str, list[Stay]]:
    """Give the stays of each deal that counts at a moment, those that had begun by then."""
    found: dict[str, list[Stay]] = {}
    for record in books.rows:
        if not recount.governed(books, record, when):
            continue
        parts = recount.runs(books, record, lambda state: (state.row and state.row["StageName"], state.gone))
        ends = [part[0].at for part in parts[1:]] + [EVER]
        dark: datetime | None = None
        stays = []
        for part, end in zip(parts, ends, strict=True):
            state = part[0]
            if state.row and not state.gone and state.at <= when:
                stays.append(Stay(state.row["StageName"], dark or state.at, state.at, end))
            dark = state.at if state.row is None else None
        found[record] = stays
    return found


def steps(books: Books, when: datetime) -> list[Step]:
    """Give every stage that a deal reached until a moment."""
    found = []
    for record, stays in lives(books, when).items():
        won = _won(stays)
        for place, stage in enumerate(STAGES):
            there = [stay for stay in stays if stay.stage in STAGES[place:]]
            first = min([*there, *([won] if won else [])], key=lambda stay: stay.entered, default=None)
            if first is None:
                continue
            mine = [number for number, stay in enumerate(stays) if stay.stage == stage]
            back = any(stay.stage in STAGES[:place] and stay.entered > first.entered for stay in stays)
            on = won is not None or any(stay.stage in STAGES[place + 1 :] for stay in stays)
            found.append(
                Step(
                    record, stage, first.since, first.entered, segment_at(books, record, first.entered), on,
                    not on and OUTCOMES[stays[-1].stage] == "open", first.stage != stage, back,
                    any(number > mine[0] and stays[number - 1].stage != stage for number in mine),
                )
            )  # fmt: skip
    return found


def _won(stays: list[Stay]) -> Stay | None:
    """Give the beginning of the win that holds; one that was first seen as won has no known way there."""
    if not stays or OUTCOMES[stays[-1].stage] != "won":
        return None
    first = len(stays) - 1
    while first and OUTCOMES[stays[first - 1].stage] == "won":
        first -= 1
    return stays[first] if first else None


def segment_at(books: Books, record: str, at: datetime) -> str:
    """Give the segment that a deal stood in."""
    state = books.at(record, at)
    row = (state and state.row) or {}
    stood, _ = recount.where_it_stood(books, record, row, at)
    return books.segment(row["AccountId"], stood)


def times(books: Books, found: Iterable[Step], when: datetime) -> Iterator[tuple[Step, Duration, Duration]]:
    """Give, for each step of a deal that was in the stage, its latest stay in it and all of them together."""
    every = lives(books, when)
    for step in found:
        mine = [stay for stay in every[step.record] if stay.stage == step.stage]
        if not mine or step.since != step.at:
            continue
        spans = [(min(stay.left, when) - stay.entered) / DAY for stay in mine]
        ended = mine[-1].left <= when
        yield step, (spans[-1], ended), (sum(spans), ended)


def usual(books: Books, when: datetime) -> dict[tuple[str, str], list[Duration]]:
    """Give all stays of each stage and segment whose beginning is known."""
    every = lives(books, when)
    found: dict[tuple[str, str], list[Duration]] = defaultdict(list)
    for step in steps(books, when):
        mine = [stay for stay in every[step.record] if stay.stage == step.stage]
        for stay in mine:
            if stay.since == stay.entered and (stay is not mine[0] or step.since == step.at):
                span = (min(stay.left, when) - stay.entered) / DAY
                found[step.stage, step.segment].append((span, stay.left <= when))
    return found


def stalled(books: Books, open_deals: Iterable[Deal], when: datetime) -> dict[str, Decimal]:
    """Give the open deals that have been in their stage for longer than nine of ten stays of their segment in it.

    The segment is that of the step: where the deal stood when it reached the stage.
    """
    every, bounds = lives(books, when), {}
    stood = {(step.record, step.stage): step.segment for step in steps(books, when)}
    for key, spans in usual(books, when).items():
        if sum(ended for _, ended in spans) >= 10:
            bounds[key] = kaplan(spans, Fraction(9, 10))
    found = {}
    for deal in open_deals:
        last = every[deal.record][-1]
        bound = bounds.get((last.stage, stood[deal.record, last.stage]))
        if bound is not None and (when - last.entered) / DAY > bound:
            found[deal.record] = deal.value
    return found


@dataclass(frozen=True, slots=True)
class Past:
    """A trailing quarter on a day of it, by segment ("" is the whole): pipeline, and the parts of what was won."""

    pipeline: dict[str, Decimal]
    won_from: dict[str, Decimal]
    won_else: dict[str, Decimal]
    won_before: dict[str, Decimal]


def past(books: Books, period: Days, moment: datetime, now: list[Deal], *, said: bool = False) -> Past:
    """Count a quarter as of a moment: what was in pipeline, what became of it, what else was won."""
    then = recount.deals(books, moment, moment if said else EVER)
    pipe = {deal.record: deal for deal in recount.in_period(recount.qualified(then), period, local(moment))}
    parts: tuple[dict[str, Decimal], ...] = tuple(defaultdict(Decimal) for _ in range(4))
    for deal in pipe.values():
        _add(parts[0], deal.segment, deal.value)
    for deal in recount.won(now, period, recount.AGREED):
        value = recount.booked(books, deal)
        if deal.record in pipe:
            _add(parts[1], pipe[deal.record].segment, value)
        else:
            early = recount.closed_at(books, deal.record, recount.NOW) <= moment
            _add(parts[3 if early else 2], deal.segment, value)
    return Past(*parts)


def _add(part: dict[str, Decimal], segment: str, value: Decimal) -> None:
    for key in ("", segment):
        part[key] += value


def first_days() -> list[tuple[str, Days]]:
    """Give the eight fiscal quarters before 2027-Q3."""
    found = []
    for back in range(8, 0, -1):
        months = 2026 * 12 + 7 - 3 * back
        first = date(months // 12, months % 12 + 1, 1)
        after = date((months + 3) // 12, (months + 3) % 12 + 1, 1)
        year = first.year + (first.month >= 2)
        number = ((first.month - 2) % 12) // 3 + 1
        found.append((f"{year}-Q{number}", Days(first, date.fromordinal(after.toordinal() - 1))))
    return found
