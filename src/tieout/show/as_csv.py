"""Tables as CSV: plain figures with a point, ISO dates, one head, no formulas, no sums that would be added again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.grades import GRADES
from tieout.show.as_json import CENT, instant
from tieout.show.formulas import harmless
from tieout.show.original import original_csv

if TYPE_CHECKING:
    from tieout.measure.answers import Answer, Bridge
    from tieout.measure.diagnosis.audit_tables import Broken
    from tieout.measure.numbers.catalogue import Metric


def answer_csv(answer: Answer) -> str:
    """Give the rows of an answer, or the records it counts where they were asked for. The first row is the total."""
    if answer.records is not None:
        heads = list(answer.records[0]) if answer.records else ["record", "unit", "value"]
        return written(heads, ([record.get(head) for head in heads] for record in answer.records))
    if answer.currencies is not None:
        return original_csv(answer)
    names = list(dict.fromkeys(name for row in answer.rows for name in row.by))
    heads = [*names, "value", "n", "interval_low", "interval_high", *GRADES, "absent", "verdict", "immature"]
    rows = []
    for row in answer.rows:
        value = row.value.quantize(CENT) if isinstance(row.value, Decimal) else row.value
        bounds = row.interval or (None, None)
        grades = [row.grade.get(name) for name in GRADES]
        by = [row.by.get(name, "(all)") for name in names]
        rows.append([*by, value, row.n, *bounds, *grades, row.absent, row.verdict, row.immature])
    return written(heads, rows)


def bridge_csv(bridge: Bridge, *, records: bool = False, won: bool = False) -> str:
    """Give a bridge from its opening to its closing figure, or its postings; `won` adds what became of what was won."""
    names = list(bridge.slices[0].by) if bridge.slices else []
    parts = [(["(all)"] * len(names), bridge), *(([*part.by.values()], part) for part in bridge.slices)]
    told = _posted if records else _lines
    heads = ["record", "cause", "amount", "unit"] if records else ["line", "name", "amount", "n"]
    rows: list[list[object]] = [[*by, *row] for by, part in parts for row in told(part)]
    if won and not records:
        rows += [[*parts[0][0], "won", line.cause, line.amount, line.n] for line in bridge.won]
    return written([*names, *heads], rows)


def _posted(bridge: Bridge) -> list[list[object]]:
    return [[posting.record, posting.cause, posting.amount, posting.unit] for posting in bridge.postings]


def _lines(bridge: Bridge) -> list[list[object]]:
    return [
        ["from", bridge.start.lens, bridge.start.value, bridge.start.n],
        *(["cause", line.cause, line.amount, line.n] for line in bridge.lines),
        ["residual", "", bridge.residual, 0],
        ["to", bridge.end.lens, bridge.end.value, bridge.end.n],
        *(["memo", line.cause, line.amount, line.n] for line in bridge.memo),
    ]


def glossary_csv(metrics: Sequence[Metric]) -> str:
    """Give the glossary."""
    heads = ["metric", "unit", "owner", "question", "formula"]
    return written(
        heads, ([getattr(metric, "id" if head == "metric" else head) for head in heads] for metric in metrics)
    )


def audit_csv(checks: Sequence[Broken], *, records: bool = False) -> str:
    """Give the checks of an audit, or the records that break them, those with most at stake first."""
    if records:
        rows = ([c.code, c.name, c.entity, r.record, r.given, r.worth] for c in checks for r in c.records)
        return written(["code", "rule", "entity", "record", "given", "stake"], rows)
    heads = ["code", "name", "entity", "field", "owner", "level", "checked", "broken", "worth", "remedy"]
    found = ([getattr(check, head) for head in heads] for check in checks)
    return written(["stake" if head == "worth" else "rule" if head == "name" else head for head in heads], found)


def written(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a head and rows as CSV."""
    return "".join(f"{line(row)}\n" for row in (heads, *rows))


class _Line:
    """Where the csv module writes to: each row is given back at once."""

    def write(self, text: str) -> str:
        """Give the row back."""
        return text


_END = "\r\n"
# With this end of a line both of its characters are quoted inside a value; every reader takes them for an end.
_WRITER = csv.writer(_Line(), lineterminator=_END)


def line(row: Sequence[object]) -> str:
    """Write a row of a CSV, without the end of its line: times in UTC, and no text that is a formula."""
    return str(_WRITER.writerow([_plain(value) for value in row])).removesuffix(_END)


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    return harmless(value) if isinstance(value, str) else value
