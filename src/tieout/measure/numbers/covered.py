"""Coverage beside what is needed: pipeline, what is still to be won, and how much is missing in money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.answers import Answer, Question, Row
from tieout.measure.numbers.arithmetic import CENT
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.coverage import sides, terms_differ
from tieout.measure.numbers.label import label
from tieout.measure.numbers.required import MOST, Required, Terms, records_of_required, required, terms_of

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked

SEED = (Decimal(3), Decimal(5))
"""The band that the field knows, beside which the own history stands."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A slice: what it has, and what it needs by its own history.

    `to_go` is the target less what was won in the quarter to date. `short` is what is missing to the adjusted coverage
    (negative: more than enough), `short_plain` to the unadjusted one; None where a part of it is not known.
    """

    required: Required
    pipeline: Decimal | None
    n: int
    to_go: Decimal | None
    absent: str | None

    @property
    def by(self) -> dict[str, str]:
        """The slice."""
        return self.required.by

    @property
    def coverage(self) -> float | None:
        """Pipeline over what is to go."""
        if self.absent or self.pipeline is None or not self.to_go:
            return None
        return float(self.pipeline / self.to_go)

    @property
    def short(self) -> Decimal | None:
        """What is missing to the coverage that counts on deals from elsewhere too."""
        won = self.required.won_from + self.required.won_else
        return self._short(self.required.pipeline, won)

    @property
    def short_plain(self) -> Decimal | None:
        """What is missing if all must come from the pipeline of today."""
        return self._short(self.required.pipeline, self.required.won_from)

    def _short(self, over: Decimal, under: Decimal) -> Decimal | None:
        if self.absent or self.required.absent or self.pipeline is None or self.to_go is None or not under:
            return None
        return (self.to_go * over / under - self.pipeline).quantize(CENT)


@dataclass(frozen=True, slots=True)
class Cover:
    """Coverage of a quarter on a day of it, the whole first. `answer` carries the label, `weeks` what each needs."""

    answer: Answer
    terms: Terms
    slices: tuple[Covered, ...]
    weeks: tuple[tuple[int, Required], ...] = ()
    records: tuple[dict[str, object], ...] | None = None


def cover(
    asked: Asked, question: Question, quarters: int = MOST, week: int | None = None, *, weeks: bool = False
) -> Cover:
    """Answer how much coverage there is and how much is needed. Raises QuestionError or PeriodError."""
    terms = terms_of(asked, replace(question, original=False), quarters, week)
    found = required(asked, terms)
    present = _present(asked, terms)
    slices = tuple(_covered(one, present) for one in (*found, *_new(found, present, terms.question)))
    total = Row({}, found[0].adjusted, sum(one.n for one in found[0].known), absent=found[0].absent)
    answer = label(asked, terms.question, BY_ID["coverage.required.adjusted"], terms.view, (total,))
    records = records_of_required(asked, terms) if question.records else None
    every = tuple(_weeks(asked, question, quarters, terms)) if weeks else ()
    return Cover(answer, terms, slices, every, records)


Present = dict[str | None, tuple[Row, Decimal | None, str | None]]


def _present(asked: Asked, terms: Terms) -> Present | str:
    """Give pipeline and what is to go by segment, or why there is nothing to compare with."""
    if others := set(terms.question.by) - {"segment"}:
        return f"targets are by segment, not by {', '.join(sorted(others))}"
    reason = terms_differ(asked, terms.view, terms.question)
    if reason is None and terms.view.moment.day < terms.quarter.start:
        reason = "the period has not begun"
    return reason or sides(asked, terms.question, terms.view, to_go=True)


def _new(found: tuple[Required, ...], present: Present | str, question: Question) -> tuple[Required, ...]:
    """Give the segments that have pipeline or a target now and were in none of the quarters."""
    if isinstance(present, str) or not question.by:
        return ()
    names = {one.by.get("segment") for one in found}
    untold = "no trailing quarter has it"
    return tuple(Required({"segment": name}, (), untold) for name in present if name is not None and name not in names)


def _covered(one: Required, present: Present | str) -> Covered:
    if isinstance(present, str):
        return Covered(one, None, 0, None, present)
    name = one.by["segment"] if one.by else None
    row, to_go, absent = present.get(name, (Row(one.by, Decimal(0), 0), None, None))
    if absent is None:
        absent = "the plan has no target for it" if to_go is None else "target met" if to_go <= 0 else None
    amount = None if row.value is None else Decimal(row.value)
    return Covered(one, amount, row.n, to_go, absent)


def _weeks(asked: Asked, question: Question, quarters: int, terms: Terms) -> list[tuple[int, Required]]:
    """Give what the whole needs at the end of every week of the quarter."""
    plain = replace(question, by=(), period=terms.quarter.name, calendar=terms.question.calendar)
    every = range(1, (terms.quarter.days + 6) // 7 + 1)
    return [(week, required(asked, terms_of(asked, plain, quarters, week))[0]) for week in every]
