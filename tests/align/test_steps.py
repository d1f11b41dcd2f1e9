"""Steps: each after those it reads, some at once, and all ended where one fails or somebody interrupts."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tieout.align.steps import run_steps
from tieout.warehouse.engine import Connection, EngineError, beside, memory

FOREVER = "select count(*) as n from range(10000000000) as a(x) where x % 7 = 3"

Laid = Callable[..., str]


@pytest.fixture
def laid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Laid:
    """Lay steps down as a package of their own; give its name."""

    def lay(**steps: str) -> str:
        name = f"steps_of_{request.node.name.partition('[')[0]}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        for step, text in steps.items():
            (folder / f"{step}.sql").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return lay


def ways(engine: Connection) -> list[Connection]:
    return [beside(engine), beside(engine)]


def test_a_step_finds_what_it_reads_whatever_it_is_called(laid: Laid) -> None:
    package = laid(
        a="select b.x + c.x as x from b, c",
        b="select 2 as x",
        c="select x + 1 as x from d",
        d="select 10 as x",
        e="select 1",
    )
    with memory() as engine:
        begun: list[str] = []
        run_steps(ways(engine), begun.append, package)
        assert engine.execute("select x from a").fetchall() == [(13,)]
    assert sorted(begun) == ["a", "b", "c", "d", "e"]
    assert begun.index("d") < begun.index("c") < begun.index("a")
    assert begun[0] == "d"  # two wait for it


def test_where_one_fails_the_other_does_not_go_on(laid: Laid) -> None:
    package = laid(bad="select cast('x' as integer) as x", long=FOREVER, next="select * from bad")
    start = time.monotonic()
    with memory() as engine, pytest.raises(EngineError, match="Could not convert"):
        run_steps(ways(engine), None, package)
    assert time.monotonic() - start < 10  # alone it takes a minute


def test_an_interrupt_ends_the_steps(laid: Laid) -> None:
    package = laid(long=FOREVER, longer=f"select n from ({FOREVER})")
    start = time.monotonic()
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
    with memory() as engine, pytest.raises(KeyboardInterrupt):
        run_steps(ways(engine), None, package)
    assert time.monotonic() - start < 10
