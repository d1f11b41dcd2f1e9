from __future__ import annotations

from pathlib import Path

import pytest

from tieout.warehouse.engine import EngineError, identifier, literal, memory, open_file


def test_the_engine_tells_time_in_utc_and_loads_nothing_by_itself() -> None:
    engine = memory(threads=1, memory_limit="100MB")
    names = "'TimeZone', 'autoinstall_known_extensions', 'autoload_known_extensions', 'threads'"
    found = engine.execute(f"select value from duckdb_settings() where name in ({names}) order by name").fetchall()
    assert found == [("UTC",), ("false",), ("false",), ("1",)]
    engine.close()


def test_a_file_can_be_opened_to_be_read_only(tmp_path: Path) -> None:
    path = tmp_path / "it's.duckdb"
    writer = open_file(path)
    writer.execute("create table t as select 1 as x")
    writer.close()
    reader = open_file(path, read_only=True)
    assert reader.execute("select x from t").fetchall() == [(1,)]
    with pytest.raises(EngineError):
        reader.execute("create table u as select 1")
    reader.close()


@pytest.mark.parametrize("text", ["plain", "it's", 'say "so"', "'; drop table t; --", "", "ÿ😀"])
def test_names_and_texts_are_quoted(text: str) -> None:
    engine = memory()
    assert engine.execute(f"select {literal(text)}").fetchall() == [(text,)]
    if text:
        found = engine.execute(f"select {identifier(text)} from (select 1 as {identifier(text)})").description
        assert found is not None
        assert found[0][0] == text
    engine.close()
