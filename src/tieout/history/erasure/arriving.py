"""Arriving: rows of people who were erased get their surrogates before an extract is judged, so that nobody comes back.

What arrives is compared by keyed hashes. A row becomes exactly what its like in the ledger became, digest and all: no
new version, no deletion and no second person follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from tieout.basics.findings import Finding, Level
from tieout.connect.files import TABLE, Extract, Reject
from tieout.history.erasure.cloak import Cloak
from tieout.history.erasure.erased import Erased
from tieout.history.erasure.files import cloak_line
from tieout.history.erasure.needles import Needles, fold, phone_of, words_of
from tieout.history.erasure.roles import Kind, Roles
from tieout.history.erasure.search import META, Terms, changed, row_condition, wearer_of
from tieout.history.judge import digest_sql, key_sql
from tieout.history.keyed import keyed_sql
from tieout.warehouse.engine import identifier, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tieout.history.erasure.rows import Row

_EMAIL = r"""[^\s@<>,;:"'()\[\]|=&?/]+@[a-z0-9.-]*[a-z0-9]"""
_ODD_EMAIL = r"""[^\s@<>,;:"()\[\]|]+@[^\s@<>,;:"'()\[\]|=&?/]*[^\s@<>,;:"'()\[\]|=&?/.!]"""
"""As rules allow it: with an apostrophe or a sign of URLs before the `@`, and with letters of any script behind it."""
_PROFILE = r"linkedin\.[a-z.]+/((?:in|pub)/[^/?#\s,;\"']+)"
_DIGEST = r"[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}"
_PHONE = r"[+(]?[0-9][0-9\s().\-/]{5,}[0-9]"
_WORD = r"[\p{L}\p{N}_'\x{2019}.-]*[\p{L}\p{N}_]"
_OWNED = r"['\x{2019}]s(\s|$)"


@dataclass(frozen=True)
class Gate:
    """Keeps erased people out of what arrives."""

    key: str
    erased: Sequence[Erased]

    def keep_out(
        self, engine: DuckDBPyConnection, roles: Roles, extract: Extract, place: str
    ) -> tuple[Extract, tuple[Finding, ...]]:
        """Give the rows and rejected lines of an extract their surrogates; tell how many there were."""
        if not self.erased:
            return extract, ()
        touched: set[int] = set()
        rejects = extract.rejects
        for number, entry in enumerate(self.erased):
            needles = self.needles(engine, roles, extract, entry)
            terms = Terms(Cloak(self.key, entry.person, needles), entry, tuple(self.erased[:number]))
            extract, rows = _cloak_rows(engine, roles, extract, terms)
            touched |= rows
            rejects = tuple(self._reject(entry, reject) for reject in rejects)
        extract = replace(extract, rejects=rejects)
        return extract, (_finding(place, len(touched)),) if touched else ()

    def needles(self, engine: DuckDBPyConnection, roles: Roles, extract: Extract, entry: Erased) -> Needles:
        """Find out, by the hashes, which texts of the extract tell the person."""
        found: dict[str, set[str]] = {"email": set(), "phone": set(), "profile": set(), "digest": set(), "name": set()}
        for name in extract.columns:
            column, fixed = extract.column(name), roles.kind(name) is Kind.FIXED
            for kind, query in _tokens(column, entry, fixed=fixed).items():
                if entry.kept(kind):
                    found[kind] |= self._known(engine, entry, kind, query)
        bare = Terms(Cloak(self.key, entry.person, Needles(everywhere=entry.everywhere)), entry)
        relation = _relation(extract, roles)
        query = f"select * exclude (_position, _row, _digest, _key) from {relation} where "
        tied = engine.execute(query + row_condition(roles, bare, extract.columns)).fetchall()
        words = {word for row in tied for value in row for word in words_of(value)}
        found["name"] |= {word for word in words if entry.has(self.key, "part", word)}
        found["name"] |= self._parts(found["name"], entry)
        return _needles(found, everywhere=entry.everywhere)

    def _parts(self, names: Iterable[str], entry: Erased) -> set[str]:
        return {word for name in names for word in name.split() if entry.has(self.key, "part", word)}

    def _known(self, engine: DuckDBPyConnection, entry: Erased, kind: str, query: str) -> set[str]:
        hashed = keyed_sql(self.key, exp.column("told")).sql("duckdb")
        kept = ", ".join(literal(one) for one in sorted(entry.kept(kind)))
        tokens = f"select distinct token, {literal(f'{kind}:')} || token as told from ({query})"
        rows = engine.execute(f"select token from ({tokens}) where {hashed} in ({kept})").fetchall()
        return {str(row[0]) for row in rows}

    def _reject(self, entry: Erased, reject: Reject) -> Reject:
        """Cloak a rejected line: its words are few enough to be compared here."""
        text = reject.text
        found: dict[str, set[str]] = {kind: set() for kind in ("email", "phone", "profile", "digest", "name")}
        with_words = words_of(text)
        for token in tokens_of(text):
            for kind, value in token:
                if entry.has(self.key, kind, value):
                    found[kind].add(value)
        for size in map(int, entry.kept("sizes")):
            grams = (" ".join(with_words[at : at + size]) for at in range(len(with_words) - size + 1))
            found["name"] |= {gram for gram in grams if entry.has(self.key, "name", gram)}
        found["name"] |= {word for word in with_words if entry.has(self.key, "part", word)}
        needles = _needles(found, everywhere=entry.everywhere)
        return replace(reject, text=cloak_line(Cloak(self.key, entry.person, needles), text))


def tokens_of(text: str) -> Iterable[tuple[tuple[str, str], ...]]:
    """Give what in a text could be an address, a profile, a hash or a phone, by kind."""
    lower = text.lower().replace("%40", "@")
    yield tuple(("email", found) for pattern in (_EMAIL, _ODD_EMAIL) for found in re.findall(pattern, lower))
    yield tuple(("profile", found) for found in re.findall(_PROFILE, fold(text)))
    yield tuple(("digest", found) for found in re.findall(rf"(?<![0-9a-f])(?:{_DIGEST})(?![0-9a-f])", lower))
    yield tuple(("phone", phone) for found in re.findall(_PHONE, text) if (phone := phone_of(found)))


def _needles(found: dict[str, set[str]], *, everywhere: bool) -> Needles:
    emails, phones, profiles, names = (frozenset(found[kind]) for kind in ("email", "phone", "profile", "name"))
    return Needles(emails, phones, profiles, names, everywhere)


def _tokens(column: str, entry: Erased, *, fixed: bool) -> dict[str, str]:
    """Spell, by kind, the query for what in a column could be one of the person's."""

    def every(text: str, pattern: str, where: str, group: int = 0) -> str:
        found = f"unnest(regexp_extract_all({text}, {literal(pattern)}, {group}))"
        return f"select {found} as token from {TABLE} where {where}"

    lower = f"lower(replace({column}, '%40', '@'))"
    holds = f"contains({column}, '@') or contains({column}, '%40')"
    whole = f"select trim(lower({column}), ' ') as token from {TABLE} where {holds}"
    queries = {
        "email": f"{every(lower, _EMAIL, holds)} union all {every(lower, _ODD_EMAIL, holds)} union all {whole}",
        "profile": every(f"strip_accents(lower({column}))", _PROFILE, f"contains(lower({column}), 'linkedin.')", 1),
        "digest": every(f"lower({column})", _DIGEST, f"length({column}) >= 32"),
    }
    if fixed:
        return queries
    phones = every(column, _PHONE, f"regexp_matches({column}, '[0-9].*[0-9]') and length({column}) >= 7")
    queries["phone"] = (
        f"select right(digits, 9) as token from (select regexp_replace(token, '[^0-9]', '', 'g') as digits"
        f" from ({phones})) where length(digits) >= 7"
    )
    folded = f"regexp_replace(strip_accents(lower({column})), {literal(_OWNED)}, '\\1', 'g')"
    words = f"select regexp_extract_all({folded}, {literal(_WORD)}) as w from {TABLE} where contains({column}, ' ')"
    grams = [
        f"select unnest([array_to_string(w[i:i + {size} - 1], ' ') for i in range(1, len(w) - {size} + 2)]) as token"
        f" from ({words})"
        for size in sorted(entry.kept("sizes"))
    ]
    if grams:
        queries["name"] = " union all ".join(grams)
    return queries


def _relation(extract: Extract, roles: Roles) -> str:
    """Give the extract with the columns of a pull, so that it can be searched like one."""
    keys = key_sql(extract, roles.keys)
    shown = ", ".join(f"{extract.column(name)} as {identifier(name)}" for name in extract.columns)
    return (
        f"(select 0 as _position, rowid as _row, {keys} as _key, {digest_sql(extract)} as _digest, {shown}"
        f" from {TABLE})"
    )


def _cloak_rows(engine: DuckDBPyConnection, roles: Roles, extract: Extract, terms: Terms) -> tuple[Extract, set[int]]:
    columns, relation = extract.columns, _relation(extract, roles)
    shown = ", ".join(identifier(name) for name in (*META, *columns))
    condition = row_condition(roles, terms, columns)
    found = engine.execute(f"select {shown} from {relation} where {condition} order by _row").fetchall()
    rows: list[tuple[tuple[int, int, str, str], Row]] = [
        (row[:4], dict(zip(columns, row[4:], strict=True))) for row in found
    ]

    def ask(shown: str) -> list[tuple[Sequence[str] | None, ...]]:
        return engine.execute(f"select {shown} from {relation}").fetchall()

    wearer = wearer_of(roles, terms, rows, ask)
    touched: set[int] = set()
    for (_, number, key, digest), values in rows:
        tie = terms.entry.tie(terms.key, roles, key or "", values)
        made = changed(wearer, terms, (key or "", digest), values, tie)
        if made is None:
            continue
        if not extract.digested:
            engine.execute(f"alter table {TABLE} add column kept_digest varchar")
            extract = replace(extract, digested=True)
        _, new_digest, cloaked = made
        news = {name: value for name, value in cloaked.items() if value != values[name]}
        sets = ", ".join(["kept_digest = ?", *(f"{extract.column(name)} = ?" for name in news)])
        engine.execute(f"update {TABLE} set {sets} where rowid = ?", [new_digest, *news.values(), number])
        touched.add(number)
    return extract, touched


def _finding(place: str, count: int) -> Finding:
    return Finding(
        "erased.kept_out",
        Level.NOTE,
        place,
        f"{count:,} row{'s' if count > 1 else ''} told a person who was erased; surrogates were taken in their place."
        " The file itself still holds the person.",
        "Erase the person in the system that this export comes from. Then delete the file, or run `tieout erase` for"
        " the person again: it rewrites exports that lie in the workspace.",
        count=count,
    )
