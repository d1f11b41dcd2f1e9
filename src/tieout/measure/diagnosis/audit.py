"""The audit of data quality: four questions, completeness, what breaks the contract by pipeline at stake, the trend.

The pipeline at stake is the agreed one of any close date. Everything is read from a build; the trend is the same
numbers at past ends of months, absent where history does not reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.basics.calendars import end_of_day, local_day
from tieout.contract.definitions import AGREED, agreed_lens
from tieout.measure.answers import Question, Row
from tieout.measure.diagnosis.audit_tables import Broken, broken_checks, money_of, registers
from tieout.measure.lens_sql import LensView, counted_sql
from tieout.measure.moments import moment_of
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.metric import ANY_OPEN
from tieout.measure.numbers.series import series
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.diagnosis.audit_tables import Registers
    from tieout.measure.numbers.question import Asked

ANY_DATE = "2000-01-01..2050-12-31"
MONTHS = 6
COMPLETENESS, EVIDENCED, STALE = "completeness.required", "pipeline.evidenced", "pipeline.stale"
CUTS = ("field", "stage", "owner", "system")


@dataclass(frozen=True, slots=True)
class Answered:
    """One of the four questions: of `n`, how many are right, and the pipeline of those that are not.

    `absent` says why there is no answer.
    """

    question: str
    what: str
    right: int
    n: int
    stake: Decimal | None = None
    absent: str | None = None

    @property
    def rate(self) -> float | None:
        """The share that is right; None of nothing."""
        return self.right / self.n if self.n and self.absent is None else None


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole report."""

    company: Company
    as_of: datetime
    build: str
    contract: str
    questions: tuple[Answered, ...]
    completeness: dict[str, tuple[Row, ...]]
    leads: tuple[Row, ...]
    checks: tuple[Broken, ...]
    registers: Registers
    trend: dict[str, tuple[Row, ...]]
    months: tuple[date, ...]


def audit(asked: Asked, *, records: int = 3) -> Audit:
    """Read the audit from a build; `records` is how many of each broken check are named, the worst first."""
    as_of = asked.facts.heard_until
    months = _month_ends(local_day(as_of, asked.zone))
    cuts = {cut: ask(asked, Question(COMPLETENESS, by=(cut,))).rows for cut in CUTS}
    checks = broken_checks(asked.engine, records)
    return Audit(
        company=asked.contract.company,
        as_of=as_of,
        build=asked.facts.key,
        contract=asked.facts.fingerprint,
        questions=_questions(asked, cuts["field"][0], checks),
        completeness=cuts,
        leads=ask(asked, Question("completeness.leads", by=("field",))).rows,
        checks=checks,
        registers=registers(asked.engine, as_of),
        trend=_trend(asked, months),
        months=months,
    )


# -- the four questions


def _questions(asked: Asked, filled: Row, checks: tuple[Broken, ...]) -> tuple[Answered, ...]:
    field_checks = [check.number for check in checks if check.entity == "opportunity" and check.by_stage]
    missing = filled.n - round(float(filled.value or 0) * filled.n)
    stake = money_of(asked.engine, field_checks)
    return (
        _stages(asked),
        Answered("Required fields?", "fields filled", filled.n - missing, filled.n, stake, filled.absent),
        _names(asked, checks),
        _owners(asked),
    )


def _stages(asked: Asked) -> Answered:
    """Whether deals are in the stage that their records bear out: agreed ones of any close date to come."""
    answer = ask(asked, Question("pipeline.evidenced.share", period=ANY_DATE, records=True))
    found = answer.records or ()
    right = sum(1 for record in found if record["hit"])
    stake = sum((Decimal(str(record["value"] or 0)) for record in found if not record["hit"]), Decimal(0))
    absent = answer.total.absent if answer.total.value is None else None
    return Answered("Right stage?", "agreed deals evidenced", right, len(found), stake, absent)


