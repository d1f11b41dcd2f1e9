"""The inventory of sources: what each system holds, where it flows, what is missing; one field; a chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.history.lateness import told as length
from tieout.show import figures
from tieout.show.tables import Cell, Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.inventory import FieldHeld, Inventory
    from tieout.measure.diagnosis.holdings import Held

GAPS = 12
NOWHERE = figures.NOTHING
KEYS = frozenset({"id", "merged_into"})
"""Fields by which records are told apart: nearly every number reads those of every entity."""


def sources_page(terminal: Terminal, found: Inventory) -> list[str]:
    """Give the lines of the inventory."""
    zone = ZoneInfo(found.company.time_zone)
    lines = [terminal.paint(_title(found), "title")]
    lines += terminal.label([found.company.name, f"at {figures.stamp(found.now, zone)}"])
    lines += ["", *_objects(terminal, found, zone), "", *_flows(terminal, found)]
    for block in (_shared(terminal, found), _links(terminal, found), _gaps(terminal, found)):
        if block:
            lines += ["", *block]
    lines += ["", terminal.paint("tieout sources ENTITY.FIELD  tells who tells, requires and reads a field", "label")]
    return [*lines, *terminal.label([f"build {found.build}", f"contract {found.contract}"])]


def _title(found: Inventory) -> str:
    late = sum(one.late is not None for one in found.objects)
    parts = [f"{figures.counted(len(found.labels), 'system')}, {figures.counted(len(found.objects), 'object')}"]
    parts.append(f"{late} late" if late else "none late")
    parts.append(figures.counted(len(found.gaps), "gap"))
    return ", ".join(parts)


def _objects(terminal: Terminal, found: Inventory, zone: ZoneInfo) -> list[str]:
    """Lay out the objects under their systems; an owner of its own stands beside an object."""
    owners = any(one.owner != _owner(found, one.system) for one in found.objects)
    heads = ("object", "is", "mode", "rows", "newest", "every", *(("owner",) if owners else ()))
    columns = [Column(name, right=name == "rows") for name in heads]
    rows: list[list[Cell]] = []
    for system, label in found.labels.items():
        rows.append([Cell(f"{clean(label)}, {clean(_owner(found, system) or 'nobody')}", "label")])
        rows += [_object(one, zone) for one in found.objects if one.system == system]
    lines = table(terminal, columns, [row for row in rows if len(row) > 1])
    rest = iter(lines[1:])
    told = (f"  {terminal.paint(row[0].text, 'title')}" if len(row) == 1 else next(rest) for row in rows)
    return [lines[0], *told]


def _owner(found: Inventory, system: str) -> str | None:
    """Give who answers for most objects of a system."""
    owners = [one.owner for one in found.objects if one.system == system]
    return max(owners, key=owners.count) if owners else None


def _object(one: Held, zone: ZoneInfo) -> list[Cell]:
    taken = figures.stamp(one.last_taken, zone) if one.last_taken else "never"
    due = one.every or NOWHERE
    return [
        Cell(f"  {one.name}"),
        Cell("history" if one.entity and one.entity.endswith(" history") else one.entity or NOWHERE, "label"),
        Cell(one.mode, "label"),
        Cell(figures.count(one.rows if one.mode == "full" else one.all_rows)),
        Cell(taken),
        Cell(f"{length(one.late)} late", "warning") if one.late else Cell(due, "label"),
        Cell(clean(one.owner or "nobody"), "label"),
    ]


def _flows(terminal: Terminal, found: Inventory) -> list[str]:
    """Show from which objects each entity comes, and how many numbers read it."""
    lines = [terminal.paint("What flows where", "title")]
    columns = [Column("objects", right=False), Column("", right=False), Column("entity", right=False)]
    columns += [Column("fields told"), Column("numbers"), Column("lenses")]
    rows = []
    for entity, labels in _feeding(found):
        fields = found.entity(entity)
        numbers = {number for one in fields if one.field not in KEYS for number in one.numbers}
        lenses = {lens for one in fields if one.field not in KEYS for lens in one.lenses}
        told = sum(bool(one.told) for one in fields)
        rows.append(
            [
                Cell(", ".join(labels) or "nobody", "plain" if labels else "warning"),
                Cell("->", "label"),
                Cell(entity, "accent"),
                Cell(figures.count(told)),
                Cell(figures.count(len(numbers)) if numbers else NOWHERE),
                Cell(figures.count(len(lenses)) if lenses else NOWHERE),
            ]
        )
    return [*lines, *table(terminal, columns, rows)]


def _feeding(found: Inventory) -> Iterator[tuple[str, list[str]]]:
    """Give each entity that is told or read, with the objects that tell it."""
    entities = dict.fromkeys([one.entity for one in found.fields])
    for entity in entities:
        yield entity, [one.label for one in found.objects if one.entity in (entity, f"{entity} history")]


def _shared(terminal: Terminal, found: Inventory) -> list[str]:
    several = [one.shared for one in found.fields if one.shared]
    if not several:
        return []
    lines = [terminal.paint("Told by more than one object", "title")]
    columns = [Column("field", right=False), Column("told by", right=False), Column("differ"), Column("of both")]
    columns += [Column("wins", right=False)]
    rows = [
        [
            Cell(f"{one.entity}.{one.field}"),
            Cell(", ".join(one.objects), "label"),
            Cell(figures.count(one.differ), "warning" if one.differ else "plain"),
            Cell(figures.count(one.both), "label"),
            Cell(one.wins, "label"),
        ]
        for one in sorted(several, key=lambda one: -one.differ)
    ]
    return [*lines, *table(terminal, columns, rows)]


def _links(terminal: Terminal, found: Inventory) -> list[str]:
    if not found.links:
        return []
    head = f"Integrations to put first, by what they would explain ({found.company.currency})"
    lines = [terminal.paint(head, "title")]
    columns = [Column("", right=False), Column("stands alone", right=False), Column("n"), Column("of")]
    columns.append(Column("worth"))
    rows = [
        [
            Cell(f"{place}. {link.start} -> {link.end}"),
            Cell(link.what, "label"),
            Cell(figures.count(link.alone)),
            Cell(figures.count(link.n), "label"),
            Cell(figures.money(link.worth) if link.worth else NOWHERE),
        ]
        for place, link in enumerate(found.links, start=1)
    ]
    return [*lines, *table(terminal, columns, rows)]


def _gaps(terminal: Terminal, found: Inventory) -> list[str]:
    if not found.gaps:
        return []
    lines = [terminal.paint("Gaps", "title")]
    columns = [Column("", right=False), Column("", right=False), Column("", right=False)]
    shown = found.gaps[:GAPS]
    rows = [[Cell(gap.kind, "warning"), Cell(clean(gap.what)), Cell(clean(gap.why), "label")] for gap in shown]
    lines += table(terminal, columns, rows)
    if len(found.gaps) > len(shown):
        lines.append(f"  ... and {figures.count(len(found.gaps) - len(shown))} more: --json gives all.")
    return lines


# -- one field


def field_page(terminal: Terminal, found: Inventory, field: FieldHeld) -> list[str]:
    """Give the lines of one field: who owns, tells, requires and reads it."""
    title = f"{field.name} is read by {figures.counted(len(field.numbers), 'number')} and {_lenses(len(field.lenses))}"
    lines = [terminal.paint(title, "title"), *terminal.label([f"owner {clean(field.owner or 'nobody')}"]), ""]
    columns = [Column("told by", right=False), Column("read from", right=False), Column("filled"), Column("of rows")]
    rows = [
        [
            Cell(one.object),
            Cell(clean(one.read_from), "label"),
            Cell(figures.count(one.filled)),
            Cell(figures.count(one.rows), "label"),
        ]
        for one in field.told
    ]
    lines += table(terminal, columns, rows) if rows else ["  Nobody tells it."]
    if field.shared:
        both = f"{field.shared.differ:,} of {field.shared.both:,} records told by several differ"
        lines += ["", *terminal.wrap(f"{both}; {field.shared.wins} wins.", indent=2)]
    for words, names in (("Required", field.required), ("Numbers", field.numbers), ("Lenses", field.lenses)):
        if names:
            lines += ["", *terminal.wrap(f"{words}: {', '.join(names)}", indent=2)]
    return [*lines, "", *terminal.label([f"build {found.build}", f"contract {found.contract}"])]


def _lenses(n: int) -> str:
    return f"{figures.count(n)} lens{'' if n == 1 else 'es'}"


# -- for files


def sources_json(found: Inventory) -> dict[str, Any]:
    """Give the document of `tieout sources`."""
    return {
        "company": found.company.name,
        "currency": found.company.currency,
        "at": found.now,
        "build": found.build,
        "contract": found.contract,
        "objects": [
            {
                "object": one.label,
                "system": found.labels[one.system],
                "entity": one.entity,
                "mode": one.mode,
                "owner": one.owner,
                "every": one.every,
                "late_days": round(one.late.total_seconds() / 86_400, 2) if one.late else None,
                "pulls": one.pulls,
                "rows": one.rows,
                "all_rows": one.all_rows,
                "first_taken": one.first_taken,
                "last_taken": one.last_taken,
                "empty": list(one.empty),
                "unmapped": [{"column": column, "rows": rows} for column, rows in one.unmapped],
            }
            for one in found.objects
        ],
        "fields": [field_json(one) for one in found.fields],
        "integrations": [
            {
                "from": link.start,
                "to": link.end,
                "what": link.what,
                "would": link.would,
                "alone": link.alone,
                "n": link.n,
                "worth": link.worth,
            }
            for link in found.links
        ],
        "gaps": [{"kind": gap.kind, "what": gap.what, "why": gap.why} for gap in found.gaps],
    }


def field_json(field: FieldHeld) -> dict[str, Any]:
    """Give one field."""
    shared = field.shared
    return {
        "field": field.name,
        "owner": field.owner,
        "told": [
            {"object": one.object, "from": one.read_from, "filled": one.filled, "rows": one.rows, "owner": one.owner}
            for one in field.told
        ],
        "wins": shared.wins if shared else None,
        "both": shared.both if shared else None,
        "differ": shared.differ if shared else None,
        "example": shared.example if shared else None,
        "required": list(field.required),
        "numbers": list(field.numbers),
        "lenses": list(field.lenses),
    }


def mermaid(found: Inventory) -> str:
    """Give the map of flows as a Mermaid chart, for documents."""
    lines = ["flowchart LR"]
    for number, (system, label) in enumerate(found.labels.items()):
        lines.append(f'  subgraph s{number}["{_safe(label)}"]')
        lines += [f'    {_node(one.label)}["{_safe(one.name)}"]' for one in found.objects if one.system == system]
        lines.append("  end")
    for entity, labels in _feeding(found):
        lines.append(f'  e_{entity}(["{entity}"])')
        lines += [f"  {_node(label)} --> e_{entity}" for label in labels]
        families = sorted({number.partition(".")[0] for one in found.entity(entity) for number in one.numbers})
        lines += [f'  e_{entity} --> n_{family}["{family}"]' for family in families]
    return "\n".join(lines)


def _node(label: str) -> str:
    return "o_" + "".join(sign if sign.isalnum() and sign.isascii() else f"_{ord(sign):x}_" for sign in label)


def _safe(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
