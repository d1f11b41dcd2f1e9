"""What we said: every published number with its slice and the key of its build, appended by each refresh.

So that "the board saw 7.2" is a row: one small Parquet file per refresh in `ledger/said/`, never changed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tieout.contract.definitions import counting_lenses
from tieout.contract.placing import has_territories
from tieout.measure.answers import Question
from tieout.measure.bridge.records import End
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import BY_ID, METRICS
from tieout.measure.numbers.question import Asked, view_of
from tieout.measure.sheets.taking import reported_figure
from tieout.warehouse.builds import sync
from tieout.warehouse.engine import FIRST

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract

COLUMNS = {
    "said_at": "time", "build": "text", "contract": "text", "position": "integer", "metric": "text", "lens": "text",
    "period": "text", "as_of": "time", "slice": "text", "value": "text", "n": "integer", "absent": "text",
}  # fmt: skip


def say(workspace: Workspace, asked: Asked, now: datetime) -> int:
    """Append every number of the build, in total and where it can be by segment, territory and lens; give how many."""
    contract, facts = asked.contract, asked.facts
    rows = [row for question in _questions(contract) for row in _said(asked, question, now)]
    rows += [_reported(asked, workspace, name, now) for name, lens in contract.lenses.items() if lens.reported]
    folder = workspace.ledger / "said"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%S%fZ}-{facts.key}.parquet"
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _write(rows, aside)
    sync(aside)
    aside.replace(path)
    return len(rows)


def _write(rows: list[dict[str, object]], path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415 - costly, and whoever only asks never writes
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {"time": pa.timestamp("us"), "text": pa.string(), "integer": pa.int64()}
    schema = pa.schema({name: kinds[kind] for name, kind in COLUMNS.items()})
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


def _questions(contract: Contract) -> list[Question]:
    numbers = [Question(metric.id, by=() if metric.fact == "revenue" else ("segment",)) for metric in METRICS]
    lenses = [Question("pipeline.open_qualified", lens=name) for name in counting_lenses(contract)]
    cut = [metric.id for metric in METRICS if metric.aggregate != "coverage"] if has_territories(contract) else []
    return [*numbers, *lenses, *(Question(name, by=("territory",)) for name in cut)]


def _reported(asked: Asked, workspace: Workspace, name: str, now: datetime) -> dict[str, object]:
    """Give what a team reports, of the period that it is of, beside what its lens would have said."""
    reported = asked.contract.lenses[name].reported
    question = Question("pipeline.open_qualified", period=reported.period if reported else None)
    view = view_of(asked, question, BY_ID[question.metric])
    base = End(view, asked.contract, FIRST)
    figure = reported_figure(asked.engine, workspace, base, name)
    return {
        "said_at": now,
        "build": asked.facts.key,
        "contract": asked.facts.fingerprint,
        "position": asked.facts.position,
        "metric": question.metric,
        "lens": name,
        "period": view.period.name if view.period else None,
        "as_of": view.moment.as_of,
        "slice": "",
        "value": str(figure.value),
        "n": figure.n,
        "absent": None,
    }


def _said(asked: Asked, question: Question, now: datetime) -> list[dict[str, object]]:
    answer = ask(asked, question)
    return [
        {
            "said_at": now,
            "build": answer.passport.build,
            "contract": answer.passport.contract,
            "position": answer.passport.position,
            "metric": answer.metric,
            "lens": question.lens or "agreed",
            "period": answer.period,
            "as_of": answer.as_of,
            "slice": ",".join(f"{name}={value}" for name, value in row.by.items()),
            "value": None if row.value is None else str(row.value),
            "n": row.n,
            "absent": row.absent,
        }
        for row in answer.rows
        if row.by or "territory" not in question.by
    ]
