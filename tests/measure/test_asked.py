"""What an open build answered once is not asked again, and nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tieout.contract.model import Contract
from tieout.measure.numbers.question import KEPT_ANSWERS, KEPT_ROWS, Asked
from tieout.warehouse.builds import BuildFacts
from tieout.warehouse.engine import memory

NOW = datetime(2026, 11, 23, 8)


@pytest.fixture
def asked() -> Iterator[Asked]:
    """A build of one table, which these tests change to see who looks at it."""
    with memory() as engine:
        engine.execute("create table t as select 1 as x")
        yield Asked(engine, Contract(), BuildFacts("key", 1, None, "contract", "program", NOW, NOW))


def test_what_was_answered_is_not_asked_again(asked: Asked) -> None:
    first = asked.rows("select x from t where x < $most", {"most": 9, "unused": object()})
    first.append((7,))  # what one caller does with an answer is not seen by the next
    asked.engine.execute("insert into t values (2)")
    assert asked.rows("select x from t where x < $most", {"most": 9}) == [(1,)]
    assert asked.anew().rows("select x from t where x < $most", {"most": 9}) == [(1,), (2,)]


def test_other_parameters_are_another_question(asked: Asked) -> None:
    given = [1, "1", True, 1.0, date(2026, 7, 1), datetime(2026, 7, 1), [1], None]
    told = [asked.rows("select typeof($x)", {"x": one})[0][0] for one in given]
    assert told == ["INTEGER", "VARCHAR", "BOOLEAN", "DOUBLE", "DATE", "TIMESTAMP", "INTEGER[]", '"NULL"']


def test_only_short_answers_are_kept_and_only_so_many(asked: Asked) -> None:
    assert len(asked.rows(f"select * from range({KEPT_ROWS + 1})")) == KEPT_ROWS + 1
    assert not asked.answered
    for number in range(KEPT_ANSWERS + 1):
        assert asked.rows(f"select {number}") == [(number,)]
    assert len(asked.answered) == KEPT_ANSWERS
