"""The stages of the pipeline: their names, order and outcome, by words of several languages and by what rows say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.propose.look import Desk, Looked
from tieout.propose.plain import plain
from tieout.propose.plan import Plan, StageTerm, Sure
from tieout.propose.value_words import FALSE, QUALIFYING, TRUE, outcome_of, says_closed, step_of
from tieout.warehouse.engine import EngineError, literal

MOST_STAGES = 60
ALIKE = 0.9995
_WON_FLAGS = frozenset(
    map(plain, ("is_won", "won", "hs_is_closed_won", "is closed won", "closed_won", "gewonnen", "ganada", "ganho"))
)
_CLOSED_FLAGS = frozenset(
    map(plain, ("is_closed", "closed", "is deal closed?", "geschlossen", "hs_is_closed", "cerrada", "fechado"))
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A stage as rows tell of it: how many, their mean probability, and the shares flagged as won and as closed."""

    name: str
    rows: int
    probability: float | None
    won: float | None
    closed: float | None
    rank: float | None = None
    ended: str | None = None
    amount: Decimal | None = None


def find_stages(desk: Desk, plans: Sequence[Plan]) -> tuple[StageTerm, ...]:
    """Propose the stages of all tables of opportunities together."""
    seen: dict[str, Seen] = {}
    labels: dict[str, str] = {}
    for plan in plans:
        if plan.entity != "opportunity":
            continue
        for event in plan.told("events") or ():
            name = str(event["set"]["stage"])
            seen.setdefault(name.casefold(), Seen(name, 0, None, None, None))
        if not plan.told("fields.stage"):
            continue
        named = _named(desk, plan, plans)
        labels |= named
        for one in _seen(desk, plan):
            seen.setdefault(named.get(one.name, one.name).strip().casefold(), _renamed(one, named))
        if named:
            _rename(plan, named)
    every = list(seen.values())
    terms = [replace(_judged(one, every), rows=one.rows, amount=one.amount) for one in every]
    return tuple(sorted(terms, key=lambda term: _place(term, seen)))


def _renamed(one: Seen, named: dict[str, str]) -> Seen:
    return replace(one, name=named.get(one.name, one.name).strip())


def _rename(plan: Plan, named: dict[str, str]) -> None:
    column = plan.column("stage")
    why = f"{len(named)} ids of stages have their names in another table"
    plan.say("fields.stage", {"column": column, "values": named}, Sure.HIGH, why)


def _named(desk: Desk, plan: Plan, plans: Sequence[Plan]) -> dict[str, str]:
    """Find the names of stages whose ids the table has, in the table that the shape names."""
    given = plan.shape.terms.get("stages") if plan.shape else None
    other = next((one for one in plans if given and one.shape and one.shape.name == given["object"]), None)
    if not given or not other:
        return {}
    used = set(plan.looked.of(plan.column("stage") or "").values)
    by_plain = {plain(column): other.looked.sql(column) for column in other.looked.source.columns}
    columns = [by_plain.get(plain(given[one])) for one in ("id", "label")]
    if not all(columns):
        return {}
    rows = desk.engine.execute(f"select distinct {columns[0]}, {columns[1]} from {other.looked.relation}").fetchall()
    return {str(one): str(label) for one, label in rows if one in used and label and one != label}


def _seen(desk: Desk, plan: Plan) -> list[Seen]:
    """Count the rows of each stage, with what other columns say of them."""
    looked = plan.looked
    stage = expression(plan)
    parts = [stage, "count(*)"]
    parts += [_probability(plan), _flag(looked, _WON_FLAGS), _flag(looked, _CLOSED_FLAGS), _amount(plan)]
    limited = f" and starts_with({stage}, {literal(plan.family)})" if plan.family else ""
    query = f"select {', '.join(parts)} from {looked.relation} where nullif({stage}, '') is not null{limited}"
    query += " group by 1 order by 2 desc, 1"
    try:
        rows = desk.engine.execute(f"{query} limit {MOST_STAGES + 1}").fetchall()
    except EngineError:
        return []
    if len(rows) > MOST_STAGES:
        plan.ask("fields.stage", f"'{plan.column('stage')}' has more than {MOST_STAGES} values; it may be no stage.")
        return []
    seen = [Seen(str(name), int(n), p, won, closed, amount=sum_) for name, n, p, won, closed, sum_ in rows]
    return along_cases(desk, plan, stage, seen) if plan.told("mode") == "log" and not plan.states else seen


def along_cases(desk: Desk, plan: Plan, stage: str, seen: Sequence[Seen]) -> list[Seen]:
    """Tell of the stages of a log how far along its cases they come, and whether all cases that reach one end alike."""
    case, time = plan.column("id"), plan.told("at")
    if not case or not isinstance(time, str):
        return list(seen)
    ends = {end: [one.name for one in seen if outcome_of(one.name) == end] for end in ("won", "lost")}
    flags = [
        f"max(case when s in ({', '.join(map(literal, names)) or 'null'}) then 1 else 0 end) over (partition by c)"
        for names in ends.values()
    ]
    order = f"{plan.looked.sql(time)}, {plan.looked.sql(plan.told('sequence') or time)}"
    query = (
        "select s, avg(place), avg(won), avg(lost) from (select s, row_number() over (partition by c order by o) as"
        f" place, {flags[0]} as won, {flags[1]} as lost from (select {plan.looked.sql(case)} as c, {stage} as s,"
        f" ({order}) as o from {plan.looked.relation} where nullif({stage}, '') is not null)) group by 1"
    )
    try:
        told = {str(name): (place, won, lost) for name, place, won, lost in desk.engine.execute(query).fetchall()}
    except EngineError:
        return list(seen)
    found = []
    for one in seen:
        place, won, lost = told.get(one.name, (None, 0, 0))
        ended = "won" if won >= ALIKE else "lost" if lost >= ALIKE and won == 0 else None
        found.append(replace(one, rank=place, ended=ended))
    return found


