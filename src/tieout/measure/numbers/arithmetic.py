"""From counts and sums to a value: the aggregates, Wilson's interval, bands in words."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Any

from tieout.measure.numbers.metric import LASTING

if TYPE_CHECKING:
    from tieout.contract.model import Band, Contract
    from tieout.measure.answers import Row, Value
    from tieout.measure.numbers.catalogue import Metric

WILSON_Z = 1.959963984540054
CENT = Decimal("0.01")
DAY = 86_400_000_000
"""Microseconds of a day: durations are summed as whole numbers, so that a mean is the same each time."""

BELOW = "below the band"
"""The verdict of a value under its band."""
MEASURES = {
    "sum": "coalesce(sum(f.value), 0)",
    "count": "count(*)",
    "commitment": "count(*)",
    "rate": "sum(case when f.hit then 1 else 0 end)",
    "share": "coalesce(sum(case when f.hit then f.value end), 0)",
    "mean": "sum(f.value)",
    "flow": "sum(case when f.hit then 1 else 0 end)",
    "median": "percentile_cont(0.5) within group (order by f.value)",
    "p75": "percentile_cont(0.75) within group (order by f.value)",
    **dict.fromkeys(LASTING, "null"),
}
"""How each aggregate is taken from the rows of a fact; lasting.py takes those of what still goes on."""

NOTHING = {
    "rate": "no records in the denominator",
    "share": "the whole is 0",
    "flow": "no mqls in the period",
}
"""What there is none of where a number has nothing to divide by."""

Valued = tuple["Value | None", "tuple[float, float] | None", "str | None"]


def value_of(metric: Metric, n: int, measure: Any, whole: Any, valued: int) -> Valued:  # noqa: ANN401 - engine values
    """Give the value, its interval, and why there is none: `measure` by the aggregate, `whole` the sum of values."""
    match metric.aggregate:
        case "sum" if n and not valued:
            return None, None, "none of the records has a known amount"
        case "sum":
            return Decimal(measure).quantize(CENT), None, None
        case "count":
            return n, None, None
        case "rate" if n:
            return measure / n, wilson(measure, n), None
        case "share" | "flow" if whole and whole > 0:
            return float(Decimal(measure) / Decimal(whole)), None, None
        case "rate" | "share" | "flow" as aggregate:
            return None, None, f"nothing to divide by: {NOTHING[aggregate]}"
        case _ if not valued:
            return None, None, "no records to take it from"
        case _:
            return _average(metric, measure, valued)


def _average(metric: Metric, measure: Any, valued: int) -> Valued:  # noqa: ANN401 - engine values
    """Give a mean or a quantile: of days in days, of touches as they are."""
    if metric.aggregate == "mean":
        return int(measure) / (valued * DAY), None, None
    if measure is None:
        return None, None, f"too many still go on: the {LASTING[metric.aggregate]} is not reached"
    return float(measure) if metric.unit == "touches" else float(measure) / DAY, None, None


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Give Wilson's 95% interval of a rate of counts."""
    z2 = WILSON_Z**2
    center = (hits + z2 / 2) / (n + z2)
    half = WILSON_Z / (n + z2) * sqrt(hits * (n - hits) / n + z2 / 4)
    return 0.0 if hits == 0 else center - half, 1.0 if hits == n else center + half


def band_of(contract: Contract, metric: Metric) -> Band | None:
    """Give a number's band: the contract's, else the catalogue's."""
    terms = contract.numbers.get(metric.id)
    return terms.band if terms and terms.band else metric.band


def minimum_n(contract: Contract, metric: Metric) -> int:
    """Give the n below which a number takes no band."""
    terms = contract.numbers.get(metric.id)
    return terms.minimum_n if terms and terms.minimum_n is not None else metric.minimum_n


def verdict(contract: Contract, metric: Metric, row: Row) -> str | None:
    """Say where a value stands in its band, in words; None where it has no band."""
    band, least = band_of(contract, metric), minimum_n(contract, metric)
    if row.value is None or (band is None and row.n >= least):
        return None
    if row.n < least:
        return f"too few records for a verdict (n below {least})"
    value = float(row.value)
    if band is None or (band.low is None and band.high is None and band.breach is None):
        return None
    if band.breach is not None and value < band.breach:
        return "breach"
    if band.low is not None and (value < band.low or (metric.low_is_bad and value == band.low)):
        return BELOW
    if band.high is not None and value > band.high:
        return "above the band"
    return "healthy"
