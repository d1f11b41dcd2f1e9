"""Systems and objects named: a known system by its name, any other by its folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from tieout.propose.plain import slug
from tieout.propose.plan import Plan

ALONE = "exports"


def name_plans(plans: Sequence[Plan]) -> None:
    """Give each plan its system and a name of its own there."""
    by_folder: dict[str, Counter[str]] = {}
    for plan in plans:
        known = by_folder.setdefault(_top(plan), Counter())
        if plan.shape:
            known[plan.shape.system] += 2 if plan.entity else 1
    taken: set[tuple[str, str]] = set()
    for plan in plans:
        plan.system = _system(plan, by_folder[_top(plan)])
        name = slug(plan.table.label)
        if plan.shape and re.fullmatch(r"(report|export|x)?[_\d]*", name):
            name = plan.shape.name
        wanted, number = name, 1
        while (plan.system, wanted) in taken:
            number += 1
            wanted = f"{name}_{number}"
        plan.name = wanted
        taken.add((plan.system, wanted))


def _top(plan: Plan) -> str:
    parts = PurePosixPath(plan.table.stem).parts
    return parts[0] if len(parts) > 1 else ""


def _system(plan: Plan, known: Counter[str]) -> str:
    if plan.shape:
        return plan.shape.system
    if known and _top(plan):
        return known.most_common(1)[0][0]
    return slug(_top(plan)) if _top(plan) else ALONE
