"""The page of an answer: the figure first, then its slices, and at the foot the passport it is never shown without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.measure.answers import Answer, Row
from tieout.measure.numbers.catalogue import BY_ID
from tieout.measure.numbers.facts import TIME_DIMENSIONS
from tieout.show import figures
from tieout.show.bars import band, bar
from tieout.show.original import original_lines
from tieout.show.tables import Cell, Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Unit

SIZED = frozenset({"money", "count"})
"""Units of which parts add up to the whole, so that they can be drawn as lengths."""
ROOMY, BAR = 80, 16
FEW = "too few"
Part = tuple[Column, Callable[[Row], Cell]]
GOOD, BAD = "healthy", "breach"


def answer_page(terminal: Terminal, answer: Answer, company: Company) -> list[str]:
    """Give the lines of an answer."""
    zone = ZoneInfo(company.time_zone)
    question = BY_ID[answer.metric].question
    lines = [terminal.paint(question, "title"), *_label(terminal, answer, zone), ""]
    lines += _figure(terminal, answer, company)
    if len(answer.rows) > 1:
        lines += ["", *_slices(terminal, answer, company)]
    if answer.currencies is not None:
        lines += ["", *original_lines(terminal, answer, company)]
    for note in answer.notes:
        lines += ["", *terminal.wrap(note, indent=2)]
    if answer.records is not None:
        lines += ["", *records_of(terminal, answer.records, answer.unit, company)]
    return [*lines, "", *passport_lines(terminal, answer)]


def _label(terminal: Terminal, answer: Answer, zone: ZoneInfo) -> list[str]:
    lens = answer.passport.lens
    return terminal.label(
        [
            answer.metric,
            f"lens {lens}" if lens else "",
            answer.period or "no period",
            f"as of {figures.stamp(answer.as_of, zone)}",
            figures.known(answer.known_at, zone),
            answer.passport.filters or "",
        ]
    )


def _figure(terminal: Terminal, answer: Answer, company: Company) -> list[str]:
    row = answer.total
    if row.value is None:
        return [f"  {terminal.paint('n/a', 'figure')}   {row.absent}"]
    head = figures.headline(row.value, answer.unit)
    parts = [f"n {figures.count(row.n)}"] if answer.unit != "count" else []
    if answer.unit == "money":
        parts.insert(0, f"{figures.figure(row.value, answer.unit)} {company.currency}")
    if row.interval:
        parts.append(f"95% interval {figures.interval(row.interval)}")
    if row.grade:
        parts.append(figures.grade(row.grade))
    lines = [f"  {terminal.paint(head, 'figure')}   {'   '.join(parts)}"]
    if row.immature:
        lines.append("  The cohort is immature: not all of it had its time yet.")
    return lines + _verdict(terminal, answer, row)


def _verdict(terminal: Terminal, answer: Answer, row: Row) -> list[str]:
    terms = answer.passport.band
    if not row.verdict or terms is None or row.value is None:
        return []
    drawn = band([float(row.value)], terms.low, terms.high)[0]
    bounds = [f"{figures.figure(bound, answer.unit)}" for bound in (terms.low, terms.high) if bound is not None]
    told = f"band {figures.DASH.join(bounds)}" if len(bounds) == 2 else f"band from {bounds[0]}"
    if terms.low is None:
        told = f"band up to {bounds[0]}"
    return ["", f"  {drawn}   {told}   {terminal.paint(row.verdict, style_of(row.verdict))}"]


def style_of(verdict: str | None) -> str:
    """Give the style of a verdict; its words say the same."""
    if verdict is None or verdict == GOOD:
        return "plain"
    return "error" if verdict == BAD else "warning" if "band" in verdict else "label"


# -- slices


def _slices(terminal: Terminal, answer: Answer, company: Company) -> list[str]:
    """Lay out the slices, the whole under the line; what is money or counted in one dimension has the largest first."""
    names = list(answer.rows[1].by)
    rows = list(answer.rows[1:])
    if answer.unit in SIZED and len(names) == 1 and not set(names) & set(TIME_DIMENSIONS):
        rows.sort(key=lambda row: (row.value is None, -Decimal(row.value or 0)))
    parts = [*_figures(answer, company), *_drawings(terminal, answer), *_remarks(answer)]
    columns = [*(Column(name, right=False) for name in names), *(column for column, _ in parts)]

    def line(row: Row, by: Sequence[str]) -> list[Cell]:
        return [*(Cell(clean(text)) for text in by), *(cell(row) for _, cell in parts)]

    foot = line(answer.total, ["all", *[""] * (len(names) - 1)])
    return table(terminal, columns, [line(row, list(row.by.values())) for row in rows], [foot])


def _figures(answer: Answer, company: Company) -> Iterator[Part]:
    head = company.currency if answer.unit == "money" else answer.unit
    yield Column(head), lambda row: Cell(figures.shown(row, answer.unit), _weight(row))
    if answer.unit != "count":
        yield Column("n"), lambda row: Cell(figures.count(row.n), _weight(row))
    if any(row.interval for row in answer.rows):
        yield Column("95% interval"), lambda row: Cell(figures.interval(row.interval), _weight(row))


def _weight(row: Row) -> str:
    """Let a figure of too few records stand back."""
    return "label" if row.verdict and row.verdict.startswith(FEW) else "plain"


def _drawings(terminal: Terminal, answer: Answer) -> Iterator[Part]:
    """Draw the rows on one scale: where they stand in the band, else how large they are."""
    terms = answer.passport.band
    valued = [row for row in answer.rows if row.value is not None]
    slices = [row for row in valued if row.by]
    if terms:
        bands = band([float(row.value or 0) for row in valued], terms.low, terms.high)
        drawn = {id(row): one for row, one in zip(valued, bands, strict=True)}
        yield Column("", right=False), lambda row: Cell(drawn.get(id(row), ""))
    elif answer.unit in SIZED and len(slices) > 1 and terminal.width >= ROOMY:
        largest = max(Decimal(row.value or 0) for row in slices)
        bars = {id(row): bar(Decimal(row.value or 0), largest, BAR) for row in slices}
        yield Column("", right=False), lambda row: Cell(bars.get(id(row), ""), "label")


def _remarks(answer: Answer) -> Iterator[Part]:
    if any(set(row.grade) - {"observed"} for row in answer.rows):
        yield Column("observed"), lambda row: Cell(_observed(row), "label")
    if any(row.absent or row.verdict or row.immature for row in answer.rows):
        yield Column("", right=False), lambda row: Cell(_note(row), style_of(row.verdict))


def _observed(row: Row) -> str:
    return figures.share(row.grade.get("observed", 0.0)) if row.grade else ""


def _note(row: Row) -> str:
    few = FEW if row.verdict and row.verdict.startswith(FEW) else row.verdict
    return row.absent or ", ".join(part for part in ("immature" if row.immature else "", few) if part)


SHOWN = 40
FIGURES = {"value", "original", "rate"}
MONEY = ("original", "currency", "rate")
"""What a record is in its own currency: shown where one of them is in another than the base one."""


def records_of(terminal: Terminal, found: Sequence[dict[str, object]], unit: Unit, company: Company) -> list[str]:
    """Lay out the records that are counted; the rest of a long list is for --json and --csv."""
    if not found:
        return ["  No records."]
    hidden = {"unit", "hit", *MONEY}
    names = [name for name in found[0] if name not in hidden and any(row[name] is not None for row in found)]
    if any(row.get("currency") not in (None, company.currency) for row in found):
        after = names.index("value") + 1 if "value" in names else 1
        names[after:after] = [name for name in MONEY if name in found[0]]
    if any(row["unit"] != row["record"] for row in found):
        names.insert(1, "unit")
    by_money = unit == "money"
    columns = [
        Column(company.currency if name == "value" and by_money else name, right=name in FIGURES) for name in names
    ]
    rows = [[_rate(row[name]) if name == "rate" else _told(row[name]) for name in names] for row in found[:SHOWN]]
    lines = table(terminal, columns, rows)
    if len(found) > SHOWN:
        lines.append(f"  ... and {figures.count(len(found) - SHOWN)} more: --csv or --json gives all.")
    return lines


def _rate(value: object) -> str:
    return "none" if value is None else f"{value:,f}"


def _told(value: object) -> str:
    if value is None:
        return "n/a"
    if isinstance(value, Decimal):
        return figures.money(value)
    return f"{value:,.1f}" if isinstance(value, float) else clean(str(value))


# -- the label at the foot


def passport_lines(terminal: Terminal, answer: Answer, calendars: str | None = None) -> list[str]:
    """Give what is needed to ask again, small, in its place at the foot; `calendars` where there are several."""
    passport = answer.passport
    first = [f"build {passport.build}", f"ledger {passport.position}", f"contract {passport.contract}"]
    rest = [f"calendar {calendars or passport.calendar}", f"rates {passport.rates}", f"org {passport.org}"]
    return terminal.label([*first, *rest, f"tieout {passport.program.partition('+')[0]}"])
