"""Tie-out: any two figures, the bridge between them, and each record of it as both sides see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.basics.calendars import local_day
from tieout.contract.definitions import AGREED
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import QuestionError
from tieout.measure.names import names_of as names_of_records
from tieout.postings import Postings, Seen, postings
from tieout.questions import bridge_builds, opened
from tieout.show import figures
from tieout.show.bridge import label_of, names_of, said_of, title_of
from tieout.show.bridge_html import bridge_section, passports_of
from tieout.show.html.page import Cell, Page, Table
from tieout.show.terminal import clean, fit
from tieout.show.verdicts import differs, value_of, why
from tieout.show.web.records import Column, Records, kept_records, records_section
from tieout.show.web.rooms import Room
from tieout.versions import Version, versions_of
from tieout.warehouse.builds import BuildFacts, publications

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.measure.answers import Bridge
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

PATH, RECORDS_PATH = "/tie-out", "/tie-out/records"
ENDS = ("a", "b")
OF_AN_END = ("as_of", "known_at", "contract", "build")
TAKES = (*ENDS, *(f"{end}_{name}" for name in OF_AN_END for end in ENDS))
COMMON = ("period", "calendar", "segment", "team", "owner", "where", "as_of", "known_at", "org")
SLICED = ("segment", "team", "owner", "where")
SHARED = ("period", "calendar", "org")
"""What both figures have, a sheet too."""
DIFFERS, HEAD = "differs", 20
SAME = "The two figures are one: there is nothing between them."


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the two ends, each with the build that it is read from, and what they share."""

    ends: tuple[EndAsked, EndAsked]
    builds: tuple[BuildFacts, BuildFacts]
    terms: BridgeTerms


def asked_of(reader: Reader, filters: Filters) -> Asked:
    """Read the two ends of an address. Raises QuestionError."""
    first, last = (_end(reader, filters, name) for name in ENDS)
    builds = tuple(_build(reader, filters[f"{name}_build"]) for name in ENDS)
    terms = BridgeTerms(
        filters["period"], filters["calendar"], as_is=filters["org"] == "as-is", where=filters.where, postings=0
    )
    return Asked((first, last), (builds[0], builds[1]), terms)


def _end(reader: Reader, filters: Filters, name: str) -> EndAsked:
    default = AGREED if name == "a" else next(iter(reader.contract.lenses), AGREED)
    as_of = filters[f"{name}_as_of"] or filters["as_of"]
    known_at, contract = filters[f"{name}_known_at"] or filters["known_at"], filters[f"{name}_contract"]
    return EndAsked(filters[name] or default, as_of, known_at, contract=contract)


def _build(reader: Reader, key: str | None) -> BuildFacts:
    if key in (None, reader.build.key):
        return reader.build
    kept = {one.facts.key: one.facts for one in publications(reader.workspace)}
    if key not in kept or kept[key].version != reader.build.version:
        listed = ", ".join(known for known, facts in kept.items() if facts.version == reader.build.version)
        message = f"There is no build '{(key or '')[:20]}' to read from. Those that are kept: {listed}."
        raise QuestionError(message)
    return kept[key]


# -- the bridge


def tie_out(reader: Reader, filters: Filters) -> Page:
    """Give the page of a bridge."""
    asked = asked_of(reader, filters)
    sides = tuple(zip(asked.ends, asked.builds, strict=True))
    found = bridge_builds(reader.workspace, sides[0], sides[1], asked.terms)
    return bridge_page(reader, found, filters, RECORDS_PATH)


def bridge_page(reader: Reader, found: Bridge, filters: Filters, records: str) -> Page:
    """Lay out a bridge: each line leads to its records at an address."""
    names = names_of(found, reader.zone)
    section = bridge_section(found, reader.contract, lambda cause: filters.link(records, cause=cause))
    ways = [Cell("Every record of this bridge, as both sides see it", anchor=filters.link(records))]
    section = replace(section, links=ways if found.lines else (), notes=() if found.lines else (SAME,))
    difference = found.end.value - found.start.value
    told, first, last = figures.shorts(difference, found.start.value, found.end.value)
    told = f"+{told}" if difference > 0 else told
    words = f"{reader.contract.company.currency}: from {names[0]} {first} to {names[1]} {last}; "
    words += f"residual {figures.money(found.residual)}"
    passport = passports_of(found, names, reader.zone)
    title = title_of(found, reader.zone)
    return Page(f"{title[:1].upper()}{title[1:]}", label_of(found, reader.zone), (section,), passport, (told, words))


