"""Today, the home page: the one number and its lenses, what moved, what is at stake, the functions, what is fresh."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from tieout.contract.definitions import AGREED
from tieout.questions import opened
from tieout.show import figures
from tieout.show.html.page import Card, Cell, Head, Page, Row, Section, Table, value_cell
from tieout.show.terminal import clean
from tieout.show.tie_out_html import lenses_section
from tieout.show.web.filters import Filters
from tieout.show.web.records import LIVES
from tieout.show.web.rooms import Room
from tieout.show.web.sight import may_open
from tieout.today import NUMBER, WEEK, Figure, Today, Told, quarter_of, sources, today
from tieout.warehouse.builds import publications

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.measure.answers import Line
    from tieout.measure.answers import Row as Answered
    from tieout.measure.diagnosis.audit_tables import Breaking, Broken
    from tieout.measure.numbers.covered import Covered
    from tieout.show.web.reader import Reader
    from tieout.warehouse.builds import BuildFacts

LINES, FINDINGS = 5, 5
HEADS = {"nrr": "Net revenue retention", "grr": "Gross revenue retention"}
PLAIN = Filters("/")


def today_page(reader: Reader, _: Filters) -> Page:
    """Give the home page."""
    with opened(reader.workspace, reader.build) as asked:
        found = today(reader.workspace, asked)
    company = reader.contract.company
    label = (
        clean(company.name),
        found.quarter.name,
        f"as of {figures.stamp(found.as_of, reader.zone)}",
        "as known now",
        company.currency,
    )
    total = found.number.total
    headline = (
        Cell(figures.short(total.value), figures.money(total.value), anchor=records(NUMBER, found)),  # type: ignore[arg-type]
        f"{company.currency} open qualified pipeline, {figures.counted(total.n, 'deal')}, {figures.grade(total.grade)}",
    )
    ways = (
        Cell("What counts and why", anchor=definition(NUMBER)),
        Cell("The deals in it", anchor=records(NUMBER, found)),
    )
    sections = (
        Section("The one pipeline number", cards=_cards(found), links=ways),
        lenses_section(found.tied, _way),
        _moved(found, reader),
        _at_stake(found, reader),
        _functions(found),
        _sources(found, reader),
    )
    passport = (("build", found.number.passport.build), ("contract", found.number.passport.contract),
                ("calendar", found.number.passport.calendar), ("rates", found.number.passport.rates))  # fmt: skip
    return Page(title_of(found), label, sections, passport, headline)


def title_of(found: Today) -> str:
    """Say the number, and whether it is enough."""
    value = found.number.total.value
    told = f"Pipeline is {figures.short(value)}" if value is not None else "There is no pipeline number"  # type: ignore[arg-type]
    whole, worst = found.whole, found.worst
    if whole.coverage is None:
        return f"{told}; coverage n/a: {whole.absent}"
    told += f": coverage {figures.figure(whole.coverage, 'ratio')}"
    if worst and worst.coverage is not None:
        told += f", {clean(worst.by['segment'])} the least with {figures.figure(worst.coverage, 'ratio')}"
    short = whole.short
    if short is not None and short > 0:
        return f"{told}, short by {figures.short(short)}"
    return told


def definition(metric: str) -> str:
    """Give the address of a number's definition."""
    return f"/glossary/{metric}"


def records(metric: str, found: Today) -> str:
    """Give the address of the records of a number in the quarter."""
    return PLAIN.link(f"/records/{metric}", period=found.quarter.name)


def _way(team: str, cause: str | None) -> str | None:
    """Lead from the strip to the tie-out of a team, or to the records of a step."""
    if team == AGREED:
        return f"/records/{NUMBER}"
    if cause is None:
        return PLAIN.link("/tie-out", a=AGREED, b=team)
    return PLAIN.link("/tie-out/records", a=AGREED, b=team, cause=cause)


# -- the one number


