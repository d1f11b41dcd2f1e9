"""A log of steps: each row is an event of a case (a deal, an application); its last step is how the case stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tieout.propose.draft import say_field
from tieout.propose.fields import name_score, shared_words
from tieout.propose.look import Desk, Looked
from tieout.propose.plain import tokens
from tieout.propose.plan import Plan, Sure
from tieout.propose.value_words import outcome_of
from tieout.warehouse.engine import EngineError, identifier, literal

_CASES = frozenset(tokens(
    "case vorgang vorgangsnr process application deal opportunity antrag trace dossier caso processo chance opp"
    " verkaufschance oportunidad oportunidade"
))  # fmt: skip
_NAMED = _CASES | frozenset(tokens("id nr no number key ref code nummer numero concept name num"))
"""What the name of a case's column is made of: `Deal Owner` is no case."""
_STEPS = frozenset(tokens(
    "activity event step action stage status aktivitat schritt phase etape etapa fase attivita atividade actividad"
))  # fmt: skip
_SEQUENCES = frozenset({"seq", "sequence", "index", "lfdnr", "nr", "no", "step", "position", "order", "rank", "ordem"})
MOST_STEPS = 60
REPEATED = 1.5


@dataclass(frozen=True, slots=True)
class Log:
    """The columns of a log of steps."""

    case: str
    step: str
    time: str


def read_log(desk: Desk, plan: Plan) -> None:
    """Take a table for a log of steps of opportunities, where it looks like one and its steps end in won or lost."""
    if plan.shape or plan.entity not in {None, "activity", "opportunity", "revenue", "lead"}:
        return
    log = _columns(desk, plan.looked)
    if not log or not _repeats(desk, plan, log):
        return
    steps = _count_steps(desk, plan, log)
    ends = {outcome_of(step) for step in steps}
    if not ends & {"won", "lost"} or len(steps) > MOST_STEPS:
        return
    plan.entity = "opportunity"
    for key in [key for key in plan.terms if key.startswith("fields.") or key in {"kept", "entity"}]:
        plan.terms.pop(key)
    why = f"each row is an event: '{log.step}' of a '{log.case}' at '{log.time}', and some of them end it"
    plan.say("entity", "opportunity", Sure.MEDIUM, why)
    plan.say("mode", "log", Sure.HIGH, "a case has many rows, each with its time")
    plan.say("at", log.time, Sure.HIGH, "the time of the event")
    sequence = next((one for one in plan.key if one != log.case and _SEQUENCES & set(tokens(one))), None)
    if sequence:
        plan.say("sequence", sequence, Sure.HIGH, "counts the events of a case")
    plan.say("fields.id", log.case, Sure.HIGH, "the case")
    plan.say("fields.stage", log.step, Sure.HIGH, "the step that the event reached")
    _amount(plan, log)
    _family(desk, plan, log, steps)


def _columns(desk: Desk, looked: Looked) -> Log | None:
    named = [(one, frozenset(tokens(one))) for one in looked.source.columns]
    cases = [one for one, words in named if words & _CASES and words <= _NAMED and not looked.of(one).dated]
    steps = [one for one, words in named if words & _STEPS and looked.of(one).kind == "text" and looked.of(one).few]
    times = [one for one, _ in named if looked.of(one).dated and looked.of(one).share > 0.99 and one not in cases]
    if not cases or not steps or not times:
        return None
    # The step ends most, and the time of the event is the one that changes within a case.
    step = max(steps, key=lambda one: (sum(outcome_of(value) is not None for value in looked.of(one).values), one))
    time = max(times, key=lambda one: (_moments(desk, looked, cases[0], one), -looked.index(one)))
    return Log(cases[0], step, time)


def _moments(desk: Desk, looked: Looked, case: str, time: str) -> int:
    query = f"select count(distinct ({looked.sql(case)}, {looked.sql(time)})) from {looked.relation}"
    try:
        return int(desk.engine.execute(query).fetchall()[0][0])
    except EngineError:
        return 0


def _repeats(desk: Desk, plan: Plan, log: Log) -> bool:
    case = plan.looked.sql(log.case)
    query = f"select count(*), count(distinct {case}) from {plan.looked.relation}"
    try:
        rows, cases = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return False
    return bool(cases) and rows / cases >= REPEATED


def _count_steps(desk: Desk, plan: Plan, log: Log) -> list[str]:
    step = f"trim({plan.looked.sql(log.step)})"
    query = f"select {step}, count(*) from {plan.looked.relation} where nullif({step}, '') is not null group by 1"
    return [str(name) for name, _ in desk.engine.execute(query).fetchall()]


def _amount(plan: Plan, log: Log) -> None:
    """Take the column that is named like an amount, else leave it."""
    looked = plan.looked
    dress = shared_words(looked.source.columns)
    numbers = [one for one in looked.source.columns if looked.of(one).numeric and one not in {log.case, *plan.key}]
    scored = [(name_score("arr", one, dress), one) for one in numbers]
    score, column = max(scored, default=(0.0, ""))
    if score >= 0.8:
        say_field(plan, "arr", column, Sure.MEDIUM, "its name says so")
    else:
        plan.ask("fields.arr", "No column is named like an amount.")


def _family(desk: Desk, plan: Plan, log: Log, steps: list[str]) -> None:
    """Limit the log to the family of steps that ends cases, where names have prefixes as in A_SUBMITTED and W_CALL."""
    families: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        for sign in ("_", ":", "-", "."):
            if sign in step[:4]:
                families[step.split(sign)[0] + sign].append(step)
                break
    if len(families) < 2 or sum(map(len, families.values())) < len(steps) * 0.8:
        return
    ending = {name: found for name, found in families.items() if {outcome_of(one) for one in found} >= {"won", "lost"}}
    whole = {name: _cover(desk, plan, log, name) for name in ending or families}
    best = max(whole, key=lambda name: whole[name])
    if whole[best] < 0.999:
        return
    sql = f"{identifier(log.step)} like {literal(f'{best}%')}"
    left = ", ".join(sorted(name for name in families if name != best))
    why = f"every case has steps of {best}* and ends with one; those of {left} are other work on it"
    plan.say("where", sql, Sure.MEDIUM, why)
    plan.ask("where", f"Whether the steps of {left} are stages of the deal too is not told; they are left aside.")
    plan.family = best


def _cover(desk: Desk, plan: Plan, log: Log, family: str) -> float:
    case, step = plan.looked.sql(log.case), plan.looked.sql(log.step)
    query = (
        f"select count(distinct {case}), count(distinct {case}) filter (where starts_with({step}, {literal(family)}))"
        f" from {plan.looked.relation}"
    )
    every, covered = desk.engine.execute(query).fetchall()[0]
    return covered / every if every else 0.0