def form(reader: Reader, filters: Filters) -> dict[str, object]:
    """Give what the form above the page offers, and what is chosen."""
    lenses = [(AGREED, "Agreed"), *((name, name) for name in reader.contract.lenses)]
    kept = [one for one in publications(reader.workspace) if one.facts.version == reader.build.version]
    builds = [
        (one.facts.key, f"{figures.stamp(one.published_at, reader.zone)}, contract {one.facts.fingerprint[:6]}")
        for one in kept
    ]
    ends = [
        {
            "name": name, "label": name.upper(), "lens": _end(reader, filters, name).lens,
            "as_of": filters[f"{name}_as_of"] or filters["as_of"] or "",
            "known_at": filters[f"{name}_known_at"] or filters["known_at"] or "",
            "contract": filters[f"{name}_contract"] or "",
            "versions": _versions(reader, filters[f"{name}_contract"]),
            "build": filters[f"{name}_build"] or reader.build.key,
        }
        for name in ENDS
    ]  # fmt: skip
    swapped = {f"{end}_{name}": filters[f"{other}_{name}"] for name in OF_AN_END for end, other in ("ab", "ba")}
    swap = filters.link(PATH, a=str(ends[1]["lens"]), b=str(ends[0]["lens"]), cause=None, sheet=None, **swapped)
    first = ends[0]
    asked = {"a": str(first["lens"])} | {f"a_{name}": first[name] for name in OF_AN_END[:-1]}
    asked |= {name: filters[name] or "" for name in SHARED}
    unfit = [name for name in SLICED if filters[name]] + ["a_build"] * (first["build"] != reader.build.key)
    plain = filters.link(**dict.fromkeys((*SLICED, "a_build")))
    return {
        "ends": ends, "lenses": lenses, "builds": builds if len(builds) > 1 else [],
        "calendars": [*reader.contract.company.calendars], "swap": swap, "action": PATH, "this": filters.link(),
        "without": filters.link(PATH),
        "kept": [(name, filters[name]) for name in ("org", *SLICED) if filters[name]],
        "asked": [(name, text) for name, text in asked.items() if text], "not_of_sheets": unfit, "plain": plain,
    }  # fmt: skip


def _versions(reader: Reader, chosen: str | None) -> list[tuple[str, str]]:
    """Offer the versions of the contract, with what was chosen among them: any day chooses the definition of it."""
    offered = [("", "In force"), *_offered(reader.workspace, reader.build, reader.zone)]
    if chosen and chosen not in dict(offered):
        offered.append((chosen, said_of(f"contract:{chosen}").removeprefix("by ")))
    return offered