def _cards(found: Today) -> list[Card]:
    whole, worst, target = found.whole, found.worst, found.target
    won = None if target is None or whole.to_go is None else target - whole.to_go
    coverage = PLAIN.link("/pipeline/coverage", period=found.quarter.name)
    cards = [
        Card("Target of the quarter", _short(target, whole.absent), "plan of record, all segments"),
        Card(
            Cell("Still to be won", anchor=definition("coverage.to_go")),
            _short(whole.to_go, whole.absent, coverage),
            "the target less what is won",
        ),
        Card(
            Cell("Won so far", anchor=definition("bookings")),
            _short(won, whole.absent, records("bookings", found)),
            "in the quarter",
        ),
        Card(
            Cell("Coverage of what is to go", anchor=definition("coverage.to_go")),
            value_cell(whole.coverage, "ratio", whole.absent, coverage),
            _enough(whole),
        ),
    ]
    if worst:
        segment = worst.by["segment"]
        way = PLAIN.link("/pipeline/coverage", period=found.quarter.name, segment=segment)
        value = value_cell(worst.coverage, "ratio", worst.absent, way)
        cards.append(Card(f"Worst segment: {clean(segment)}", value, _enough(worst)))
    return cards


def _enough(one: Covered) -> str:
    """Say whether a coverage is what own history asks for."""
    needs = one.required.adjusted
    if needs is None:
        return f"required: n/a, {one.required.absent}"
    told = f"own history requires {figures.figure(needs, 'ratio')}"
    return told if one.short is None or one.short <= 0 else f"{told}: short by {figures.short(one.short)}"


def _short(value: object, absent: str | None, anchor: str | None = None) -> Cell:
    if value is None:
        return Cell("n/a", absent or "", "muted", anchor)
    return Cell(figures.short(value), figures.money(value), "figure", anchor)  # type: ignore[arg-type]


# -- what moved, what is at stake


def _moved(found: Today, reader: Reader) -> Section:
    title = "What moved in the last seven days"
    if found.week is None:
        return Section(title, notes=(f"n/a: {found.no_week}",))
    bridge = found.week.bridge
    since = figures.stamp(bridge.start.as_of, reader.zone)
    ends = {"a": AGREED, "b": AGREED, "a_as_of": since, "period": found.quarter.name}
    ranked = sorted(bridge.lines, key=lambda line: -abs(line.amount))
    rows: list[Row] = [_line(line, PLAIN.link("/tie-out/records", cause=line.cause, **ends)) for line in ranked[:LINES]]
    if rest := ranked[LINES:]:
        told = Cell(figures.signed(sum((line.amount for line in rest), start=bridge.residual)), style="muted")
        rows.append([Cell(figures.counted(len(rest), "smaller line"), style="muted"), told, ""])
    change = bridge.end.value - bridge.start.value
    foot: list[Row] = [["net change", Cell(figures.signed(change), str(change), "figure"), ""]]
    heads = [Head("bridge line", right=False), Head(reader.contract.company.currency), Head("deals")]
    said = f"From {figures.money(bridge.start.value)} on {since} to {figures.money(bridge.end.value)} now."
    notes = (said,) if bridge.lines else (f"Nothing moved in the {WEEK} days before.",)
    ways = (
        Cell("The whole bridge of the week", anchor=PLAIN.link("/tie-out", **ends)),
        Cell("The waterfall of the quarter", anchor="/pipeline"),
    )
    return Section(title, tables=(Table("Largest first", heads, rows, foot),), notes=notes, links=ways)


def _line(line: Line, way: str) -> Row:
    amount = Cell(figures.signed(line.amount), str(line.amount), "good" if line.amount > 0 else "bad")
    return [Cell(line.cause, anchor=way), amount, Cell(figures.count(line.n), anchor=way)]


def _at_stake(found: Today, reader: Reader) -> Section:
    title = "What needs a decision, by pipeline at stake"
    if not found.checks:
        return Section(title, notes=("Nothing that was agreed of the data is broken by a deal with money in it.",))
    heads = [Head("", right=False), Head(f"at stake, {reader.contract.company.currency}", main=True), Head("records")]
    heads += [Head("owner", right=False), Head("what to do", right=False), Head("the largest", right=False, main=True)]
    rows = [_finding(one, reader) for one in found.checks[:FINDINGS]]
    more = len(found.checks) - FINDINGS
    ways = [Cell(f"{more} more, and everything else that was found", anchor="/data")] if more > 0 else []
    return Section(title, tables=(Table("Of the agreed pipeline of any close date", heads, rows),), links=ways)


