"""What we said: every published number with its slice and the key of its build, appended by each refresh.

So that "the board saw 7.2" is a row: one small Parquet file per refresh in `ledger/said/`, never changed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tieout.measure.answers import Question
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import METRICS
from tieout.measure.numbers.question import Asked
from tieout.warehouse.builds import BuildFacts, build_path, sync
from tieout.warehouse.engine import open_file

if TYPE_CHECKING:
    from datetime import datetime

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract

SCHEMA = pa.schema(
    {
        "said_at": pa.timestamp("us"),
        "build": pa.string(),
        "contract": pa.string(),
        "position": pa.int64(),
        "metric": pa.string(),
        "lens": pa.string(),
        "period": pa.string(),
        "as_of": pa.timestamp("us"),
        "slice": pa.string(),
        "value": pa.string(),
        "n": pa.int64(),
        "absent": pa.string(),
    }
)


def say(workspace: Workspace, contract: Contract, facts: BuildFacts, now: datetime) -> int:
    """Append every number of the build, in total and (where it has them) by segment and by lens; give how many."""
    with open_file(build_path(workspace, facts.key), read_only=True) as engine:
        asked = Asked(engine, contract, facts)
        rows = [row for question in _questions(contract) for row in _said(asked, question, now)]
    folder = workspace.ledger / "said"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%S%fZ}-{facts.key}.parquet"
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), aside)
    sync(aside)
    aside.replace(path)
    return len(rows)


def _questions(contract: Contract) -> list[Question]:
    numbers = [Question(metric.id, by=() if metric.fact == "revenue" else ("segment",)) for metric in METRICS]
    lenses = [Question("pipeline.open_qualified", lens=name) for name in contract.lenses]
    return [*numbers, *lenses]


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
    ]
