"""Filters sit in the address, so that a link is the view: read them, and write links that keep them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tieout.basics.findings import nearest
from tieout.basics.wording import names_in

LONGEST = 500
"""A filter is at most so many characters."""
COMMON = (
    "period", "calendar", "lens", "segment", "team", "owner", "where", "as_of", "known_at", "said_then", "org", "by",
)  # fmt: skip
"""What most pages take; a page takes more by naming it, and fewer by naming those."""
SWITCHES = ("said_then", "gross", "weighted", "flow", "weeks")
"""The filters that are on or off."""
VALUES = {**dict.fromkeys(SWITCHES, ("1", "0")), "org": ("as-was", "as-is"), "format": ("csv", "xlsx")}
"""The filters that have few values."""
OF_A_LIST = ("sort", "page", "format")
"""The filters of a list of records: they are of that list and lead nowhere else."""

CHOSEN = {"segment": "segment", "team": "team", "owner": "owner_id"}
"""Filters that are a value of a column."""


class FilterError(Exception):
    """An address that no page can be made of; the message says what was given and what is allowed."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one page as texts; what is not in the address is None, and is left to the page's default.

    `named` are the parts of the path itself, as in /record/<entity>/<record>.
    """

    path: str
    texts: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str | None:
        """Give the text of a filter, or of a part of the path."""
        return self.named.get(name) or self.texts.get(name)

    def on(self, name: str) -> bool:
        """Say whether a filter that is a switch is on."""
        return self.texts.get(name) == "1"

    @property
    def query(self) -> str:
        """The filters in one order, as they stand in an address: the same view has the same address."""
        return urlencode(sorted(self.texts.items()))

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions to slice by, each once."""
        return names_in(self.texts.get("by"))

    @property
    def where(self) -> str | None:
        """The condition of all records: what was typed, and the segment, team and owner that were chosen."""
        parts = [f"({self.texts['where']})"] if self.texts.get("where") else []
        parts += [f"{column} = {_quoted(self.texts[name])}" for name, column in CHOSEN.items() if self.texts.get(name)]
        return " and ".join(parts) or None

    def link(self, path: str | None = None, **changes: str | None) -> str:
        """Write the address of a page with these filters, some of them changed, or left out by None.

        To another page lead those that take effect there.
        """
        texts = dict(self.texts)
        if path and path != self.path and (takes := taken_at(path)) is not None:
            texts = {name: text for name, text in texts.items() if name in takes and name not in OF_A_LIST}
        texts = {name: text for name, text in ({**texts, **changes}).items() if text}
        query = urlencode(sorted(texts.items()))
        return f"{path or self.path}?{query}" if query else path or self.path


_TAKEN: dict[str, tuple[re.Pattern[str], frozenset[str]]] = {}
"""What the pages of the application take, by their paths, in the order in which these are tried."""


def told_takes(path: str, takes: Iterable[str]) -> None:
    """Tell what the page at a path takes, so that links to it carry nothing else."""
    parts = re.split(r"(<[a-z]+:\w+>)", path)
    fits = (".+" if part.startswith("<path:") else "[^/]+" if part[:1] == "<" else re.escape(part) for part in parts)
    _TAKEN[path] = (re.compile("".join(fits)), frozenset(takes))


def taken_at(path: str) -> frozenset[str] | None:
    """Give the filters that the page at an address takes; None where there is no such page."""
    return next((takes for pattern, takes in _TAKEN.values() if pattern.fullmatch(path)), None)


def read_filters(
    path: str, given: Mapping[str, str], takes: tuple[str, ...] = COMMON, named: Mapping[str, str] | None = None
) -> Filters:
    """Read the filters of an address, of which a page takes some. Raises FilterError."""
    for name, text in given.items():
        if name not in takes:
            near = nearest(name, takes)
            hint = f" Did you mean '{near}'?" if near else ""
            message = f"This page has no filter '{name[:60]}'. {_allowed(takes)}{hint}"
            raise FilterError(message)
        if len(text) > LONGEST or "\x00" in text:
            message = f"The filter '{name}' is {len(text):,} characters long; at most {LONGEST} are read."
            raise FilterError(message)
    texts = {name: text.strip() for name, text in given.items() if text.strip()}
    for name, text in texts.items():
        if name in VALUES and text not in VALUES[name]:
            message = f"'{text[:60]}' is no value of the filter '{name}'. Allowed: {', '.join(VALUES[name])}."
            raise FilterError(message)
    return Filters(path, texts, named or {})


def _allowed(takes: tuple[str, ...]) -> str:
    return f"It takes: {', '.join(takes)}." if takes else "It takes none."


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
