"""Duplicates on the terminal, as JSON and as CSV: each proposal with its probability and its reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tieout.duplicates import Listed, name_of, object_of, proposal_rows
from tieout.show.as_csv import written
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from pathlib import Path

    from tieout.align.duplicates.reasons import Proposal
    from tieout.show.terminal import Terminal

SHOWN = 20


def doubles_page(terminal: Terminal, listed: Listed, where: str, file: Path | None, most: int = SHOWN) -> list[str]:
    """Lay the proposals out, the likeliest first."""
    found = listed.found
    lines = [terminal.paint(_title(listed), "title"), *terminal.label([where, *_recognized(listed)])]
    last = 0
    for one in listed.proposals[:most]:
        if one.cluster != last:
            lines += ["", *_head(terminal, listed, one)]
            last = one.cluster
        lines += _lines(terminal, listed, one)
    if len(listed.proposals) > most:
        lines += ["", f"  ... and {len(listed.proposals) - most:,} more: --csv or --json gives all."]
    if found.apart:
        lines += ["", terminal.paint("Kept apart though much agrees", "label")]
        for reason, number in sorted(found.apart.items(), key=lambda item: -item[1]):
            lines += terminal.wrap(f"{number:,} pairs: {reason}.", 4, 2)
    if file:
        lines += ["", *terminal.wrap(f"The proposals are in {file}. Nothing is merged until they are accepted:", 2, 2)]
        lines += [f"    tieout duplicates accept {listed.kind.name} --owner NAME"]
    return lines


def _title(listed: Listed) -> str:
    number, clusters = len(listed.proposals), len(listed.found.clusters)
    records = f"{listed.found.records:,} {listed.kind.name}"
    if not number:
        return f"No likely duplicates among {records}"
    doubles = "likely duplicates" if number > 1 else "likely duplicate"
    return f"{number:,} {doubles} among {records}, in {clusters:,} group{'s' if clusters > 1 else ''}"


def _recognized(listed: Listed) -> list[str]:
    if listed.recognized is None:
        return []
    told = [f"{field} = {column}" for field, column in listed.recognized.fields.items()]
    return [f"id = {listed.recognized.key or 'row number'}", *told]


def _head(terminal: Terminal, listed: Listed, one: Proposal) -> list[str]:
    row = listed.rows.get(one.into, {})
    record = object_of(one.into, listed.kind)[1]
    return terminal.wrap(f"{one.cluster}. {name_of(row)} ({record}) stays: {one.stays}.", 4, 2, "figure")


def _lines(terminal: Terminal, listed: Listed, one: Proposal) -> list[str]:
    row = listed.rows.get(one.id, {})
    record = object_of(one.id, listed.kind)[1]
    alike = f", names {one.alike}% alike" if one.alike is not None else ""
    lines = terminal.wrap(f"{percent(one.probability)}  {clean(name_of(row))} ({record}){alike}", 11, 4)
    lines += terminal.wrap(f"agrees: {', '.join(one.agrees) or 'nothing'}", 13, 11, "label")
    if one.differs:
        lines += terminal.wrap(f"differs: {', '.join(one.differs)}", 13, 11, "label")
    return lines


def percent(probability: float) -> str:
    """Write a probability so that only certainty would be 100%."""
    return f"{min(probability, 0.999) * 100:.1f}%" if probability >= 0.99 else f"{probability * 100:.0f}%"


def doubles_json(listed: Listed) -> dict[str, object]:
    """Give everything as JSON: proposals, pairs, clusters, what was kept apart."""
    return {
        "kind": listed.kind.name,
        "records": listed.found.records,
        "columns": {"id": listed.recognized.key, **listed.recognized.fields} if listed.recognized else None,
        "compared": list(listed.found.compared),
        "proposals": [
            {
                **{name: row[name] for name in ("object", "id", "into", "name", "into_name", "stays")},
                "cluster": one.cluster,
                "probability": round(one.probability, 6),
                "agrees": list(one.agrees),
                "differs": list(one.differs),
                "names_alike": one.alike,
            }
            for one, row in zip(listed.proposals, proposal_rows(listed), strict=True)
        ],
        "clusters": [
            {"records": list(cluster.records), "weakest": round(cluster.weakest, 6)}
            for cluster in listed.found.clusters
        ],
        "pairs": [
            {"one": pair.one, "other": pair.other, "probability": round(pair.probability, 6)}
            for pair in listed.found.pairs
        ],
        "kept_apart": listed.found.apart,
    }


def doubles_csv(listed: Listed, what: str) -> str:
    """Give the proposals, or the pairs or clusters, as CSV."""
    if what == "pairs":
        return written(
            ["one", "other", "probability"], ([p.one, p.other, f"{p.probability:.6f}"] for p in listed.found.pairs)
        )
    if what == "clusters":
        numbered = enumerate(listed.found.clusters, 1)
        return written(["cluster", "record"], ([number, record] for number, one in numbered for record in one.records))
    rows: list[Mapping[str, str]] = list(proposal_rows(listed))
    heads = ["cluster", "object", "id", "into", "probability", "name", "into_name", "agrees", "differs", "stays"]
    return written(heads, ([row[head] for head in heads] for row in rows))
