"""A file of snapshots: every record again for each day on which the file was added to, told by a column of days.

Read as one extract, each day's row would be a record of its own and the same deal be counted many times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tieout.propose.keys import likely
from tieout.propose.look import Desk, Looked
from tieout.propose.modes import UNORDERED
from tieout.propose.moments import day_sql
from tieout.propose.plain import plain
from tieout.propose.plan import Plan, Sure
from tieout.warehouse.engine import EngineError

RECORDS = frozenset({"opportunity", "lead", "account", "contact", "subscription"})
_NAMES = tuple(
    map(plain, (
        "snapshot", "as of", "stichtag", "report date", "reporting date", "report week", "extract date", "extracted",
        "extraction", "export date", "exported", "load date", "loaded at", "run date", "datenstand", "berichtsdatum",
        "auswertungsdatum", "fecha de corte", "data de corte", "capture date", "captured", "week ending", "week of",
        "date d extraction", "fotografia", "data extracao", "pull date", "backup date",
    ))
)  # fmt: skip
_WHOLE = frozenset(map(plain, ("stand", "week", "woche", "kw", "semana", "semaine", "stand vom", "date as at")))
_WHY = "snapshots: each row is the state of a record on '{}'; one that is absent later is not told as deleted"
TOLD, UNTOLD = 0.3, 0.7
REPEATED, MOST_IDS = 1.2, 5


@dataclass(frozen=True, slots=True)
class States:
    """The column of days and the column of ids, with how often what was there is there again on the next day."""

    day: str
    id: str
    days: int
    records: int
    last: int
    again: float


def says_snapshot(column: str) -> bool:
    """Say whether a column's name says that it tells when its row was taken."""
    word = plain(column)
    return word in _WHOLE or any(name in word for name in _NAMES)


def state_columns(plan: Plan) -> list[tuple[str, str]]:
    """List pairs of a column of days and a column of ids that rows may be the states of, the likeliest first."""
    looked = plan.looked
    if plan.entity not in RECORDS or (plan.shape and "mode" in plan.shape.terms):
        return []
    days = [one for one in looked.source.columns if says_snapshot(one) and (looked.part or not looked.of(one).unique)]
    if not any(looked.of(one).unique for one in looked.source.columns if likely(one, plan) >= 2):
        days += [one for one in _plain_days(plan) if one not in days]
    ids = sorted(
        (one for one in looked.source.columns if _names(looked, one, apart=_apart(plan)) and one not in days),
        key=lambda one: (-likely(one, plan), looked.index(one)),
    )
    # Beside a column that is named after snapshots, any column that tells the rows of each one apart may be the id.
    return [(day, one) for day in days for one in ids[:MOST_IDS] if likely(one, plan) >= 1 or says_snapshot(day)]


def _plain_days(plan: Plan) -> Iterator[str]:
    looked = plan.looked
    meant = {plan.column(one) for one in ("close_date", "created_at", "starts_on", "ends_on")}
    for column in looked.source.columns:
        facts = looked.of(column)
        if facts.dated and column not in meant and facts.share > 0.999 and len(facts.values) * 3 <= facts.filled:
            yield column


def _apart(plan: Plan) -> bool:
    """Say whether each snapshot is a file of its own whose name does not tell its day."""
    return len(plan.table.sources) > 1 and not plan.table.dated


def _names(looked: Looked, column: str, *, apart: bool = False) -> bool:
    facts = looked.of(column)
    return (
        facts.share > 0.999
        and not facts.dated
        and facts.kind not in {"flag", "number"}
        and (apart or looked.part or not facts.unique)
    )


def read_states(desk: Desk, plan: Plan) -> bool:
    """Take a table for a log of states where it is one. Where its days are no dates, its entity is left to a person."""
    for day, column in state_columns(plan):
        states = _count(desk, plan, day, column)
        if states is None or states.again < (TOLD if says_snapshot(day) else UNTOLD):
            continue
        _say(plan, states)
        return True
    return False


def _say(plan: Plan, states: States) -> None:
    plan.key = (states.day, states.id)
    every = f"'{states.id}' is there once for each of {states.days:,} values of '{states.day}'"
    if not plan.looked.of(states.day).dated:
        plan.say("key", list(plan.key), Sure.HIGH, every)
        plan.leave(f"{every}, which is no day: each deal would count once for each of them")
        plan.ask("at", f"On which days the states of '{states.day}' were taken is not told. Write days there.")
        return
    plan.states = states.day
    plan.terms.pop("modified", None)
    plan.asked = [one for one in plan.asked if one[1] != UNORDERED]
    plan.say("key", list(plan.key), Sure.HIGH, every)
    plan.say("mode", "log", Sure.HIGH, _WHY.format(states.day))
    plan.say("at", states.day, Sure.HIGH, "the day of the snapshot")
    plan.say("fields.id", states.id, Sure.HIGH, "the record; its rows are its states")
    gone = states.records - states.last
    if gone:
        what = (
            f"{gone:,} of {states.records:,} records are absent from the last snapshot. In a log that deletes nothing"
        )
        plan.ask("mode", f"{what}: each keeps its last state.")


def _count(desk: Desk, plan: Plan, day: str, column: str) -> States | None:
    """Count days and records; None where a record is there twice on a day, or most of them are there once only."""
    texts = [f"nullif(trim({plan.looked.sql(one)}), '')" for one in (day, column)]
    rows = f"select {texts[0]} as t, {texts[1]} as i, {day_sql(plan, day)} as d from {plan.looked.relation}"
    query = (
        f"with s as materialized (select * from ({rows}) where t is not null and i is not null),"
        " o as (select t, row_number() over (order by min(d), t) as n, count(*) as held from s group by t),"
        " p as (select distinct s.i, o.n from s join o using (t))"
        " select (select count(*) from s), (select count(*) from p), (select count(*) from o),"
        " (select count(distinct i) from s), (select held from o order by n desc limit 1),"
        " (select count(*) from p join p as q on q.i = p.i and q.n = p.n + 1)"
    )
    try:
        told, pairs, days, records, last, again = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return None
    if _apart(plan) and says_snapshot(day) and days == 1 and told == records:
        return States(day, column, len(plan.table.sources), records, last, 1.0)
    if told != pairs or days < 2 or told / records < REPEATED or told / days < 2:
        return None
    return States(day, column, days, records, last, again / (told - last))


def leave_parts(desk: Desk, plan: Plan) -> None:
    """Leave a table of which each row is a part of a deal, such as a line of its products, to a person."""
    if plan.entity != "opportunity" or plan.told("mode") == "log" or len(plan.key) == 1:
        return
    if plan.shape and "mode" in plan.shape.terms:
        return
    for column in sorted(plan.looked.source.columns, key=lambda one: -likely(one, plan)):
        if likely(column, plan) < 3.5 or not _names(plan.looked, column):
            continue
        text = plan.looked.sql(column)
        query = f"select count(*), count(distinct {text}) from {plan.looked.relation}"
        try:
            rows, records = desk.engine.execute(query).fetchall()[0]
        except EngineError:
            return
        if records and rows / records >= REPEATED:
            plan.leave(f"'{column}' is in several rows each, so a row is a part of a deal and its amount may repeat")
            what = f"{rows:,} rows tell of {records:,} values of '{column}', and no column says which of them counts."
            plan.ask("entity", f"{what} Export one row for each deal.")
        return
