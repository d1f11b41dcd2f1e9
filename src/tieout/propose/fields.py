"""Which column is which field: by its name in seven languages, held against what its values are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tieout.contract.vocabulary import ENTITIES, Kind
from tieout.propose.look import Looked
from tieout.propose.plain import plain, spellings, tokens
from tieout.propose.values import Facts
from tieout.propose.words import DRESS, FIELDS, FORMER, MEASURES, NO_PRICE, ORDER

SAME, TURNED, DRESSED, INSIDE = 1.0, 0.95, 0.8, 0.65


@dataclass(frozen=True, slots=True)
class Match:
    """A column taken for a field, and how well name and values fit."""

    column: str
    score: float
    why: str


def name_score(field: str, column: str, dress: frozenset[str] = frozenset()) -> float:
    """Say how well a column's name says a field, from 0 to 1. `dress`: words that all columns of its table have."""
    column = column.removeprefix("(Do Not Modify) ")
    if _other_than(field, tokens(column)):
        return 0.0
    if any(word in FIELDS[field] for word in spellings(column)):
        return max(SAME - min(_rank(field, column), 12) / 80, DRESSED + 0.03)
    words = tokens(column)
    bare = tuple(word for word in words if word not in DRESS and word not in dress)
    if bare and bare != words and plain(" ".join(bare)) in FIELDS[field]:
        return DRESSED
    if len(words) > 1 and plain(" ".join(reversed(words))) in FIELDS[field]:
        return TURNED
    joined = spellings(column)
    if any(len(word) >= 6 and word in one for word in FIELDS[field] for one in joined):
        return INSIDE
    return 0.0


def _other_than(field: str, words: Sequence[str]) -> bool:
    """Say whether a word makes the column another thing: a client's size is no client, a discount is no price."""
    if field.endswith("_id") or field in {"name", "account.name", "company"}:
        return bool(MEASURES & set(words))
    if field in {"arr", "acv", "tcv", "amount"}:
        return bool(NO_PRICE & set(words))
    return field in {"stage", "close_date"} and bool(FORMER & set(words))


def _rank(field: str, column: str) -> int:
    return min((ORDER[field].get(word, 99) for word in spellings(column)), default=99)


def fits(kind: Kind, facts: Facts, field: str) -> float:
    """Say how well values fit a field's kind: 0 where they cannot be it, less than 1 where there are none."""
    if facts.kind == "empty":
        return 0.55
    match kind:
        case Kind.MONEY:
            return float(facts.numeric and not facts.percent)
        case Kind.NUMBER | Kind.INTEGER:
            return float(facts.numeric)
        case Kind.DATE | Kind.TIME:
            return 0.9 if facts.serial else float(facts.dated)
        case Kind.FLAG:
            return float(facts.kind == "flag" or (facts.kind == "integer" and set(facts.values) <= {"0", "1"}))
        case _:
            return _text_fits(facts, field)


def _text_fits(facts: Facts, field: str) -> float:
    if field == "email":
        return 1.0 if facts.kind == "email" else 0.75 if facts.kind == "text" else 0.0
    if facts.dated or facts.kind == "flag":
        return 0.0
    if field == "domain":
        return 1.0 if facts.kind == "url" else 0.5 if facts.kind == "text" else 0.0
    if field in {"stage", "type", "category", "status", "kind", "segment", "source", "channel", "period"}:
        if facts.kind == "number" or (facts.unique and facts.filled > 40):
            return 0.0
        return 0.7 if facts.kind == "integer" else 1.0
    if field in {
        "name",
        "company",
        "industry",
        "reason",
        "title",
        "competitor",
        "country",
        "city",
        "first_name",
        "last_name",
        "product",
    }:
        return 0.3 if facts.numeric else 1.0
    if (
        field.endswith("_id")
        and facts.kind == "integer"
        and facts.high <= 100
        and len(facts.values) * 20 < facts.filled
    ):
        return 0.4
    return 0.6 if facts.kind in {"number", "email"} and field.endswith("_id") and field != "owner_id" else 1.0


def match_fields(entity: str, looked: Looked, taken: Iterable[str] = ()) -> dict[str, Match]:
    """Give each field of an entity the column that fits it best; one column serves one field."""
    used = set(taken)
    pairs: list[tuple[float, int, str, str]] = []
    dress = shared_words(looked.source.columns)
    for field, kind in ENTITIES[entity].items():
        if field not in FIELDS:
            continue
        for place, column in enumerate(looked.source.columns):
            names = [field, f"{entity}.{field}"]
            name = max(name_score(one, column, dress) for one in names if one in FIELDS)
            score = name * fits(kind, looked.facts[place], field) if name else 0
            if score >= 0.5:
                pairs.append((score, -place, field, column))
    found: dict[str, Match] = {}
    for score, _, field, column in sorted(pairs, reverse=True):
        if field not in found and column not in used:
            found[field] = Match(column, score, _why(score, looked.of(column)))
            used.add(column)
    return found


def shared_words(columns: Sequence[str]) -> frozenset[str]:
    """List the words that most columns of a table begin with, as in `seller_id, seller_city`."""
    first = Counter(words[0] for column in columns if len(words := tokens(column)) > 1)
    return frozenset(word for word, n in first.items() if n > 1 and n * 2 >= len(columns))


def _why(score: float, facts: Facts) -> str:
    named = "its name says so" if score >= DRESSED else "its name is like it"
    if facts.kind == "empty":
        return f"{named}; empty in this export"
    return named
