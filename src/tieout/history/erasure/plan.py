"""Plan: who a person is in this workspace, what tells them, and what an erasure would change. It changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.connect.files import UnreadableError, file_digest
from tieout.contract.model import Contract, SourceObject
from tieout.history.commit import flush
from tieout.history.erasure.cloak import LENGTH, MARK, Cloak
from tieout.history.erasure.erased import Erased, erased_of, read_erased, read_line
from tieout.history.erasure.needles import Needles
from tieout.history.erasure.people import Alike, Found, People, Record, needles_of
from tieout.history.erasure.roles import Roles, all_roles
from tieout.history.erasure.rows import Tie
from tieout.history.erasure.search import Changed, Hits, Terms, changed_from, hits_from, search
from tieout.history.exports import list_exports
from tieout.history.keyed import hash_key, keyed
from tieout.history.ledger import Feed, Ledger, erasures

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tieout.basics.workspace import Workspace


@dataclass(frozen=True)
class Lying:
    """An export that holds the person: where, of which pulls, and what it was when it was looked at."""

    path: str
    feed: Feed
    inside: bool
    positions: tuple[int, ...]
    rows: int
    sha256: str
    mtime_ns: int
    source: SourceObject
    changed: tuple[Changed, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What an erasure will do, as it is shown to a person and then applied; `clean` pulls hold no row of theirs."""

    entry: Erased
    needles: Needles
    position: int
    roles: Mapping[Feed, Roles]
    records: tuple[Record, ...] = ()
    alike: tuple[Alike, ...] = ()
    names: tuple[str, ...] = ()
    shared: int = 0
    hits: tuple[Hits, ...] = ()
    clean: frozenset[int] = frozenset()
    exports: tuple[Lying, ...] = ()
    told: Mapping[str, Any] | None = None

    @property
    def several(self) -> bool:
        """Whether two of the names are not one person's in two spellings: people may share an address."""
        words = [frozenset(name.split()) for name in self.names]
        return any(not one & other for place, one in enumerate(words) for other in words[:place])

    @property
    def rows(self) -> int:
        """How many rows of pulls change."""
        return sum(len(rows) for hits in self.hits for rows in hits.rows.values())

    @property
    def digest(self) -> str:
        """A short name of all that this plan does: another plan has another."""
        told = [str(self.position), *map(str, self.records), *(repr(one) for one in self.summary())]
        told += sorted(self.needles.emails | self.needles.phones | self.needles.names | self.needles.profiles)
        told += [f"{one.path} {one.sha256}" for one in self.exports]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:8]

    def summary(self) -> list[dict[str, Any]]:
        """Tell what changes in each object, without naming anybody."""
        return [
            {
                "object": str(hits.feed),
                "pulls": len(hits.rows),
                "rows": sum(len(rows) for rows in hits.rows.values()),
                "own": hits.ties[Tie.OWN],
                "tied": hits.ties[Tie.TIED],
                "in_passing": hits.ties[Tie.LOOSE] + hits.ties[Tie.NEAR],
                "fields": dict(sorted(hits.fields.items())),
            }
            for hits in self.hits
        ]

    def terms(self, workspace: Workspace) -> Terms:
        """Give what the search needs."""
        before = tuple(one for one in read_erased(workspace) if one.number < self.entry.number)
        return Terms(Cloak(hash_key(workspace), self.entry.person, self.needles), self.entry, before)

    def to_json(self, told: Mapping[str, Any]) -> str:
        """Spell what is needed to carry the plan out, whatever happens in between."""
        needles = {name: sorted(getattr(self.needles, name)) for name in ("emails", "phones", "profiles", "names")}
        exports = [
            {
                "path": one.path,
                "feed": [one.feed.system, one.feed.object],
                "positions": one.positions,
                "sha256": one.sha256,
                "mtime_ns": one.mtime_ns,
                "source": one.source.model_dump(mode="json", by_alias=True),
                "changed": [asdict(row) for row in one.changed],
            }
            for one in self.exports
            if one.inside
        ]
        return json.dumps(
            {
                "entry": json.loads(self.entry.line()),
                "needles": needles,
                "position": self.position,
                "roles": [one.to_json() for one in self.roles.values()],
                "hits": [one.to_json() for one in self.hits],
                "clean": sorted(self.clean),
                "exports": exports,
                "told": told,
            }
        )


def read_plan(workspace: Workspace) -> Plan | None:
    """Read the plan of an erasure that was begun and has not been finished; None where there is none."""
    try:
        told = json.loads(plan_path(workspace).read_text("utf-8"))
    except FileNotFoundError:
        return None
    entry = read_line(told["entry"])
    needles = {name: frozenset(found) for name, found in told["needles"].items()}
    roles = (Roles.from_json(one) for one in told["roles"])
    exports = tuple(
        Lying(
            path=one["path"],
            feed=Feed(*one["feed"]),
            inside=True,
            positions=tuple(one["positions"]),
            rows=0,
            sha256=one["sha256"],
            mtime_ns=one["mtime_ns"],
            source=SourceObject.model_validate(one["source"]),
            changed=tuple(changed_from(row) for row in one["changed"]),
        )
        for one in told["exports"]
    )
    found = Needles(**needles, everywhere=entry.everywhere)
    return Plan(
        entry,
        found,
        told["position"],
        {one.feed: one for one in roles},
        hits=tuple(hits_from(one) for one in told["hits"]),
        clean=frozenset(told["clean"]),
        exports=exports,
        told=told["told"],
    )


