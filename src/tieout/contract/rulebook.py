"""What rules work with: the contract as read, the place of each part, and which parts were lost while reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tieout.basics.findings import Level
from tieout.contract.model import Contract
from tieout.contract.places import Fault, Path, Places, shorten


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A contract under check. `metrics` are the numbers of the catalogue, empty where they are not known."""

    contract: Contract
    places: Places = field(default_factory=Places)
    lost: frozenset[Path] = frozenset()
    metrics: frozenset[str] = frozenset()

    def intact(self, *path: str | int) -> bool:
        """Say whether nothing in a part was lost, so that its keys can be held against one another."""
        return not any(at[: len(path)] == path or path[: len(at)] == at for at in self.lost)

    def whole(self, *path: str | int) -> bool:
        """Say whether a list of names is complete: no entry and no name of it was lost.

        Where one was, a name that is not found may be the lost one; its loss is a finding already.
        """
        return not any(
            path[: len(at)] == at or (at[: len(path)] == path and (len(at) == len(path) + 1 or at[-1] == "also"))
            for at in self.lost
        )

    def fault(
        self,
        path: Path,
        code: str,
        message: str,
        remedy: str,
        *,
        given: object = None,
        allowed: Iterable[str] = (),
        level: Level = Level.ERROR,
    ) -> Fault:
        """Make a fault at the place of a part."""
        return self.places.fault(path, code, message, remedy, given=given, allowed=allowed, level=level)


Rule = Callable[[Rulebook], Iterator[Fault]]
Name = TypeVar("Name", bound=Hashable)


def folded(name: str) -> str:
    """Give the form in which names compare."""
    return name.strip().casefold()


def unique(book: Rulebook, names: Iterable[tuple[Path, str]], code: str, what: str) -> Iterator[Fault]:
    """Report names that are blank, or that came before."""
    seen: dict[str, Path] = {}
    for path, name in names:
        if not folded(name):
            yield book.fault(path, "name.blank", f"A {what} has no name.", "Give it a name.")
        elif (first := seen.setdefault(folded(name), path)) != path:
            line = book.places.line(first)
            where = f" in line {line}" if line else ""
            message = f"The {what} '{shorten(name)}' stands there already{where}; names compare without case."
            yield book.fault(path, code, message, "Rename or delete one of them.", given=name)


def known(
    book: Rulebook, given: Iterable[tuple[Path, str]], allowed: Collection[str], code: str, what: str
) -> Iterator[Fault]:
    """Report names that are not among those allowed, compared trimmed and without case."""
    names = Counter(folded(name) for name in allowed)
    for path, name in given:
        if folded(name) not in names:
            message = f"'{shorten(name)}' is no {what}."
            yield book.fault(path, code, message, f"Use a {what} that there is.", given=name, allowed=allowed)


def each(path: Path, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Give the path of each name of a list."""
    return (((*path, index), name) for index, name in enumerate(names))


def comes_back(above: Mapping[Name, Name], start: Name, first: Name) -> bool:
    """Say whether going up from `first`, step by step, leads to `start`."""
    at: Name | None = first
    seen: set[Name] = set()
    while at is not None and at != start and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == start
