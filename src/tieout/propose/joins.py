"""Which column holds ids of which table, proven by how many of its values are found there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tieout.propose.look import Desk
from tieout.propose.plan import Join, Plan, Sure
from tieout.warehouse.engine import EngineError

_TARGETS = {
    "account_id": "account", "owner_id": "user", "user_id": "user", "manager_id": "user", "lead_id": "lead",
    "contact_id": "contact", "opportunity_id": "opportunity", "campaign_id": "campaign", "parent_id": "account",
    "record": "opportunity",
}  # fmt: skip
FOUND = 0.5


def find_joins(desk: Desk, plans: Sequence[Plan]) -> tuple[Join, ...]:
    """Prove the references between tables; a reference to names instead of ids turns the name into the id."""
    joins: list[Join] = []
    for plan in plans:
        for field, entity in _TARGETS.items():
            column = plan.column(field)
            if not column or plan.looked.of(column).kind == "empty":
                continue
            found = [join for target in plans if target.entity == entity for join in _tried(desk, plan, field, target)]
            best = max(found, key=lambda join: join.share, default=None)
            if best:
                joins.append(best)
            _tell(plan, field, best, [target for target in plans if target.entity == entity])
    return tuple(joins)


def _tried(desk: Desk, plan: Plan, field: str, target: Plan) -> Iterable[Join]:
    ids = target.column("id") or (target.key[0] if len(target.key) == 1 else None)
    column = plan.column(field)
    if not ids or not column or (target is plan and ids == column):
        return
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


def _tell(plan: Plan, field: str, best: Join | None, targets: Sequence[Plan]) -> None:
    term = plan.terms.get(f"fields.{field}")
    if not targets or term is None:
        return
    if best and best.share >= FOUND:
        why = f"{term.why}; {best.share:.0%} of its values are ids of {best.target}"
        plan.say(f"fields.{field}", term.value, Sure.HIGH, why)
    else:
        share = f"{best.share:.0%}" if best else "none"
        why = f"{term.why}; {share} of its values are ids of {targets[0].label}"
        plan.say(f"fields.{field}", term.value, Sure.MEDIUM, why)
