"""The best assignment of rows to records as a whole: the largest sum of scores, each record at most once.

Rows are taken in one after another; each looks for the way of exchanges that gains most. That keeps the sum the largest
possible at every step, and only looks at rows that compete.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

Scores = Mapping[int, Mapping[str, float]]
LEAST_GAIN = 1e-9


def assign(scores: Scores) -> dict[int, str]:
    """Give each row at most one record and each record at most one row, so that the sum of scores is the largest."""
    chosen: dict[int, str] = {}
    owner: dict[str, int] = {}
    for row in scores:
        way = _best_way(row, scores, chosen, owner)
        for taker, record in way:
            chosen[taker] = record
            owner[record] = taker
    return chosen


def _best_way(row: int, scores: Scores, chosen: dict[int, str], owner: dict[str, int]) -> list[tuple[int, str]]:
    """Find the exchanges by which a further row gains most: it takes a record, whose row takes another, and so on.

    The last row of the way takes a free record, or none; then it is taken out of `chosen`.
    """
    gain = {row: 0.0}
    came: dict[int, tuple[int, str]] = {}
    best_gain, best_end, best_free = 0.0, row, ""
    waiting = deque([row])
    while waiting:
        here = waiting.popleft()
        for record, score in scores[here].items():
            reached = gain[here] + score
            holder = owner.get(record)
            if holder is None:
                if reached > best_gain + LEAST_GAIN:
                    best_gain, best_end, best_free = reached, here, record
                continue
            left = reached - scores[holder][record]
            if holder != here and left > gain.get(holder, float("-inf")) + LEAST_GAIN and holder != row:
                gain[holder] = left
                came[holder] = (here, record)
                waiting.append(holder)
                if left > best_gain + LEAST_GAIN:
                    best_gain, best_end, best_free = left, holder, ""
    return _walk_back(row, best_end, best_free, came, chosen)


def _walk_back(
    row: int, end: int, free: str, came: dict[int, tuple[int, str]], chosen: dict[int, str]
) -> list[tuple[int, str]]:
    way = [(end, free)] if free else []
    if not free and end != row:
        del chosen[end]
    here = end
    while here != row:
        here, record = came[here]
        way.append((here, record))
    return way
