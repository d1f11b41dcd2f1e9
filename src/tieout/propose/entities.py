"""Which entity a table holds, by the names of its file and columns and by what the columns hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tieout.contract.vocabulary import ENTITIES
from tieout.propose.fields import Match, match_fields
from tieout.propose.look import Looked
from tieout.propose.plain import tokens
from tieout.propose.words import NOTHING, TABLES

_SIGNS: dict[str, dict[str, float]] = {
    "opportunity": {"stage": 3, "close_date": 3, "arr": 1.5, "probability": 2, "category": 1, "account_id": 0.5},
    "lead": {"source": 2, "email": 1, "company": 1, "status": 1, "score": 1, "first_contact_at": 3, "landing_page": 2},
    "account": {"name": 1, "domain": 2, "industry": 2, "employees": 2, "revenue": 1, "city": 1, "country": 1},
    "contact": {"email": 2, "first_name": 2, "last_name": 2, "phone": 1, "account_id": 1, "title": 1},
    "user": {"email": 1, "team": 2, "role": 1.5, "manager_id": 1.5, "active": 0.5, "name": 1, "region": 0.5},
    "activity": {"at": 1, "kind": 1.5, "subject": 1.5, "contact_id": 1, "opportunity_id": 1, "direction": 2},
    "campaign": {"name": 1, "channel": 1, "starts_on": 1, "ends_on": 1, "budget": 2.5},
    "spend": {"amount": 1.5, "at": 1, "channel": 2, "campaign_id": 1.5},
    "invoice": {"amount": 1.5, "at": 1, "due_on": 2.5, "account_id": 1, "paid_on": 1},
    "revenue": {"amount": 2, "at": 1.5, "account_id": 1},
    "subscription": {"starts_on": 1.5, "ends_on": 1.5, "arr": 1, "account_id": 1, "product": 0.5, "cancelled_on": 2},
    "quota": {"period": 2, "amount": 1, "user_id": 1.5},
    "target": {"period": 2, "amount": 1.5, "segment": 1},
    "usage": {"metric": 2, "value": 1.5, "at": 1, "account_id": 1},
    "health": {"score": 2, "at": 1, "account_id": 1},
}  # fmt: skip

_NEEDED: dict[str, tuple[frozenset[str], ...]] = {
    "opportunity": (frozenset({"stage", "close_date", "probability"}),),
    "lead": (frozenset({"email", "source", "first_contact_at", "status", "company", "score"}),),
    "account": (frozenset({"name", "domain", "industry", "city", "country", "region"}),),
    "contact": (frozenset({"email", "last_name", "phone"}),),
    "user": (frozenset({"name", "email"}), frozenset({"team", "role", "manager_id", "region", "active"})),
    "activity": (
        frozenset({"at"}),
        frozenset({"kind", "subject", "direction", "contact_id", "lead_id", "opportunity_id", "user_id"}),
    ),
    "campaign": (frozenset({"name"}),),
    "spend": (frozenset({"amount"}), frozenset({"at"})),
    "invoice": (frozenset({"amount"}), frozenset({"at", "due_on"})),
    "revenue": (frozenset({"amount"}), frozenset({"at"})),
    "subscription": (frozenset({"starts_on"}), frozenset({"arr", "account_id"})),
    "quota": (frozenset({"period"}), frozenset({"amount"}), frozenset({"user_id"})),
    "target": (frozenset({"period"}), frozenset({"amount"})),
    "usage": (frozenset({"account_id"}), frozenset({"metric", "value"})),
    "health": (frozenset({"account_id"}), frozenset({"score"})),
}  # fmt: skip
_MONTH = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|mai|mrz|maerz|marz|okt|dez|ene|abr|ago|dic|fev|avr|juin|juil"
    "|out|set|january|february|march|april|june|july|august|september|october|november|december|januar|februar|juni"
    "|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|janvier|fevrier|mars|avril|juillet|aout|octobre|decembre"
)
_FORMS = (
    rf"({_MONTH})( ?\d{{2}}| ?\d{{4}})?", rf"\d{{4}} ?({_MONTH})", r"(q|h)[1-4]( ?\d{2,4})?",
    r"\d{4} ?(q|h|w|kw)\d{1,2}", r"20\d\d", r"20\d\d \d\d", r"\d\d 20\d\d",
    r"(fy|kw|week|w|wk) ?\d{1,4}( \d{2,4})?", r"\d{1,2}月", r"20\d\d年( ?\d{1,2}月)?", r"(m|month|monat) ?\d{1,2}",
)  # fmt: skip
_PERIOD = re.compile("|".join(f"(?:{form})" for form in _FORMS))
MOST_PERIODS = 3
NAMED = 4.0
LEAST = 4.0


@dataclass(frozen=True, slots=True)
class Guess:
    """An entity, how much speaks for it, whether the file's name does, and the fields that were found."""

    entity: str
    score: float
    named: bool
    fields: dict[str, Match]


