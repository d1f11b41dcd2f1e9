"""The glossary: every number with the question it answers, its formula, owner and band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tieout.show.terminal import Terminal

if TYPE_CHECKING:
    from tieout.measure.numbers.catalogue import Metric


def glossary_page(terminal: Terminal, metrics: Sequence[Metric]) -> list[str]:
    """Give every number, one below the other."""
    lines: list[str] = []
    for metric in metrics:
        head = f"{terminal.paint(metric.id, 'accent')}  {terminal.paint(f'{metric.unit}, {metric.owner}', 'label')}"
        lines += ["", head, *terminal.wrap(metric.question, indent=2)]
        lines += terminal.wrap(metric.formula, indent=2, style="label")
    return lines[1:]


def glossary_json(metrics: Sequence[Metric]) -> dict[str, Any]:
    """Give the document of `tieout ask --list`."""
    return {
        "metrics": [
            {
                "metric": metric.id,
                "question": metric.question,
                "formula": metric.formula,
                "unit": metric.unit,
                "owner": metric.owner,
                "better": metric.better,
                "cadence": metric.cadence,
                "minimum_n": metric.minimum_n,
                "band": metric.band.model_dump() if metric.band else None,
            }
            for metric in metrics
        ]
    }
