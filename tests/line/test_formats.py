"""From odd files to figures: the same deals as CSV, as a workbook, as JSON and with decimal commas give one number."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from tieout import Workspace, ask, refresh
from tieout.measure.answers import Question

NOW = datetime(2026, 8, 1, 8)
DEALS = [
    ("D1", "Qualification", 1050.5, "USD", date(2026, 9, 30)),
    ("D2", "Proposal", 2000.0, "USD", date(2026, 8, 31)),
    ("D3", "Proposal", -100.25, "USD", date(2026, 8, 31)),
]
TOTAL = Decimal("2950.25")
NAMES = ("id", "stage", "amount", "currency", "close")

SOURCE = """crm:
  path: exports
  objects:
    deals:
      entity: opportunity
      files: deals_2026-07-06.*
      key: id
{told}
      fields:
        stage: stage
        type: {{constant: new}}
        close_date: {dates}
        arr: {amount}
        currency: {currency}
"""


def text(sign: str, amount: str, day: str) -> bytes:
    """Write the deals with one spelling of amounts and days."""
    rows = [sign.join(NAMES)]
    for key, stage, value, currency, close in DEALS:
        spelled = f"{abs(value):,.2f}"
        spelled = spelled.translate(str.maketrans(",.", ".,")) if amount == "comma" else spelled
        spelled = f"({spelled})" if value < 0 else spelled
        rows.append(sign.join((key, stage, f'"{spelled}"', currency, close.strftime(day))))
    return "\n".join(rows).encode()


def workbook() -> bytes:
    data = io.BytesIO()
    made = Workbook(data, {"in_memory": True})
    made.add_worksheet("Notes").write(0, 0, "Made by hand")
    sheet = made.add_worksheet("Deals")
    form = made.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write(0, 1, "Pipeline of July")
    for row, cells in enumerate([NAMES, *DEALS, ("Total", None, 2950.25)], 2):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, form)
            elif value is not None:
                sheet.write(row, column, value)
    made.close()
    return data.getvalue()


def minor() -> bytes:
    rows = [
        {"id": key, "stage": stage, "amount": round(value * 100), "currency": currency.lower(), "close": str(close)}
        for key, stage, value, currency, close in DEALS
    ]
    return "\n".join(json.dumps(row) for row in rows).encode()


@pytest.mark.parametrize(
    ("name", "data", "told", "fields"),
    [
        ("csv", text(",", "point", "%Y-%m-%d"), "", {}),
        ("csv", text(";", "comma", "%d.%m.%y"), "      decimal: comma\n      dates: dmy", {}),
        ("csv", text("||", "point", "%b %d, %Y"), "      delimiter: '||'", {"dates": "{column: close, dates: mdy}"}),
        ("xlsx", workbook(), "", {}),
        ("jsonl", minor(), "", {"amount": "{column: amount, minor: stripe}"}),
    ],
    ids=["plain", "comma", "delimiter", "workbook", "json"],
)
def test_the_same_deals_are_one_number(
    tmp_path: Path, name: str, data: bytes, told: str, fields: dict[str, str]
) -> None:
    mapped = {"dates": "close", "amount": "amount", "currency": "currency"} | fields
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / "sources.yaml").write_text(SOURCE.format(told=told, **mapped), encoding="utf-8")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / f"deals_2026-07-06.{name}").write_bytes(data)
    workspace = Workspace(tmp_path)
    report = refresh(workspace, NOW)
    assert [found for found in report.findings if found.code in {"value.unreadable", "currency.no_rate"}] == []
    answer = ask(workspace, Question("pipeline.open_qualified", "2026-Q3"))
    assert answer.total.value == TOTAL
