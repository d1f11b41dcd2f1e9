"""The two-sided statement: month by month what marketing handed over at the agreed quality, and what sales answered.

Marketing owes the volume committed to, sales a share of answers in time of the leads that are due: the next whole lead
of rate times leads. The net of a side is what it delivered less what it owed, in leads; the balance sums the nets of
months that are over. A month has the commitment of its first day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import partial
from typing import TYPE_CHECKING

from tieout.basics.calendars import add_months, end_of_day
from tieout.contract.handoffs import commitment_at, committed_handoff
from tieout.measure.answers import Answer, Question, Row
from tieout.measure.clocks.table import RECORD
from tieout.measure.lens_sql import quoted
from tieout.measure.moments import default_period
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.clock_counts import first_handed_over, months, never_told
from tieout.measure.numbers.clock_facts import CLASSES, clock_rows, quality_sql, unanswerable
from tieout.measure.numbers.knowable import unknowable
from tieout.measure.numbers.label import label
from tieout.measure.numbers.question import Asked, view_of
from tieout.measure.run_sql import rows as fetch
from tieout.measure.run_sql import run
from tieout.measure.states import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tieout.contract.model import Commitment
    from tieout.measure.lens_sql import LensView

METRIC = "sla.response_rate"
NO_COMMITMENT = "nothing was committed to"


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the account. `whole` says that the period holds all of it, `over` that it has ended by as-of.

    What a side owed is None where nothing was committed to, its net also where the month is not whole or not over.
    `delivered` are hand-offs at the agreed quality, of `handed_over`; `unjudged` are those of which a value it needs is
    not known. Of a `part` of the leads marketing owes nothing: the volume is for all of them.
    """

    month: str
    whole: bool
    over: bool
    commitment: Commitment | None
    handed_over: int
    part: bool
    delivered: int
    unjudged: int
    due: int
    answered: int
    running: int
    withdrawn: int
    unknown: int
    classes: dict[str, int]
    cycle: Row | None

    @property
    def counts(self) -> bool:
        """Whether the month counts in the balance."""
        return self.whole and self.over

    @property
    def volume_owed(self) -> int | None:
        """How many hand-offs marketing owed."""
        return self.commitment.volume if self.commitment and self.whole and not self.part else None

    @property
    def answers_owed(self) -> int | None:
        """How many answers in time sales owed, of the leads that are due."""
        if self.commitment is None or self.commitment.response_rate is None:
            return None
        share = Decimal(str(self.commitment.response_rate)) * self.due
        return int(share.to_integral_value(ROUND_CEILING))

    @property
    def marketing_net(self) -> int | None:
        """What marketing delivered less what it owed."""
        owed = self.volume_owed
        return self.delivered - owed if owed is not None and self.counts else None

    @property
    def sales_net(self) -> int | None:
        """What sales answered in time less what it owed."""
        owed = self.answers_owed
        return self.answered - owed if owed is not None and self.counts else None


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of both sides: months, the balance of each side, label and passport in `answer`."""

    answer: Answer
    handoff: str
    months: tuple[Month, ...]
    records: tuple[dict[str, object], ...] | None = None
    begins: date | None = None
    """The day of the first hand-off, where months of the period lie before it: they are left out."""

    @property
    def marketing_balance(self) -> int | None:
        """The sum of marketing's nets; None where it owed nothing."""
        return _sum(month.marketing_net for month in self.months)

    @property
    def sales_balance(self) -> int | None:
        """The sum of sales' nets; None where it owed nothing."""
        return _sum(month.sales_net for month in self.months)


def _sum(nets: Iterable[int | None]) -> int | None:
    told = [net for net in nets if net is not None]
    return sum(told) if told else None


def statement(asked: Asked, question: Question) -> Statement:
    """Give the account of a period, by default the quarter of as-of. Raises QuestionError or PeriodError."""
    metric = BY_ID[METRIC]
    question = replace(question, metric=METRIC, by=())
    view = view_of(asked, question, metric)
    if view.period is None:
        question = replace(question, period=default_period(asked.contract, view.moment, question.calendar).name)
        view = view_of(asked, question, metric)
    begins = first_handed_over(asked)
    every = _terms(asked, view)
    terms = [term for term in every if begins and begins < term[1]]
    reason = unanswerable(metric.fact, view, asked.contract) or unknowable(asked, view)
    if every and not terms:
        reason = reason or never_told(begins)
    if reason or not terms:
        total = Row({}, None, 0, absent=reason or NO_COMMITMENT)
        records: tuple[dict[str, object], ...] | None = () if question.records else None
        return Statement(label(asked, question, metric, view, (total,)), "", (), records)
    answer = ask(asked, replace(question, records=False))
    found = _counted(asked, view, terms)
    cycles = _cycles(asked, question) if any(one and one.sales_cycle_days for *_, one, _ in terms) else {}
    made = tuple(_month(asked, view, term, found.get(_name(term)), cycles) for term in terms)
    stages = dict.fromkeys(stage for *_, stage in terms if stage)
    records = _records(asked, view, terms) if question.records else None
    return Statement(answer, ", ".join(stages), made, records, begins if len(terms) < len(every) else None)


