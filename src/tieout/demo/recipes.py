"""The recipes of the quarter under review, read from tables: how a planted record looks and who counts it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Recipe:
    """One row of the table."""

    count: int
    name: str
    kind: str
    stage0: str
    stage: str
    opened: str
    due0: str
    due: str
    claims: str
    twist: str
    verdicts: dict[str, str]


def table(name: str) -> str:
    """Give the text of a table beside this package, without its remarks."""
    text = (files("tieout.demo") / "marlow" / name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()


def recipes(name: str) -> list[Recipe]:
    """Read a table of recipes."""
    return [recipe_of(text) for text in table(name).splitlines()]


def recipe_of(text: str) -> Recipe:
    """Read one row of a table."""
    first, *cells = (cell.strip() for cell in text.split("|"))
    count, name = first.split(" ", 1)
    kind, stages, opened, dues, claims, twist, *verdicts = cells
    stage0, arrow, stage = (part.strip() for part in stages.partition(">"))
    due0, _, due = (part.strip() for part in dues.partition(">"))
    causes = ["" if verdict == "-" else verdict for verdict in verdicts]
    by_lens = dict(zip(("agreed", "marketing", "sales", "finance"), causes, strict=True))
    twist = "" if twist == "-" else twist
    kind = "" if kind == "unknown" else kind
    return Recipe(
        int(count), name, kind, stage0, stage if arrow else stage0, opened, due0, due or due0, claims, twist, by_lens
    )
