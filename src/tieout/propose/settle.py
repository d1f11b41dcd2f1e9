"""How an opportunity ends, where that stands beside its stage: a status, a flag, a date that only closed deals have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tieout.propose.draft import say_field
from tieout.propose.entities import named_entities
from tieout.propose.fields import name_score
from tieout.propose.look import Looked
from tieout.propose.plain import plain, tokens
from tieout.propose.plan import Plan, Sure
from tieout.propose.value_words import TRUE, outcome_of, step_of
from tieout.warehouse.engine import identifier, literal

MOST_STATUSES = 12
LIKE = 0.6
PLANNED = re.compile(r"expect|estim|^est|plan|geplant|vorauss|erwart|ziel|target|deadline|previs|prevu|forecast|due")
_ENDS = re.compile(r"won|lost|actual|closed|ganh|gagn|gewonn|verlor|perd|signed|reel|tatsaech|real")
_STATUS = frozenset({"status", "state", "statut", "estado", "stato", "situacao"})
_ASIDE = re.compile(r"\(.*?\)")
OPEN, WON, LOST = "Open", "Won", "Lost"


def settle(plan: Plan) -> None:
    """Complete stage and close date of a table of opportunities, and the status of leads."""
    if plan.entity == "lead":
        _leads(plan)
    if plan.entity != "opportunity" or (plan.told("mode") == "log" and not plan.states):
        return
    _records(plan)
    _stage(plan)
    _close_date(plan)
    _undated(plan)
    _doubted(plan)
    if not plan.told("fields.stage") and not plan.terms.get("events") and not plan.states:
        _by_dates(plan)


def _records(plan: Plan) -> None:
    """Read opportunities only, where a column says which rows are leads."""
    for column in plan.looked.source.columns:
        kinds = {value.casefold() for value in plan.looked.of(column).values}
        if kinds and kinds <= {"lead", "opportunity"} and "opportunity" in kinds:
            where = f"lower({identifier(column)}) = 'opportunity'"
            plan.say("where", where, Sure.HIGH, f"'{column}' says which rows are leads")
            if plan.column("type") == column:
                plan.terms.pop("fields.type")


def _leads(plan: Plan) -> None:
    """Read a flag of conversion as the status, where there is none, and say what the lack of every date costs."""
    flag = _flag(plan.looked, ("converted", "is converted", "isconverted", "konvertiert", "convertido", "convertida"))
    if flag and "fields.status" not in plan.terms:
        yes = {text for text in plan.looked.of(flag).values if text.casefold() in TRUE}
        values = {text: "Converted" if text in yes else "Not converted" for text in sorted(plan.looked.of(flag).values)}
        plan.say("fields.status", {"column": flag, "values": values}, Sure.MEDIUM, "whether it was converted")
    if not any(f"fields.{one}" in plan.terms for one in ("first_contact_at", "created_at")):
        what = "No column says when a lead was first met or created: no count of leads in a period, no conversion of a"
        plan.ask("fields.first_contact_at", f"{what} month's leads and no time to convert.")


# -- stage


def _stage(plan: Plan) -> None:
    looked, stage = plan.looked, plan.column("stage")
    status = _status(looked, stage)
    steps = [
        one for one in looked.source.columns if one != status and _steps(looked, one) and not _says_ends(looked, one)
    ]
    if status and (stage is None or stage == status) and steps:
        stage = max(steps, key=lambda one: name_score("stage", one))
    if status and stage is None:
        say_field(plan, "stage", status, Sure.HIGH, "its values say how a deal ended")
        return
    if not status or status == stage or stage is None or _says_ends(looked, stage):
        _flagged(plan, stage)
        return
    ends = {value: end for value in looked.of(status).values if (end := outcome_of(value))}
    plan.stage = (stage, status, ends)
    cases = " ".join(f"when {literal(value.casefold())} then {literal(value)}" for value in ends)
    sql = f"case lower(trim({identifier(status)})) {cases} else {identifier(stage)} end"
    plan.say("fields.stage", {"sql": sql}, Sure.HIGH, f"'{stage}' while it is open; '{status}' says how it ended")


def _status(looked: Looked, stage: str | None) -> str | None:
    """Find a column of few values that says won or lost."""
    found = []
    for column in looked.source.columns:
        facts = looked.of(column)
        ends = {outcome_of(value) for value in facts.values} if facts.kind == "text" else set()
        if 0 < len(facts.values) <= MOST_STATUSES and ends & {"won", "lost"} and _named(column):
            found.append((("won" in ends) + ("lost" in ends) + (None in ends), column == stage, column))
    return max(found)[2] if found else None


def _named(column: str) -> bool:
    words = _STATUS | {"ergebnis", "outcome", "result", "resultado"}
    return bool(words & set(tokens(column))) or name_score("stage", column) >= 0.5


def _steps(looked: Looked, column: str) -> bool:
    facts = looked.of(column)
    if facts.kind != "text" or not facts.few or len(facts.values) < 2:
        return False
    stepped = sum(step_of(value) is not None for value in facts.values)
    named = bool({"phase", "stage", "etapa", "etape", "fase", "stufe", "step"} & set(tokens(column)))
    return name_score("stage", column) >= 0.5 or (named and stepped * 2 >= len(facts.values))


def _says_ends(looked: Looked, column: str) -> bool:
    return any(outcome_of(value) in {"won", "lost"} for value in looked.of(column).values)


def _flagged(plan: Plan, stage: str | None) -> None:
    """Take a flag for the end, where no stage and no status says it."""
    if stage and (_says_ends(plan.looked, stage) or plan.shape):
        return
    won = _flag(
        plan.looked,
        ("is_won", "won", "converted to won", "gewonnen", "ganho", "ganada", "gagne", "closed won", "iswon"),
    )
    closed = _flag(plan.looked, ("is_closed", "closed", "geschlossen", "cerrada", "fechado", "ferme", "isclosed"))
    if not won:
        return
    yes = ", ".join(literal(word) for word in sorted(TRUE))
    otherwise = identifier(stage) if stage else literal(OPEN)
    ends = f"when lower(trim({identifier(won)})) in ({yes}) then {literal(WON)}"
    if closed:
        ends += f" when lower(trim({identifier(closed)})) in ({yes}) then {literal(LOST)}"
    plan.stage_flags = (stage, won, closed)
    plan.say("fields.stage", {"sql": f"case {ends} else {otherwise} end"}, Sure.HIGH, f"'{won}' says how it ended")


def _flag(looked: Looked, names: Sequence[str]) -> str | None:
    wanted = {plain(name) for name in names}
    found = (
        one
        for one in looked.source.columns
        if {plain(one), plain(_ASIDE.sub("", one))} & wanted and looked.of(one).kind in {"flag", "integer"}
    )
    return next((one for one in found if len(looked.of(one).values) <= 2), None)


# -- close date


def _close_date(plan: Plan) -> None:
    """Read the date on which a deal did close before the one on which it was to close."""
    looked, chosen = plan.looked, plan.column("close_date")
    others = {plan.column(field) for field in ("created_at", "at")} | {plan.told("modified")}
    dated = [one for one in looked.source.columns if looked.of(one).dated and one not in others and _closes(one)]
    planned = [one for one in dated if PLANNED.search(" ".join(tokens(one))) or PLANNED.search(plain(one))]
    ended = [one for one in dated if one not in planned and (_ENDS.search(plain(one)) or one == chosen)]
    if len(planned) + len(ended) < 2 or not ended:
        return
    listed = [*sorted(ended, key=lambda one: ("lost" in plain(one), looked.index(one))), *planned[:1]]
    if len(listed) > 1:
        told = "the day it closed, else the day it is to close" if planned else "whichever is filled"
        plan.say("fields.close_date", {"column": listed}, Sure.HIGH, told)


def _undated(plan: Plan) -> None:
    """Say what the lack of every close date, and of every amount, costs; and which column is named like one."""
    if "fields.close_date" not in plan.terms:
        what = f"No column says when a deal closed or is to close{_like(plan, 'close_date')}. Without it: no bookings,"
        plan.ask("fields.close_date", f"{what} no win rate and no pipeline of a period.")
    if not any(f"fields.{one}" in plan.terms for one in ("arr", "acv", "tcv")):
        plan.ask(
            "fields.arr", f"No column is read as the amount of a deal{_like(plan, 'arr')}. Deals are only counted."
        )


def _like(plan: Plan, field: str) -> str:
    """Name a column that is called like a field, and a value that is none."""
    names = ("arr", "acv", "tcv") if field == "arr" else (field,)
    for column in plan.looked.source.columns:
        facts = plan.looked.of(column)
        if facts.kind == "text" and max(name_score(name, column) for name in names) >= LIKE and facts.sample:
            return f" ('{column}' has values such as '{facts.sample[0]}')"
    return ""


def _doubted(plan: Plan) -> None:
    """Leave a list with a status, and neither a day nor a win, to a person: it may be one of customers."""
    stage = plan.column("stage")
    named = plan.shape or "opportunity" in named_entities(plan.table.stem) or "fields.close_date" in plan.terms
    if named or stage is None or not _STATUS & set(tokens(stage)) or "fields.probability" in plan.terms:
        return
    if not any(outcome_of(value) == "won" for value in plan.looked.of(stage).values):
        plan.leave(f"no value of '{stage}' is a win, and no column is a day of closing")
        plan.ask("entity", "Whether its rows are deals, or what customers have, is not told by any column.")


def _closes(column: str) -> bool:
    return name_score("close_date", column) >= 0.5 or bool(_ENDS.search(plain(column)) and "time" in tokens(column))


def _by_dates(plan: Plan) -> None:
    """Make the stage from dates, where there is no other sign: a deal is open from its creation, won on its close."""
    column = plan.column("close_date")
    if not column:
        return
    share = plan.looked.of(column).share
    won = any(word in plain(column) for word in ("won", "ganh", "gagn", "gewonn", "signed", "unterschrift"))
    if not (won or share > 0.999):
        plan.ask("fields.stage", "No column says in which stage a deal is, or whether it was won.")
        return
    events = [{"at": column, "set": {"stage": WON}}]
    created = plan.column("created_at")
    if created:
        events.insert(0, {"at": created, "set": {"stage": OPEN}})
    sure = Sure.HIGH if won else Sure.LOW
    plan.say("events", events, sure, f"no column has a stage; '{column}' says when a deal was won")
    if sure is Sure.LOW:
        plan.ask("events", f"Whether every deal with a '{column}' was won is not told by any column.")