Term = tuple[date, date, "Commitment | None", str]
"""A month's first day, the day after its last, what was committed to, and the stage it is about."""


def _terms(asked: Asked, view: LensView) -> list[Term]:
    if view.period is None:
        return []
    lifecycle = asked.contract.lifecycle
    found: list[Term] = []
    for month in months(view.period.start, view.period.end):
        if month > view.moment.day:
            break
        commitment = commitment_at(lifecycle, month)
        handoff = committed_handoff(lifecycle, commitment)
        found.append((month, add_months(month, 1), commitment, handoff.stage if handoff else ""))
    return found


def _by_month(terms: list[Term], told: Callable[[Term], str], otherwise: str = "false") -> str:
    """Write an expression that each month has of its own."""
    arms = (f"when u.day < date '{term[1]}' then {told(term)}" for term in terms)
    return f"case {' '.join(arms)} else {otherwise} end"


def _quality(term: Term, *, known: bool = False) -> str:
    return quality_sql(term[2].quality if term[2] else None, known=known)


def _source(asked: Asked, view: LensView, terms: list[Term]) -> str:
    stages = _by_month(terms, lambda term: f"u.handoff = {quoted(term[3])}")
    month = _by_month(terms, lambda term: quoted(_name(term)), "null")
    met, judged = _by_month(terms, _quality), _by_month(terms, partial(_quality, known=True))
    rows = clock_rows(view, asked.contract, stages)
    return f"select u.*, {month} as month, {met} as at_quality, {judged} as judged from ({rows}) as u"


def _name(term: Term) -> str:
    return f"{term[0]:%Y-%m}"


def _counted(asked: Asked, view: LensView, terms: list[Term]) -> dict[str, tuple[int, ...]]:
    classes = ", ".join(f"count(*) filter (where due and breach_class = '{name}')" for name in CLASSES)
    sql = f"""
      select month, count(*), count(*) filter (where at_quality), count(*) filter (where not judged),
        count(*) filter (where due), count(*) filter (where due and hit),
        count(*) filter (where not due and outcome in ('running', 'kept')),
        count(*) filter (where outcome = 'withdrawn'), count(*) filter (where outcome = 'unknown'), {classes}
      from ({_source(asked, view, terms)}) group by month"""
    return {month: tuple(counts) for month, *counts in fetch(asked.engine, sql, parameters_of(view, "a"))}


def _cycles(asked: Asked, question: Question) -> dict[str, Row]:
    """Ask how long deals won in each month took."""
    cycle = replace(question, metric="cycle_time.won.median", by=("month",), where=None, records=False)
    return {row.by["month"]: row for row in ask(asked, cycle).rows if row.by}


def _month(asked: Asked, view: LensView, term: Term, found: tuple[int, ...] | None, cycles: dict[str, Row]) -> Month:
    first, end, commitment, _ = term
    period = view.period
    whole = period is not None and period.start <= first and end <= period.end
    over = end_of_day(end - timedelta(days=1), asked.zone) <= view.moment.as_of
    handed, met, judged, *others = found or (0,) * (8 + len(CLASSES))
    due, answered, running, withdrawn, unknown, *classes = others
    name = _name(term)
    return Month(
        month=name,
        whole=whole,
        over=over,
        commitment=commitment,
        handed_over=handed,
        part=bool(view.extra),
        delivered=met,
        unjudged=judged,
        due=due,
        answered=answered,
        running=running,
        withdrawn=withdrawn,
        unknown=unknown,
        classes=dict(zip(CLASSES, classes, strict=True)),
        cycle=cycles.get(name),
    )


def _records(asked: Asked, view: LensView, terms: list[Term]) -> tuple[dict[str, object], ...]:
    columns = ", ".join(f"f.{name}" for name in RECORD)
    sql = f"""select f.month, {columns}, f.at_quality, f.value / 3600000000.0 as hours, f.ended
      from ({_source(asked, view, terms)}) as f order by f.started_at, f.record"""
    cursor = run(asked.engine, sql, parameters_of(view, "a"))
    names = [column[0] for column in cursor.description or ()]
    return tuple(dict(zip(names, record, strict=True)) for record in cursor.fetchall())
