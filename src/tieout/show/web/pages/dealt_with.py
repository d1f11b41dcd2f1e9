"""How a record was dealt with, as parts of its page: hand-offs with their clocks, activities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tieout.measure.dealt_with import activities_about, handed_over
from tieout.show import figures
from tieout.show.html.page import Cell, Head, Row, Section, Table

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.measure.dealt_with import Activity, HandedOver
    from tieout.measure.life import Life
    from tieout.measure.numbers.question import Asked
    from tieout.show.html.page import Style
    from tieout.show.web.reader import Reader

MOST = 100
"""So many activities stand on a page, the newest."""
STYLES: dict[str, Style] = {"kept": "accent", "breached": "bad"}


def dealt_with(reader: Reader, asked: Asked, life: Life) -> Iterator[Section]:
    """Lay out the hand-offs of a lead or a deal, and the activities about a record."""
    if life.entity != "account" and (handoffs := handed_over(asked, life.entity, life.record)):
        heads = [
            Head(text, right=False)
            for text in ("hand-off", "handed over", "due", "answered", "by", "owner", "clock", "what was late")
        ]
        rows = [_handed(reader, one) for one in handoffs]
        table = Table("Each with its clock, as of what was last heard", heads, rows)
        way = Cell("Clocks of all hand-offs", anchor="/funnel/clocks")
        yield Section("Its hand-offs", tables=(table,), links=(way,))
    activities, count = activities_about(asked, life.entity, life.record, MOST)
    if activities:
        heads = [
            Head(text, right=False) for text in ("activity", "at", "kind", "channel", "direction", "by", "function")
        ]
        notes = (f"The newest {MOST} of {figures.count(count)} are shown.",) if count > MOST else ()
        table = Table(figures.counted(count, "activity"), heads,
                      [_done(reader, one) for one in activities], folded=count > 10)  # fmt: skip
        yield Section("What was done about it", tables=(table,), notes=notes)


def _handed(reader: Reader, one: HandedOver) -> Row:
    return [
        one.handoff, _at(reader, one.started_at), _at(reader, one.due_at), _at(reader, one.answered_at),
        one.activity or figures.NOTHING, one.owner_id or figures.NOTHING,
        Cell(one.outcome, style=STYLES.get(one.outcome, "muted")), one.breach_class or one.untold or figures.NOTHING,
    ]  # fmt: skip


def _done(reader: Reader, one: Activity) -> Row:
    who = "automatic" if one.automated else one.user_id
    told = (one.kind, one.channel, one.direction, who, one.function)
    return [one.record, _at(reader, one.at), *(text or figures.NOTHING for text in told)]


def _at(reader: Reader, moment: datetime | None) -> str:
    return figures.stamp(moment, reader.zone) if moment else figures.NOTHING
