"""A series in the terminal, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.grades import GRADES
from tieout.measure.numbers.catalogue import BY_ID
from tieout.over_time import Series, Way
from tieout.show import figures
from tieout.show.answer import records_of
from tieout.show.as_csv import written
from tieout.show.as_json import CENT, row_json
from tieout.show.bars import bar, spark
from tieout.show.tables import Cell, Column, table
from tieout.show.tables import Row as Line
from tieout.show.terminal import Terminal, clean, fit

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Row, Unit
    from tieout.measure.numbers.buckets import Bucket

BAR, SPARK = 14, 60
HEADS: dict[Way, str] = {"restated": "restated", "said then": "as said then", "what we said": "what we said"}
Key = tuple[tuple[str, str], ...]
"""A slice as a key: its names and values; empty for the total."""


def series_page(terminal: Terminal, found: Series, company: Company) -> list[str]:
    """Give the lines of a series: the answer, its trend, one row for each bucket, what changed, and the passport."""
    lines = [terminal.paint(title_of(found), "title"), *terminal.label(label_of(found, company)), ""]
    totals = [_size(rows[0]) for rows in next(iter(found.rows.values()))]
    drawn = spark(totals, min(SPARK, terminal.width - 4))
    lines += [f"  {terminal.paint(drawn, 'accent')}", ""] if drawn.strip() else []
    lines += _table(terminal, found, company)
    marks = [line for mark in found.changes for line in terminal.wrap(f"{mark.day}: {mark.text}", indent=2)]
    lines += ["", *marks] if marks else []
    for note in notes_of(found, company):
        lines += ["", *terminal.wrap(note, indent=2)]
    if found.records is not None:
        told = [{"bucket": name, **record} for name, record in records_in(found)]
        lines += ["", *records_of(terminal, told, BY_ID[found.question.metric].unit, company)]
    return [*lines, "", *terminal.label(f"{name} {value}" for name, value in passport_of(found))]


def records_in(found: Series) -> Iterator[tuple[str, dict[str, object]]]:
    """Give each record with the name of its bucket, in the order of time."""
    for bucket, records in zip(found.buckets, found.records or (), strict=True):
        yield from ((bucket.name, record) for record in records)


# -- in words


def title_of(found: Series) -> str:
    """Say the last value and how it moved since the first, or since the bucket before it."""
    unit = BY_ID[found.question.metric].unit
    there = told_of(found)
    if not there:
        return f"{found.question.metric}: n/a in every {found.every}"
    (bucket, row), (begun, first) = there[-1], there[max(len(there) - 2, 0) if found.flow else 0]
    near = "on" if found.every == "day" else "in"
    at = f"{near} {bucket.name}" if found.flow else f"at the end of {bucket.name}"
    if not found.flow and (bucket.partial or found.every == "day"):
        at = f"on {bucket.period.last_day}"
    last = row.value or 0
    said = f"{found.question.metric}: {figures.headline(last, unit)} {at}"
    if begun is bucket:
        return said
    change = moved(Decimal(str(last)) - Decimal(str(first.value)), unit)
    return f"{said}, {change} {'from' if found.flow else 'since'} {begun.name}"


def told_of(found: Series) -> list[tuple[Bucket, Row]]:
    """Give the totals that a headline may speak of: those that are there, of what happened only whole buckets."""
    totals = [(bucket, rows[0]) for bucket, rows in zip(found.buckets, next(iter(found.rows.values())), strict=True)]
    there = [(bucket, row) for bucket, row in totals if row.value is not None]
    return [one for one in there if not one[0].partial] or there if found.flow else there


def moved(change: Decimal, unit: Unit) -> str:
    """Say how a value moved: up 1.2M, down 3.0 pts, unchanged."""
    size = abs(change)
    told = f"{100 * float(size):.1f} pts" if unit == "rate" else figures.headline(size, unit)
    return "unchanged" if not change else f"{'up' if change > 0 else 'down'} {told}"


def label_of(found: Series, company: Company) -> list[str]:
    """Give what a series is never shown without."""
    zone = ZoneInfo(company.time_zone)
    asked, metric = found.question, BY_ID[found.question.metric]
    meant = "counted by " if found.flow else "at the end of each "
    return [
        f"lens {asked.lens}" if asked.lens else "",
        f"{meant}{found.every}",
        asked.period or ("each of its own quarter" if metric.needs_period and not found.flow else ""),
        f"as of {figures.stamp(found.as_of, zone)}",
        " and ".join(figures.known(asked.known_at, zone) if way == "restated" else HEADS[way] for way in found.rows),
        asked.where or "",
        company.currency if metric.unit == "money" else "",
        figures.grade(found.rows[next(iter(found.rows))][-1][0].grade),
    ]


def notes_of(found: Series, company: Company) -> list[str]:
    """Say which buckets are not whole, and why values are absent."""
    notes = []
    first, last = found.buckets[0], found.buckets[-1]
    cut = [bucket for bucket in dict.fromkeys((first, last)) if bucket.partial]
    if cut and found.flow:
        told = " and ".join(f"{one.name} ({one.period.start} to {one.period.last_day})" for one in cut)
        notes.append(f"Partial: {told}. Days are left out or not over yet.")
    elif last.partial:
        stamp = figures.stamp(last.as_of, ZoneInfo(company.time_zone))
        notes.append(f"Partial: the value of {last.name} is as of {stamp}, not of its end.")
    if found.at_ends:
        notes.append(
            f"At the end of a quarter ({named(found.at_ends)}) what is open in its own quarter had to close that very "
            "day. Give --period to follow the pipeline of one quarter, or --align to lay quarters over each other."
        )
    for way, many in found.rows.items():
        reasons: dict[str, list[str]] = {}
        for bucket, rows in zip(found.buckets, many, strict=True):
            if rows[0].absent:
                reasons.setdefault(rows[0].absent, []).append(bucket.name)
        for reason, names in reasons.items():
            notes.append(f"n/a {'' if len(found.rows) == 1 else f'({HEADS[way]}) '}in {named(names)}: {reason}.")
    return notes


def named(names: Sequence[str]) -> str:
    """Name buckets shortly: the one, or the first, the last and how many."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}, {len(names)} in all"


