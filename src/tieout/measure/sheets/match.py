"""Which record each row of a sheet means: by a kept match, by its id, else by names, amounts and dates; never silently.

Every row ends in exactly one of: matched, ambiguous, not matched. Rows that compete for records by name are assigned
as a whole, so that the sum of scores is the largest. A row is ambiguous where another record would do as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tieout.measure.sheets.assign import assign
from tieout.measure.sheets.ids import Found, Ids
from tieout.measure.sheets.kept import Kept, key_of
from tieout.measure.sheets.known import Known, Target
from tieout.measure.sheets.names import alike
from tieout.measure.sheets.sheet import Sheet, SheetRow

LEAST = 86.0
"""A name this much alike is a match by itself."""
LEAST_WITH_AMOUNT = 74.0
"""A name this much alike is one where the amount agrees too."""
MARGIN = 2.0
"""Of two records whose scores are nearer than this, neither is chosen."""
SURE_ID = 96
"""Ids found in a surer way than this need no name to agree; others are refused where the names differ."""
UNLIKE = 50.0
SURE_FURTHER = 95.0
"""A further row of a record that another row means must be named as much alike as this."""
CLOSE = 10.0
"""A record this much below a row's best one is no candidate."""
AMOUNT, ROUNDED_AMOUNT, DATE, STAGE, COUNTED, OPEN, NAME_TOO = 8.0, 5.0, 5.0, 1.0, 2.0, 1.0, 0.1
"""What agreeing adds to the likeness of names, for choosing between records."""


class Status(StrEnum):
    """What became of a row."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "not matched"


@dataclass(frozen=True, slots=True)
class Match:
    """What a row means: the record, how sure (0 to 100) and why; `candidates` are those it cannot choose between."""

    row: SheetRow
    status: Status
    record: str | None = None
    score: float = 0.0
    reason: str = ""
    candidates: tuple[str, ...] = ()
    lone: bool = False


@dataclass(frozen=True, slots=True)
class _Edge:
    record: str
    total: float
    score: float
    reason: str


def match_sheet(known: Known, sheet: Sheet, kept: Kept) -> tuple[Match, ...]:
    """Match every row of a sheet, in the sheet's order."""
    done: dict[int, Match] = {}
    ids, stands_for = known.ids()
    alone = {key for key, times in Counter(map(key_of, sheet.rows)).items() if times == 1}
    for row in sheet.rows:
        if key_of(row) in alone and (match := _kept(row, kept, ids, stands_for)):
            done[row.number] = match
    found = {row.number: ids.find(row.id) for row in sheet.rows if row.id and row.number not in done}
    weak = {one for each in found.values() if each and each.score < SURE_ID for one in each.records}
    weak_targets = known.targets({stands_for.get(one, (one, False))[0] for one in weak})
    for row in sheet.rows:
        if (each := found.get(row.number)) and (match := _by_id(row, each, weak_targets, stands_for)):
            done[row.number] = match
    left = [row for row in sheet.rows if row.number not in done]
    done |= _by_name(known, left, done, sheet.rounded)
    return tuple(done[row.number] for row in sheet.rows)


def _kept(row: SheetRow, kept: Kept, ids: Ids, stands_for: Mapping[str, tuple[str, bool]]) -> Match | None:
    decided = kept.get(key_of(row))
    if decided is None:
        return None
    if not decided:
        return Match(row, Status.UNMATCHED, reason="kept: in no system")
    if decided not in ids.known:
        return None
    record, lone = stands_for.get(decided, (decided, False))
    return Match(row, Status.MATCHED, record, 100, "kept", lone=lone)


def _by_id(
    row: SheetRow, found: Found, targets: Mapping[str, Target], stands_for: Mapping[str, tuple[str, bool]]
) -> Match | None:
    meant = {stands_for.get(one, (one, False)) for one in found.records}
    if found.score < SURE_ID and (row.name or row.account):
        meant = {one for one in meant if one[0] not in targets or _likeness(row, targets[one[0]]) >= UNLIKE}
        if not meant:
            return None
    if len(meant) > 1:
        names = tuple(sorted(record for record, _ in meant))
        return Match(row, Status.AMBIGUOUS, None, found.score, f"{found.reason} fits {len(names)}", names)
    record, lone = next(iter(meant))
    return Match(row, Status.MATCHED, record, found.score, found.reason, lone=lone)


# -- names


def _by_name(known: Known, left: Sequence[SheetRow], done: Mapping[int, Match], rounded: int) -> dict[int, Match]:
    near = known.near({row.number: (row.name, row.account) for row in left if row.name or row.account})
    amounts = [row.amount for row in left if row.amount is not None]
    targets = known.targets({record for records in near.values() for record in records}, amounts, rounded)
    edges = {row.number: _edges(row, near.get(row.number, ()), targets, rounded) for row in left}
    taken = {match.record for match in done.values() if match.record}
    free = {
        number: {edge.record: edge.total for edge in ones.values() if edge.record not in taken}
        for number, ones in edges.items()
    }
    chosen = assign({number: ones for number, ones in free.items() if ones})
    holders = {record: number for number, record in chosen.items()}
    return {row.number: _verdict(row, edges, chosen, holders, taken) for row in left}