def expression(plan: Plan) -> str:
    """Give the stage as the mapping reads it, over the columns of the table looked at."""
    if plan.stage:
        column, status, ends = plan.stage
        cases = " ".join(f"when {literal(value.casefold())} then {literal(value)}" for value in ends)
        return f"case lower(trim({plan.looked.sql(status)})) {cases} else trim({plan.looked.sql(column)}) end"
    if plan.stage_flags:
        stage, won, closed = plan.stage_flags
        yes = ", ".join(literal(word) for word in sorted(TRUE))
        ends_ = f"when lower(trim({plan.looked.sql(won)})) in ({yes}) then 'Won'"
        if closed:
            ends_ += f" when lower(trim({plan.looked.sql(closed)})) in ({yes}) then 'Lost'"
        return f"case {ends_} else {f'trim({plan.looked.sql(stage)})' if stage else literal('Open')} end"
    return f"trim({plan.looked.sql(plan.column('stage') or '')})"


def _probability(plan: Plan) -> str:
    value = plan.told("fields.probability")
    column = value if isinstance(value, str) else None
    if column is None:
        column = next(
            (one for one in plan.looked.source.columns if "probab" in plain(one) or "wahrschein" in plain(one)), None
        )
    if column is None:
        return "null"
    return f"avg(try_cast(regexp_extract(replace({plan.looked.sql(column)}, ',', '.'), '[0-9.]+') as double))"


def _amount(plan: Plan) -> str:
    """Give the sum of the amounts of a stage's rows, where they are read as they stand."""
    column = plan.told("fields.arr")
    if (
        not isinstance(column, str)
        or plan.looked.of(column).signs
        or plan.looked.of(column).style not in {"plain", "us"}
    ):
        return "null"
    return f"sum(try_cast(replace({plan.looked.sql(column)}, ',', '') as decimal(24, 2)))"


def _flag(looked: Looked, names: frozenset[str]) -> str:
    column = next(
        (one for one in looked.source.columns if plain(one) in names and looked.of(one).kind != "empty"), None
    )
    if column is None:
        return "null"
    text = f"lower(trim({looked.sql(column)}))"
    yes, no = (", ".join(f"'{one}'" for one in sorted(words)) for words in (TRUE, FALSE))
    return f"avg(case when {text} in ({yes}) then 1 when {text} in ({no}) then 0 end)"


def _rows(one: Seen) -> str:
    return f"{one.rows:,} row{'s' * (one.rows != 1)}" if one.rows else "from a column of dates"


def _judged(one: Seen, every: Sequence[Seen]) -> StageTerm:
    """Tell a stage's outcome: by flags where the rows have some, else by its words, else by a probability of 0 or 1."""
    top = max((other.probability or 0 for other in every), default=0)
    scale = 100 if top > 1 else 1
    chance = None if one.probability is None else round(one.probability / scale, 2)
    kept = chance if chance is not None and 0 <= chance <= 1 else None
    word = outcome_of(one.name)
    if one.won is not None and one.won >= 0.95:
        return StageTerm(one.name, "won", Sure.HIGH, f"{_rows(one)}, flagged as won", 1.0)
    if one.closed is not None and one.closed >= 0.95 and one.won is not None:
        return StageTerm(one.name, "lost", Sure.HIGH, f"{_rows(one)}, flagged as closed and not won", 0.0)
    if one.closed is not None and one.closed <= 0.05 and one.won is not None:
        return StageTerm(one.name, "open", Sure.HIGH, f"{_rows(one)}, flagged as open", kept)
    if word:
        return StageTerm(one.name, word, Sure.HIGH, f"{_rows(one)}; its words say so", 1.0 if word == "won" else 0.0)
    if one.ended == "won":
        return StageTerm(one.name, "won", Sure.MEDIUM, f"{_rows(one)}; every case that reaches it was won", 1.0)
    if chance in {0.0, 1.0} and len({other.probability for other in every}) > 2:
        outcome = "won" if chance == 1.0 else "lost"
        return StageTerm(one.name, outcome, Sure.LOW, f"{_rows(one)}, all with a probability of {chance:.0%}", kept)
    if says_closed(one.name):
        return StageTerm(one.name, "lost", Sure.LOW, f"{_rows(one)}; it is closed, and won is not said", 0.0)
    sure = Sure.HIGH if step_of(one.name) is not None or one.closed is not None else Sure.MEDIUM
    return StageTerm(one.name, "open", sure, _rows(one), kept)


def _place(term: StageTerm, seen: dict[str, Seen]) -> tuple[float, ...]:
    ends = {"open": 0, "won": 1, "lost": 2, "disqualified": 3}
    one = seen[term.name.casefold()]
    number = re.match(r"\D{0,8}(\d{1,3})(?!\d)", term.name)
    step = step_of(term.name)
    said = 9 if step is None else step
    told = float(number[1]) if number else -1.0
    return ends[term.outcome], told, one.probability or -1.0, one.rank or float(said), said, -one.rows


def qualifying(stages: Sequence[StageTerm]) -> tuple[str | None, Sure, str]:
    """Propose the stage at which a deal counts."""
    opened = [term for term in stages if term.outcome == "open"]
    for term in opened:
        if QUALIFYING.search(plain(term.name)) and "unqual" not in plain(term.name):
            return term.name, Sure.MEDIUM, "its name says that it qualifies"
    first = opened[0].name if opened else None
    return first, Sure.LOW, "no stage's name says that it qualifies; from the first one on, everything counts"
