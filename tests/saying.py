"""How many numbers a refresh says in the tests: a hundred of each small company would take two fifths of their time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from tieout.contract.model import Contract
from tieout.measure import said
from tieout.measure.answers import Question

EVERY_QUESTION = said._questions
ALWAYS_SAID = ("pipeline.open", "pipeline.open_qualified", "bookings")
PARTS = 8


def a_few(contract: Contract) -> list[Question]:
    """Give what is always said, and an eighth of the rest: the name of the test decides which, not its phase."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    turn = crc32(test.encode()) % PARTS
    every = EVERY_QUESTION(contract)
    return [one for place, one in enumerate(every) if one.metric in ALWAYS_SAID or place % PARTS == turn]


@contextmanager
def saying(*, few: bool) -> Iterator[None]:
    """Let what is refreshed inside say few numbers, or every one."""
    before = said._questions
    said._questions = a_few if few else EVERY_QUESTION
    yield
    said._questions = before


def few_are_said() -> bool:
    """Say whether a refresh says few numbers here."""
    return said._questions is not EVERY_QUESTION