@lru_cache(maxsize=4)
def _offered(workspace: Workspace, build: BuildFacts, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    with opened(workspace, build) as asked:
        found = versions_of(workspace, asked.contract, build)
    return tuple((one.name, told_of_version(one, zone)) for one in found)


def told_of_version(one: Version, zone: ZoneInfo) -> str:
    """Say what a version of the contract is, by the days of the company."""
    if one.archived:
        days = [f"{local_day(moment, zone)}" for moment in one.said or ()]
        return f"Contract {one.name[:8]}, {f'said {days[0]} to {days[1]}' if days else 'by which nothing was said'}"
    if one.starts_on is None:
        return f"First definition, until {one.ends_on}" if one.ends_on else "The one definition"
    return f"Definition from {one.starts_on}"


# -- the records


def records_of(reader: Reader, filters: Filters) -> Records:
    """Give the postings of a line, or of all, each as both sides see it."""

    def make() -> Records:
        asked = asked_of(reader, filters)
        terms = replace(asked.terms, postings=None)
        found = postings(reader.workspace, asked.ends, terms, filters["cause"], asked.builds)
        return listed(reader, found)

    return kept_records(reader, filters, make)


def listed(reader: Reader, found: Postings) -> Records:
    """Put postings into a list of records, the largest amount first."""
    zone = ZoneInfo(found.company.time_zone)
    start, end = names_of(found.bridge, zone)
    total = sum((one.posting.amount for one in found.seen), start=found.bridge.residual)
    what = found.cause or "every line"
    title = f"{start} to {end}, {what}: {figures.counted(len(found.seen), 'posting')}, {figures.signed(total)}"
    with opened(reader.workspace, reader.build) as asked:
        deals = names_of_records(asked.engine, "opportunity", {one.posting.record for one in found.seen})
    heads = [fit(name, HEAD) for name in (start, end)]
    columns = (
        Column("record", entity="opportunity"),
        Column("name", personal=True),
        *([Column("claim", "claim or row")] if any(_unit(one) for one in found.seen) else []),
        *([Column("cause")] if found.cause is None else []),
        Column("amount", unit="money", summed=True, main=True),
        Column("a_counts", f"{heads[0]} counts", unit="money"),
        Column("a_why", "because"),
        Column("b_counts", f"{heads[1]} counts", unit="money"),
        Column("b_why", "because"),
        Column(DIFFERS, "differs in", main=True),
    )
    rows = [_row(one, found, deals, {column.name for column in columns}) for one in found.seen]
    bridge = found.bridge
    told = {"period": bridge.period or "none", "where": bridge.where or "", "currency": found.company.currency}
    # Where the ends differ in their moments, the passports of both say them.
    if bridge.start.as_of == bridge.end.as_of:
        told["as of"] = figures.stamp(bridge.start.as_of, zone)
    if bridge.start.known_at == bridge.end.known_at:
        told["known at"] = figures.known(bridge.start.known_at, zone)
    passport = (*((name, text) for name, text in told.items() if text), *passports_of(bridge, (start, end), zone))
    return Records(title, columns, rows, passport, f"{start}-{end}-{what}")


def _unit(one: Seen) -> str | None:
    """Give the claim, or the row of a list, that is posted."""
    return one.posting.unit or (one.posting.record if one.lone else None)


def _row(one: Seen, found: Postings, deals: dict[str, str], names: set[str]) -> tuple[object, ...]:
    posting = one.posting
    return (
        None if one.lone else posting.record, deals.get(posting.record),
        *([_unit(one)] if "claim" in names else []), *([posting.cause] if "cause" in names else []), posting.amount,
        value_of(one.start), why(one.start, found.views[0]), value_of(one.end), why(one.end, found.views[1]),
        differs(one) or None,
    )  # fmt: skip


def records_page(reader: Reader, filters: Filters) -> Page:
    """Give the page of the records of a line."""
    return postings_page(reader, filters, records_of(reader, filters), PATH)


def postings_page(reader: Reader, filters: Filters, records: Records, back: str) -> Page:
    """Lay out one page of postings, with the way back to their bridge."""
    section = records_section(reader, filters, records, "Each record, as both sides see it")
    way = Cell("Back to the bridge", anchor=filters.link(back, cause=None, sort=None, page=None))
    tables = tuple(_marked(table, records) for table in section.tables)
    section = replace(section, links=(way, *section.links), tables=tables)
    return Page(clean(records.title), label_of_records(records), (section,), records.passport)


def label_of_records(records: Records) -> list[str]:
    """Say what records are of, as their passport has it."""
    told = dict(records.passport)
    words = {"period": "", "as of": "as of ", "known at": "", "where": "where ", "currency": ""}
    return [clean(f"{word}{told[name]}") for name, word in words.items() if name in told]


def _marked(table: Table, records: Records) -> Table:
    """Let the words of both sides be read whole, and mark the field that makes the difference."""
    place = [column.name for column in records.columns].index(DIFFERS)
    rows = [
        [
            replace(cell, style="accent") if at == place and isinstance(cell, Cell) else cell
            for at, cell in enumerate(row)
        ]
        for row in table.rows
    ]
    return replace(table, rows=rows, dense=False, caption="The largest first" if not table.caption else table.caption)


TIE_OUT = Room(
    "tie-out", "Tie-out", PATH, tie_out, "tools", "t", takes=TAKES, common=COMMON, bar=(),
    above="web/tie_out.html", below="web/tie_out_ways.html", context=form,
    records=records_of, listed=False,
)  # fmt: skip
TIE_OUT_RECORDS = Room(
    "tie-out-records", "Records of a tie-out", RECORDS_PATH, records_page, takes=(*TAKES, "cause"), common=COMMON,
    bar=(),
    records=records_of,
)  # fmt: skip