def _finding(one: Broken, reader: Reader) -> Row:
    first: Breaking | None = one.records[0] if one.records else None
    closed = first is not None and not may_open(reader, first.record, one.entity)
    way = f"/record/{one.entity}/{first.record}" if first and not closed and one.entity in LIVES else None
    return [
        Cell(clean(one.name), style="danger" if one.level == "error" else ""),
        Cell(figures.money(one.worth), str(one.worth), "figure") if one.worth is not None else "",
        f"{figures.count(one.broken)} of {figures.count(one.checked)}",
        clean(one.owner or "nobody"),
        clean(one.remedy),
        Cell("one you may not open", style="muted")
        if closed
        else Cell(clean(first.record) if first else figures.NOTHING, anchor=way),
    ]


# -- the four functions


def _functions(found: Today) -> Section:
    groups = [(name, [_function(one, found) for one in shown]) for name, shown in found.functions.items()]
    return Section("The four functions", groups=groups)


def _function(one: Figure, found: Today) -> Card:
    if one.answer is None:
        return Card(one.name, Cell("n/a", style="muted"), one.absent or "")
    total, unit = one.answer.total, one.answer.unit
    name = Cell(one.name, one.metric, anchor=definition(one.metric))
    if total.value is None:
        return Card(name, Cell("n/a", style="muted"), total.absent or "")
    value = Cell(figures.headline(total.value, unit), str(total.value), anchor=records(one.metric, found))
    return Card(name, value, _beside(one, total))


def _beside(one: Figure, total: Answered) -> str:
    """Say what a figure stands against, or that there is nothing."""
    parts = [total.verdict or ("no plan for it" if one.plan is None else "")]
    if one.plan is not None:
        parts.append(f"plan {figures.short(one.plan)}: {figures.rate(float(total.value or 0) / float(one.plan))} of it")
    parts += [f"n {figures.count(total.n)}", figures.interval(total.interval)]
    parts += [figures.grade(total.grade)] if set(total.grade) - {"observed"} else []
    return ", ".join(part for part in parts if part)


# -- what is fresh


def _sources(found: Today, reader: Reader) -> Section:
    main = ("newest", "next due")
    named = ("source", "tells", *main, "every")
    heads = [Head(name, right=False, main=name in main) for name in named]
    heads += [Head("pulls"), Head("dated by the system"), Head("owner", right=False)]
    rows = [_source(one, reader) for one in found.sources]
    note = (
        "Dated by the system: of the changes of deals that it tells, the share whose time is its own, not the export's."
    )
    table = Table("Sources", heads, rows, anchor="sources", back="top")
    ways = (Cell("All of a source", anchor="/data"),)
    return Section("Freshness and grade of every source", tables=(table,), notes=(note,), links=ways)


def _source(one: Told, reader: Reader) -> Row:
    def day(moment: datetime | None, without: str) -> Cell:
        return Cell(figures.stamp(moment, reader.zone)) if moment else Cell(without, style="muted")

    dated = (
        Cell(figures.share(one.dated), f"{figures.count(one.changes)} changes")
        if one.dated is not None
        else Cell("n/a", "it tells of no deals", "muted")
    )
    return [
        clean(one.label), clean(one.entity or "nothing"), day(one.taken_at, "never"), day(one.due_at, "no schedule"),
        one.every or figures.NOTHING, figures.count(one.pulls), dated, clean(one.owner or "nobody"),
    ]  # fmt: skip


@lru_cache(maxsize=4)
def _told(workspace: Workspace, build: BuildFacts) -> tuple[Told, ...]:
    with opened(workspace, build) as asked:
        return sources(workspace, asked)


def stand(reader: Reader, _: Filters) -> dict[str, object]:
    """Give the one line on top: it looks at the clock, so it is made anew for each view."""
    told = _told(reader.workspace, reader.build)
    now = datetime.now(UTC).replace(tzinfo=None)
    quarter, day = quarter_of(reader.contract, reader.build.heard_until, reader.zone)
    published = next(
        (one.published_at for one in publications(reader.workspace) if one.facts.key == reader.build.key), None
    )
    late = [one.label for one in told if one.late(now)]
    scheduled = [one for one in told if one.due_at is not None]
    return {
        "quarter": quarter.name, "day": day, "days": quarter.days, "late": late,
        "fresh": len(scheduled) - len(late), "unscheduled": len(told) - len(scheduled),
        "as_of": figures.stamp(reader.build.heard_until, reader.zone),
        "published": figures.stamp(published, reader.zone) if published else "",
    }  # fmt: skip


TODAY = Room(
    "today", "Today", "/", today_page, "rooms", "h", common=(), bar=(), above="web/today.html", context=stand
)  # fmt: skip
