"""What was measured, as a table for the terminal and as docs/benchmarks.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.measuring import BUILD, Result

REPORT = Path("docs/benchmarks.md")
KEPT = BUILD / "results"

WORDS = {True: "met", False: "missed", None: ""}

HEAD = """# Benchmarks

Written by `make bench` (`python -m bench`), never by hand. Each section is the newest run of its benchmark at full
size, so `python -m bench NAME` renews one; with `--scale 0.1` it takes a tenth of the data and writes nothing. The
bench makes its data in `build/bench` (about 4 GB; the same values every time, from hashes), and an environment for
dbt in `build/bench-dbt`; both are kept for the next run.

## Method

A whole process is timed from its start to its end, imports included; its memory is the most that the system saw it
hold. Load is the mean number of processes that want to run, the bench's own included: on two cores, a figure measured
at a load far above 2 is slower than the machine. A question is timed in a process that asks it once to warm up and
then five times; the figure is the median. Every question opens the published file anew, as a command does. The bare
engine answers the same question by SQL written by hand over the published tables, in one process that keeps the file
open; the bench stops if the two disagree.
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
marketing counts claims. A bridge gives its postings, one for each record and cause, not only their sums. Of a daily
series half of the time is that of reading twenty columns of four million states: the bare engine's limit too.""",
    "funnel": """A million persons of whom a third comes again, four million events of the lifecycle, ten million
activities, made up in the engine and aligned by the funnel's own steps; read by source and month over three years. A
cohort is looked up once into a table; what takes long is to read its dozens of columns and, of persons, to put later
episodes with the first. Times between steps are counted by the hour. The bare engine counts and estimates the same.""",
    "clocks": """The same persons, handed on to eight teams in three zones with business hours, holidays and absences:
every hand-off with its deadline, first human touch and class, by the clocks' own steps; read over a year. Half of the
time to align is that of writing and compressing the rows, a quarter that of putting the changes of each lead in order.
Of a read, half is Kaplan and Meier's estimate, of the whole and of each slice, which has to put all waits in order:
that is its limit. The bare engine that aligns finds first touches only: no hours, no owners, no classes; the one that
reads counts and estimates the same, as of now alone and without deadlines and classes.""",
    "waterfall": """The company of `figures`: where its pipeline came from and went in a quarter, each record posted.
The bare engine states every deal at both moments and sums the differences by cause. A third of the time goes into the
two ends with the verdict on each deal that either counts, a third into what came and went in between; to read the
states of a moment takes 0.01 s, as they lie in the order of how long they last.""",
    "changed-file": """A workspace with nine weekly full extracts and a log of activities is refreshed after the tenth
extract arrives; the median of three.""",
    "erase": """Twenty weekly full extracts of contacts and a log of activities, pulled. The person is in every pull, so
each is written anew. `tieout erase --yes`: plan, rewriting and proof.""",
    "duplicates": """500,000 accounts and 1,000,000 persons in plain files, a tenth of them again in other writing.
`tieout duplicates --file`: reading, comparing, estimating, grouping; the truth is known, so what was found is told.""",
    "init-from": """1 GB of exports in ten files: weekly deals, accounts, contacts, mail events, charges, invoices with
decimal commas. `tieout init --from --no-refresh`, from its start to its end; the median of three.""",
    "tie": """A list of 230 rows tied out to the company of `figures`: by ids, by names, and `--find`.""",
    "web": """`tieout serve --no-warm` on the company of `whole-line`. First every room and tool, a page of
every kind that a link leads to, and slices and moments of five rooms, each cold; then those pages by somebody of each
kind of rights; then twenty people of eight roles, each with a session, 3 s to think between pages, for two minutes.
Searches are not kept. Server time is that of the server's own log. First paint is Chromium's, in a browser that kept
nothing.

Where the time goes: a warm page is a file that is read, three queries to the database of the application, the frame
around it, and packing. A search looks through the names of all deals. Of cold pages `/data/fields` reads every row that
was pulled (two thirds of it), then the text of every step; `/` asks seventy statements; the pages of stages compare
every open deal with all stays before. `tieout serve` makes the first page of each room by itself after a refresh; cold
are those that somebody is the first to choose.""",
    "whole-line": """Deals with two years of weekly extracts, persons, the log of their stages and activities: the
first refresh, from exports to published numbers. Of its processor time about a quarter goes to the pulls (each row is
read, digested, and written to the ledger), a fifteenth to comparing extracts, a tenth to typing, a fifth to the lives
of deals, a fifth to activities, leads and the funnel, an eighth to hand-offs, a twelfth to saying every number by
segment. It is bound by writing: a column costs some 60 ns for each row, compressed and with statistics, and each state
of a deal is kept as pulled, as changed, as told and as governed, each activity as pulled and as governed. Small files
are pulled one after another by one core; steps run two at once. The bare engine reads the same files once, with types
that it guesses, compares nothing and keeps no history: what any line has to do at least.""",
    "sample-company": "The sample company, made and asked by the commands that a person types.",
}


def print_table(results: Iterable[Result]) -> None:
    """Print the figures of one benchmark."""
    for one in results:
        print(f"  {one.name:<44} {_shown(one.value, one.unit):>16}  {_target(one):<12} {WORDS[one.met]:<7} {one.note}")


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one benchmark, when they were measured and on what."""

    when: str
    load: str
    machine: dict[str, str]
    results: list[Result]


def keep(name: str, measured: Measured) -> None:
    """Keep what a benchmark gave, so that one of them can be measured again without the others."""
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.json").write_text(json.dumps(asdict(measured), indent=1))


def write_report(names: Iterable[str]) -> Path:
    """Write the page from the newest figures of each benchmark; what was not measured here stays as the page has it."""
    before = _sections(REPORT.read_text() if REPORT.exists() else "")
    parts = [HEAD]
    for name in names:
        if (file := KEPT / f"{name}.json").exists():
            parts += _section(name, json.loads(file.read_text()))
        elif name in before:
            parts += [before[name], ""]
    REPORT.write_text("\n".join(parts).rstrip() + "\n")
    return REPORT


def _sections(page: str) -> dict[str, str]:
    """Give the sections of the page by the name of their benchmark."""
    found = (part.partition("\n") for part in page.split("\n## ")[1:])
    return {name.strip(): f"## {name}\n{text.rstrip()}" for name, _, text in found}


def _section(name: str, told: Mapping[str, Any]) -> list[str]:
    results = [Result(**one) for one in told["results"]]
    where = "; ".join(told["machine"].values())
    rows = [
        f"| {one.name} | {_shown(one.value, one.unit)} | {_target(one)} | {WORDS[one.met]} | {one.note} |"
        for one in results
    ]
    return [
        f"## {name}\n\n{METHODS[name]}\n\nMeasured {told['when']}; load {told['load']}. {where}.\n",
        "| | figure | target | | |\n|---|--:|--:|---|---|",
        *rows,
        "",
    ]


def _shown(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 3 if value < 1 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def _target(one: Result) -> str:
    if one.target is None:
        return ""
    return f"{'at most' if one.most else 'at least'} {one.target:,g}"
