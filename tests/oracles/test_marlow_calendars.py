"""Marlow under three calendars at once, against a recount of its exports: each figure, and the deals between them."""

from __future__ import annotations

from tests.oracles import marlow as recount
from tests.oracles.arithmetic import days, end_of_day
from tests.oracles.marlow_books import ZONE, Books, local
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.side_by_side import side_by_side

NOW = end_of_day("2026-09-22", ZONE)
QUARTERS = {
    "fiscal": ("2027-Q3", days("2026-08-01", "2026-10-31")),
    "group": ("2027-Q3", days("2026-09-01", "2026-11-30")),
    "calendar": ("2026-Q3", days("2026-07-01", "2026-09-30")),
}
"""The fiscal year begins in February, the group's in March, the calendar's in January."""


def test_three_calendars_on_one_ledger(marlow: Workspace) -> None:
    due = recount.qualified(recount.deals(Books(marlow.root), NOW))
    counted = {
        name: {deal.record: deal.value for deal in recount.in_period(due, period, local(NOW))}
        for name, (_, period) in QUARTERS.items()
    }
    found = side_by_side(marlow, Question("pipeline.open_qualified"), tuple(QUARTERS))
    for each in found:
        total = each.answer.total
        assert (each.answer.period, total.n) == (QUARTERS[each.name][0], len(counted[each.name]))
        assert total.value == sum(counted[each.name].values())
    first = counted["fiscal"]
    for each in found[1:]:
        theirs = counted[each.name]
        moved = {record: value for record, value in theirs.items() if record not in first}
        moved |= {record: -value for record, value in first.items() if record not in theirs}
        assert {one.posting.record: one.posting.amount for one in each.moved} == {
            record: value for record, value in moved.items() if value
        }
        assert {one.posting.cause for one in each.moved} == {"calendar"}
