"""Laws of the ledger: what each pull changed does not depend on the order of loading, and equals a plain model."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.basics.workspace import Workspace
from tieout.contract.model import Contract, SourceObject, System
from tieout.history import Feed, Ledger, Pull, changes, pull, rebuild
from tieout.warehouse.engine import memory

if TYPE_CHECKING:
    import duckdb

FEED = Feed("crm", "deals")
NOW = datetime(2027, 1, 1)
FIRST_DAY = datetime(2026, 3, 1)
KEYS = "abcd"
Row = tuple[str, str | None, str | None]
Change = tuple[str, str, str | None, str | None]


@dataclass(frozen=True)
class Export:
    """A file: the day it was taken, how complete it is, its rows, and whether one line of it is broken."""

    day: int
    mode: str
    rows: tuple[Row, ...]
    broken: bool

    @property
    def name(self) -> str:
        return f"deals_{FIRST_DAY + timedelta(days=self.day):%Y-%m-%d}T0600.csv"

    @property
    def text(self) -> str:
        lines = ["id,stage,amount", *(",".join(value or "" for value in row) for row in self.rows)]
        if self.broken:
            lines.append("only one value")
        return "\n".join(lines) + "\n"


values = st.sampled_from([None, "1", "2"])
row = st.tuples(st.sampled_from(KEYS), values, values)
whole = st.lists(row, max_size=4, unique_by=lambda one: one[0])
partial = st.lists(row, max_size=5)


@st.composite
def histories(draw: st.DrawFn, modes: tuple[str, ...]) -> tuple[list[Export], list[int]]:
    """Draw up to six exports of one object, and an order to load them in, with repeats."""
    count = draw(st.integers(1, 6))
    exports = []
    for day in range(count):
        mode = draw(st.sampled_from(modes))
        rows = draw(whole if mode == "full" else partial)
        broken = bool(rows) and draw(st.booleans()) and draw(st.booleans())
        exports.append(Export(day, mode, tuple(rows), broken))
    order = draw(st.permutations(range(count)))
    again = draw(st.lists(st.integers(0, count - 1), max_size=2))
    return exports, [*order, *again]


def load(workspace: Workspace, export: Export) -> None:
    """Lay one export down and pull; whatever it deletes is accepted."""
    folder = workspace.root / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / export.name).write_text(export.text, encoding="utf-8")
    source = SourceObject.model_validate({"files": "*.csv", "key": "id", "mode": export.mode})
    contract = Contract(sources={"crm": System(path="exports", objects={"deals": source})})
    pull(workspace, contract, NOW, accept=frozenset({"crm.deals"}), environment={})


def model(pulls: list[tuple[Pull, Export]]) -> list[list[Change]]:
    """Say by hand what each pull changed: plain dictionaries, one row after another."""
    state: dict[str, Row] = {}
    told: set[Row] = set()
    result: list[list[Change]] = []
    for _, export in pulls:
        changed: list[Change] = []
        for one in export.rows:
            new = one not in told if export.mode == "log" else state.get(one[0]) != one
            told.add(one)
            if export.mode != "log":
                state[one[0]] = one
            if new:
                changed.append(("put", *one))
        if export.mode == "full" and not export.broken:
            there = {one[0] for one in export.rows}
            changed += [("delete", *state.pop(key)) for key in sorted(set(state) - there)]
        result.append(changed)
    return result


def derived(engine: duckdb.DuckDBPyConnection, paths: tuple[Path, ...], pulls: list[Pull]) -> list[list[Change]]:
    """Read change files back, and hold their time stamps to those of the pulls."""
    result = []
    for index, (path, one) in enumerate(zip(paths, pulls, strict=True)):
        rows = engine.execute(
            "select _op, id, stage, amount, _key, _position, _taken_at, _previous_taken_at from read_parquet(?)"
            " order by _op desc, if(_op = 'put', _row, null), id",
            [str(path)],
        ).fetchall()
        previous = pulls[index - 1].taken_at if index else None
        for found in rows:
            assert found[4:] == (found[1], one.position, one.taken_at, previous)
        result.append([(str(found[0]), str(found[1]), found[2], found[3]) for found in rows])
    return result


def check(exports: list[Export], order: list[int]) -> None:
    """Load in this order, then compare every view of the ledger with the model."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        engine = memory()
        by_name = {export.name: export for export in exports}
        for index in order:
            load(workspace, exports[index])
            changes(Ledger(workspace), engine, FEED)
        ledger = Ledger(workspace)
        assert len(ledger.committed) == len(exports)
        moments = [None, *(one.taken_at for one in ledger.pulls())]
        for known_at, position in [(None, None), *((moments[-1], place) for place in range(len(exports) + 1))]:
            pulls = list(ledger.pulls(FEED, known_at, position))
            paths = changes(ledger, engine, FEED, known_at, position)
            assert derived(engine, paths, pulls) == model([(one, by_name[one.source]) for one in pulls])
        kept = derived(engine, changes(ledger, engine, FEED), list(ledger.pulls(FEED)))
        assert rebuild(ledger, engine) == len(exports)
        assert derived(engine, changes(ledger, engine, FEED), list(ledger.pulls(FEED))) == kept
        engine.close()


lawful = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lawful
@given(histories(("full",)))
def test_full_extracts_in_any_order_give_the_changes_of_the_model(history: tuple[list[Export], list[int]]) -> None:
    check(*history)


@lawful
@given(histories(("delta",)))
def test_deltas_in_any_order_give_the_changes_of_the_model(history: tuple[list[Export], list[int]]) -> None:
    check(*history)


@lawful
@given(histories(("log",)))
def test_logs_in_any_order_give_the_changes_of_the_model(history: tuple[list[Export], list[int]]) -> None:
    check(*history)


@settings(lawful, max_examples=20)
@given(histories(("full", "delta", "log")))
def test_an_object_whose_mode_changes_gives_the_changes_of_the_model(history: tuple[list[Export], list[int]]) -> None:
    check(*history)


@pytest.mark.slow
@settings(lawful, max_examples=400)
@given(histories(("full", "delta", "log")))
def test_many_histories_give_the_changes_of_the_model(history: tuple[list[Export], list[int]]) -> None:
    check(*history)
