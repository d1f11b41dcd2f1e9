"""A team's own list of 230 rows tied out to half a million opportunities: by ids, by names, and the rules behind it."""

from __future__ import annotations

import csv

from bench.measuring import BUILD, Result, apart, run, tieout
from tieout.basics.workspace import Workspace
from tieout.questions import opened
from tieout.warehouse.builds import published_or_none

ROWS = 230


def tying(scale: float) -> list[Result]:
    """Make the company of `figures` and its published file unless an earlier run did, then measure."""
    records = int(500_000 * scale)
    root = (BUILD / f"history-{records}").absolute()
    apart(f"from bench.company import *; make_once({str(root)!r}, lambda folder: write_history(folder, {records}))")
    if published_or_none(Workspace(root)) is None:
        run(tieout("refresh", "--workspace", root))
    with opened(Workspace(root)) as asked:
        told = asked.engine.execute(
            """select distinct on (v.record) v.record, v.name, s.arr
            from opportunity_versions as v join opportunity_states as s on s.record = v.record
            where v.name is not null and s.arr > 0 and hash(v.record) % 100 = 0
            order by v.record, s.valid_from desc limit ?""",
            [ROWS],
        ).fetchall()
    made = []
    for name, place, target in (("ids", 0, 5), ("names", 1, 10)):
        path = BUILD / f"list-by-{name}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(
                [("id" if place == 0 else "deal", "amount"), *((row[place], row[2]) for row in told)]
            )
        taken = run(tieout("tie", path.absolute(), "--workspace", root))
        note = f"{ROWS} rows, {records:,} opportunities, ten states each"
        made.append(Result(f"tie out a list by {name}", taken.wall, "s", target, note=note))
    taken = run(tieout("tie", (BUILD / "list-by-ids.csv").absolute(), "--find", "--workspace", root))
    return [*made, Result("find the rules behind it", taken.wall, "s", 10)]
