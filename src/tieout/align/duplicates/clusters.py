"""Pairs joined into clusters, the surest first, so that a chain of likely pairs does not join what is far apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

LINKED = 0.3
"""The share of the pairs between two clusters that must be likely themselves for the two to become one."""
SURE = 0.999


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are thought to be one, in order; `weakest` is the probability of the least likely link that was used."""

    records: tuple[str, ...]
    weakest: float


def clusters_of(pairs: Iterable[tuple[str, str, float]]) -> tuple[Cluster, ...]:
    """Join pairs (with their probability) into clusters of two or more."""
    turned = ((min(one, other), max(one, other), probability) for one, other, probability in pairs)
    ordered = sorted(turned, key=lambda pair: (-pair[2], pair[0], pair[1]))
    home: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    weakest: dict[str, float] = {}
    near: dict[str, set[str]] = defaultdict(set)
    for one, other, _ in ordered:
        near[one].add(other)
        near[other].add(one)
    for one, other, probability in ordered:
        a, b = home.setdefault(one, one), home.setdefault(other, other)
        members.setdefault(a, [a])
        members.setdefault(b, [b])
        if a == b or not _close(members[a], members[b], near):
            continue
        if len(members[a]) < len(members[b]):
            a, b = b, a
        for record in members.pop(b):
            home[record] = a
            members[a].append(record)
        weakest[a] = min(weakest.get(a, 1.0), weakest.pop(b, 1.0), probability)
    found = [Cluster(tuple(sorted(records)), weakest[key]) for key, records in members.items() if len(records) > 1]
    return tuple(sorted(found, key=lambda cluster: cluster.records))


def _close(one: list[str], other: list[str], near: dict[str, set[str]]) -> bool:
    """Say whether enough of the pairs between two clusters are likely."""
    if len(one) == 1 and len(other) == 1:
        return True
    small, large = sorted((one, other), key=len)
    inside = set(large)
    links = sum(len(near[record] & inside) for record in small)
    return links >= LINKED * len(one) * len(other)
