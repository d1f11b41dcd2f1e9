"""The rooms and the tools of the application, in their order; a page is registered here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tieout.operate.people.roles import Right
from tieout.show.web.filters import COMMON, OF_A_LIST

if TYPE_CHECKING:
    from tieout.show.html.page import Page
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader
    from tieout.show.web.records import Records


@dataclass(frozen=True, slots=True)
class Room:
    """A page of the application that is made of the published build and the filters of its address.

    `make` gives the page; `takes` are filters beside `common`, `bar` the filters that its bar offers. `key` is
    what is typed after `g` to go there. `group` is `rooms`, `tools`, or empty for a page that others lead to.
    """

    name: str
    title: str
    path: str
    make: Callable[[Reader, Filters], Page]
    group: str = ""
    key: str = ""
    right: Right = Right.READ
    takes: tuple[str, ...] = ()
    common: tuple[str, ...] = COMMON
    """Which of the common filters take effect on it; the others are refused."""
    bar: tuple[str, ...] = ("period", "calendar", "segment", "team", "as_of", "said_then", "org")
    tab: str = ""
    """What it is called among the pages of its room; empty for a page that others lead to."""
    slices: tuple[str, ...] = ()
    """The dimensions by which its bar offers to slice."""
    above: str = ""
    """A template that stands above the page and may hold forms."""
    below: str = ""
    """A template that stands under the page."""
    context: Callable[[Reader, Filters], dict[str, object]] = field(default=lambda _reader, _filters: {})
    """What these templates are given beside the filters."""
    beside: Callable[[Reader, Filters], str] = field(default=lambda _reader, _filters: "")
    """What its page depends on beside build, address and eyes: with another one it is made anew."""
    hourly: bool = False
    """Whether its page looks at the clock, as at what is late by now: it is made anew each hour."""
    ahead: bool = False
    """Whether it is made ahead of anybody who asks, as the rooms and their tabs are."""
    records: Callable[[Reader, Filters], Records] | None = None
    """The records under this page, if it has any: they are paged, put in order and taken out as files (records.py)."""

    listed: bool = True
    """Whether these records stand on the page, in an order and in parts, or only go into its files."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every filter of its address."""
        of_a_list = () if self.records is None else OF_A_LIST if self.listed else ("format",)
        return (*self.common, *self.takes, *of_a_list)


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the application that has a view of its own, and stands beside the rooms."""

    name: str
    title: str
    path: str
    group: str = "tools"
    key: str = ""


class NotHereError(LookupError):
    """What an address names is not there, or not for this reader; the message says what to do, and tells nothing."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title = title
