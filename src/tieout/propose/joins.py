"""Which column holds ids of which table, proven by how many of its values are found there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY, FIELD_HISTORY_FIELDS
from tieout.propose.fields import name_score, shared_words
from tieout.propose.look import Desk
from tieout.propose.plan import Join, Plan, Sure
from tieout.propose.words import FIELDS
from tieout.warehouse.engine import EngineError

_TARGETS = {
    "account_id": "account", "owner_id": "user", "user_id": "user", "manager_id": "user", "lead_id": "lead",
    "contact_id": "contact", "opportunity_id": "opportunity", "campaign_id": "campaign", "parent_id": "account",
    "record": "opportunity",
}  # fmt: skip
FOUND, NAMED = 0.5, 0.8
LEAST_NAME = 0.5


def find_joins(desk: Desk, plans: Sequence[Plan]) -> tuple[Join, ...]:
    """Prove the references between tables.

    1. Of several columns that may be a reference, the one whose values are found counts. 2. Where a table is referred
    to by name everywhere, its records are known by their names. 3. Tell the share of what is found.
    """
    for entity in dict.fromkeys(_TARGETS.values()):
        for target in (plan for plan in plans if plan.entity == entity):
            _known_by_name(desk, target, plans)
    joins: list[Join] = []
    for plan in plans:
        for field, entity in _TARGETS.items():
            targets = [target for target in plans if target.entity == entity]
            best = max(_tried(desk, plan, field, targets), key=lambda join: join.share, default=None)
            if best and best.share >= FOUND:
                joins.append(best)
            _tell(plan, field, best, targets)
    return tuple(joins)


def _fields(entity: str) -> Collection[str]:
    return FIELD_HISTORY_FIELDS if entity == FIELD_HISTORY else ENTITIES[entity]


def _ids(target: Plan) -> str | None:
    return target.column("id") or (target.key[0] if len(target.key) == 1 else None)


def _tried(desk: Desk, plan: Plan, field: str, targets: Sequence[Plan]) -> Iterator[Join]:
    """Count the values of each column that may be the reference; the one chosen by its name is tried too."""
    chosen = plan.column(field)
    if not plan.entity or field not in _fields(plan.entity) or (chosen is None and plan.shape):
        return
    columns = [chosen] if chosen else []
    if not plan.shape and field in FIELDS:
        dress = shared_words(plan.looked.source.columns)
        columns += [one for one in plan.looked.source.columns if name_score(field, one, dress) >= LEAST_NAME]
    for target in targets:
        ids = _ids(target)
        for column in dict.fromkeys(columns):
            if ids is None or (target is plan and ids == column):
                continue
            counted = overlap(desk, plan, column, target, ids)
            if counted and counted[0]:
                given, hits = counted
                yield Join(plan.label, column, field, target.label, hits / given, given - hits)


def overlap(desk: Desk, plan: Plan, column: str, target: Plan, ids: str) -> tuple[int, int] | None:
    """Count the different values of a column, and those that are ids of the target."""
    mine = f"select distinct trim({plan.looked.sql(column)}) as v from {plan.looked.relation}"
    mine += f" where nullif(trim({plan.looked.sql(column)}), '') is not null"
    theirs = f"select distinct trim({target.looked.sql(ids)}) as v from {target.looked.relation}"
    query = f"select count(*), count(*) filter (where v in ({theirs})) from ({mine})"
    try:
        given, hits = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return None
    return int(given), int(hits)


def _known_by_name(desk: Desk, target: Plan, plans: Sequence[Plan]) -> None:
    """Let a table's names be its ids, where others refer to it by name and never by id, and no name is there twice."""
    name, ids = target.column("name"), _ids(target)
    if not name or not ids or name == ids or target.shape:
        return
    fields = [field for field, entity in _TARGETS.items() if entity == target.entity]
    named = 0
    for plan in plans:
        for field in fields:
            column = plan.column(field)
            if not column or plan is target or not plan.entity:
                continue
            by_id = max((join.share for join in _tried(desk, plan, field, [target])), default=0.0)
            by_name = overlap(desk, plan, column, target, name)
            if by_id >= FOUND:
                return
            named += bool(by_name and by_name[0] and by_name[1] / by_name[0] >= NAMED)
    if not named or not _unique(desk, target, name):
        return
    why = f"the other tables name it by '{name}', and no name is there twice; a record that is renamed becomes another"
    target.say("fields.id", name, Sure.MEDIUM, why)


def _unique(desk: Desk, plan: Plan, column: str) -> bool:
    text = f"nullif(trim({plan.looked.sql(column)}), '')"
    query = f"select count(*), count(distinct {text}) from {plan.looked.relation}"
    try:
        rows, distinct = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return False
    return bool(rows == distinct)


def _tell(plan: Plan, field: str, best: Join | None, targets: Sequence[Plan]) -> None:
    term = plan.terms.get(f"fields.{field}")
    if best and best.share >= FOUND:
        value = term.value if term and plan.column(field) == best.column else best.column
        why = f"{best.share:.0%} of its values are ids of {best.target}"
        told = f"{term.why}; {why}" if term and value == term.value else why
        plan.say(f"fields.{field}", value, Sure.HIGH, told)
    elif targets and term:
        share = f"{best.share:.0%}" if best else "none"
        why = f"{share} of its values are ids of {targets[0].label}"
        if field == "manager_id" and not plan.told("fields.team"):
            plan.terms.pop("fields.manager_id")
            plan.say("fields.team", term.value, Sure.MEDIUM, f"groups of people; {why}")
        else:
            plan.say(f"fields.{field}", term.value, Sure.MEDIUM, f"{term.why}; {why}")
