"""The public face is short, sorted and whole."""

from __future__ import annotations

import tieout

PUBLIC = ["Contract", "Finding", "Workspace", "ask", "bridge", "load_contract", "refresh"]


def test_the_public_names_are_these() -> None:
    assert list(tieout.__all__) == PUBLIC


def test_the_public_names_are_few_and_sorted() -> None:
    assert sorted(PUBLIC) == PUBLIC
    assert len(PUBLIC) <= 12


def test_every_public_name_is_there() -> None:
    assert [name for name in PUBLIC if not hasattr(tieout, name)] == []
