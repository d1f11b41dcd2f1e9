"""What was measured, as a table for the terminal and as docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from bench.measuring import Result

WORDS = {True: "met", False: "missed", None: ""}

HEAD = """# Benchmarks

Written by `make bench` (`python -m bench`), never by hand. It makes its data in `build/bench` (about 4 GB; the same
values every time, from hashes), and an environment for dbt in `build/bench-dbt`; both are kept for the next run.
`python -m bench NAME --scale 0.1` runs one of them on a tenth of the data and writes nothing.

## Method

A whole process is timed from its start to its end, imports included; its memory is the most that the system saw it
hold. A question is timed in a process that asks it once to warm up and then five times; the figure is the median. Every
question opens the published file anew, as a command does. The bare engine answers the same question by SQL written by
hand over the published tables, in one process that keeps the file open; the bench stops if the two disagree.
"""

METHODS = {
    "second-pull": """Two full CSV extracts of the same opportunities: key, time of change, 10 text columns; 5% changed
in the second. `tieout pull` keeps the file, checks it and compares the keys; `dbt snapshot` (timestamp strategy) reads
the same file by `read_csv` as an external source. Both begin each round from where the first extract had left them;
the rounds alternate; medians.""",
    "first-pull": "One CSV of five columns, pulled as a log into an empty workspace; the median of three.",
    "figures": """Two years of weekly extracts of what changed: ten states for each opportunity, a tenth as many
accounts, 500 users, claims on a quarter of the opportunities. The figure is `pipeline.open_qualified` of the agreed
lens, for the fiscal quarter of each date. Agreed and sales differ by type, exclusions, past due, basis and rates;
marketing counts claims. A bridge gives its postings, one for each record and cause, not only their sums.""",
    "changed-file": """A workspace with nine weekly full extracts and a log of activities is refreshed after the tenth
extract arrives; the median of three.""",
    "sample-company": "The sample company, made and asked by the commands that a person types.",
}


def print_table(results: Iterable[Result]) -> None:
    """Print the figures of one benchmark."""
    for one in results:
        print(f"  {one.name:<44} {_shown(one.value, one.unit):>16}  {_target(one):<12} {WORDS[one.met]:<7} {one.note}")


def write_report(file: Path, results: Mapping[str, list[Result]], where: Mapping[str, str], when: datetime) -> None:
    """Write the page of all benchmarks."""
    parts = [HEAD, "## Machine\n", f"- Measured: {when:%Y-%m-%d %H:%M} UTC"]
    parts += [f"- {name}: {value}" for name, value in where.items()]
    for name, found in results.items():
        parts += [f"\n## {name}\n", f"{METHODS[name]}\n", "| | figure | target | | |", "|---|--:|--:|---|---|"]
        parts += [
            f"| {one.name} | {_shown(one.value, one.unit)} | {_target(one)} | {WORDS[one.met]} | {one.note} |"
            for one in found
        ]
    file.write_text("\n".join(parts) + "\n")


def _shown(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 3 if value < 1 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def _target(one: Result) -> str:
    if one.target is None:
        return ""
    return f"{'at most' if one.most else 'at least'} {one.target:,g}"
