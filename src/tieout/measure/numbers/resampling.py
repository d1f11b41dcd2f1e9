"""The interval of a ratio of sums over a few quarters, from every way to draw the quarters again."""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement
from math import factorial, inf, isfinite, prod
from operator import mul


@cache
def _resamples(n: int) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Give every way to draw n of n quarters with replacement: how often each is drawn, and how likely that is."""
    found = []
    for drawn in combinations_with_replacement(range(n), n):
        counts = tuple(drawn.count(place) for place in range(n))
        found.append((counts, factorial(n) / prod(map(factorial, counts)) / n**n))
    return tuple(found)


def resampled(over: list[float], under: list[float]) -> tuple[float, float | None]:
    """Give the 2.5th and 97.5th percentile of sum(over) / sum(under) over all resamples of the quarters.

    All of them are enumerated with their probabilities, so that the interval is the same each time. The upper bound is
    None where it is without end: too many resamples have nothing to divide by. Source: Efron, "Bootstrap Methods:
    Another Look at the Jackknife", 1979.
    """
    ratios = []
    for counts, weight in _resamples(len(over)):
        whole = sum(map(mul, counts, under))
        ratios.append((sum(map(mul, counts, over)) / whole if whole > 0 else inf, weight))
    ratios.sort()
    bounds: list[float] = []
    passed = 0.0
    for ratio, weight in ratios:
        passed += weight
        if len(bounds) == 0 and passed >= 0.025:
            bounds.append(ratio)
        if passed >= 0.975:
            bounds.append(ratio)
            break
    low, high = bounds
    return low, high if isfinite(high) else None
