"""A table becomes a plan: its entity, and each of its fields with the column it is read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tieout.contract.vocabulary import ENTITIES, FIELD_HISTORY, FIELD_HISTORY_FIELDS, Kind
from tieout.propose.entities import guess_entity
from tieout.propose.fields import DRESSED, Match, match_fields, name_score, shared_words
from tieout.propose.group import Table
from tieout.propose.look import Looked
from tieout.propose.plain import plain
from tieout.propose.plan import Plan, Sure
from tieout.propose.reading import filled, probability_sql, reading_of
from tieout.propose.shapes import Shape, best_shape, known_shapes

CLAIMED = 4
"""How many columns a shape has to know in a file before the file is said to be of its system."""


def draft(table: Table, looked: Looked, prefer: frozenset[str] = frozenset()) -> Plan:
    """Make the plan of a table: by the shape of a known system, else by names and values."""
    plan = Plan(table, looked)
    found = claim(table, looked.source.plain, prefer)
    if found:
        plan.shape = found
        _shaped(plan, found)
    else:
        _guessed(plan)
    if plan.entity:
        _modified(plan)
    return plan


def claim(table: Table, columns: frozenset[str], prefer: frozenset[str] = frozenset()) -> Shape | None:
    """Find the shape of a table, where enough speaks for its system: its columns, or the folder that it lies in."""
    found = best_shape(columns, table.label, prefer)
    if not found:
        return None
    shape = found[0]
    asked = frozenset().union(*shape.columns) if shape.columns else frozenset()
    sure = not shape.named and len((shape.hints | asked) & columns) >= CLAIMED
    return shape if sure or shape.system in prefer else None


def systems_of(tables: Sequence[Table], exports: str) -> dict[str, frozenset[str]]:
    """Tell which known systems each folder is an export of: by its name, else by its files that are beyond doubt."""
    told: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        named = preferred(table.folder or exports)
        shape = claim(table, table.sources[-1].plain)
        told[table.folder] |= {named} if named else {shape.system} if shape else set()
    return {folder: frozenset(systems) for folder, systems in told.items()}


def preferred(name: str) -> str:
    """Give the known system that a folder is named after, else nothing."""
    words = plain(name)
    systems = {shape.system: shape.label for shape in known_shapes()}
    return next((name for name, label in systems.items() if plain(name) in words or plain(label) in words), "")


# -- by the shape of a known system


def _shaped(plan: Plan, shape: Shape) -> None:
    plan.entity = shape.entity
    if shape.entity is None:
        plan.say("kept", shape.terms.get("kept", "nothing reads it"), Sure.HIGH, f"{shape.label}: {shape.name}")
        if maybe := shape.terms.get("maybe"):
            plan.ask("entity", f"Whether it is {maybe['entity']} is yours to say: {maybe['why']}.")
        return
    plan.say("entity", shape.entity, Sure.HIGH, f"the columns of {shape.label}'s {shape.name.replace('_', ' ')}")
    for key, why in (("note", ""), ("of", "whose fields changed")):
        if key in shape.terms:
            plan.say(key, shape.terms[key], Sure.HIGH, why)
    by_plain = {plain(column): column for column in plan.looked.source.columns}
    for field, given in shape.terms.get("fields", {}).items():
        _shaped_field(plan, field, given, by_plain)
    _deleted(plan, by_plain)
    if where := filled(str(shape.terms.get("where", "")), by_plain):
        plan.say("where", where, Sure.HIGH, "only such rows are records of this kind")
    if shape.entity == FIELD_HISTORY:
        _tracked(plan, shape)
    elif "mode" not in shape.terms:
        _beyond(plan, shape)
    for field, why in shape.terms.get("unsaid", {}).items():
        plan.ask(f"fields.{field}", str(why))


def _shaped_field(plan: Plan, field: str, given: Any, by_plain: Mapping[str, str]) -> None:  # noqa: ANN401
    shape = plan.shape
    if isinstance(given, Mapping) and "constant" in given:
        text = str(given["constant"]).replace("{label}", plan.table.label.replace("_", " "))
        plan.say(f"fields.{field}", {"constant": text}, Sure.HIGH, "all of them are")
        return
    if isinstance(given, Mapping) and "sql" in given:
        sql = filled(str(given["sql"]), by_plain)
        if sql:
            plan.say(f"fields.{field}", {"sql": sql}, Sure.HIGH, str(given.get("why", "as the system gives it")))
        return
    listed = [given] if isinstance(given, str) else list(given)
    present = [by_plain[plain(one)] for one in listed if plain(one) in by_plain]
    if not present:
        return
    # Of several columns that may hold it, the first that is filled counts.
    column = next((one for one in present if plan.looked.of(one).kind != "empty"), present[0])
    if (
        field in (shape.terms.get("minor", ()) if shape else ())
        and "(utc)" not in " ".join(by_plain.values()).casefold()
    ):
        why = "in minor units (cents)"
        plan.say(
            f"fields.{field}", {"column": column, "minor": plan.shape.system if plan.shape else "iso"}, Sure.HIGH, why
        )
        return
    say_field(plan, field, column, Sure.HIGH, f"{shape.label}'s own column" if shape else "")


def _deleted(plan: Plan, by_plain: Mapping[str, str]) -> None:
    flags = (
        [by_plain[plain(one)] for one in plan.shape.terms.get("deleted", ()) if plain(one) in by_plain]
        if plan.shape
        else []
    )
    if flags:
        parts = [filled("coalesce(lower({x}), 'false') not in ('true', 't', '1', 'yes')", {"x": one}) for one in flags]
        plan.say("where", " and ".join(part for part in parts if part), Sure.HIGH, "deleted records stay in the export")


def _tracked(plan: Plan, shape: Shape) -> None:
    field = plan.told("fields.field")
    values = plan.looked.of(field).values if isinstance(field, str) else {}
    seen = {plain(value): value for value in values}
    known = dict(dict(shape.terms.get("tracked", {})).items())
    told = {seen[plain(theirs)]: ours for theirs, ours in known.items() if plain(theirs) in seen}
    if told:
        plan.say("tracked", told, Sure.HIGH, f"of {len(values)} fields that changed, those we have")
    else:
        plan.say("tracked", known, Sure.LOW, "none of the field names in this export is one we know")
        plan.leave("the names of the fields that changed are not known")
        plan.ask("tracked", "Which of its field names is our stage, amount and close date is not told by the values.")


def _beyond(plan: Plan, shape: Shape) -> None:
    """Take columns that the shape does not know for fields that are still without one, where the name is plain."""
    taken = {plan.column(field) or "" for field in ENTITIES[shape.entity or ""]}
    listed = set(shape.terms.get("fields", {})) | {"id"}
    for field, match in match_fields(shape.entity or "", plan.looked, taken).items():
        if field not in listed and match.score >= DRESSED and plan.looked.of(match.column).kind != "empty":
            say_field(plan, field, match.column, Sure.MEDIUM, match.why)


# -- by names and values


def _guessed(plan: Plan) -> None:
    guess, why = guess_entity(plan.looked, plan.table.stem)
    if guess is None:
        plan.say("kept", why, Sure.MEDIUM, "")
        return
    plan.entity = guess.entity
    signs = ", ".join(f"'{match.column}'" for match in list(guess.fields.values())[:4])
    told = f"its name, and {signs}" if guess.named and signs else signs or "its name"
    sure = Sure.HIGH if guess.named and guess.score > 8 else Sure.MEDIUM
    plan.say("entity", guess.entity, sure, f"told by {told}")
    for field, match in guess.fields.items():
        say_match(plan, field, match)


def say_match(plan: Plan, field: str, match: Match) -> None:
    """Propose a column for a field as sure as its match is."""
    sure = Sure.HIGH if match.score >= 0.9 else Sure.MEDIUM
    if match.score < DRESSED and ENTITIES[plan.entity or ""][field] is Kind.MONEY:
        sure = Sure.LOW
        plan.ask(f"fields.{field}", f"Whether '{match.column}' is the amount is not told by its name.")
    say_field(plan, field, match.column, sure, match.why)


def say_field(plan: Plan, field: str, column: str, sure: Sure, why: str) -> None:
    """Propose a column for a field, read in its style."""
    fields = FIELD_HISTORY_FIELDS if plan.entity == FIELD_HISTORY else ENTITIES[plan.entity or ""]
    facts = plan.looked.of(column)
    if field == "probability":
        value, told = probability_sql(column, facts)
    else:
        value, told = reading_of(column, fields.get(field, Kind.TEXT), facts)
    if fields.get(field) is Kind.MONEY and facts.style in {"ambiguous", "mixed"}:
        sure, told = (
            Sure.LOW,
            "1.234 may be one thousand or one and a bit" if facts.style == "ambiguous" else "two styles",
        )
        plan.ask(
            f"fields.{field}", f"Whether '{facts.sample[0]}' in '{column}' is in thousands is not told by the values."
        )
    plan.say(f"fields.{field}", value, sure, "; ".join(part for part in (why, told) if part))


def _modified(plan: Plan) -> None:
    """Find the column with a record's own time of last change."""
    given = plan.shape.terms.get("modified", ()) if plan.shape else ()
    by_plain = {plain(column): column for column in plan.looked.source.columns}
    wanted = [by_plain[plain(one)] for one in given if plain(one) in by_plain]
    if not wanted:
        dress = shared_words(plan.looked.source.columns)
        scored = [(name_score("modified", one, dress), one) for one in plan.looked.source.columns]
        wanted = [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score >= DRESSED]
    column = next((one for one in wanted if plan.looked.of(one).dated), None)
    if column and column != plan.column("close_date"):
        plan.say("modified", column, Sure.HIGH, "its name says so, and it holds times")
