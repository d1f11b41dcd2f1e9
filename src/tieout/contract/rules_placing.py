"""Rules over segments, territories and the register of teams: a function is a rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from tieout.basics.findings import Level
from tieout.contract.criteria import parse_criterion
from tieout.contract.model import Placing, TeamEntry
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.placing import names_of
from tieout.contract.rulebook import Rule, Rulebook, comes_back, folded
from tieout.contract.vocabulary import ACCOUNT_COLUMNS

Lists = tuple[tuple[str, Path, Sequence[Placing]], ...]


def _lists(book: Rulebook) -> Lists:
    contract = book.contract
    return (
        ("segment", ("company.yaml", "segments"), contract.company.segments),
        ("territory", ("audience.yaml", "territories"), contract.audience.territories),
    )


def placing_criteria_hold(book: Rulebook) -> Iterator[Fault]:
    """The criterion of a segment or territory is a condition over accounts."""
    for _, path, entries in _lists(book):
        for index, entry in enumerate(entries):
            if entry.when is not None:
                at = (*path, index, "when")
                _, findings = parse_criterion(entry.when, ACCOUNT_COLUMNS, book.places.place(at))
                yield from (Fault(at, finding) for finding in findings)


def placings_are_told_apart(book: Rulebook) -> Iterator[Fault]:
    """A segment or territory stands once, or again with the day from which it changes, in the order of the days."""
    for what, path, entries in _lists(book):
        latest: dict[str, tuple[int, Placing]] = {}
        for index, entry in enumerate(entries):
            at: Path = (*path, index)
            key = folded(entry.name)
            if not key:
                yield book.fault((*at, "name"), "name.blank", f"A {what} has no name.", "Give it a name.")
                continue
            if key in latest:
                yield from _follows(book, what, at, latest[key], entry)
            elif entry.when is None and book.intact(*at):
                message = f"The {what} '{shorten(entry.name)}' has no condition."
                yield book.fault(at, "placing.no_rule", message, "Add 'when:' with a condition over accounts.")
            latest.setdefault(key, (index, entry))
            if entry.from_:
                latest[key] = (index, entry)


def _follows(book: Rulebook, what: str, at: Path, before: tuple[int, Placing], entry: Placing) -> Iterator[Fault]:
    index, earlier = before
    if entry.from_ is None and book.intact(*at):
        line = book.places.line((*at[:-1], index))
        where = f" in line {line}" if line else ""
        message = f"The {what} '{shorten(entry.name)}' stands there already{where}; names compare without case."
        remedy = "Rename it, or add 'from: DATE' where it changes on a day."
        yield book.fault(
            (*at, "name"),
            "segment.duplicate" if what == "segment" else "territory.duplicate",
            message,
            remedy,
            given=entry.name,
        )
    elif entry.from_ and earlier.from_ and entry.from_ <= earlier.from_:
        message = f"The {what} '{shorten(entry.name)}' from {entry.from_} stands after the one from {earlier.from_}."
        yield book.fault((*at, "from"), "placing.order", message, "Sort its entries by date.", given=entry.from_)


def team_entries_end_in_order(book: Rulebook) -> Iterator[Fault]:
    """An entry of the register of teams does not end before it begins, and says something."""
    file = book.contract.audience.team
    for index, row in enumerate(book.contract.team):
        if row.from_ and row.to and row.to < row.from_:
            message = f"'{shorten(row.user)}' is there until {row.to}, before it begins on {row.from_}."
            yield book.fault((file, index), "team.dates", message, "Mend one of the dates.")
        if not any((row.team, row.region, row.manager, row.role, row.territory)):
            message = f"The entry of '{shorten(row.user)}' has no team, region, manager, role or territory."
            remedy = "Fill one of them, or delete the row."
            yield book.fault((file, index), "team.empty", message, remedy, level=Level.WARNING)


def nobody_is_in_two_teams(book: Rulebook) -> Iterator[Fault]:
    """A user has one entry at a time; a later one ends an earlier one that does not say when it ends."""
    file = book.contract.audience.team
    for rows in _by_user(book).values():
        for (_, earlier), (index, later) in pairwise(rows):
            begins = later.from_
            if begins == earlier.from_:
                told = f"from {begins}" if begins else "from the beginning"
                message = f"'{shorten(later.user)}' has two entries {told}."
                yield book.fault((file, index), "team.duplicate", message, "Keep one of the rows.", given=later.user)
            elif begins and earlier.to and begins <= earlier.to:
                message = (
                    f"'{shorten(later.user)}' is in two teams at once from {begins} through {earlier.to}: "
                    "the entry that begins later counts."
                )
                remedy = f"End the earlier entry on {begins - timedelta(days=1)}, or begin the later one after it."
                yield book.fault((file, index), "team.overlap", message, remedy, level=Level.WARNING)


def nobody_is_in_no_team(book: Rulebook) -> Iterator[Fault]:
    """Between two entries of a user there is no gap."""
    file = book.contract.audience.team
    for rows in _by_user(book).values():
        for (_, earlier), (index, later) in pairwise(rows):
            if earlier.to and later.from_ and later.from_ > earlier.to + timedelta(days=1):
                message = (
                    f"Between {earlier.to} and {later.from_} the register says nothing of '{shorten(later.user)}': "
                    "what the systems say counts."
                )
                yield book.fault(
                    (file, index), "team.gap", message, "Fill the gap, if there is none.", level=Level.NOTE
                )


def managers_form_no_circle(book: Rulebook) -> Iterator[Fault]:
    """Going from manager to manager never comes back to the same person."""
    file = book.contract.audience.team
    days = sorted({row.from_ for row in book.contract.team if row.from_})
    told: set[int] = set()
    entries = _by_user(book)
    for day in (None, *days):
        found = _managers(entries, day)
        above = {user: manager for user, (_, manager) in found.items()}
        for user, (index, manager) in found.items():
            if index not in told and comes_back(above, user, manager):
                told.add(index)
                message = f"Managers go in a circle: '{shorten(user)}' by '{shorten(manager)}' to '{shorten(user)}'."
                yield book.fault(
                    (file, index), "team.circle", message, "Mend one of the managers.", level=Level.WARNING
                )


def territories_of_users_exist(book: Rulebook) -> Iterator[Fault]:
    """A territory that the register of teams names is one of the contract, where it has any."""
    names = names_of(book.contract.audience.territories)
    if not names or not book.whole("audience.yaml", "territories"):
        return
    keys = {folded(name) for name in names}
    for index, row in enumerate(book.contract.team):
        if row.territory and folded(row.territory) not in keys:
            path: Path = (book.contract.audience.team, index)
            message = f"'{shorten(row.territory)}' is no territory."
            remedy = "Use a territory of audience.yaml."
            yield book.fault(path, "territory.unknown", message, remedy, given=row.territory, allowed=names)


def _by_user(book: Rulebook) -> dict[str, list[tuple[int, TeamEntry]]]:
    found: dict[str, list[tuple[int, TeamEntry]]] = {}
    for index, row in enumerate(book.contract.team):
        found.setdefault(row.user, []).append((index, row))
    return {user: sorted(rows, key=lambda each: (each[1].from_ or date.min, each[0])) for user, rows in found.items()}


def _managers(entries: dict[str, list[tuple[int, TeamEntry]]], day: date | None) -> dict[str, tuple[int, str]]:
    """Give each user's manager on a day, with the row that says so."""
    found = {}
    for user, rows in entries.items():
        begun = [(index, row) for index, row in rows if row.from_ is None or (day is not None and row.from_ <= day)]
        if begun and begun[-1][1].manager and not (day and begun[-1][1].to and begun[-1][1].to < day):
            found[user] = (begun[-1][0], str(begun[-1][1].manager))
    return found


PLACING_RULES: tuple[Rule, ...] = (
    placings_are_told_apart,
    placing_criteria_hold,
    team_entries_end_in_order,
    nobody_is_in_two_teams,
    nobody_is_in_no_team,
    managers_form_no_circle,
    territories_of_users_exist,
)
"""Every rule over where accounts and users are placed."""
