"""In which order a table writes day, month and year: a thirteenth month decides; else what its other columns prove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tieout.propose.look import Desk
from tieout.propose.plan import Plan, Sure
from tieout.warehouse.engine import EngineError, literal

_PARTS = r"^\s*(\d{1,2})[./-](\d{1,2})[./-]\d{4}"


def say_dates(desk: Desk, plans: Iterable[Plan]) -> None:
    """Propose the order of each table's dates."""
    waiting: list[tuple[Plan, list[str]]] = []
    proven = Counter[str]()
    for plan in plans:
        columns = _columns(plan)
        orders = {_order(desk, plan, column): column for column in columns}
        known = {order: column for order, column in orders.items() if order in {"dmy", "mdy"}}
        if len(known) == 2:
            plan.say(
                "dates", "dmy", Sure.LOW, f"'{known['dmy']}' has a thirteenth month one way, '{known['mdy']}' the other"
            )
            plan.ask("dates", f"'{known['dmy']}' is written day first and '{known['mdy']}' month first.")
        elif known:
            order, column = next(iter(known.items()))
            first = "day" if order == "dmy" else "month"
            plan.say("dates", order, Sure.HIGH, f"{first} first: '{column}' has values above 12 in the other place")
            proven[order] += 1
        elif "ambiguous" in orders:
            waiting.append((plan, columns))
        for order in ("other", "mixed"):
            if order in orders:
                sample = plan.looked.of(orders[order]).sample
                plan.ask(
                    "fields", f"'{orders[order]}' writes dates in a way that is not read: {sample[0] if sample else ''}"
                )
    for plan, columns in waiting:
        _settle(plan, columns, proven)


def _columns(plan: Plan) -> list[str]:
    """List the columns with dates that the plan reads."""
    named = {term.value for term in plan.terms.values() if isinstance(term.value, str)}
    named |= {
        str(term.value["column"])
        for term in plan.terms.values()
        if isinstance(term.value, dict) and "column" in term.value
    }
    return [column for column in plan.looked.source.columns if column in named and plan.looked.of(column).dated]


def _order(desk: Desk, plan: Plan, column: str) -> str:
    """Tell a column's order: by the sample, and where that leaves it open by all rows."""
    facts = plan.looked.of(column)
    if facts.order != "ambiguous":
        return facts.order
    parts = (f"try_cast(regexp_extract({plan.looked.sql(column)}, {literal(_PARTS)}, {n}) as int)" for n in (1, 2))
    query = f"select max({next(parts)}), max({next(parts)}) from {plan.looked.relation}"
    try:
        first, second = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return "ambiguous"
    if (first or 0) > 12 and (second or 0) > 12:
        return "mixed"
    return "dmy" if (first or 0) > 12 else "mdy" if (second or 0) > 12 else "ambiguous"


def _settle(plan: Plan, columns: Sequence[str], proven: Counter[str]) -> None:
    """Choose an order that no value of the table proves."""
    if len(proven) == 1:
        order = next(iter(proven))
        plan.say("dates", order, Sure.MEDIUM, "no day above 12 in this table; the other tables prove it")
        return
    dotted = any("." in text[:6] for column in columns for text in plan.looked.of(column).sample)
    comma = any(facts.style == "eu" for facts in plan.looked.facts)
    if dotted or comma:
        why = "with points between them" if dotted else "amounts here have a decimal comma"
        plan.say("dates", "dmy", Sure.MEDIUM, f"no day above 12; {why}, the day comes first")
        return
    plan.say("dates", "dmy", Sure.LOW, "no day above 12, so it may be either")
    plan.ask("dates", f"Whether '{columns[0]}' is day or month first is not told by any value. Write dmy or mdy.")
