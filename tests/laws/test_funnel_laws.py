"""Laws of episodes: order of loading changes nothing, later events change nothing earlier, a step contains the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.align.align import align
from tieout.align.steps import step_texts
from tieout.contract.definitions import resolve_lens
from tieout.contract.funnel import STEPS
from tieout.contract.model import Contract
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import ALL_KNOWN, Moment
from tieout.measure.numbers.funnel_facts import episodes_sql, persons_sql
from tieout.measure.run_sql import rows
from tieout.warehouse.engine import Connection, memory

START = datetime(2026, 1, 1)
KINDS = ("contact", "mql", "sal", "sql", "opportunity", "back", "junk", "deal", "win", "loss")
AT = {"contact": 0, "mql": 1, "sal": 2, "sql": 3, "opportunity": 4, "deal": 4, "win": 5}
ENDS = {"back": "recycled", "junk": "disqualified", "loss": "lost"}
BY = {"contact": "contact", "deal": "opportunity", "win": "opportunity", "loss": "opportunity"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a person on a day; no two of a person's events share one."""

    person: str
    day: int
    kind: str

    @property
    def row(self) -> tuple[object, ...]:
        """The event as a row of `funnel_events`."""
        step = 0 if self.kind == "back" else AT.get(self.kind)
        lead = None if self.kind in {"deal", "win", "loss"} else f"L{self.person}"
        deal = f"D{self.person}" if lead is None else None
        at = START + timedelta(days=self.day)
        return (self.person, at, step, ENDS.get(self.kind), BY.get(self.kind, "log"), lead, deal, None, None)


def lived(events: list[Event]) -> list[list[Event]]:
    """Part a person's events into episodes, by the rules as people read them."""
    episodes: list[list[Event]] = [[]]
    entered, closed = False, ""
    for event in sorted(events, key=lambda one: one.day):
        if event.kind == "back" and not entered:
            continue
        again = event.kind in {"mql", "sal", "sql", "deal"} or (event.kind == "opportunity" and closed != "deal")
        if closed and again:
            episodes.append([])
        if again or event.kind == "opportunity":
            entered = True
            closed = "" if again or not closed else closed
        if event.kind in {"back", "junk"}:
            closed = "sent back"
        if event.kind in {"win", "loss"}:
            closed = "deal"
        episodes[-1].append(event)
    return [episode for episode in episodes if episode]


@pytest.fixture(scope="module")
def engine() -> Iterator[Connection]:
    """Every table of align, empty."""
    with memory() as engine:
        align(engine, Contract(), (), "")
        yield engine


def told(engine: Connection, events: list[Event]) -> list[tuple[object, ...]]:
    """Give the episodes of events, told in this order."""
    engine.execute("delete from funnel_events")
    if events:
        engine.executemany("insert into funnel_events values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [one.row for one in events])
    engine.execute(f"create or replace table funnel_episodes as {step_texts()['funnel_episodes']}")
    return engine.execute(
        """select person, episode, began_at, mql_at, sal_at, sql_at, opportunity_at, ended_at, ended_by
        from funnel_episodes order by person, episode"""
    ).fetchall()


ways = st.lists(
    st.builds(Event, st.sampled_from(["a", "b"]), st.integers(0, 60), st.sampled_from(KINDS)),
    max_size=24,
    unique_by=lambda event: (event.person, event.day),
)


@settings(max_examples=25)
@given(ways, st.randoms(use_true_random=False))
def test_episodes_are_those_of_the_rules_in_any_order(engine: Connection, events: list[Event], rng: object) -> None:
    found = told(engine, events)
    mixed = list(events)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert told(engine, mixed) == found
    expected = []
    for person in ("a", "b"):
        for number, episode in enumerate(lived([event for event in events if event.person == person]), start=1):
            first = {
                kind: min((START + timedelta(days=one.day) for one in episode if one.kind == kind), default=None)
                for kind in ("mql", "sal", "sql", "opportunity")
            }
            ends = [one for one in episode if one.kind in ENDS]
            ended = (START + timedelta(days=ends[0].day), ENDS[ends[0].kind]) if ends else (None, None)
            began = START + timedelta(days=episode[0].day)
            expected.append((person, number, began, *first.values(), *ended))
    assert found == expected


@settings(max_examples=10)
@given(ways, st.integers(0, 60))
def test_what_happens_later_changes_no_earlier_episode(engine: Connection, events: list[Event], day: int) -> None:
    until = START + timedelta(days=day)
    cut = told(engine, [event for event in events if event.day <= day])
    whole = told(engine, events)
    began = [row for row in whole if row[2] <= until]  # type: ignore[operator]
    masked = [
        (*row[:3], *(at if at is not None and at <= until else None for at in row[3:7]))  # type: ignore[operator]
        for row in began
    ]
    assert masked == [row[:7] for row in cut]


@settings(max_examples=10)
@given(ways, st.integers(0, 60))
def test_a_step_contains_the_next(engine: Connection, events: list[Event], day: int) -> None:
    told(engine, events)
    contract = Contract()
    as_of = START + timedelta(days=day)
    moment = Moment(as_of, ALL_KNOWN, date(2026, 1, 1) + timedelta(days=day))
    view = LensView("agreed", resolve_lens(contract, "agreed", moment.day), moment, None)
    counts = ", ".join(f"count({step}_reached), count({step}_told)" for step in STEPS)
    for sql in (episodes_sql(view, contract), persons_sql(view, contract)):
        ((n, *found),) = rows(engine, f"select count(*), {counts} from ({sql})", {"as_of_a": as_of})
        reached, told_n = found[::2], found[1::2]
        assert [n, *reached] == sorted([n, *reached], reverse=True)
        assert all(one <= other for one, other in zip(told_n, reached, strict=True))
