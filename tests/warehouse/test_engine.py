from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.warehouse.engine import Connection, EngineError, identifier, literal, memory, open_file, reading


def test_the_engine_tells_time_in_utc_and_loads_nothing_by_itself() -> None:
    engine = memory(threads=1, memory_limit="100MB")
    names = "'TimeZone', 'autoinstall_known_extensions', 'autoload_known_extensions', 'threads'"
    found = engine.execute(f"select value from duckdb_settings() where name in ({names}) order by name").fetchall()
    assert found == [("UTC",), ("false",), ("false",), ("1",)]
    engine.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Connection]:
    path = tmp_path / "it's.duckdb"
    with open_file(path) as writer:
        writer.execute("create table t as select 1 as x")
    with reading(path, files=[tmp_path / "said.csv", tmp_path / "ledger"]) as engine:
        yield engine


def test_a_reader_reads_its_file_and_cannot_write_it(reader: Connection) -> None:
    assert reader.execute("select x from t").fetchall() == [(1,)]
    with pytest.raises(EngineError, match="read-only"):
        reader.execute("create table u as select 1")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "select content from read_text('/etc/passwd')",
        "select * from read_csv('{folder}/other.csv')",
        "select * from read_csv('{folder}/ledger-of-another/a.csv')",
        "select * from read_csv('{folder}/ledger/../other.csv')",
        "select * from glob('/etc/*')",
        "select * from read_csv('http://127.0.0.1:9/a.csv')",
        "select * from read_parquet('s3://bucket/a.parquet')",
        "copy (select 1) to '{folder}/written.csv'",
        "copy t to '/dev/stdout'",
        "attach '{folder}/other.duckdb'",
        "export database '{folder}/exported'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "reset lock_configuration",
        "pragma enable_external_access = true",
        "create secret (type s3)",
    ],
)
def test_a_reader_reaches_nothing_else_and_cannot_let_itself_out(
    reader: Connection, tmp_path: Path, statement: str
) -> None:
    for folder in ("ledger", "ledger-of-another"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text("a\n1\n")
    (tmp_path / "other.csv").write_text("a\n1\n")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(EngineError):
        reader.execute(statement.format(folder=tmp_path)).fetchall()
    assert sorted(tmp_path.iterdir()) == before


def test_a_reader_reads_the_files_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    for file in (tmp_path / "said.csv", tmp_path / "ledger" / "a.csv"):
        file.write_text("a\n7\n")
    with reading(files=[tmp_path / "said.csv", tmp_path / "ledger"]) as engine:
        for file in (tmp_path / "said.csv", tmp_path / "ledger" / "a.csv"):
            assert engine.execute(f"select a from read_csv({literal(str(file))})").fetchall() == [(7,)]


def test_two_readers_of_one_file_see_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    with open_file(path) as writer:
        writer.execute("create table t as select 1 as x")
    with reading(path) as one, reading(path) as other:
        one.execute("create temp view v as select x from t")
        one.execute("attach ':memory:' as beside")
        with pytest.raises(EngineError):
            other.execute("select * from v")
        assert ("beside",) not in other.execute("select database_name from duckdb_databases()").fetchall()


@pytest.mark.parametrize("text", ["plain", "it's", 'say "so"', "'; drop table t; --", "", "ÿ😀"])
def test_names_and_texts_are_quoted(text: str) -> None:
    engine = memory()
    assert engine.execute(f"select {literal(text)}").fetchall() == [(text,)]
    if text:
        found = engine.execute(f"select {identifier(text)} from (select 1 as {identifier(text)})").description
        assert found is not None
        assert found[0][0] == text
    engine.close()
