"""Run `python -m bench [NAME...] [--scale 0.1]`: measure, print a table, write docs/benchmarks.md."""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from bench.dbt import second_pull
from bench.figures import figures
from bench.measuring import Result, machine
from bench.report import print_table, write_report
from bench.whole import changed_file, first_pull, sample_company

BENCHES = {
    "second-pull": second_pull,
    "first-pull": first_pull,
    "figures": figures,
    "changed-file": changed_file,
    "sample-company": sample_company,
}
REPORT = Path("docs/benchmarks.md")


def measured(name: str, scale: float) -> list[Result]:
    """Run a benchmark in a process of its own: a program is charged with the memory of the process that starts it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as one:
        return one.submit(BENCHES[name], scale).result()


def main() -> int:
    """Measure what is named, or everything; only the whole at full size is written down."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="the share of the full size of the data")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
    where, when = machine(), datetime.now(tz=UTC)
    results: dict[str, list[Result]] = {}
    for name in given.names or BENCHES:
        print(f"{name} ...", flush=True)
        results[name] = measured(name, given.scale)
        print_table(results[name])
    if given.scale == 1 and not given.names:
        write_report(REPORT, results, where, when)
        print(f"Written to {REPORT}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
