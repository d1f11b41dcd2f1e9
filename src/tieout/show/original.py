"""A figure in its original currencies: each currency's own sum beside its value, and the rate between them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.show import figures
from tieout.show.formulas import harmless
from tieout.show.tables import Cell, Column, Row, table

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer, InCurrency
    from tieout.show.terminal import Terminal

HEADS = ("currency", "rate", "original", "value", "n", "unvalued")


def original_lines(terminal: Terminal, answer: Answer, company: Company) -> list[str]:
    """Lay out one row for each currency and rate; the values add up to the figure."""
    found = answer.currencies or ()
    if not found:
        return ["  No records."]
    lacking = any(one.unvalued for one in found)
    columns = [Column("currency", right=False), Column("original"), Column(f"{answer.passport.rates} rate")]
    columns += [Column(company.currency), Column("n")]
    columns += [Column("no value")] if lacking else []
    rows: list[Row] = [_row(one) for one in found]
    total = sum((one.value or Decimal(0) for one in found), Decimal(0))
    foot: list[Cell] = [Cell("all"), Cell(), Cell(), Cell(figures.money(total), "figure")]
    foot += [Cell(figures.count(sum(one.n for one in found)))]
    foot += [Cell(figures.count(sum(one.unvalued for one in found)))] if lacking else []
    return table(terminal, columns, rows, [foot])


def _row(one: InCurrency) -> list[Cell]:
    original = figures.money(one.original) if one.original is not None else "n/a"
    rate = f"{one.rate:,f}" if one.rate is not None else "none"
    value = figures.money(one.value) if one.value is not None else "n/a"
    lacking = figures.count(one.unvalued) if one.unvalued else ""
    return [Cell(one.currency), Cell(original), Cell(rate, "label"), Cell(value), Cell(figures.count(one.n), "label"),
            Cell(lacking, "warning")]  # fmt: skip


def original_json(answer: Answer) -> list[dict[str, Any]]:
    """Give the currencies of an answer."""
    return [{head: getattr(one, head) for head in HEADS} for one in answer.currencies or ()]


def original_csv(answer: Answer) -> str:
    """Give the currencies of an answer, without their sum."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    told = ([getattr(one, head) for head in HEADS] for one in answer.currencies or ())
    writer.writerows([harmless(each) if isinstance(each, str) else each for each in row] for row in told)
    return out.getvalue()
