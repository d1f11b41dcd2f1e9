"""What of a document somebody sees: records they may open, personal data or dots, and one part of a long list.

Figures are never touched: they are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tieout.show.web.sight import ALL_PRIVATE, CLOSED_FINDING, MASK, PRIVATE, closed_to, record_of

if TYPE_CHECKING:
    from tieout.show.web.reader import Reader

Document = dict[str, Any]
LISTS = ("records", "postings", "findings", "deals", "stalled")
"""The lists that are given in parts."""


def seen(reader: Reader, document: Document) -> Document:
    """Leave out the records that these eyes may not open, and mask what is personal; say how many are left out."""
    told = dict(document)
    if reader.eyes.rows:
        closed = closed_to(reader, set(_records(told)))
        told, hidden = _without(told, closed), sum(record in closed for record in _records(document))
        if "findings" in told:
            told, veiled = _veiled(reader, told)
            hidden += veiled
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
    """Mask the personal fields of a record's versions."""
    fields = PRIVATE.get(str(document.get("entity")), ALL_PRIVATE)

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


def _veiled(reader: Reader, document: Document) -> tuple[Document, int]:
    """Say of findings about closed records that there is one, and no more; their counts stand. Give how many."""
    closed = closed_to(reader, (record_of(one["place"]) for one in document["findings"]))

    def veiled(one: Document) -> Document:
        if record_of(one["place"]) not in closed:
            return one
        nothing = {name: None for name in ("given", "nearest") if name in one}
        remedy = one["remedy"].replace(one["given"], MASK) if one["given"] else one["remedy"]
        told = {"place": one["place"].partition(" ")[0], "message": CLOSED_FINDING, "remedy": remedy}
        return one | nothing | told

    found = [veiled(one) for one in document["findings"]]
    return document | {"findings": found}, sum(record_of(one["place"]) in closed for one in document["findings"])


def _masked_findings(document: Document) -> Document:
    """Mask what was found as it was given: it is a value of the data, which may be anybody's."""

    def masked(one: Document) -> Document:
        given = one["given"]
        if not given:
            return one
        return one | {"given": MASK, **{name: str(one[name]).replace(given, MASK) for name in ("message", "remedy")}}

    return document | {"findings": [masked(one) for one in document["findings"]]}


def part(document: Document, limit: int, offset: int) -> tuple[Document, int]:
    """Give a document with one part of each of its lists, and how long the longest is."""
    lists = {name: document[name] for name in LISTS if isinstance(document.get(name), list)}
    if not lists:
        return document, 0
    longest = max(lists, key=lambda name: len(lists[name]))
    total = len(lists[longest])
    parts = {name: whole[offset : offset + limit] for name, whole in lists.items()}
    paging = {"list": longest, "limit": limit, "offset": offset, "total": total}
    return document | parts | {"paging": paging}, total
