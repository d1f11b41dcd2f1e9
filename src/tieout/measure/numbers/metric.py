"""What a number of the catalogue is, and the facets that several of them share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tieout.contract.model import Band, Lens
from tieout.measure.answers import Unit

Aggregate = Literal[
    "sum",
    "rate",
    "mean",
    "median",
    "p75",
    "share",
    "count",
    "coverage",
    "flow",
    "lasting_median",
    "lasting_p75",
    "lasting_p90",
    "velocity",
    "efficiency",
    "required",
    "commitment",
]
QUANTILES = {"median": "median", "p75": "75th percentile", "p90": "90th percentile"}
"""What the quantiles of durations are called in words."""
LASTING: dict[Aggregate, str] = {"lasting_median": "median", "lasting_p75": "p75", "lasting_p90": "p90"}
"""Quantiles of durations of which some still go on (survival.py): the fact's `hit` says that one has ended."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One number: what it answers, how, for whom.

    `lens` changes facets of the agreed count (facts of opportunities only). `needs_period` numbers take the quarter of
    as-of by default; the others everything up to as-of. `event` numbers count things that happened, so that what was
    known at an earlier moment is asked of a build that knows no more.
    """

    id: str
    question: str
    formula: str
    unit: Unit
    fact: str
    aggregate: Aggregate
    owner: str = "revenue operations"
    better: Literal["higher", "lower", "within"] = "higher"
    cadence: str = "weekly"
    minimum_n: int = 0
    band: Band | None = None
    lens: dict[str, object] = field(default_factory=dict)
    needs_period: bool = False
    event: bool = False
    of_moment: bool = False
    """Of an `event` number: it is as of a moment all the same, so that a series asks for it as of each."""

    low_is_bad: bool = False
    """The low end of its band lies outside it: so little, or less, is a problem."""

    def counted(self, agreed: Lens) -> Lens:
        """Give the agreed lens with this number's facets."""
        return agreed.model_copy(update=self.lens)


ANY_OPEN = {"types": "all", "stages": "all", "omitted": (), "date_field": "none", "past_due": True}
CLOSED_WON = {**ANY_OPEN, "outcomes": ("won",), "date_field": "close_date", "rates_on": "close_date"}