def guess_entity(looked: Looked, stem: str) -> tuple[Guess | None, str]:
    """Tell which entity a table holds, or why it cannot be told."""
    nothing = _nothing(stem)
    if nothing:
        return None, f"its name says {nothing}, which no number reads"
    guesses = sorted((_judge(entity, looked, stem) for entity in _SIGNS), key=lambda one: -one.score)
    best, second = guesses[0], guesses[1]
    if len(periods := [one for one in looked.source.columns if is_period(one)]) >= MOST_PERIODS:
        told = f"'{periods[0]}' to '{periods[-1]}'"
        return None, f"its columns are periods ({told}): each row holds several of them, and is no record"
    if best.score < LEAST:
        return None, "neither its name nor its columns say what a row is"
    if best.score - second.score < 0.75 and not best.named:
        return None, f"a row could be {_a(best.entity)} or {_a(second.entity)}"
    return best, ""


def is_period(column: str) -> bool:
    """Say whether a column is named after a month, quarter, week or year."""
    return bool(_PERIOD.fullmatch(" ".join(tokens(column))))


def _a(entity: str) -> str:
    return f"an {entity}" if entity[0] in "aeiou" else f"a {entity}"


def named_entities(stem: str) -> dict[str, float]:
    """Say which entities a file's name speaks of, the last part of it with more weight."""
    words = tokens(stem)
    said: dict[str, float] = {}
    for entity, names in TABLES.items():
        for word in names:
            hits = [n for n, one in enumerate(words) if one.startswith(word) or (len(word) > 5 and word in one)]
            if hits or (len(word) > 6 and word in "".join(words)):
                weight = NAMED * (1 if hits and hits[-1] == len(words) - 1 else 0.8) * (1 if len(word) > 3 else 0.8)
                said[entity] = max(said.get(entity, 0), weight)
    return said


def _nothing(stem: str) -> str | None:
    words = tokens(stem.rsplit("/", 1)[-1])
    for kind, names in NOTHING.items():
        if words and words[-1].startswith(names):
            return {"product": "products", "dictionary": "a description of data"}[kind]
    return None


def _judge(entity: str, looked: Looked, stem: str) -> Guess:
    found = match_fields(entity, looked)
    score = sum(weight * found[field].score for field, weight in _SIGNS[entity].items() if field in found)
    named = named_entities(stem).get(entity, 0)
    if not all(any(field in found for field in choice) for choice in _NEEDED[entity]):
        if entity == "activity":
            return Guess(entity, min(score / 3, LEAST - 1), named=False, fields=found)
        score = min(score / 3, LEAST - 1) + named / 4
    return Guess(entity, score + named, named > 0, found)


def fields_of(entity: str) -> dict[str, str]:
    """Give the fields of an entity."""
    return {name: kind.value for name, kind in ENTITIES[entity].items()}
