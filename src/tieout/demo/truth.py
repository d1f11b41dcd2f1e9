"""Write down what was planted: postings, totals, and the postings worked by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tieout.demo.exports import line, write_text
from tieout.demo.plot import TOTALS, Truth
from tieout.demo.sheet import LENSES, Posting
from tieout.demo.world import World

PERIOD, AS_OF = "2027-Q3", "2026-09-22"


def write_truth(world: World, truth: Truth, folder: Path) -> None:
    """Write the truth files."""
    traps = (line((name, record)) for name, records in sorted(world.traps.items()) for record in records)
    write_text(folder / "traps.csv", line(("trap", "record")) + "".join(traps))
    write_text(folder / "postings.csv", _postings(truth.postings))
    write_text(folder / "hand_worked.csv", _postings(truth.by_hand))
    head = line(("lens", "period", "as_of", "amount", "records"))
    rows = (line((lens, PERIOD, AS_OF, f"{TOTALS[lens]:.2f}", str(truth.counts[lens]))) for lens in LENSES)
    write_text(folder / "numbers.csv", head + "".join(rows))


def _postings(postings: Iterable[Posting]) -> str:
    head = line(("bridge", "record", "cause", "amount", "note"))
    return head + "".join(line((p.bridge, p.record, p.cause, f"{p.amount:.2f}", p.note)) for p in postings)