def _edges(row: SheetRow, near: Iterable[str], targets: Mapping[str, Target], rounded: int) -> dict[str, _Edge]:
    edges = [edge for record in near if record in targets and (edge := _edge(row, targets[record], rounded))]
    best = max((edge.total for edge in edges), default=0.0)
    ranked = sorted(edges, key=lambda edge: (-edge.total, edge.record))
    return {edge.record: edge for edge in ranked if edge.total >= best - CLOSE}


def _edge(row: SheetRow, target: Target, rounded: int) -> _Edge | None:
    score = _likeness(row, target)
    exact = row.amount is not None and abs(row.amount) in target.amounts
    near = not exact and row.amount is not None and _nearly(abs(row.amount), target.amounts, rounded)
    dated = row.close_date is not None and row.close_date == target.close_date
    if score < (LEAST_WITH_AMOUNT if exact or (near and dated) else LEAST):
        return None
    agrees = {
        "amount": AMOUNT * exact, "rounded amount": ROUNDED_AMOUNT * near, "close date": DATE * dated,
        "stage": STAGE * (bool(row.stage) and row.stage.casefold() == target.stage.casefold()),
    }  # fmt: skip
    total = score + sum(agrees.values()) + COUNTED * target.counted + OPEN * (target.outcome == "open")
    total += NAME_TOO * alike(row.name, target.name)
    told = [
        "name" if alike(row.name, target.name) >= score else "account",
        *(name for name, gain in agrees.items() if gain),
    ]
    return _Edge(target.record, total, round(score, 1), " and ".join(filter(None, [", ".join(told[:-1]), told[-1]])))


def _likeness(row: SheetRow, target: Target) -> float:
    return max(alike(row.name, target.name), alike(row.account, target.account), alike(row.name, target.account))


def _nearly(amount: Decimal, amounts: Iterable[Decimal], rounded: int) -> bool:
    return rounded > 1 and any(abs(amount - one) * 2 <= rounded for one in amounts)


def _verdict(
    row: SheetRow,
    edges: Mapping[int, Mapping[str, _Edge]],
    chosen: Mapping[int, str],
    holders: Mapping[str, int],
    taken: set[str],
) -> Match:
    """Say what a row means after the assignment: its record, a record that another row means too, or none."""
    mine = edges[row.number]
    if not mine:
        reason = "no name near enough" if row.name or row.account else "no id, no name"
        return Match(row, Status.UNMATCHED, reason=f"id not known; {reason}" if row.id else reason)
    record = chosen.get(row.number)
    best = next(iter(mine.values()))
    if record is None or mine[record].score < best.score - MARGIN:
        return _second_row(row, mine, best)
    edge = mine[record]
    if edge.total < best.total - MARGIN:
        either = (best.record, record)
        return Match(row, Status.AMBIGUOUS, None, best.score, f"{best.reason}, which another row means", either)
    rivals = [
        other.record for other in mine.values()
        if other.record not in {record, *taken} and _as_good(row.number, edge, other, edges, holders)
    ]  # fmt: skip
    if rivals:
        told = (record, *rivals)
        return Match(row, Status.AMBIGUOUS, None, edge.score, f"{edge.reason} fits {len(told)}", told)
    return Match(row, Status.MATCHED, record, edge.score, edge.reason)


def _second_row(row: SheetRow, mine: Mapping[str, _Edge], best: _Edge) -> Match:
    """Give a row, whose best record another row means, as a further one of it, unless others would do as well."""
    equal = tuple(edge.record for edge in mine.values() if edge.total > best.total - MARGIN)
    if len(equal) > 1 or best.score < SURE_FURTHER:
        reason = f"{best.reason} fits {len(equal)}" if len(equal) > 1 else f"{best.reason}, which another row means"
        return Match(row, Status.AMBIGUOUS, None, best.score, reason, equal)
    return Match(row, Status.MATCHED, best.record, best.score, f"{best.reason}, a further row")


def _as_good(
    number: int, edge: _Edge, other: _Edge, edges: Mapping[int, Mapping[str, _Edge]], holders: Mapping[str, int]
) -> bool:
    """Whether taking another record instead would lose less than the margin, also by exchanging with its row."""
    holder = holders.get(other.record)
    if holder is None:
        return other.total > edge.total - MARGIN
    theirs = edges[holder]
    swapped = theirs.get(edge.record)
    if swapped is None or holder == number:
        return False
    return other.total + swapped.total > edge.total + theirs[other.record].total - MARGIN
