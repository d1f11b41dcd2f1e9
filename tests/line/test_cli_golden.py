"""What people read, as they read it: the worked example on a terminal of 100 columns, each page checked by hand."""

from __future__ import annotations

import pytest

from tests.line.typed import Type, golden, normalized

PAGES = {
    "ask": ("ask", "pipeline.open_qualified", "--as-of", "2026-07-06"),
    "ask_by_stage": ("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--by", "type", "--records"),
    "bridge_sales": ("bridge", "agreed@2026-07-20", "sales@2026-07-20", "--records"),
    "bridge_restated": ("bridge", "agreed@2026-07-06~2026-07-06", "agreed@2026-07-06~2026-07-21"),
    "bridge_weeks": ("bridge", "agreed@2026-07-06", "agreed@2026-07-20"),
    "bridge_weeks_gross": ("bridge", "agreed@2026-07-06", "agreed@2026-07-20", "--gross"),
    "lenses": ("lenses", "--as-of", "2026-07-20"),
    "history_O4": ("history", "O4"),
    "history_O8": ("history", "O8"),
    "history_O10": ("history", "O10"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_as_it_did(name: str, typed: Type) -> None:
    seen = typed(*PAGES[name])
    assert seen.status == 0
    assert seen.err == ""
    assert normalized(seen.out) == golden(name)


def test_the_tie_out_fits_eighty_columns(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = typed("lenses", "--as-of", "2026-07-20").out.splitlines()
    assert max(len(line) for line in lines) <= 80


def test_colors_are_off_when_piped_and_when_refused(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in typed("lenses").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in typed("lenses").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in typed("lenses").out
