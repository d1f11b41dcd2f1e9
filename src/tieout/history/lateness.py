"""Extracts that are late: the contract says how often one is expected, the ledger when the newest was taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level
from tieout.contract.cadence import every
from tieout.history.ledger import Feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tieout.contract.model import Contract
    from tieout.history.ledger import Ledger

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def late_by(contract: Contract, ledger: Ledger, feed: Feed, now: datetime) -> timedelta | None:
    """Give by how much the newest extract of an object is late; None where it is not, or nothing is expected."""
    item = contract.sources[feed.system].objects[feed.object]
    newest = max((pull.taken_at for pull in ledger.pulls(feed)), default=None)
    if item.every is None or newest is None:
        return None
    late = now - newest - every(item.every)
    return late if late > timedelta(0) else None


def late_findings(contract: Contract, ledger: Ledger, now: datetime) -> Iterator[Finding]:
    """Tell which objects have no extract as new as the contract expects. `now` is UTC without zone."""
    for system, terms in contract.sources.items():
        for name, item in terms.objects.items():
            late = late_by(contract, ledger, Feed(system, name), now)
            if late is not None and item.every is not None:
                owner = item.owner or terms.owner
                yield Finding(
                    code="source.late",
                    level=Level.WARNING,
                    place=f"{system}.{name}",
                    message=f"the newest extract is {told(late)} late: one is expected every {item.every}.",
                    remedy=f"Ask {owner or 'the owner of the system'} for the export, or change `every` of the object.",
                    given=item.every,
                )


def told(late: timedelta) -> str:
    """Tell a length of time in whole hours or days."""
    unit, word = (DAY, "day") if late >= DAY else (HOUR, "hour")
    number = max(1, int(late / unit))
    return f"{number:,} {word}{'' if number == 1 else 's'}"
