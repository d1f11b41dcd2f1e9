"""In which order a table writes day, month and year: a thirteenth month decides; else what its other columns prove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY_FIELDS, Kind
from tieout.propose.look import Desk
from tieout.propose.plan import Plan, Sure
from tieout.warehouse.engine import EngineError, literal

_SPLIT = r"^\s*(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}"
_TIMES = frozenset({Kind.DATE, Kind.TIME})
_SAID = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
_SERIAL = {"excel": "days since 1900", "unix": "seconds since 1970", "unix_ms": "milliseconds since 1970"}


def say_dates(desk: Desk, plans: Iterable[Plan]) -> None:
    """Propose how each table writes its dates, and each column that writes them in another way than the others."""
    waiting: list[tuple[Plan, list[str]]] = []
    proven = Counter[str]()
    for plan in plans:
        orders = {column: _order(desk, plan, column) for column in _columns(plan)}
        known = Counter(order for order in orders.values() if order in _SAID)
        if known:
            _proven(plan, orders, known)
            proven.update({order for order in known if order != "ymd"})
        elif "ambiguous" in orders.values():
            waiting.append((plan, [column for column, order in orders.items() if order == "ambiguous"]))
        elif "named" in orders.values():
            plan.say("dates", "dmy", Sure.HIGH, "months are written by name, so the order does not matter")
        for column, order in orders.items():
            if order in {"other", "mixed"}:
                shown = next(iter(plan.looked.of(column).sample), "")
                plan.ask("fields", f"'{column}' writes dates in a way that is not read, such as '{shown}'.")
    for plan, columns in waiting:
        _settle(plan, columns, proven)


def _columns(plan: Plan) -> list[str]:
    """List the columns from which the plan reads dates and times."""
    kinds = ENTITIES.get(plan.entity or "", FIELD_HISTORY_FIELDS)
    named: list[object] = [plan.told(key) for key in ("modified", "at")]
    named += [event["at"] for event in plan.told("events") or ()]
    for key, term in plan.terms.items():
        if kinds.get(key.removeprefix("fields.")) in _TIMES:
            value = term.value["column"] if isinstance(term.value, Mapping) and "column" in term.value else term.value
            named += value if isinstance(value, list) else [value]
    columns = plan.looked.source.columns
    return [one for one in dict.fromkeys(named) if isinstance(one, str) and one in columns]


def _order(desk: Desk, plan: Plan, column: str) -> str:
    """Tell a column's order: by the sample, and where that leaves it open by all rows."""
    facts = plan.looked.of(column)
    if not facts.dated:
        return facts.serial
    if facts.order != "ambiguous":
        return facts.order
    first, second = (
        f"try_cast(regexp_extract({plan.looked.sql(column)}, {literal(_SPLIT)}, {n}) as int)" for n in (1, 2)
    )
    try:
        query = f"select max({first}), max({second}) from {plan.looked.relation}"
        one, other = (number or 0 for number in desk.engine.execute(query).fetchall()[0])
    except EngineError:
        return "ambiguous"
    if one > 12 and other > 12:
        return "mixed"
    return "dmy" if one > 12 else "mdy" if other > 12 else "ambiguous"


def _proven(plan: Plan, orders: Mapping[str, str], known: Counter[str]) -> None:
    """Say the order that most columns have, and for a field of another order its own."""
    common = known.most_common(1)[0][0]
    column = next(one for one, order in orders.items() if order == common)
    why = (
        "the year stands first"
        if common == "ymd"
        else f"{_SAID[common]}: '{column}' has values above 12 in the other place"
    )
    plan.say("dates", common, Sure.HIGH, why)
    for other, order in orders.items():
        if (order in _SAID and order != common) or order in _SERIAL:
            _own(plan, other, order)


def _own(plan: Plan, column: str, order: str) -> None:
    for key, term in list(plan.terms.items()):
        value = term.value["column"] if isinstance(term.value, Mapping) and "column" in term.value else term.value
        if key.startswith("fields.") and value == column:
            told = (
                {**term.value, "dates": order}
                if isinstance(term.value, Mapping)
                else {"column": column, "dates": order}
            )
            plan.say(key, told, term.sure, f"{term.why}; written as {_SAID.get(order) or _SERIAL[order]}")
        elif value == column and key in {"modified", "at"}:
            plan.ask(key, f"'{column}' writes dates in another way than the other columns of the table.")


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
