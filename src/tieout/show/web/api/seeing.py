"""What of a document somebody sees: records they may open, personal data or dots, and one part of a long list.

Figures are never touched: they are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tieout.contract.vocabulary import PERSONAL
from tieout.show.web.sight import MASK, closed_to

if TYPE_CHECKING:
    from tieout.show.web.reader import Reader

Document = dict[str, Any]
LISTS = ("records", "postings", "findings")
"""The lists that are given in parts."""
HIDDEN = PERSONAL | {"name"}
"""The fields of a record that are personal; the name of a deal is often that of a person."""


def seen(reader: Reader, document: Document) -> Document:
    """Leave out the records that these eyes may not open, and mask what is personal; say how many are left out."""
    told = dict(document)
    if reader.eyes.rows:
        closed = closed_to(reader, set(_records(told)))
        told, hidden = _without(told, closed), sum(record in closed for record in _records(document))
        told |= {"hidden": hidden} if hidden else {}
    if not reader.eyes.personal:
        told = _masked_life(told) if "versions" in told else told
        told = _masked_findings(told) if "findings" in told else told
    return told


def _records(told: object) -> Iterator[str]:
    """Give the ids of all entries that are about one record."""
    if isinstance(told, dict):
        for value in told.values():
            yield from _records(value)
    elif isinstance(told, list):
        for entry in told:
            if _about_one(entry):
                yield str(entry["record"])
            else:
                yield from _records(entry)


def _without(told: Any, closed: frozenset[str]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(told, dict):
        return {name: _without(value, closed) for name, value in told.items()}
    if isinstance(told, list):
        kept = [entry for entry in told if not (_about_one(entry) and str(entry["record"]) in closed)]
        return [entry if _about_one(entry) else _without(entry, closed) for entry in kept]
    return told


def _about_one(entry: object) -> bool:
    return isinstance(entry, dict) and "record" in entry


def _masked_life(document: Document) -> Document:
    """Mask the personal fields of a record's versions; the name of an account is a company's."""
    fields = HIDDEN - ({"name"} if document.get("entity") == "account" else set())

    def state(told: Document) -> Document:
        return {name: MASK if name in fields and value is not None else value for name, value in told.items()}

    def change(told: Document) -> Document:
        if told["field"] not in fields:
            return told
        return told | {side: MASK for side in ("old", "new") if told[side] is not None}

    versions = [
        one | {"state": state(one["state"]), "changes": [change(each) for each in one["changes"]]}
        for one in document["versions"]
    ]
    survived = [
        one | ({"value": MASK} if one["field"] in fields and one["value"] is not None else {})
        for one in document.get("survived", [])
    ]
    return document | {"versions": versions, "survived": survived}


def _masked_findings(document: Document) -> Document:
    """Mask what was found as it was given: it is a value of the data, which may be anybody's."""

    def masked(one: Document) -> Document:
        given = one["given"]
        if not given:
            return one
        return one | {"given": MASK, **{name: str(one[name]).replace(given, MASK) for name in ("message", "remedy")}}

    return document | {"findings": [masked(one) for one in document["findings"]]}


def part(document: Document, limit: int, offset: int) -> tuple[Document, int]:
    """Give a document with one part of its list, and how long the list is."""
    name = next((name for name in LISTS if isinstance(document.get(name), list)), None)
    if name is None:
        return document, 0
    whole = document[name]
    paging = {"list": name, "limit": limit, "offset": offset, "total": len(whole)}
    return document | {name: whole[offset : offset + limit], "paging": paging}, len(whole)
