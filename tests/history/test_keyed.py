"""Keyed hashes: SQL and Python say the same, and the key is made once and kept from others."""

from __future__ import annotations

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from tieout.basics.workspace import Workspace
from tieout.history.keyed import email_of, email_sql, hash_key, key_path, keyed, keyed_sql
from tieout.history.ledger import LedgerError
from tieout.warehouse.engine import memory

KEY = "0123456789abcdef" * 4
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@settings(deadline=None, max_examples=20)
@given(st.lists(texts, min_size=1, max_size=20))
@example(["\u0130nan@firma.example", "\u039d\u0399\u039a\u039f\u03a3"])
def test_sql_hashes_an_address_as_python_does(given_texts: list[str]) -> None:
    query = keyed_sql(KEY, email_sql(exp.column("x"))).sql("duckdb")
    with memory() as engine:
        engine.execute("create table t as select unnest(?) as x", [given_texts])
        found = [row[0] for row in engine.execute(f"select {query} from t order by rowid").fetchall()]
    assert found == [None if email_of(text) is None else keyed(KEY, email_of(text) or "") for text in given_texts]


def test_the_hash_is_an_hmac_over_digits() -> None:
    inner, outer = (hmac.new(KEY.encode(), name, "sha256").hexdigest() for name in (b"inner", b"outer"))
    first = hashlib.sha256((inner + "ann@example.com").encode()).hexdigest()
    assert keyed(KEY, "ann@example.com") == hashlib.sha256((outer + first).encode()).hexdigest()


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: hash_key(workspace), range(8)))
    assert len(keys) == 1
    assert stat.S_IMODE(key_path(workspace).stat().st_mode) == 0o600
    assert [path.name for path in workspace.ledger.iterdir()] == ["key"]


@pytest.mark.parametrize("damaged", [b"", b"too short", b"\xff" * 64, b"g" * 64])
def test_a_damaged_key_is_not_replaced(tmp_path: Path, damaged: bytes) -> None:
    hash_key(Workspace(tmp_path))
    key_path(Workspace(tmp_path)).write_bytes(damaged)
    with pytest.raises(LedgerError, match="Restore it from a backup"):
        hash_key(Workspace(tmp_path))
    assert key_path(Workspace(tmp_path)).read_bytes() == damaged
