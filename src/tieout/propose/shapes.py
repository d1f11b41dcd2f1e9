"""The export shapes of known systems: found by scanning the folders of `connect`, matched by columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ruamel.yaml import YAML

from tieout.propose.plain import plain, tokens

FILE = "shapes.yaml"


@dataclass(frozen=True, slots=True)
class Shape:
    """One object of a known system. Columns are plain names; `named` says that the file's name has to agree too."""

    system: str
    label: str
    name: str
    entity: str | None
    columns: tuple[frozenset[str], ...]
    names: tuple[str, ...] = ()
    named: bool = False
    refuse: frozenset[str] = frozenset()
    hints: frozenset[str] = frozenset()
    key: tuple[tuple[str, ...], ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)

    def score(self, columns: frozenset[str], label: str) -> float:
        """Say how well a file's columns and name fit; 0 where it is another object."""
        if self.refuse & columns or not all(choice & columns for choice in self.columns):
            return 0
        said = self._said(label)
        if self.named and not said:
            return 0
        return len(self.columns) + 3 * said + len(self.hints & columns) / 4

    def _said(self, label: str) -> float:
        """Say whether the file's name is the object's: 1, or less the more other words it has."""
        words = [
            word for word in tokens(label) if word not in {"sf", "sfdc", *tokens(self.system), *tokens(self.label)}
        ]
        joined = "".join(words)
        for name in self.names:
            if joined in {name, f"{name}s", f"{name}es", f"all{name}s"}:
                return 1
        return 0.5 if not self.named and any(name in joined for name in self.names) else 0


@cache
def known_shapes() -> tuple[Shape, ...]:
    """Read the shapes of every folder of `connect` that has some."""
    folder = files("tieout.connect")
    found = [child for child in folder.iterdir() if child.is_dir() and (child / FILE).is_file()]
    return tuple(shape for child in sorted(found, key=lambda one: one.name) for shape in read_shapes(child))


def read_shapes(folder: Traversable) -> tuple[Shape, ...]:
    """Read one system's shapes."""
    document = YAML(typ="safe").load((folder / FILE).read_text("utf-8"))
    return tuple(
        _shape(folder.name, document["label"], name, given or {}) for name, given in document["objects"].items()
    )


def _shape(system: str, label: str, name: str, given: Mapping[str, Any]) -> Shape:
    return Shape(
        system,
        label,
        name,
        given.get("entity"),
        tuple(frozenset(plain(one) for one in str(choice).split("|")) for choice in given.get("columns", ())),
        tuple(plain(one) for one in given.get("names", (name,))),
        bool(given.get("named")),
        frozenset(plain(one) for one in given.get("not", ())),
        frozenset(plain(one) for one in (*_listed(given.get("fields", {})), *given.get("hints", ()))),
        tuple((key,) if isinstance(key, str) else tuple(key) for key in given.get("key", ())),
        given,
    )


def _listed(fields: Mapping[str, Any]) -> list[str]:
    named: list[str] = []
    for value in fields.values():
        one = value.get("column", ()) if isinstance(value, dict) else value
        named += [one] if isinstance(one, str) else list(one)
    return named


def best_shape(columns: frozenset[str], label: str, prefer: frozenset[str] = frozenset()) -> tuple[Shape, float] | None:
    """Find the shape that fits a file's columns and name best; a folder that names a system is a hint."""
    scored = [(shape, shape.score(columns, label)) for shape in known_shapes()]
    ranked = [(shape, score + 2 * (shape.system in prefer)) for shape, score in scored if score > 0]
    return max(ranked, key=lambda pair: pair[1], default=None)
