"""How a record was dealt with, as parts of its page: hand-offs with their clocks, activities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tieout.measure.dealt_with import OF, activities_about, handed_over
from tieout.show import figures
from tieout.show.html.page import Cell, Head, Row, Section, Table
from tieout.show.web.records import asked_of, record_path
from tieout.show.web.sight import closed_to

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.measure.dealt_with import Activity, HandedOver
    from tieout.measure.life import Life
    from tieout.measure.numbers.question import Asked
    from tieout.show.html.page import Style
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader

MOST = 100
"""So many activities stand on a page, the newest."""
STYLES: dict[str, Style] = {"kept": "accent", "breached": "bad"}


def dealt_with(reader: Reader, filters: Filters, asked: Asked, life: Life) -> Iterator[Section]:
    """Lay out the hand-offs of a lead or a deal, and the activities about a record or by a user."""
    if life.entity in {"lead", "opportunity"} and (handoffs := handed_over(asked, life.entity, life.record)):
        heads = [
            Head(text, right=False)
            for text in ("hand-off", "handed over", "due", "answered", "by", "owner", "clock", "what was late")
        ]
        rows = [_handed(reader, filters, one) for one in handoffs]
        table = Table("Each with its clock, as of what was last heard", heads, rows)
        way = Cell("Clocks of all hand-offs", anchor="/funnel/clocks")
        yield Section("Its hand-offs", tables=(table,), links=(way,))
    if life.entity not in OF:
        return
    activities, count = activities_about(asked, life.entity, life.record, MOST)
    if activities:
        heads = [
            Head(text, right=False) for text in ("activity", "at", "kind", "channel", "direction", "by", "function")
        ]
        closed = closed_to(reader, (one.record for one in activities), "activity")
        notes = [f"The newest {MOST} of {figures.count(count)} are shown."] if count > MOST else []
        notes += [f"{figures.count(len(closed))} more you may not open."] if closed else []
        done = [_done(reader, filters, one) for one in activities if one.record not in closed]
        table = Table(figures.counted(count, "activity"), heads, done, folded=count > 10)
        title = "What they did" if life.entity == "user" else "What was done about it"
        yield Section(title, tables=(table,), notes=notes)


def _handed(reader: Reader, filters: Filters, one: HandedOver) -> Row:
    return [
        one.handoff, _at(reader, one.started_at), _at(reader, one.due_at), _at(reader, one.answered_at),
        _way(filters, "activity", one.activity), _way(filters, "user", one.owner_id),
        Cell(one.outcome, style=STYLES.get(one.outcome, "muted")), one.breach_class or one.untold or figures.NOTHING,
    ]  # fmt: skip


def _done(reader: Reader, filters: Filters, one: Activity) -> Row:
    told = [text or figures.NOTHING for text in (one.kind, one.channel, one.direction)]
    who = "automatic" if one.automated else _way(filters, "user", one.user_id)
    return [
        _way(filters, "activity", one.record), _at(reader, one.at), *told, who, one.function or figures.NOTHING,
    ]  # fmt: skip


def _way(filters: Filters, entity: str, record: str | None) -> Cell:
    """Lead to a record that is named, if one is."""
    if not record:
        return Cell(figures.NOTHING)
    return Cell(record, anchor=record_path(entity, record, asked_of(filters)))


def _at(reader: Reader, moment: datetime | None) -> str:
    return figures.stamp(moment, reader.zone) if moment else figures.NOTHING
