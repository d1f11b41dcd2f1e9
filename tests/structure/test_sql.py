"""Every step's SQL file means the same on DuckDB and on Spark. The rules are in `sql_rules`, and tested there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.structure.sql_rules import check
from tests.structure.tree import SOURCE, place

FILES = sorted(path for step in ("align", "measure") for path in (SOURCE / step).rglob("*.sql"))


def test_there_are_steps_to_look_at() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=place)
def test_the_file_keeps_the_rules(path: Path) -> None:
    assert check(path.read_text(encoding="utf-8"), place(path)) == []


def test_no_two_tables_share_a_name() -> None:
    names = [path.stem for path in FILES]
    assert sorted({name for name in names if names.count(name) > 1}) == []