def plan_path(workspace: Workspace) -> Path:
    """Give the place of the plan of an erasure that has begun."""
    return workspace.ledger / "erasing.json"


def write_plan(workspace: Workspace, plan: Plan, told: Mapping[str, Any]) -> None:
    """Write the plan down, readable by its owner alone: from here on the erasure is finished, come what may."""
    path = plan_path(workspace)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(plan.to_json(told))
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    flush(path.parent)


def person_terms(workspace: Workspace, contract: Contract, people: People, seed: Found, now: datetime) -> Plan:
    """Grow a person from what was given, and decide what tells them. The rows are not searched yet."""
    ledger, key = people.ledger, hash_key(workspace)
    roles = all_roles(contract, ledger.feeds())
    merges = [(merge.object, merge.id, merge.into) for merge in contract.merges]
    found = people.grow(seed, merges)
    phones, shared = _own_phones(people, found, merges)
    alike = dict(found.alike)
    for name in sorted(name for name in found.names if " " in name):
        for seen in people.named(name):
            if seen.record not in found.records:
                alike.setdefault(seen.record, Alike(seen.record, "the same name", seen.company))
    everywhere = not any(one.why == "the same name" for one in alike.values())
    needles = needles_of(found, phones, everywhere=everywhere)
    records = tuple(sorted(found.records))
    earlier = read_erased(workspace)
    number = max([erasures(workspace), *(one.number for one in earlier)], default=0) + 1
    had = [one.person for one in earlier if any(_had(one, key, record) for record in records)]
    person = had[0] if had else f"{MARK}{keyed(key, f'person:{min(map(str, records))}')[:LENGTH]}"
    entry = erased_of(key, number, person, now, needles, records, found.accounts)
    names = tuple(sorted({seen.name for seen in found.seen if seen.name}))
    alike_told = tuple(alike[record] for record in sorted(alike))
    return Plan(entry, needles, ledger.position, roles, records, alike_told, names, shared)


def _had(entry: Erased, key: str, record: Record) -> bool:
    return entry.has_id(key, f"record {record.feed}", record.key)


def _own_phones(people: People, found: Found, merges: Sequence[tuple[str, str, str]]) -> tuple[frozenset[str], int]:
    """Tell the person's own phones from those that others have, too; records that have only the phone are theirs."""
    own = set(found.phones)
    shared: set[str] = set()
    for seen in people.with_phones(own):
        if seen in found.seen:
            continue
        if seen.record not in found.records and seen.email is None and found.fits(seen):
            found.seen.append(seen)
            found.records.setdefault(seen.record)
        elif seen.record not in found.records:
            shared.add(str(seen.phone))
            found.alike.setdefault(seen.record, Alike(seen.record, "the same phone", seen.company))
    people.grow(found, merges)
    return frozenset(own - shared), len(shared)


def search_all(
    workspace: Workspace,
    contract: Contract,
    engine: DuckDBPyConnection,
    plan: Plan,
    environment: Mapping[str, str],
) -> Plan:
    """Find every row that tells the person, and the exports that hold them."""
    ledger, terms = Ledger(workspace), plan.terms(workspace)
    searched = [search(engine, ledger, plan.roles[feed], terms) for feed in ledger.feeds()]
    hits = tuple(found for found in searched if found.rows)
    clean = frozenset(position for found in searched for position in found.clean)
    exports = _exports(workspace, contract, ledger, hits, plan.entry.at, environment)
    return replace(plan, hits=hits, clean=clean, exports=tuple(exports))


def _exports(
    workspace: Workspace,
    contract: Contract,
    ledger: Ledger,
    hits: Iterable[Hits],
    now: datetime,
    environment: Mapping[str, str],
) -> list[Lying]:
    rows = {position: len(found) for one in hits for position, found in one.rows.items()}
    by_source: dict[tuple[Feed, str], list[Any]] = {}
    for pull in ledger.committed:
        by_source.setdefault((pull.feed, pull.source), []).append(pull)
    found = []
    listed, _ = list_exports(workspace.root, contract, now, environment, ledger.feeds())
    for export in listed:
        pulls = [pull for pull in by_source.get((export.feed, export.found.name), ()) if pull.position in rows]
        path = export.found.path
        inside = path.resolve().is_relative_to(workspace.root.resolve())
        if not pulls and not inside:
            continue
        try:
            digest = file_digest(path) if pulls else ""
        except UnreadableError:
            digest = ""
        same = tuple(pull.position for pull in pulls if pull.source_sha256 == digest)
        if pulls:
            count = max((rows[position] for position in same), default=0)
            name = path.resolve().relative_to(workspace.root.resolve()).as_posix() if inside else str(path)
            found.append(Lying(name, export.feed, inside, same, count, digest, export.found.mtime_ns, export.source))
    return found