def _names(asked: Asked, checks: tuple[Broken, ...]) -> Answered:
    """Whether companies are spelled one way: every check of spelling of a company's name."""
    found = [check for check in checks if check.code == "quality.spelling" and check.of_names]
    what = "names spelled one way"
    if not found:
        why = "not asked: `consistent` of account.name"
        return Answered("Consistent names?", what, 0, 0, absent=why)
    n = sum(check.checked for check in found)
    broken = sum(check.broken for check in found)
    return Answered("Consistent names?", what, n - broken, n, _named_money(asked, found))


def _named_money(asked: Asked, checks: list[Broken]) -> Decimal:
    """Give the agreed pipeline of the accounts and leads that break a check; a deal of both counts once."""
    moment = moment_of(asked.facts.heard_until, None, asked.zone)
    lens = agreed_lens(asked.contract.pipeline, moment.day).model_copy(update={"date_field": "none", "past_due": True})
    units, parameters = counted_sql(LensView(AGREED, lens, moment, None), asked.contract, "a")
    keys = {"account": "account_id", "lead": "lead_id"}
    named = " or ".join(
        f"{keys[check.entity]} in (select record from quality_breaks where number = {check.number})"
        for check in checks if check.entity in keys
    )  # fmt: skip
    sql = f"select sum(value) from ({units}) where {named or 'false'}"
    return Decimal(rows(asked.engine, sql, parameters)[0][0] or 0)


OWNED = """
  select count(*), count(*) filter (where ok), sum(worth) filter (where not ok)
  from (
    select c.record, w.worth,
      c.owner_id is not null and (not k.there or u.record is not null and coalesce(u.active, true)) as ok
    from ({open}) as c
    cross join (select count(*) > 0 as there from user_versions) as k
    left join user_versions as u
      on u.record = c.owner_id and u.seen_to = timestamp '9999-12-31' and not u.deleted
      and u.valid_from <= $as_of_a and $as_of_a < u.valid_to
    left join ({agreed}) as w on w.record = c.record
  )"""


def _owners(asked: Asked) -> Answered:
    """Whether every open deal has an owner who is there: known to the extracts of users, and active."""
    moment = moment_of(asked.facts.heard_until, None, asked.zone)
    agreed = agreed_lens(asked.contract.pipeline, moment.day)
    wide = LensView(AGREED, agreed.model_copy(update=ANY_OPEN), moment, None)
    units, parameters = counted_sql(wide, asked.contract, "a")
    dated = replace(wide, lens=agreed.model_copy(update={"date_field": "none", "past_due": True}))
    worth, more = counted_sql(dated, asked.contract, "w")
    sql = OWNED.format(open=units, agreed=f"select record, value as worth from ({worth})")
    n, right, stake = rows(asked.engine, sql, {**parameters, **more})[0]
    absent = None if n else "nothing is open"
    return Answered("Owner assigned?", "open deals owned", right, n, stake, absent)


# -- the trend


def _trend(asked: Asked, months: tuple[date, ...]) -> dict[str, tuple[Row, ...]]:
    """Ask each number at the ends of months, restated and as said then."""
    moments = [end_of_day(day, asked.zone) for day in months]
    asked_for = {
        COMPLETENESS: Question(COMPLETENESS),
        "pipeline.evidenced.share": Question("pipeline.evidenced.share", period=ANY_DATE),
        STALE: Question(STALE),
    }
    found: dict[str, tuple[Row, ...]] = {}
    for name, question in asked_for.items():
        found[name] = tuple(rows[0] for rows in series(asked, question, moments))
        said = replace(question, said_then=True)
        found[f"{name} as said then"] = tuple(rows[0] for rows in series(asked, said, moments))
    return found


def _month_ends(day: date) -> tuple[date, ...]:
    """Give the last ends of months up to a day, the oldest first."""
    ends: list[date] = []
    first = (day + timedelta(days=1)).replace(day=1)
    while len(ends) < MONTHS:
        last = first - timedelta(days=1)
        if last <= day:
            ends.append(last)
        first = last.replace(day=1)
    return tuple(reversed(ends))
