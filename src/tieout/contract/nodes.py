"""What a YAML file holds: single values, lists and mappings, each with its line. Values stay text."""

from __future__ import annotations

from dataclasses import dataclass

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as text."""

    text: str
    plain: bool
    line: int

    @property
    def null(self) -> bool:
        """Say whether it means "nothing given"."""
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list; not `whole` where a mistake in the file cut it short."""

    items: tuple[Node, ...]
    line: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values; the first of two equal keys. Not `whole` where a mistake in the file cut it short."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int
    whole: bool = True


Node = Scalar | Sequence | Mapping
