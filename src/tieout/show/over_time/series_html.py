"""A series as a page: its chart with what changed, the values under it, and the records they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.numbers.catalogue import BY_ID
from tieout.show import figures
from tieout.show.charts.over_time import Kind, Mark, Point, columns, lines, multiples
from tieout.show.charts.over_time import Series as Drawn
from tieout.show.html.page import Cell, Head, Page, Row, Section, Table, html_of, value_cell
from tieout.show.over_time.series import (
    HEADS,
    Key,
    label_of,
    name_of,
    notes_of,
    passport_of,
    row_of,
    slices_of,
    title_of,
    told_of,
)

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Row as Answered
    from tieout.measure.answers import Unit
    from tieout.measure.numbers.buckets import Bucket
    from tieout.over_time import Series, Way
    from tieout.show.charts.drawing import Chart

FEW = 24
"""Up to so many buckets of what happened are columns; more, and states, are a line."""
BESIDE = 2
"""So many ways can stand beside one another as columns."""
COLORS, PANELS = 5, 12
SUMMED = ("money", "count")


def series_html(found: Series, company: Company) -> str:
    """Give the page of a series."""
    metric = BY_ID[found.question.metric]
    keys = slices_of(found)
    sections = [_section(found, metric.question, [()], metric.unit, company)]
    first, notes = sections[0], notes_of(found, company)
    sections[0] = Section(first.title, first.charts, first.tables, notes, _records(found, metric.unit))
    if len(keys) > 1:
        sections.append(_section(found, f"By {', '.join(found.question.by)}", keys[1:], metric.unit, company))
    if found.changes:
        heads = [Head("day", right=False), Head("what changed", right=False)]
        rows: list[Row] = [[str(one.day), one.text] for one in found.changes]
        sections.append(Section("What changed", tables=[Table("Marks", heads, rows)]))
    if found.said:
        sections.append(Section("What we said, row by row", tables=[_said(found, metric.unit, company)]))
    label = [found.question.metric, *label_of(found, company)]
    return html_of(Page(title_of(found), label, sections, passport_of(found), _headline(found, metric.unit, company)))


def _headline(found: Series, unit: Unit, company: Company) -> tuple[str, str] | None:
    """Give the figure that the title speaks of, with its n."""
    bucket, row = there[-1] if (there := told_of(found)) else (None, None)
    if bucket is None or row is None or row.value is None:
        return None
    full = f"{figures.figure(row.value, unit)} {company.currency}, " if unit == "money" else ""
    return figures.headline(row.value, unit), f"{full}{figures.counted(row.n, 'record')}, {bucket.name}"


def _section(found: Series, title: str, keys: Sequence[Key], unit: Unit, company: Company) -> Section:
    """Give the chart and the values: of the total all ways in one table, of slices a table for each way."""
    if keys == [()]:
        tables = [_values(found, keys, list(found.rows), unit, company)]
    else:
        tables = [_values(found, keys, [way], unit, company) for way in found.rows]
    return Section(title, charts=_charts(found, keys, unit), tables=tables)


# -- charts


def _charts(found: Series, keys: Sequence[Key], unit: Unit) -> list[Chart]:
    buckets = [bucket.name for bucket in found.buckets]
    marks = [Mark(_place(found.buckets, one.day), one.text) for one in found.changes]
    words = title_of(found)
    if keys == [()]:
        drawn = _by_way(found)
        if found.flow and len(buckets) <= FEW and len(drawn) <= BESIDE:
            return [columns(words, buckets, drawn, unit, marks)]
        return [lines(words, buckets, drawn, unit, marks)]
    shown = keys[:PANELS]
    way = next(iter(found.rows))
    drawn = [Drawn(name_of(key), _points(found, way, key, unit), None) for key in shown]
    words = f"{words}, by {', '.join(found.question.by)}"
    if len(shown) <= COLORS:
        return [lines(words, buckets, drawn, unit, marks)]
    return [multiples(words, buckets, drawn, unit, marks)]


def _by_way(found: Series) -> list[Drawn]:
    unit = BY_ID[found.question.metric].unit
    ways = list(found.rows)
    if len(ways) == 1:
        return [Drawn("", _points(found, ways[0], (), unit))]
    kinds: tuple[Kind | None, ...] = ("actual", "previous", None)
    return [Drawn(HEADS[way], _points(found, way, (), unit), kind) for way, kind in zip(ways, kinds, strict=False)]


def _points(found: Series, way: Way, key: Key, unit: Unit) -> list[Point]:
    linked = found.records is not None and key == () and way == next(iter(found.rows))
    points = []
    for place, (bucket, rows) in enumerate(zip(found.buckets, found.rows[way], strict=True)):
        row = row_of(rows, key)
        partial = bucket.partial and found.flow
        if row is None:
            # A slice that counts nothing has no row; where nothing at all is known it is a gap.
            none = rows[0].absent or (None if unit in SUMMED else "no records")
            points.append(Point(None if none else 0, none, partial, n=0))
        else:
            anchor = f"records-{place}" if linked else None
            points.append(Point(row.value, row.absent, partial, anchor, row.n))
    return points


def _place(buckets: Sequence[Bucket], day: object) -> float:
    return float(sum(bucket.period.last_day < day for bucket in buckets))  # type: ignore[operator]


# -- tables


def _values(found: Series, keys: Sequence[Key], ways: Sequence[Way], unit: Unit, company: Company) -> Table:
    """Give a row for each bucket, the newest first, with a column for each way or slice."""
    money = company.currency if unit == "money" else unit
    whole = keys == [()]
    shown = [(way, key) for key in keys for way in ways]
    heads = [Head(found.every, right=False)]
    for way, key in shown:
        heads.append(Head((HEADS[way] if len(ways) > 1 else money) if whole else name_of(key)))
        heads += [Head("n")] if whole else []
    rows: list[Row] = []
    for place in reversed(range(len(found.buckets))):
        cells: list[Cell | str] = [_bucket(found, found.buckets[place], place)]
        for way, key in shown:
            row = row_of(found.rows[way][place], key)
            cells.append(_value(row, unit))
            cells += [Cell(figures.count(row.n) if row else "", style="muted")] if whole else []
        rows.append(cells)
    named = "" if whole or len(found.rows) == 1 else f", {HEADS[ways[0]]}"
    return Table(f"Values{named}", heads, rows, note=f"{money}, the newest first")


def _bucket(found: Series, bucket: Bucket, place: int) -> Cell:
    days = f"{bucket.period.start} to {bucket.period.last_day}"
    name = f"{bucket.name}{' partial' if bucket.partial and found.flow else ''}"
    return Cell(name, days, anchor=f"records-{place}" if found.records is not None else None)


def _value(row: Answered | None, unit: Unit) -> Cell:
    return value_cell(row.value, unit, row.absent) if row else Cell(figures.NOTHING, "none are counted", "muted")


def _records(found: Series, unit: Unit) -> list[Table]:
    if found.records is None:
        return []
    tables = []
    for place, (bucket, records) in enumerate(zip(found.buckets, found.records, strict=True)):
        names = [name for name in (records[0] if records else {"record": ""}) if name not in {"unit", "original"}]
        heads = [Head(name, right=name == "value") for name in names]
        rows: list[Row] = [[_told(name, record.get(name), unit) for name in names] for record in records]
        note = figures.counted(len(records), "record")
        tables.append(Table(bucket.name, heads, rows, anchor=f"records-{place}", back="s1", note=note))
    return tables


def _told(name: str, value: object, unit: Unit) -> Cell:
    if name == "value" and value is not None:
        return value_cell(value, unit)  # type: ignore[arg-type]
    return Cell("" if value is None else str(value))


def _said(found: Series, unit: Unit, company: Company) -> Table:
    zone = ZoneInfo(company.time_zone)
    heads = [Head(name, right=False) for name in ("said at", "as of", "period", "slice")]
    heads += [Head(company.currency if unit == "money" else unit), Head("n"), Head("build", right=False)]
    rows: list[Row] = [
        [
            figures.stamp(one.said_at, zone),
            figures.stamp(one.as_of, zone),
            one.period or "no period",
            one.slice or "all",
            value_cell(one.value, unit, one.absent),
            figures.count(one.n),
            one.build,
        ]
        for one in reversed(found.said)
    ]
    return Table("Published", heads, rows, note="the newest first")
