"""Criteria tried on records and on typed values: the whole, its parts, and what is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tieout.contract.vocabulary import LEAD_TOLD
from tieout.measure.answers import QuestionError
from tieout.measure.trying import Named, criteria_of, record_values, try_on
from tieout.questions import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout import Workspace
    from tieout.measure.numbers.question import Asked

TEXT = "employees >= 200 and (industry in ('software', 'fintech') or not score < 7)"
FIT = Named("fit", "Does it fit?", TEXT, "lead", LEAD_TOLD)


@pytest.fixture(scope="module")
def marlow_asked(marlow: Workspace) -> Iterator[Asked]:
    with opened(marlow) as asked:
        yield asked


@pytest.mark.parametrize(
    ("values", "answer", "parts"),
    [
        ({"employees": "300", "industry": "Software", "score": "1"}, True, [True, True, True, False, True]),
        ({"employees": "300", "industry": "Steel", "score": "8"}, True, [True, True, False, True, False]),
        ({"employees": "10"}, False, [False, None, None, None, None]),
        ({"industry": "fintech"}, None, [None, True, True, None, None]),
        ({"employees": "many", "industry": "fintech"}, None, [None, True, True, None, None]),
    ],
)
def test_the_whole_and_each_part_are_told(
    marlow_asked: Asked, values: dict[str, object], answer: object, parts: list[object]
) -> None:
    tried = try_on(marlow_asked, FIT, values)
    assert tried.answer is answer
    # In order: employees; the bracket; industry; not score; score.
    assert [part.answer for part in tried.parts] == parts
    assert [part.depth for part in tried.parts] == [0, 0, 1, 1, 2]


def test_a_value_that_is_no_number_is_named(marlow_asked: Asked) -> None:
    assert try_on(marlow_asked, FIT, {"employees": "many", "industry": "Steel", "score": None}).unread == ("employees",)
    assert try_on(marlow_asked, FIT, {"employees": "300", "score": "1.5"}).unread == ()


def test_a_value_is_a_value_and_never_sql(marlow_asked: Asked) -> None:
    hostile = "x' or 1=1 --"
    tried = try_on(marlow_asked, FIT, {"employees": "300", "industry": hostile, "score": "1"})
    assert tried.answer is False
    assert tried.values["industry"] == hostile


def test_the_criteria_of_a_contract_are_tried_on_its_records(marlow_asked: Asked) -> None:
    named = {one.id: one for one in criteria_of(marlow_asked.contract)}
    assert named["quality"].text == "score >= 7"
    rows = marlow_asked.engine.execute("select record, score from leads order by hash(record) limit 5").fetchall()
    for record, score in rows:
        found = try_on(marlow_asked, named["quality"], record_values(marlow_asked, "lead", record)).answer
        assert found is (None if score is None else score >= 7)


def test_a_record_that_is_not_there_is_named(marlow_asked: Asked) -> None:
    with pytest.raises(QuestionError, match="'nobody' is no account"):
        record_values(marlow_asked, "account", "nobody")
