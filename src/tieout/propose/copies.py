"""Copies of a table left out: the same records under a name that differs by a word, as in `company_data_postgres`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tieout.propose.look import Desk
from tieout.propose.plan import Plan
from tieout.propose.survey import LeftOut
from tieout.warehouse.engine import EngineError

SAME_COLUMNS = 0.9
SAME_KEYS = 0.95


def drop_copies(desk: Desk, plans: Sequence[Plan]) -> tuple[list[Plan], list[LeftOut]]:
    """Keep one of several tables that hold the same records of the same object; name the others."""
    groups: dict[tuple[str, str, str], list[Plan]] = defaultdict(list)
    for plan in plans:
        about = f"{plan.shape.system}.{plan.shape.name}" if plan.shape else plan.entity or ""
        groups[plan.table.folder, about, plan.table.label].append(plan)
    out: list[LeftOut] = []
    dropped: set[int] = set()
    for found in groups.values():
        ranked = sorted(found, key=lambda plan: (len(plan.table.stem), plan.table.stem))
        for place, plan in enumerate(ranked):
            twin = next((one for one in ranked[:place] if id(one) not in dropped and _same(desk, one, plan)), None)
            if twin:
                dropped.add(id(plan))
                reason = f"It holds the same records as {twin.table.sources[-1].name}; one of them is read."
                out += [
                    LeftOut(source.name, reason, "Move the one that is not wanted away.")
                    for source in plan.table.sources
                ]
    return [plan for plan in plans if id(plan) not in dropped], out


def _same(desk: Desk, one: Plan, other: Plan) -> bool:
    mine, theirs = one.looked.source.plain, other.looked.source.plain
    if len(mine & theirs) < SAME_COLUMNS * max(len(mine), len(theirs)):
        return False
    if one.table.stem == other.table.stem:
        return False
    key = one.key or tuple(column for column in one.looked.source.columns[:3])
    if not set(key) <= set(other.looked.source.columns):
        return False
    listed = [", ".join(plan.looked.sql(column) for column in key) for plan in (one, other)]
    a, b = (
        f"select distinct {columns} from {plan.looked.relation}"
        for columns, plan in zip(listed, (one, other), strict=True)
    )
    query = (
        f"select (select count(*) from ({a})), (select count(*) from ({b})), (select count(*) from ({a} intersect {b}))"
    )
    try:
        first, second, both = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return False
    return bool(both) and both >= SAME_KEYS * max(first, second)
