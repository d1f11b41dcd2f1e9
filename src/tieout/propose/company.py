"""The company's own terms: base currency, time zone, types of opportunity, forecast categories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from zoneinfo import available_timezones

from tieout.contract.vocabulary import ENTITIES
from tieout.propose.look import Desk
from tieout.propose.plain import plain
from tieout.propose.plan import Plan, Question, Sure, Term
from tieout.propose.value_words import CURRENCY_SIGNS, OPEN_SIGNS, type_of
from tieout.propose.words import CURRENCIES
from tieout.warehouse.engine import EngineError, identifier, literal

MOST_TYPES = 40


def find_company(plans: Sequence[Plan]) -> tuple[tuple[Term, ...], tuple[Question, ...]]:
    """Propose base currency and time zone."""
    terms, questions = [], []
    currency = _currency(plans)
    terms.append(currency)
    if currency.sure is Sure.LOW:
        questions.append(
            Question("company.yaml currency", "No column and no sign tells in which currency amounts are.")
        )
    zone = _zone(plans)
    if zone:
        terms.append(zone)
    else:
        terms.append(Term("time_zone", "UTC", Sure.LOW, "no column tells where the company's day begins"))
        questions.append(Question("company.yaml time_zone", "Where the company's day begins is not told; UTC is used."))
    return tuple(terms), tuple(questions)


def _currency(plans: Sequence[Plan]) -> Term:
    codes, signs, named = Counter[str](), Counter[str](), Counter[str]()
    for plan in plans:
        weight = 5 if plan.entity == "opportunity" else 1
        for column in plan.looked.source.columns:
            facts = plan.looked.of(column)
            if "curr" in plain(column) or column == plan.column("currency"):
                for text, n in facts.values.items():
                    codes[text.upper()] += n * weight * (text.upper() in CURRENCIES)
            for sign in facts.signs:
                signs[CURRENCY_SIGNS.get(sign, sign)] += facts.filled * weight * (sign not in OPEN_SIGNS)
                named[CURRENCY_SIGNS.get(sign, sign)] += facts.filled * (sign in OPEN_SIGNS)
            if facts.numeric:
                named.update(named_in(column))
    for found, sure, why in (
        (codes, Sure.HIGH, "the commonest in columns of currencies"),
        (signs, Sure.HIGH, "the sign beside amounts"),
        (named, Sure.MEDIUM, "columns are named after it, or a sign beside amounts that other countries have too"),
    ):
        known = Counter({code: n for code, n in found.items() if n and code in CURRENCIES})
        if known:
            return Term("currency", known.most_common(1)[0][0], sure, why)
    return Term("currency", "USD", Sure.LOW, "nothing tells it")


def _zone(plans: Sequence[Plan]) -> Term | None:
    zones = available_timezones()
    found = Counter[str]()
    for plan in plans:
        for column in plan.looked.source.columns:
            if "zone" in plain(column):
                facts = plan.looked.of(column)
                found.update({text: n for text, n in facts.values.items() if text in zones and "/" in text})
    if not found:
        return None
    return Term("time_zone", found.most_common(1)[0][0], Sure.MEDIUM, "the commonest in columns of time zones")


def say_currencies(plans: Sequence[Plan], base: str) -> None:
    """Say in which currency a table's amounts are, where no column does: by their sign, else the company's."""
    for plan in plans:
        if not plan.entity or "currency" not in ENTITIES.get(plan.entity, {}) or plan.told("fields.currency"):
            continue
        if plan.column("currency") or plan.entity == "field_history":
            continue
        money = [one for one in ("arr", "acv", "tcv", "amount", "budget") if plan.told(f"fields.{one}")]
        columns = [column for one in money if (column := plan.column(one))]
        signs = {CURRENCY_SIGNS.get(sign, sign) for column in columns for sign in plan.looked.of(column).signs}
        clear = (signs & CURRENCIES) or {code for one in columns for code in named_in(one)}
        if money and len(clear) == 1 and len(signs) < 2:
            plan.say(
                "fields.currency",
                {"constant": clear.pop()},
                Sure.HIGH,
                "the sign beside its amounts, or the column's name",
            )
        elif money and len(signs) > 1 and len(columns) == 1:
            _by_sign(plan, columns[0])
        elif money:
            plan.say("fields.currency", {"constant": base}, Sure.MEDIUM, "no column tells it; the company's own")


def _by_sign(plan: Plan, column: str) -> None:
    """Read the currency of each amount from the sign beside it, where they are not all of one."""
    cases = [
        f"when {identifier(column)} like {literal(f'%{sign}%')} then {literal(CURRENCY_SIGNS.get(sign, sign))}"
        for sign in sorted(plan.looked.of(column).signs, key=lambda sign: (-len(sign), sign))
    ]
    why = f"'{column}' has amounts of several currencies, told by the sign beside each"
    plan.say("fields.currency", {"sql": f"case {' '.join(cases)} end"}, Sure.MEDIUM, why)


def lacking_rates(plans: Sequence[Plan], base: str) -> list[Question]:
    """Name the other currencies that amounts are in: without a rate they add nothing, and no export tells one."""
    codes: set[str] = set()
    for plan in plans:
        term = plan.told("fields.currency") if plan.entity else None
        column = plan.column("currency")
        if isinstance(term, dict) and "constant" in term:
            codes.add(str(term["constant"]))
        elif isinstance(term, dict) and "sql" in term:
            codes |= set(re.findall(r"then '([A-Z]{3})'", str(term["sql"])))
        elif column:
            codes |= {text.upper() for text in plan.looked.of(column).values} & CURRENCIES
    told = ", ".join(sorted(codes - {base}))
    return [Question("rates.csv", f"Amounts are in {told} too; without a rate they add nothing.")] if told else []


def named_in(column: str) -> set[str]:
    """Give the currencies whose codes or signs stand in a column's name, as in `Spend (USD)` and `Wert (€)`."""
    told = {CURRENCY_SIGNS[sign] for sign in ("€", "£", "₹", "R$", "₽", "₩", "₺") if sign in column}
    return told | set(re.findall(r"(?<![A-Z])[TK]?([A-Z]{3})(?![A-Z])", column.upper())) & CURRENCIES