def passport_of(found: Series) -> list[tuple[str, str]]:
    """Give what is needed to ask again."""
    build, asked = found.build, found.question
    parts = [("build", build.key), ("ledger", str(build.position)), ("contract", build.fingerprint)]
    parts += [("calendar", found.calendar), ("rates", found.rates), ("org", asked.org), ("tieout", build.version)]
    return parts


# -- the rows


def slices_of(found: Series) -> list[Key]:
    """Give every slice that any bucket has, in the order of their size in the last one; the total is first."""
    sizes: dict[Key, Decimal] = {}
    for many in found.rows.values():
        for rows in many:
            for row in rows:
                sizes[tuple(row.by.items())] = _size(row) or Decimal(0)
    return sorted(sizes, key=lambda key: (len(key), -sizes[key], key))


def row_of(rows: Sequence[Row], key: Key) -> Row | None:
    """Give the row of a slice in a bucket; None where the slice has none there."""
    return next((row for row in rows if tuple(row.by.items()) == key), None)


def name_of(key: Key) -> str:
    """Name a slice by its values."""
    return ", ".join(value for _, value in key) or "all"


def _table(terminal: Terminal, found: Series, company: Company) -> list[str]:
    unit = BY_ID[found.question.metric].unit
    keys = slices_of(found)
    if len(found.rows) > 1:
        return _ways(terminal, found, keys, unit)
    many = next(iter(found.rows.values()))
    if len(keys) == 1:
        return _one(terminal, found, many, unit, company)
    for told in (figures.figure, figures.headline):
        columns = [Column(found.every, right=False), *(Column(fit(clean(name_of(key)), 16)) for key in keys)]
        rows = [
            [_named(found, place), *(_cell(row_of(rows, key), unit, told) for key in keys)]
            for place, rows in enumerate(many)
        ]
        lines = table(Terminal(10_000), columns, rows)
        if max(map(len, lines)) <= terminal.width:
            return table(terminal, columns, rows)
    return _trends(terminal, found, many, keys, unit)


def _one(terminal: Terminal, found: Series, many: Sequence[Sequence[Row]], unit: Unit, company: Company) -> list[str]:
    largest = max((size for rows in many if (size := _size(rows[0])) is not None), default=Decimal(0))
    head = company.currency if unit == "money" else unit
    columns = [Column(found.every, right=False), Column(head), Column("n"), Column("", right=False)]
    lines: list[Line] = []
    for place, rows in enumerate(many):
        row = rows[0]
        told = bar(_size(row) or Decimal(0), largest, BAR)
        cells = [_named(found, place), _cell(row, unit, figures.figure), Cell(figures.count(row.n), "label")]
        lines.append([*cells, Cell(told, "label")])
    return table(terminal, columns, lines)


def _ways(terminal: Terminal, found: Series, keys: Sequence[Key], unit: Unit) -> list[str]:
    """Lay out the ways side by side; of two the difference stands beside them."""
    ways = list(found.rows)
    heads = [Column(found.every, right=False)]
    heads += [Column("", right=False)] if len(keys) > 1 else []
    heads += [Column(HEADS[way]) for way in ways]
    heads += [Column("difference")] if len(ways) == 2 else []
    lines: list[Line] = []
    for place in range(len(found.buckets)):
        for key in keys:
            rows = [row_of(found.rows[way][place], key) for way in ways]
            if not any(rows):
                continue
            cells = [_named(found, place) if key == keys[0] else Cell()]
            cells += [Cell(name_of(key))] if len(keys) > 1 else []
            cells += [_cell(row, unit, figures.figure) for row in rows]
            cells += [_difference(rows, unit)] if len(ways) == 2 else []
            lines.append(cells)
    return table(terminal, heads, lines)


