"""Why two records are thought to be one, in words: what agrees, what differs, which of them should stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tieout.align.duplicates.finding import Found, Pair
    from tieout.align.duplicates.kinds import Kind

Rows = dict[str, dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record that should be merged into another one of its cluster: how likely, and why; `stays` says why that one."""

    cluster: int
    id: str
    into: str
    probability: float
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    stays: str
    alike: int | None = None


def words_of(pair: Pair, kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what agrees and what differs, from the outcome of each comparison."""
    agrees, differs = [], []
    for each in kind.comparisons:
        place = pair.levels.get(each.name, -1)
        if 0 <= place < len(each.levels):
            agrees.append(each.levels[place].words)
        elif place == len(each.levels):
            differs.append(each.otherwise.words)
    return tuple(agrees), tuple(differs)


def proposals_of(found: Found, kind: Kind, rows: Rows) -> tuple[Proposal, ...]:
    """Propose, for each cluster, the record that stays and the merges into it, the likeliest clusters first."""
    pairs = {frozenset((pair.one, pair.other)): pair for pair in found.pairs}
    listed: list[Proposal] = []
    ordered = sorted(found.clusters, key=lambda cluster: (-cluster.weakest, cluster.records))
    for number, cluster in enumerate(ordered, 1):
        stays, why = survivor_of(cluster.records, rows)
        others = (record for record in cluster.records if record != stays)
        listed += [_proposal(number, record, stays, why, pairs, kind, rows) for record in others]
    return tuple(listed)


def survivor_of(records: Sequence[str], rows: Rows) -> tuple[str, str]:
    """Choose the record that stays: the fullest, of those the oldest, of those the smallest id."""

    def order(record: str) -> tuple[int, str, str]:
        row = rows.get(record, {})
        filled = sum(1 for name, value in row.items() if value and name not in {"unique_id", "created_at"})
        return -filled, str(row.get("created_at") or "9999"), record

    ranked = sorted(records, key=order)
    first, second = order(ranked[0]), order(ranked[1])
    if first[0] != second[0]:
        return ranked[0], f"it is the fullest record ({-first[0]} fields)"
    return ranked[0], "it is the oldest of the fullest" if first[1] != second[
        1
    ] else "its id is the smallest of the fullest"


def _proposal(
    number: int,
    record: str,
    stays: str,
    why: str,
    pairs: Mapping[frozenset[str], Pair],
    kind: Kind,
    rows: Rows,
) -> Proposal:
    pair = pairs.get(frozenset((record, stays)))
    if pair is None:
        near = max((pairs[key] for key in pairs if record in key), key=lambda one: one.probability)
        agrees, differs = words_of(near, kind)
        other = near.other if near.one == record else near.one
        return Proposal(number, record, stays, near.probability, (f"by way of {other}", *agrees), differs, why)
    agrees, differs = words_of(pair, kind)
    return Proposal(number, record, stays, pair.probability, agrees, differs, why, _alike(record, stays, rows))


def _alike(record: str, stays: str, rows: Rows) -> int | None:
    """Say how alike the names are, in percent, whatever the order of their words."""
    from rapidfuzz import fuzz, utils  # noqa: PLC0415 - only where there is something to tell

    names = [_name(rows.get(one, {})) for one in (record, stays)]
    if not all(names):
        return None
    return round(fuzz.token_sort_ratio(*names, processor=utils.default_process))


def _name(row: Mapping[str, str | None]) -> str:
    return " ".join(row.get(field) or "" for field in ("first_name", "last_name", "name")).strip()
