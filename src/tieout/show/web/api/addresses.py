"""Every address of the API: what it takes, and what makes its document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tieout.show.web.api import documents, given

if TYPE_CHECKING:
    from ninja import Schema


@dataclass(frozen=True, slots=True)
class Address:
    """One address. `exact` documents are functions of the published build alone, so they are kept and have an ETag."""

    path: str
    make: Callable[..., dict[str, Any]]
    takes: type[Schema]
    exact: bool = True
    hourly: bool = False
    """Whether it is kept for an hour: it looks at the clock too."""

    @property
    def summary(self) -> str:
        """What it answers."""
        verb, _, rest = (self.make.__doc__ or "").strip().partition(" ")
        return f"{rest[0].upper()}{rest[1:]}" if verb in ("Give", "Tell", "List") else f"{verb} {rest}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the path that are given."""
        return tuple(name for name in ("metric", "record") if f"{name}}}" in self.path)


ADDRESSES = (
    Address("/glossary", documents.glossary, given.Nothing),
    Address("/numbers", documents.glossary, given.Nothing),
    Address("/numbers/{metric}", documents.number, given.Number),
    Address("/numbers/{metric}/series", documents.series, given.SeriesOf),
    Address("/lenses", documents.lenses, given.Lenses),
    Address("/bridge", documents.bridged, given.BridgeOf),
    Address("/waterfall", documents.waterfalls, given.Waterfall),
    Address("/funnel", documents.funnels, given.Funnel),
    Address("/stages", documents.staged, given.View),
    Address("/coverage", documents.covered, given.Coverage),
    Address("/clocks", documents.clocked, given.View),
    Address("/statement", documents.stated, given.View),
    Address("/records/{path:record}", documents.life, given.Life),
    Address("/findings", documents.findings, given.Findings),
    Address("/sources", documents.sources, given.Nothing, exact=False, hourly=True),
    Address("/builds", documents.builds, given.Nothing, exact=False),
)
