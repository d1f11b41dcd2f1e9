"""An erasure as people read it: the plan before, the certificate after. The certificate names nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tieout.show import figures
from tieout.show.tables import Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.history.erasure.erased import Erased
    from tieout.history.erasure.plan import Plan

LISTED = 12


def plan_page(terminal: Terminal, plan: Plan) -> list[str]:
    """Show who is meant, what would change, and what is not included; ends with how to go on."""
    name = ", ".join(one.title() for one in plan.names) or "a person without a name"
    title = f"Erasing {clean(name)}: {figures.counted(plan.rows, 'row')} of the ledger would change"
    if not plan.rows:
        title = f"{plan.entry.person} was erased, but exports came since that hold the person"
    lines = [terminal.paint(title, "title"), ""]
    lines += _listed(terminal, "records", [f"{one}  ({one.entity})" for one in plan.records])
    lines += _listed(terminal, "addresses", sorted(plan.needles.emails))
    lines += _listed(terminal, "phones", [f"ending in {one}" for one in sorted(plan.needles.phones)])
    lines += _listed(terminal, "profiles", sorted(plan.needles.profiles))
    lines += _listed(terminal, "becomes", [plan.entry.person])
    if plan.several:
        told = "These names have no word in common: if several people share an address, all of them would be erased."
        lines += ["", *terminal.wrap(told, style="warning")]
    lines += ["", *_objects(terminal, plan.summary())] if plan.hits else []
    inside = [f"{one.path}" for one in plan.exports if one.inside]
    outside = [f"{one.path}" for one in plan.exports if not one.inside]
    if inside:
        lines += [
            "",
            f"{figures.counted(len(inside), 'file')} of exports in the workspace would be rewritten in place.",
        ]
        lines += [f"  {clean(path)}" for path in _cut(inside)] if not plan.rows else []
    if outside:
        lines += [
            "",
            f"{figures.counted(len(outside), 'file')} of exports elsewhere hold the person and would not be touched:",
        ]
        lines += [f"  {clean(path)}" for path in _cut(outside)]
    if plan.alike:
        lines += ["", terminal.paint("Not included", "title")]
        lines += [f"  {one.record}  {one.why}{f', {clean(one.company)}' if one.company else ''}" for one in plan.alike]
    if not plan.needles.everywhere:
        told = "Others have this name: it is replaced only in rows that point at the person or their account."
        lines += terminal.wrap(told, indent=2, style="label")
    lines += ["", f"plan {plan.digest} · ledger {plan.position} · nothing has been changed"]
    return lines


def done_page(terminal: Terminal, certificate: Mapping[str, Any], path: str) -> list[str]:
    """Show a certificate."""
    proof = certificate["proof"]
    found = len(proof["found"]) + len(proof["unread"])
    said = "erased, and proven" if proof["holds"] else f"erased, but not proven: {figures.counted(found, 'file')} left"
    lines = [terminal.paint(f"{certificate['erased']}: {said}", "title"), ""]
    lines += [*_objects(terminal, certificate["objects"]), ""] if certificate.get("objects") else []
    if held := certificate.get("exports_in_the_workspace", ()):
        lines.append(f"{figures.counted(len(held), 'file')} of exports in the workspace held the person:")
        lines += [*(f"  {clean(path)}" for path in _cut(sorted(one["path"] for one in held))), ""]
    size = figures.count(proof["bytes"])
    lines += [f"All {figures.count(proof['files'])} files of the workspace were read ({size} bytes)."]
    if before := proof.get("rows_read_by_the_plan"):
        pulls = figures.counted(before, "pull")
        told = f"The rows of {pulls} were read for the plan already; nobody wrote to them since."
        lines += terminal.wrap(told)
    if proof["holds"]:
        lines.append("None of them tells the person.")
    for head, names in (("These still tell the person", proof["found"]), ("These could not be read", proof["unread"])):
        if names:
            lines += ["", f"{head}; delete them, or export them again:", *(f"  {clean(name)}" for name in _cut(names))]
    lines += ["", terminal.paint("To be erased elsewhere", "title")]
    lines += [f"  the system {name}" for name in certificate.get("systems", ())]
    lines += [f"  the export {clean(one['path'])}" for one in certificate.get("exports_elsewhere", ())[:LISTED]]
    lines += [f"  what {name} keeps of earlier versions" for name in certificate.get("not_read", ())]
    lines += ["  backups of this workspace", "", f"certificate {path}"]
    return lines


def gone_page(terminal: Terminal, entry: Erased) -> list[str]:
    """Say that nothing is left to erase."""
    return [
        terminal.paint(f"Erased already: {entry.person}, on {entry.at:%Y-%m-%d}", "title"),
        "Nothing in the ledger tells the person. Nothing has been changed.",
    ]


def plan_json(plan: Plan) -> dict[str, Any]:
    """Give a plan as JSON values. It names the person."""
    return {
        "status": "planned",
        "plan": plan.digest,
        "becomes": plan.entry.person,
        "records": [str(record) for record in plan.records],
        "names": list(plan.names),
        "emails": sorted(plan.needles.emails),
        "phones": sorted(plan.needles.phones),
        "profiles": sorted(plan.needles.profiles),
        "name_everywhere": plan.needles.everywhere,
        "rows": plan.rows,
        "objects": plan.summary(),
        "exports": [{"path": one.path, "inside": one.inside, "rows": one.rows} for one in plan.exports],
        "not_included": [{"record": str(one.record), "why": one.why, "company": one.company} for one in plan.alike],
    }


def gone_json(entry: Erased) -> dict[str, Any]:
    """Give an earlier erasure as JSON values."""
    return {"status": "erased already", "erased": entry.person, "at": entry.at}


def _objects(terminal: Terminal, objects: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = [Column("object", right=False), Column("pulls"), Column("rows"), Column("own"), Column("tied")]
    columns += [Column("in passing"), Column("columns", right=False)]
    rows = [
        [
            clean(one["object"]),
            *(figures.count(one[name]) if one[name] else figures.NOTHING for name in ("pulls", "rows", "own", "tied")),
            figures.count(one["in_passing"]) if one["in_passing"] else figures.NOTHING,
            clean(", ".join(one["fields"])),
        ]
        for one in objects
    ]
    return table(terminal, columns, rows)


def _listed(terminal: Terminal, label: str, values: Sequence[str]) -> list[str]:
    shown = [clean(value) for value in _cut(values)]
    return [
        f"  {terminal.paint(label if place == 0 else '', 'label')}{' ' * (11 - (len(label) if place == 0 else 0))}{one}"
        for place, one in enumerate(shown)
    ]


def _cut(values: Sequence[str]) -> list[str]:
    more = len(values) - LISTED
    return [*values[:LISTED], *([f"... and {figures.count(more)} more"] if more > 0 else [])]
