"""Laws of time and knowledge, on random histories of a few dozen deals.

A figure for (as-of, known-at, position) never changes; the published file answers for an earlier known-at as a build
that knows no more does; slices add to the whole; a bridge closes; the way back is the negative.
"""

from __future__ import annotations

import os
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations_with_replacement
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import made_once
from tests.line.ten_deals import CHANGED, HEADER, write
from tieout import Workspace, ask, bridge, refresh
from tieout.basics.calendars import end_of_day
from tieout.building import known_build
from tieout.ends import BridgeTerms, read_end
from tieout.measure.answers import Question, Row
from tieout.measure.numbers.ask import ask as ask_build
from tieout.questions import attached_pair, bridge_attached, current, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    Company = Callable[..., Workspace]

FIRST = date(2026, 7, 6)
STAGES = ("Discovery", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost", "Renamed")
FIELDS = {"StageName": 2, "ARR": 3, "CloseDate": 6}
EXAMPLES = int(os.environ.get("TIEOUT_LAW_EXAMPLES", "1"))
"""How many random companies the laws are tried on; `make test-all` tries many more."""
SEED = int(os.environ.get("TIEOUT_LAW_SEED", "0"))
LAWS = pytest.mark.parametrize("seed", range(SEED, SEED + EXAMPLES))
"""All laws are tried on the same companies, each made once. TIEOUT_LAW_SEED begins with another one."""


def a_deal(dice: random.Random, name: str) -> list[str]:
    """A row of the export in its first state."""
    close = date(2026, dice.randint(7, 11), dice.randint(1, 28))
    amount = "" if dice.random() < 0.05 else str(dice.randint(0, 200) * 1000)
    types = ("new", "expansion", "renewal", "")
    created = "" if dice.random() < 0.3 else (FIRST - timedelta(dice.randint(0, 60))).isoformat()
    currency = dice.choice(("USD", "EUR", ""))
    return [name, dice.choice(types), dice.choice(STAGES), amount, "", currency, close.isoformat(), created, "", ""]


def exports_of(seed: int) -> dict[str, str]:
    """Four weekly full extracts and sometimes field histories, of deals that live, die and come back."""
    dice = random.Random(seed)
    deals = {f"D{number}": a_deal(dice, f"D{number}") for number in range(dice.randint(3, 18))}
    gone: set[str] = set()
    exports = {}
    for week in range(4):
        day = FIRST + timedelta(weeks=week)
        for name, row in deals.items():
            row[8] = row[8] or (day - timedelta(days=dice.randint(0, 40))).isoformat()
            if week and dice.random() < 0.4:
                place = dice.choice((1, 2, 3, 6, 9))
                fresh = a_deal(dice, name)
                row[place] = fresh[place] if place < 9 else dice.choice(("", "D0"))
                row[8] = f"{day - timedelta(days=dice.randint(0, 9))} {dice.randint(0, 23):02}:00"
            if dice.random() < 0.1:
                gone ^= {name}
        rows = [",".join(row) for name, row in deals.items() if name not in gone]
        exports[f"opportunities_{day}T0600.csv"] = "\n".join((HEADER, *rows, ""))
        if dice.random() < 0.5:
            exports[f"history_{day + timedelta(days=dice.randint(0, 3))}T0700.csv"] = history_of(dice, deals, day)
    return exports


def history_of(dice: random.Random, deals: dict[str, list[str]], day: date) -> str:
    """Some changes of tracked fields, told late."""
    lines = ["record,field,new_value,at"]
    for name in dice.sample(sorted(deals), dice.randint(0, len(deals))):
        field = dice.choice(tuple(FIELDS))
        at = day - timedelta(days=dice.randint(0, 30), hours=dice.randint(0, 23))
        lines.append(f"{name},{field},{a_deal(dice, name)[FIELDS[field]]},{at} 09:00")
    return "\n".join((*lines, ""))


@pytest.fixture(scope="session")
def company(shared_folder: Path) -> Company:
    """Give the workspace with a seed's exports, or the first few of them; nobody may change it."""

    def made(seed: int, pulls: int | None = None) -> Workspace:
        found = exports_of(seed)
        exports = {name: found[name] for name in taken_order(found)[:pulls]}

        def make(folder: Path) -> None:
            assert refresh(Workspace(write(folder, exports=exports, pipeline=CHANGED)), datetime(2026, 9, 1)).after

        return Workspace(made_once(shared_folder / f"law-{seed}-{len(exports)}", make))

    return made


def taken_order(exports: dict[str, str]) -> list[str]:
    """The exports as they came in."""
    return sorted(exports, key=lambda name: name.partition("_")[2])


def evenings() -> list[datetime]:
    """Some evenings of the weeks at hand, and one after the definition changed."""
    days = [FIRST + timedelta(days=step) for step in range(0, 26, 5 if EXAMPLES < 10 else 3)]
    return [end_of_day(day, ZoneInfo("UTC")) for day in (*days, date(2026, 8, 3))]


def question(as_of: datetime, known_at: datetime | None = None, metric: str = "pipeline.open_qualified") -> Question:
    """The agreed number by stage."""
    return Question(metric, "2026-Q3", ("stage",), as_of, known_at)


def told(rows: tuple[Row, ...]) -> list[tuple[object, ...]]:
    """What of an answer must not change."""
    return [(tuple(row.by.values()), row.value, row.n, row.absent, tuple(row.grade.items())) for row in rows]


@LAWS
def test_the_published_file_knows_what_was_known_then(company: Company, seed: int) -> None:
    workspace = company(seed)
    for known_at in evenings()[::2]:
        with opened(workspace) as asked:
            earlier = known_build(workspace, asked.facts, asked.contract, known_at)
        for as_of in [evening for evening in evenings() if evening <= known_at]:
            for metric in ("pipeline.open_qualified", "pipeline.open", "bookings"):
                published = ask(workspace, question(as_of, known_at, metric))
                rebuilt = ask(workspace, question(as_of, known_at, metric), earlier)
                assert told(published.rows) == told(rebuilt.rows), (seed, as_of, known_at, metric)


@LAWS
def test_what_was_said_then_never_changes(company: Company, seed: int) -> None:
    names = taken_order(exports_of(seed))
    said: dict[tuple[datetime, datetime], list[tuple[object, ...]]] = {}
    for pulls in range(1, len(names) + 1):
        workspace = company(seed, pulls)
        with opened(workspace) as asked:
            heard = asked.facts.heard_until
            for known_at in [evening for evening in evenings() if evening <= heard]:
                for as_of in [evening for evening in evenings() if evening <= known_at]:
                    now = told(ask_build(asked, question(as_of, known_at)).rows)
                    assert said.setdefault((as_of, known_at), now) == now, (seed, as_of, known_at, pulls)


@LAWS
def test_slices_add_to_the_whole(company: Company, seed: int) -> None:
    workspace = company(seed)
    with opened(workspace) as asked:
        for as_of in evenings():
            total, *slices = ask_build(asked, question(as_of)).rows
            assert sum(row.n for row in slices) == total.n
            assert sum(Decimal(row.value or 0) for row in slices) == Decimal(total.value or 0)


@LAWS
def test_every_bridge_closes_and_turns(company: Company, seed: int) -> None:
    ends = [
        "agreed@2026-07-07",
        "agreed@2026-07-20",
        "agreed@2026-08-03",
        "sales@2026-07-20",
        "marketing@2026-07-29",
        "marketing@2026-07-20",
    ]
    ends += ["agreed@2026-07-14~2026-07-14", "sales@2026-07-14~2026-07-22"]
    workspace = company(seed)
    facts = current(workspace)
    with attached_pair(workspace, (facts, facts)) as builds:
        for start, end in combinations_with_replacement(map(read_end, ends), 2):
            there = bridge_attached(workspace, (start, end), builds, BridgeTerms("2026-Q3"))
            back = bridge_attached(workspace, (end, start), builds, BridgeTerms("2026-Q3"))
            assert (there.residual, back.residual) == (0, 0), (seed, start, end)
            assert {(p.record, p.unit, p.cause, p.amount) for p in there.postings} == {
                (p.record, p.unit, p.cause, -p.amount) for p in back.postings
            }


@LAWS
def test_the_gross_bridge_closes_too(company: Company, seed: int) -> None:
    workspace = company(seed)
    terms = BridgeTerms("2026-Q3", gross=True)
    made = bridge(workspace, read_end("agreed@2026-07-07"), read_end("agreed@2026-08-03"), terms)
    assert made.residual == 0, seed
