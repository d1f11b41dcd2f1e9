"""What only shows when tables are seen together: ids of records, event columns, assumed fields, double money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY
from tieout.propose.plan import Plan, Sure, Term

_ASSUMED = ("name", "account_id", "type", "currency", "created_at", "source")
_MONEY = frozenset({"spend", "revenue", "invoice"})


def refine(plans: Sequence[Plan]) -> None:
    """Complete the plans."""
    for plan in plans:
        if plan.entity and plan.entity != FIELD_HISTORY:
            _identify(plan)
        if plan.entity == "opportunity" and plan.told("mode") != "log":
            _assume(plan)
    _once(plans)


def _identify(plan: Plan) -> None:
    """Say which column is the record's id, where the key is one column; else the parts of the key together."""
    if plan.told("fields.id") and plan.told("mode") == "log":
        return
    if len(plan.key) == 1:
        fields = {"fields.id": Term("fields.id", plan.key[0], Sure.HIGH, "the key")}
        key = plan.looked.of(plan.key[0])
        if (
            plan.entity in {"account", "user"}
            and "fields.name" not in plan.terms
            and key.kind == "text"
            and not key.digits
        ):
            fields["fields.name"] = Term("fields.name", plan.key[0], Sure.MEDIUM, "its key is a name")
        plan.terms = {**fields, **{key: term for key, term in plan.terms.items() if key != "fields.id"}}
    else:
        plan.terms.pop("fields.id", None)


def _assume(plan: Plan) -> None:
    fields = [name for name in _ASSUMED if plan.told(f"fields.{name}") or name in {"type", "currency"}]
    why = "set when a deal is opened and hardly ever changed: what the first extract shows held before it"
    plan.say("assume", [name for name in fields if name in ENTITIES["opportunity"]], Sure.MEDIUM, why)


def _once(plans: Sequence[Plan]) -> None:
    """Read money once: of several tables of one system that hold the same kind, all but one are left to a person."""
    groups: dict[tuple[str, str], list[Plan]] = defaultdict(list)
    for plan in plans:
        if plan.entity in _MONEY:
            groups[plan.system, plan.entity].append(plan)
    for (_, entity), found in groups.items():
        ranked = sorted(
            found, key=lambda plan: (plan.shape is None, -sum(key.startswith("fields.") for key in plan.terms))
        )
        for plan in ranked[1:]:
            plan.leave(f"{ranked[0].name} is {entity} already, and both could hold the same money")
            plan.ask("entity", f"Whether it is {entity} beside {ranked[0].name}, or the same money again, is not told.")
