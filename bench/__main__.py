"""Run `python -m bench [NAME...] [--scale 0.1]`: measure, print a table, write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

from bench.clocks import clocks
from bench.dbt import second_pull
from bench.doubles import doubles
from bench.erasing import erase_one
from bench.figures import figures
from bench.funnel import funnel
from bench.measuring import Result, machine
from bench.proposing import init_from
from bench.report import Measured, keep, print_table, write_report
from bench.tying import tying
from bench.waterfall import waterfalls
from bench.web import web
from bench.whole import changed_file, first_pull, sample_company, whole_line

BENCHES = {
    "second-pull": second_pull,
    "first-pull": first_pull,
    "clocks": clocks,
    "figures": figures,
    "funnel": funnel,
    "changed-file": changed_file,
    "sample-company": sample_company,
    "whole-line": whole_line,
    "erase": erase_one,
    "duplicates": doubles,
    "init-from": init_from,
    "tie": tying,
    "waterfall": waterfalls,
    "web": web,
}


def main() -> int:
    """Measure what is named, or everything; at full size, write it down beside the newest of the others."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="the share of the full size of the data")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
    for name in given.names or BENCHES:
        print(f"{name} ...", flush=True)
        when, before = datetime.now(tz=UTC), os.getloadavg()[0]
        found = _apart(name, given.scale)
        print_table(found)
        if given.scale == 1:
            load = f"{before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
            keep(name, Measured(f"{when:%Y-%m-%d %H:%M} UTC", load, machine(), found))
    if given.scale == 1:
        print(f"Written to {write_report(BENCHES)}.")
    return 0


def _apart(name: str, scale: float) -> list[Result]:
    """Run a benchmark in a process of its own: a program is charged with the memory of the process that starts it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as one:
        return one.submit(BENCHES[name], scale).result()


if __name__ == "__main__":
    raise SystemExit(main())
