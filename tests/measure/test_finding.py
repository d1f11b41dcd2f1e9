"""Records found by the beginning of their id and by words of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tieout.measure.finding import by_id, by_name
from tieout.questions import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tieout import Workspace
    from tieout.measure.numbers.question import Asked


@pytest.fixture(scope="module")
def marlow_asked(marlow: Workspace) -> Iterator[Asked]:
    with opened(marlow) as asked:
        yield asked


def test_an_id_is_found_by_its_beginning_in_either_case(marlow_asked: Asked) -> None:
    found = by_id(marlow_asked, "006mw00022", 100)
    assert len(found) == 100
    assert all(one.record.startswith("006Mw00022") and one.entity == "opportunity" for one in found)
    assert [one.entity for one in by_id(marlow_asked, "LD000005", 5)] == ["lead"]


@pytest.mark.parametrize("text", ["%", "006%", "_____", "'", "\\"])
def test_no_character_is_a_pattern(marlow_asked: Asked, text: str) -> None:
    assert by_id(marlow_asked, text, 3) == []
    assert by_name(marlow_asked, text, 3) == []


def test_every_word_of_a_name_is_asked_for(marlow_asked: Asked) -> None:
    found = by_name(marlow_asked, "  textiles FLINT ", 50)
    assert {one.record for one in found if one.entity == "account"} == {"001Mw0000737", "001Mw0002129"}
    assert all("flint" in (one.name or "").lower() for one in found)
    assert [one.entity for one in found] == sorted(one.entity for one in found)
    assert by_name(marlow_asked, "textiles flint nowhere", 50) == []
