"""How complete an extract is: all records, the changed ones, or events; by names, keys and how its pulls overlap."""

from __future__ import annotations

import re

from tieout.connect.files import UnreadableError
from tieout.contract.vocabulary import FIELD_HISTORY
from tieout.propose.look import Desk, Looked, look
from tieout.propose.plain import plain, tokens
from tieout.propose.plan import Plan, Sure
from tieout.warehouse.engine import EngineError

_DELTA = re.compile(r"(?<![a-z])(delta|deltas|incremental|changes|changed|updates|diff|inkrement|aenderungen)(?![a-z])")
_EVENTS = frozenset({"activity", "usage"})
SAME_RECORDS = 0.9
UNORDERED = "Which of its files is newer is not told by their names. Put the day into each name."


def say_mode(desk: Desk, plan: Plan) -> None:
    """Propose the mode of a table's extracts."""
    given = plan.shape.terms.get("mode") if plan.shape else None
    if given == "log" or plan.entity == FIELD_HISTORY:
        _log(plan)
    elif given:
        plan.say("mode", given, Sure.HIGH, "versions of its records")
    elif plan.entity in _EVENTS and plan.column("at"):
        plan.say("mode", "log", Sure.MEDIUM, "what happened is never taken back")
        plan.say("at", plan.column("at"), Sure.MEDIUM, "the time of the event")
    elif not plan.key:
        plan.say("mode", "log", Sure.MEDIUM, "no key tells its rows apart; a row is known by its content")
    elif len(plan.table.sources) > 1:
        _several(desk, plan)
    elif _DELTA.search(" ".join(tokens(plan.table.stem))):
        plan.say("mode", "delta", Sure.MEDIUM, "its name says that it holds changes")
    else:
        plan.say("mode", "full", Sure.MEDIUM, "one file, one row for each record")


def _log(plan: Plan) -> None:
    plan.say("mode", "log", Sure.HIGH, "each row is an event")
    by_plain = {plain(column): column for column in plan.looked.source.columns}
    listed = plan.shape.terms.get("at", ()) if plan.shape else ()
    wanted = [listed] if isinstance(listed, str) else list(listed)
    column = next((by_plain[plain(one)] for one in wanted if plain(one) in by_plain), plan.column("at"))
    if column:
        plan.say("at", column, Sure.HIGH, "the time of the event")


def _several(desk: Desk, plan: Plan) -> None:
    table = plan.table
    first, last = table.sources[-2], table.sources[-1]
    shared = _shared(desk, plan, first, last)
    if shared is None:
        plan.say("mode", "delta", Sure.MEDIUM, "its files could not be compared, so absence means nothing")
        return
    back, forth = shared
    if table.dated and back >= SAME_RECORDS:
        plan.say("mode", "full", Sure.HIGH, f"{back:.0%} of the records of {first.name} are in {last.name} again")
    elif table.dated:
        why = f"only {back:.0%} of the records of {first.name} are in {last.name}"
        plan.say("mode", "delta", Sure.MEDIUM, why)
    elif back <= 1 - SAME_RECORDS and forth <= 1 - SAME_RECORDS:
        why = "its files hold different records: parts of one table, so absence means nothing"
        plan.say("mode", "delta", Sure.HIGH, why)
    else:
        why = "its files hold the same records and no name says which is newer: the last name counts"
        plan.say("mode", "delta", Sure.MEDIUM, why)
        plan.ask("files", UNORDERED)


def _shared(desk: Desk, plan: Plan, first: object, last: object) -> tuple[float, float] | None:
    """Give the share of the first file's keys that are in the last, and the other way."""
    looked: list[Looked] = []
    for source in (first, last):
        if source is plan.looked.source:
            looked.append(plan.looked)
            continue
        try:
            looked.append(look(desk, source))  # type: ignore[arg-type]
        except UnreadableError:
            return None
    keys = []
    for one in looked:
        if not set(plan.key) <= set(one.source.columns):
            return None
        parts = ", ".join(one.sql(column) for column in plan.key)
        keys.append(f"select distinct {parts} from {one.relation}")
    query = f"select (select count(*) from ({keys[0]})), (select count(*) from ({keys[1]})),"
    query += f" (select count(*) from ({keys[0]} intersect {keys[1]}))"
    try:
        one, other, both = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return None
    return both / one if one else 0.0, both / other if other else 0.0
