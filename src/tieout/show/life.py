"""One record's life on a page: each version with what changed, when it was true, when it was heard, and from where."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.life import Change, Entry, Life, Membership, Source, Version

ARROW = "\N{RIGHTWARDS ARROW}"


def life_page(terminal: Terminal, life: Life, company: Company) -> list[str]:
    """Give the lines of a record's life."""
    zone = ZoneInfo(company.time_zone)
    last = life.versions[-1].state if life.versions else {}
    name = clean(str(last.get("name") or ""))
    lines = [terminal.paint(" ".join(part for part in (life.entity, clean(life.record), name) if part), "title")]
    lines += terminal.wrap(f"{_versions(len(life.versions))}, as known now; times in {zone.key}", style="label")
    for version in life.versions:
        lines += ["", *_version(terminal, version, zone)]
    if life.merged:
        lines += ["", *_merged(terminal, life)]
    for entry in life.entries:
        lines += ["", *terminal.wrap(_entry(entry, zone), indent=2)]
    if life.memberships:
        lines += ["", *_memberships(terminal, life, company)]
    return lines


def _merged(terminal: Terminal, life: Life) -> list[str]:
    """Lay out the values that survive the merges into an account, each with where it is from."""
    columns = [Column(name, right=False) for name in ("survives", "value", "from", "by")]
    rows: list[Row] = [[one.field, clean(one.value), f"{one.record} ({one.object})", one.rule] for one in life.merged]
    return table(terminal, columns, rows)


def _versions(count: int) -> str:
    return f"{count} version{'' if count == 1 else 's'}"


def _version(terminal: Terminal, version: Version, zone: ZoneInfo) -> list[str]:
    begun = figures.stamp(version.valid_from, zone) if version.valid_from else "the beginning"
    ended = figures.stamp(version.valid_to, zone) if version.valid_to else "now"
    head = f"  {terminal.paint(f'{begun} {ARROW} {ended}', 'accent')}"
    flags = ", ".join(_flag(flag) for flag in version.flags)
    lines = [f"{head}  {terminal.paint(flags, 'warning')}" if flags else head]
    lines += terminal.label(_heard(version, zone), indent=4)
    columns = [Column("", right=False), Column("", right=False)]
    rows: list[Row] = [[change.field, _change(change, zone)] for change in version.changes]
    return lines + (table(terminal, columns, rows, indent=4) if rows else [])


def _flag(flag: str) -> str:
    return "its state is not known" if flag == "missing" else flag


def _heard(version: Version, zone: ZoneInfo) -> list[str]:
    told = [f"heard {figures.stamp(version.heard_at, zone)}"] if version.heard_at else []
    told += [f"{source.object} (pull {source.position}{_voice(source)})" for source in version.sources]
    worse = {name: how for name, how in version.grade.items() if how != "observed"}
    by_grade: dict[str, list[str]] = {}
    for name, how in worse.items():
        by_grade.setdefault(how, []).append(name)
    if version.grade and not worse:
        told.append("observed")
    return [*told, *(f"{', '.join(names)} {how}" for how, names in by_grade.items())]


def _voice(source: Source) -> str:
    words = {"history": ", field history", "event": ", a column's event", "start": ", its creation", "log": ", a log"}
    return words.get(source.voice, "")


def _change(change: Change, zone: ZoneInfo) -> str:
    new = _told(change.new, zone)
    return new if change.old is None else f"{_told(change.old, zone)} {ARROW} {new}"


def _told(value: object, zone: ZoneInfo) -> str:
    match value:
        case None:
            return "(unknown)"
        case Decimal():
            return figures.money(value)
        case datetime():
            return figures.stamp(value, zone)
        case date():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:,.10g}".replace("-", figures.MINUS)
        case _:
            return clean(str(value))


def _entry(entry: Entry, zone: ZoneInfo) -> str:
    until = f" until {figures.stamp(entry.ends_at, zone)}" if entry.ends_at else ""
    into = f" into {entry.into}" if entry.into else ""
    told = f"{entry.reason or 'no reason'} ({entry.owner or 'no owner'})"
    return f"In {entry.register}.csv{until}: {entry.id}{into}, {told}."


def _memberships(terminal: Terminal, life: Life, company: Company) -> list[str]:
    columns = [Column("today, by lens", right=False), Column("period", right=False), Column("", right=False)]
    columns.append(Column(company.currency))
    return table(terminal, columns, [_membership(one) for one in life.memberships])


def _membership(one: Membership) -> list[Cell]:
    told = "counted" if one.counted else f"not counted: {one.facet}"
    value = figures.money(one.value) if one.value is not None else figures.NOTHING
    return [Cell(clean(one.lens)), Cell(one.period or ""), Cell(told, "plain" if one.counted else "label"), Cell(value)]


# -- for files


def life_json(life: Life, currency: str) -> dict[str, Any]:
    """Give the document of `tieout history`."""
    return {
        "record": life.record,
        "entity": life.entity,
        "currency": currency,
        "versions": [_version_json(version) for version in life.versions],
        "memberships": [_membership_json(one) for one in life.memberships],
        "survived": [
            {"field": one.field, "value": one.value, "record": one.record, "object": one.object, "rule": one.rule}
            for one in life.merged
        ],
        "registers": [_entry_json(entry) for entry in life.entries],
    }


def _version_json(version: Version) -> dict[str, Any]:
    return {
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "heard_at": version.heard_at,
        "sources": [
            {"object": one.object, "position": one.position, "taken_at": one.taken_at, "voice": one.voice}
            for one in version.sources
        ],
        "changes": [{"field": change.field, "old": change.old, "new": change.new} for change in version.changes],
        "state": version.state,
        "grade": version.grade,
        "flags": list(version.flags),
    }


def _membership_json(one: Membership) -> dict[str, Any]:
    return {
        "lens": one.lens,
        "period": one.period,
        "counted": one.counted,
        "facet": one.facet,
        "value": one.value,
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "register": entry.register,
        "id": entry.id,
        "into": entry.into,
        "reason": entry.reason,
        "owner": entry.owner,
        "ends_at": entry.ends_at,
    }