def find_types(desk: Desk, plans: Sequence[Plan]) -> tuple[list[Term], list[Question]]:
    """Propose the types of opportunity: the values of a column, renamed where their words say which they are."""
    types: dict[str, str] = {}
    questions: list[Question] = []
    for plan in (one for one in plans if one.entity == "opportunity" and one.key):
        column = plan.column("type")
        values = _values(desk, plan, column) if column and plan.looked.of(column).kind != "empty" else []
        told = {value: found for value in values if (found := type_of(value))}
        if column and told:
            renamed = {value: found for value, found in told.items() if value.casefold() != found}
            mapping = {"column": column, "values": renamed} if renamed else column
            plan.say(
                "fields.type",
                mapping,
                Sure.HIGH if len(told) == len(values) else Sure.MEDIUM,
                "by the words of its values",
            )
            types |= dict.fromkeys(told.values(), "")
            left = [value for value in values if value not in told]
            types |= dict.fromkeys(left, "")
            if left:
                told_left = ", ".join(f"'{value}'" for value in left[:5])
                plan.ask(
                    "fields.type.values",
                    f"Whether {told_left} is new, expansion or renewal is not said; kept as they are.",
                )
        elif plan.told("mode") != "log" or not types:
            say = f"; the values of '{column}' do not" if column and values else ""
            plan.say(
                "fields.type", {"constant": "new"}, Sure.MEDIUM, f"no column tells renewals from new business{say}"
            )
            plan.ask("fields.type", f"Which deals are renewals is not told by any column{say}: all count as new.")
            types["new"] = ""
    ordered: list[str] = [name for name in ("new", "expansion", "renewal") if name in types]
    ordered += [name for name in types if name not in ordered]
    if not ordered:
        return [], questions
    counted = [name for name in ordered if name != "renewal"] or ordered
    terms = [Term("types", ordered, Sure.HIGH, "the types of the exports"), Term("counted", counted, Sure.MEDIUM, "")]
    return terms, questions


def _values(desk: Desk, plan: Plan, column: str) -> list[str]:
    text = f"trim({plan.looked.sql(column)})"
    query = f"select {text}, count(*) from {plan.looked.relation} where nullif({text}, '') is not null"
    query += " group by 1 order by 2 desc, 1"
    try:
        rows = desk.engine.execute(f"{query} limit {MOST_TYPES + 1}").fetchall()
    except EngineError:
        return []
    unknown = {value.casefold() for value in plan.looked.of(column).unknown}
    return [str(value) for value, _ in rows if str(value).casefold() not in unknown]


def find_categories(desk: Desk, plans: Sequence[Plan]) -> list[Term]:
    """Propose the forecast categories, and which of them is left out of the agreed number."""
    found: dict[str, str] = {}
    for plan in plans:
        column = plan.column("category") if plan.entity == "opportunity" else None
        if column:
            found |= dict.fromkeys(_values(desk, plan, column), "")
    if not found or len(found) > MOST_TYPES:
        return []
    omitted = [name for name in found if "omit" in plain(name) or "exclu" in plain(name)]
    return [
        Term("categories", list(found), Sure.HIGH, "the forecast categories of the exports"),
        Term("omitted", omitted, Sure.MEDIUM, "its name says that it is left out" if omitted else "none is left out"),
    ]
