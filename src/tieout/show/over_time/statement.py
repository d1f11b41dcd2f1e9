"""The two-sided statement as text, JSON and CSV: what each side owed, what it delivered, how the account stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.measure.numbers.clock_facts import CLASSES
from tieout.show import figures
from tieout.show.answer import passport_lines
from tieout.show.as_csv import written
from tieout.show.over_time.clocks import label_of, moments_json, records_lines
from tieout.show.tables import Cell, Column, Row, table
from tieout.show.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.contract.model import Company
    from tieout.measure.clocks.statement import Month, Statement


def statement_page(terminal: Terminal, found: Statement, company: Company) -> list[str]:
    """Give the lines of the statement."""
    zone = ZoneInfo(company.time_zone)
    answer = found.answer
    lines = [*terminal.wrap(title_of(found), style="title"), *terminal.label(label_of(answer, zone)), ""]
    if not found.months:
        absent = f"  {terminal.paint('n/a', 'figure')}   {answer.total.absent}"
        return [*lines, absent, "", *passport_lines(terminal, answer)]
    lines += [
        terminal.paint(f"Marketing: {found.handoff} at the agreed quality", "label"),
        *_marketing(terminal, found),
    ]
    lines += ["", terminal.paint("Sales: answers in time of the leads that are due", "label"), *_sales(terminal, found)]
    if any(month.due - month.answered for month in found.months):
        lines += ["", terminal.paint("Not answered in time, by what was late", "label"), *_classes(terminal, found)]
    if any(month.commitment and month.commitment.sales_cycle_days for month in found.months):
        lines += ["", terminal.paint("Sales cycle: median of days, deals won in the month", "label")]
        lines += _cycles(terminal, found)
    for note in notes_of(found):
        lines += ["", *terminal.wrap(note, indent=2)]
    if found.records is not None:
        lines += ["", *records_lines(terminal, found.records, zone)]
    return [*lines, "", *passport_lines(terminal, answer)]


def title_of(found: Statement) -> str:
    """Say how the account of both sides stands."""
    told = [
        standing(name, balance)
        for name, balance in (("Marketing", found.marketing_balance), ("sales", found.sales_balance))
        if balance is not None
    ]
    if not told:
        return "The statement between marketing and sales"
    words = "; ".join(told)
    return words[:1].upper() + words[1:]


def standing(name: str, balance: int) -> str:
    """Say how a side stands: ahead, short, or even."""
    what = figures.counted(abs(balance), "lead" if name.lower() == "marketing" else "answer")
    if balance == 0:
        return f"{name} is even"
    return f"{name} is {what} {'ahead' if balance > 0 else 'short'}"


def net(value: int | None) -> str:
    """Write a net with its sign, or n/a: the month is not over, or nothing was committed to."""
    if value is None:
        return "n/a"
    return f"+{figures.count(value)}" if value > 0 else figures.count(value)


def owed(value: int | None) -> str:
    """Write what was owed."""
    return "n/a" if value is None else figures.count(value)


def _style(value: int | None) -> str:
    return "warning" if value is not None and value < 0 else "plain"


def balances(nets: Sequence[int | None]) -> list[int | None]:
    """Add nets up, month by month; a month without one leaves the balance as it was."""
    found: list[int | None] = []
    so_far: int | None = None
    for one in nets:
        so_far = so_far if one is None else (so_far or 0) + one
        found.append(so_far)
    return found


def name_of(month: Month) -> str:
    """Name a month, and say where it does not count in the balance."""
    return month.month if month.counts else f"{month.month} {'in part' if not month.whole else 'so far'}"


def _marketing(terminal: Terminal, found: Statement) -> list[str]:
    columns = [Column("month", right=False)]
    columns += [Column(head) for head in ("handed over", "at quality", "owed", "net", "balance")]
    nets = [month.marketing_net for month in found.months]
    rows: list[Row] = [
        [
            name_of(month),
            figures.count(month.handed_over),
            figures.count(month.delivered),
            owed(month.volume_owed),
            Cell(net(one), _style(one)),
            Cell(net(balance), _style(balance)),
        ]
        for month, one, balance in zip(found.months, nets, balances(nets), strict=True)
    ]
    return table(terminal, columns, rows)


def _sales(terminal: Terminal, found: Statement) -> list[str]:
    columns = [Column("month", right=False)]
    columns += [Column(head) for head in ("due", "in time", "rate", "agreed", "owed", "net", "balance")]
    nets = [month.sales_net for month in found.months]
    rows: list[Row] = []
    for month, one, balance in zip(found.months, nets, balances(nets), strict=True):
        agreed = month.commitment.response_rate if month.commitment else None
        rows.append(
            [
                name_of(month),
                figures.count(month.due),
                figures.count(month.answered),
                figures.rate(month.answered / month.due) if month.due else "n/a",
                "n/a" if agreed is None else figures.rate(agreed),
                owed(month.answers_owed),
                Cell(net(one), _style(one)),
                Cell(net(balance), _style(balance)),
            ]
        )
    return table(terminal, columns, rows)


def _classes(terminal: Terminal, found: Statement) -> list[str]:
    shown = [name for name in CLASSES if any(month.classes[name] for month in found.months)]
    columns = [Column("month", right=False), Column("breached"), *(Column(name) for name in shown)]
    rows = [
        [
            name_of(month),
            figures.count(month.due - month.answered),
            *(figures.count(month.classes[name]) for name in shown),
        ]
        for month in found.months
    ]
    return table(terminal, columns, rows)


def _cycles(terminal: Terminal, found: Statement) -> list[str]:
    columns = [Column("month", right=False), *(Column(head) for head in ("median days", "n", "agreed"))]
    rows = []
    for month in found.months:
        row = month.cycle
        agreed = month.commitment.sales_cycle_days if month.commitment else None
        rows.append(
            [
                name_of(month),
                "n/a" if row is None or row.value is None else f"{float(row.value):,.1f}",
                figures.count(row.n if row else 0),
                "n/a" if agreed is None else f"{agreed:g}",
            ]
        )
    return table(terminal, columns, rows)


def notes_of(found: Statement) -> Iterator[str]:
    """Say what the account leaves out."""
    running = sum(month.running for month in found.months)
    withdrawn = sum(month.withdrawn for month in found.months)
    unknown = sum(month.unknown for month in found.months)
    unjudged = sum(month.unjudged for month in found.months)
    if not any(month.commitment for month in found.months):
        yield "Nothing was committed to: `commitments` in lifecycle.yaml say what each side owes."
    if found.begins:
        yield f"The account begins with {found.begins}, when the first lead was handed over: nothing is told before."
    if any(month.part and month.commitment and month.commitment.volume is not None for month in found.months):
        yield "The volume is committed to for all leads together: a part of them owes none of it."
    if any(not month.counts for month in found.months):
        yield "A month counts in the balance once it is over and lies whole in the period."
    if running:
        yield f"{figures.counted(running, 'hand-off')} will be due later: in no rate yet."
    if withdrawn:
        told = figures.counted(withdrawn, "hand-off")
        yield f"{told} sent back before the deadline: they count as marketing's volume, and sales owes them no answer."
    if unknown:
        yield f"{figures.counted(unknown, 'hand-off')} of which nothing tells whether they were answered: in no rate."
    if unjudged:
        told = figures.counted(unjudged, "hand-off")
        yield f"{told} without a value that the agreed quality needs: not counted as at quality."
    agreed = [month.commitment for month in found.months if month.commitment and month.commitment.quality]
    for quality in dict.fromkeys(one.quality for one in agreed):
        yield f"The agreed quality: {quality}."


# -- files


def statement_json(found: Statement) -> dict[str, Any]:
    """Give the document of `tieout show statement`."""
    document: dict[str, Any] = {
        "view": "statement",
        **moments_json(found.answer),
        "handoff": found.handoff or None,
        "begins": found.begins,
        "balance": {"marketing": found.marketing_balance, "sales": found.sales_balance},
        "months": [month_json(month) for month in found.months],
    }
    if not found.months:
        document["absent"] = found.answer.total.absent
    if found.records is not None:
        document["records"] = [dict(record) for record in found.records]
    return document


def month_json(month: Month) -> dict[str, Any]:
    """Give one month of the account."""
    terms = month.commitment
    return {
        "month": month.month,
        "whole": month.whole,
        "over": month.over,
        "marketing": {
            "handed_over": month.handed_over,
            "delivered": month.delivered,
            "unjudged": month.unjudged,
            "owed": month.volume_owed,
            "net": month.marketing_net,
            "quality": terms.quality if terms else None,
        },
        "sales": {
            "due": month.due,
            "answered": month.answered,
            "rate": month.answered / month.due if month.due else None,
            "agreed_rate": terms.response_rate if terms else None,
            "owed": month.answers_owed,
            "net": month.sales_net,
            "running": month.running,
            "withdrawn": month.withdrawn,
            "unknown": month.unknown,
            "breaches": month.classes,
            "cycle_days": month.cycle.value if month.cycle else None,
            "cycle_n": month.cycle.n if month.cycle else 0,
            "agreed_cycle_days": terms.sales_cycle_days if terms else None,
        },
    }


def statement_csv(found: Statement) -> str:
    """Give one row for each month, or the hand-offs where they were asked for."""
    if found.records is not None:
        heads = list(found.records[0]) if found.records else ["month", "record"]
        return written(heads, ([record.get(head) for head in heads] for record in found.records))
    heads = ["month", "whole", "over", "handed_over", "delivered", "volume_owed", "marketing_net", "due", "answered"]
    heads += ["answers_owed", "sales_net", "running", "withdrawn", "unknown"]
    rows = [[*(getattr(month, head) for head in heads), *month.classes.values()] for month in found.months]
    return written([*heads, *CLASSES], rows)
