"""People: which records of which systems are one person, by address, profile, id and the systems' own links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tieout.history.erasure.cloak import MARK
from tieout.history.erasure.needles import Needles, fold, phone_of, profile_of, wide_phone, words_of
from tieout.history.erasure.roles import PERSONS, Roles
from tieout.history.keyed import email_of
from tieout.history.ledger import Feed, Ledger
from tieout.warehouse.engine import identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIELDS = (
    "id",
    "email",
    "first_name",
    "last_name",
    "name",
    "phone",
    "linkedin",
    "merged_into",
    "lead_id",
    "account_id",
    "company",
)


@dataclass(frozen=True, order=True)
class Record:
    """A record that is a person: its object, its key there, the id that others point at, and the entity it is."""

    feed: Feed
    key: str
    id: str
    entity: str

    def __str__(self) -> str:
        """Give the name that people use."""
        return f"{self.feed}:{self.key}"


@dataclass(frozen=True)
class Seen:
    """What one version of a record says of whom it is."""

    record: Record
    email: str | None
    phone: str | None
    profile: str | None
    names: tuple[str, ...]
    links: frozenset[tuple[str, str]]
    account: str | None
    company: str | None

    @property
    def name(self) -> str:
        """The name, folded, first name first; empty where there is none."""
        return self.names[0] if self.names else ""


@dataclass(frozen=True)
class Alike:
    """A record that is not included, and why one could think that it should be."""

    record: Record
    why: str
    company: str | None


@dataclass
class Found:
    """A person as found so far."""

    emails: set[str] = field(default_factory=set)
    profiles: set[str] = field(default_factory=set)
    records: dict[Record, None] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    alike: dict[Record, Alike] = field(default_factory=dict)
    strangers: set[Seen] = field(default_factory=set)

    @property
    def names(self) -> frozenset[str]:
        """Every name the person was seen under."""
        return frozenset(name for seen in self.seen for name in seen.names if name)

    @property
    def phones(self) -> frozenset[str]:
        """Every phone of the person."""
        return frozenset(seen.phone for seen in self.seen if seen.phone)

    @property
    def links(self) -> frozenset[tuple[str, str]]:
        """The records that the person's are, or point at as the same person: (entity, id)."""
        own = {(record.entity, record.id) for record in self.records}
        return frozenset(own.union(*(seen.links for seen in self.seen)))

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that the person was seen at."""
        return frozenset(seen.account for seen in self.seen if seen.account)

    def fits(self, seen: Seen) -> bool:
        """Whether a version may be of this person: its name shares a word with theirs, or one has none."""
        words = {word for name in self.names for word in name.split()}
        return not words or not seen.name or bool(words & set(seen.name.split()))


class People:
    """Reads, from the ledger, who the records of persons are."""

    def __init__(self, engine: DuckDBPyConnection, ledger: Ledger, roles: Mapping[Feed, Roles]) -> None:
        self.engine, self.ledger = engine, ledger
        self._known: dict[str, list[Seen]] = {}
        self.roles = [one for one in roles.values() if one.entity in PERSONS and ledger.pulls(one.feed)]

    def grow(self, found: Found, merges: Sequence[tuple[str, str, str]] = ()) -> Found:
        """Follow addresses, profiles and links from what is found until nothing new is. `merges`: entity, id, into."""
        size = (-1, -1)
        while size != (len(found.seen), len(found.emails)):
            size = (len(found.seen), len(found.emails))
            links = set(found.links)
            links |= {(entity, into) for entity, one, into in merges if (entity, one) in links}
            links |= {(entity, one) for entity, one, into in merges if (entity, into) in links}
            for roles in self.roles:
                for seen in self._like(roles, found, links):
                    self.take(found, seen)
        return found

    def take(self, found: Found, seen: Seen) -> None:
        """Take in what a version says, unless it is of somebody else."""
        if seen in found.seen:
            return
        if not found.fits(seen):
            by_email = seen.email is not None and seen.email in found.emails
            why = "the same address under another name" if by_email else "the same record under another name"
            if not by_email:
                found.strangers.add(seen)
                found.alike.setdefault(seen.record, Alike(seen.record, why, seen.company))
                return
        found.seen.append(seen)
        found.records.setdefault(seen.record)
        found.emails |= {seen.email} if seen.email else set()
        found.profiles |= {seen.profile} if seen.profile else set()

    def named(self, name: str) -> list[Seen]:
        """Give every version of a record of that name."""
        words = words_of(name)
        return [
            seen
            for roles in self.roles
            for seen in self._read(roles, lambda c: _named(c, words))
            if any(words_of(one) == words for one in seen.names)
        ]

    def with_phones(self, phones: Iterable[str]) -> list[Seen]:
        """Give every version of a record with one of the phones."""
        wanted = frozenset(phones)
        return [
            seen
            for roles in self.roles
            for seen in self._read(roles, lambda c: _phoned(c["phone"], wanted) if "phone" in c else "")
            if seen.phone in wanted
        ]

    def with_id(self, text: str) -> list[Seen]:
        """Give every version of a record whose key or id it is; `crm.contacts:003...` names the object too."""
        named = {f"{roles.feed}": roles for roles in self.roles}
        label, _, key = text.partition(":")
        chosen, wanted = ([named[label]], key) if label in named else (self.roles, text)
        return [
            seen
            for roles in chosen
            for seen in self._read(
                roles, lambda c: " or ".join(_in(x, {wanted}) for x in ("_key", c.get("id", "_key")))
            )
        ]

    def _like(self, roles: Roles, found: Found, links: set[tuple[str, str]]) -> list[Seen]:
        keys = {record.key for record in found.records if record.feed == roles.feed}
        mine = {one for entity, one in links if entity == roles.entity}
        leads = {one for entity, one in links if entity == "lead"}

        def condition(c: Mapping[str, str]) -> str:
            tests = [_in("_key", keys), _in(c.get("id", "_key"), mine)]
            tests += [_in(f"lower(trim({c['email']}))", found.emails)] if "email" in c else []
            tests += [_in(f"trim({c['merged_into']})", mine)] if "merged_into" in c else []
            tests += [_in(f"trim({c['lead_id']})", leads)] if "lead_id" in c else []
            if "linkedin" in c:
                tests += [f"contains(lower({c['linkedin']}), {literal(one)})" for one in found.profiles]
            return " or ".join(test for test in tests if test != "false")

        return self._read(roles, condition)

    def _read(self, roles: Roles, condition: Callable[[Mapping[str, str]], str]) -> list[Seen]:
        pulls = self.ledger.pulls(roles.feed)
        columns = tuple(dict.fromkeys(column for pull in pulls for column in pull.columns))
        found = {name: column for name in FIELDS if (column := roles.column(name, columns))}
        quoted = {name: identifier(column) for name, column in found.items()}
        where = condition(quoted)
        if not where:
            return []
        shown = ", ".join(f"{quoted.get(name, 'null::varchar')}" for name in FIELDS)
        files = ", ".join(literal(str(self.ledger.path(pull))) for pull in pulls)
        query = (
            f"select distinct _key, {shown} from read_parquet([{files}], union_by_name = true,"
            f" hive_partitioning = false) where {where} order by all"
        )
        if query not in self._known:
            rows = self.engine.execute(query).fetchall()
            self._known[query] = [_seen(roles, row[0], dict(zip(FIELDS, row[1:], strict=True))) for row in rows]
        return self._known[query]


def _seen(roles: Roles, key: str, row: Mapping[str, str | None]) -> Seen:
    gone = {name for name, value in row.items() if value and value.strip().lower().startswith(MARK)}
    told = {name: "" if name in gone else (value or "").strip() for name, value in row.items()}
    record = Record(roles.feed, key, (row["id"] or "").strip() or key, roles.entity)
    first, last, whole = told["first_name"], told["last_name"], told["name"]
    names = [f"{first} {last}", f"{last} {first}"] if first and last else [whole or last or first]
    links = {(roles.entity, told["merged_into"])} if told["merged_into"] else set()
    links |= {("lead", told["lead_id"])} if told["lead_id"] and roles.entity == "contact" else set()
    return Seen(
        record,
        email_of(told["email"]),
        phone_of(told["phone"]),
        profile_of(told["linkedin"]),
        tuple(" ".join(words_of(name)) for name in names if words_of(name)),
        frozenset(links),
        told["account_id"] or None,
        told["company"] or told["account_id"] or None,
    )


def needles_of(found: Found, phones: Iterable[str], *, everywhere: bool) -> Needles:
    """Give what a person is looked for by."""
    return Needles(frozenset(found.emails), frozenset(phones), frozenset(found.profiles), found.names, everywhere)


def _in(text: str, values: Iterable[str]) -> str:
    listed = ", ".join(literal(value) for value in sorted(values))
    return f"{text} in ({listed})" if listed else "false"


def _named(columns: Mapping[str, str], words: Sequence[str]) -> str:
    there = [columns[name] for name in ("first_name", "last_name", "name") if name in columns]
    if not there or not words:
        return ""
    told = f"strip_accents(lower(concat_ws(' ', {', '.join(there)})))"
    return " and ".join(f"contains({told}, {literal(fold(word))})" for word in sorted(words))


def _phoned(column: str, phones: Iterable[str]) -> str:
    pattern = "|".join(wide_phone(phone) for phone in sorted(phones))
    return f"regexp_matches({column}, {literal(pattern)})" if pattern else "false"