def _trends(
    terminal: Terminal, found: Series, many: Sequence[Sequence[Row]], keys: Sequence[Key], unit: Unit
) -> list[str]:
    """Give a row for each slice, with its last value and its trend: there are more slices than columns."""
    last = found.buckets[-1].name
    columns = [Column("", right=False), Column(f"{last}{' partial' if found.buckets[-1].partial else ''}")]
    columns += [Column("n"), Column(f"since {found.buckets[0].name}", right=False)]
    lines: list[Line] = []
    for key in keys:
        rows = [row_of(rows, key) for rows in many]
        trend = spark([_size(row) if row else None for row in rows], terminal.width // 3)
        told = _cell(rows[-1], unit, figures.figure)
        n = Cell(figures.count(rows[-1].n if rows[-1] else 0), "label")
        lines.append([Cell(clean(name_of(key))), told, n, Cell(trend, "accent")])
    return [*table(terminal, columns, lines), "", *terminal.label(["--csv gives each slice in each bucket"], indent=2)]


def _named(found: Series, place: int) -> Cell:
    bucket = found.buckets[place]
    return Cell(f"{bucket.name}{' partial' if bucket.partial and found.flow else ''}")


def _cell(row: Row | None, unit: Unit, told: Any) -> Cell:  # noqa: ANN401 - one of two formatters
    if row is None:
        return Cell(figures.NOTHING, "label")
    return Cell("n/a", "label") if row.value is None else Cell(told(row.value, unit), "figure")


def _difference(rows: Sequence[Row | None], unit: Unit) -> Cell:
    values = [row.value for row in rows if row is not None and row.value is not None]
    if len(values) < 2:
        return Cell(figures.NOTHING, "label")
    change = Decimal(str(values[0])) - Decimal(str(values[1]))
    if unit == "rate":
        return Cell(figures.points(float(change)), "label")
    return Cell(figures.signed(change) if unit == "money" else f"{change:+,}".replace("-", figures.MINUS), "label")


def _size(row: Row) -> Decimal | None:
    return None if row.value is None else Decimal(str(row.value))


# -- for files


def series_json(found: Series, company: Company) -> dict[str, Any]:
    """Give the document of `tieout show series`."""
    asked, unit = found.question, BY_ID[found.question.metric].unit
    document: dict[str, Any] = {
        "metric": asked.metric,
        "unit": unit,
        "currency": company.currency if unit == "money" else None,
        "every": found.every,
        "counted": "in each" if found.flow else "at the end of each",
        "period": asked.period,
        "as_of": found.as_of,
        "known_at": asked.known_at,
        "lens": asked.lens,
        "passport": dict(passport_of(found)) | {"filters": asked.where},
        "buckets": [
            {
                "name": bucket.name,
                "first_day": bucket.period.start,
                "last_day": bucket.period.last_day,
                "as_of": bucket.as_of,
                "partial": bucket.partial,
                **{way.replace(" ", "_"): [row_json(row) for row in many[place]] for way, many in found.rows.items()},
                **({"records": [dict(one) for one in found.records[place]]} if found.records is not None else {}),
            }
            for place, bucket in enumerate(found.buckets)
        ],
        "marks": [{"day": mark.day, "kind": mark.kind, "text": mark.text} for mark in found.changes],
        "notes": notes_of(found, company),
    }
    if "what we said" in found.rows:
        document["said"] = [
            {
                "said_at": one.said_at,
                "as_of": one.as_of,
                "period": one.period,
                "slice": one.slice,
                "value": one.value.quantize(CENT) if isinstance(one.value, Decimal) else one.value,
                "n": one.n,
                "absent": one.absent,
                "build": one.build,
                "contract": one.contract,
                "position": one.position,
            }
            for one in found.said
        ]
    return document


def series_csv(found: Series) -> str:
    """Give one row for each bucket, way and slice, or for each record where they were asked for."""
    if found.records is not None:
        heads = next((list(one[0]) for one in found.records if one), ["record", "unit", "value"])
        rows = ([name, *(record.get(head) for head in heads)] for name, record in records_in(found))
        return written(["bucket", *heads], rows)
    names = list(
        dict.fromkeys(name for many in found.rows.values() for rows in many for row in rows for name in row.by)
    )
    told = []
    for way, many in found.rows.items():
        for bucket, rows_of in zip(found.buckets, many, strict=True):
            days = [bucket.name, bucket.period.start, bucket.period.last_day, bucket.partial, way]
            for row in rows_of:
                value = row.value.quantize(CENT) if isinstance(row.value, Decimal) else row.value
                by = [row.by.get(name, "(all)") for name in names]
                grades = [row.grade.get(name) for name in GRADES]
                told.append([*days, *by, value, row.n, *(row.interval or (None, None)), *grades, row.absent])
    heads = ["bucket", "first_day", "last_day", "partial", "way", *names, "value", "n"]
    return written([*heads, "interval_low", "interval_high", *GRADES, "absent"], told)
