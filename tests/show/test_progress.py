from __future__ import annotations

import io

import pytest

from tieout.show import progress
from tieout.show.progress import Progress, watching
from tieout.show.terminal import Terminal


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that progress reads."""
    clock = Clock()
    monkeypatch.setattr(progress, "monotonic", clock)
    return clock


def test_the_line_tells_rate_and_time_left(clock: Clock) -> None:
    out = io.StringIO()
    line = Progress(out, Terminal(80))
    line("a.csv", 0, 100)
    assert out.getvalue() == ""
    clock.now += 2
    line("b.csv", 20, 100)
    assert out.getvalue() == "\r\x1b[2K20 of 100  10.0/s  8 s left  b.csv"


def test_the_line_goes_away(clock: Clock) -> None:
    out = io.StringIO()
    line = Progress(out, Terminal(80))
    clock.now += 2
    line("opportunity_states", 0, 0)
    line.clear()
    assert out.getvalue() == "\r\x1b[2K2 s  opportunity_states\r\x1b[2K"


def test_the_line_is_not_rewritten_too_often(clock: Clock) -> None:
    out = io.StringIO()
    line = Progress(out, Terminal(80))
    clock.now += 2
    line("a", 1, 10)
    clock.now += 0.01
    line("b", 2, 10)
    assert "b" not in out.getvalue()


def test_nothing_is_shown_where_nobody_watches() -> None:
    with watching(io.StringIO()) as found:
        assert found is None
