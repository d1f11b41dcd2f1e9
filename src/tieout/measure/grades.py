"""How the history of what is counted is known: observed, derived, assumed or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tieout.contract.model import Lens

GRADES = ("observed", "derived", "assumed", "missing")
"""From the best to the worst; in SQL a grade is its place."""
SLIGHT = 0.01
"""A grade of no more than this share of a value does not color the whole."""


def grade_sql(lens: Lens, row: str) -> str:
    """Give the worst grade of the fields of a row that the lens looks at; one that is empty and not needed has none."""
    amount = f"greatest({row}.currency_grade, {row}.{lens.basis or 'arr'}_grade)"
    used = [f"{row}.stage_grade", f"case when {row}.value is null then 0 else {amount} end"]
    if lens.types != "all":
        used.append(f"{row}.type_grade")
    if lens.date_field != "none":
        used.append(f"case when {row}.close_date is null then 0 else {row}.close_date_grade end")
    return f"greatest({', '.join(used)})"


def grade_of(weights: Iterable[Any]) -> dict[str, float]:
    """Give the share of a value by grade; `weights` are what the records of each grade are worth, in their order."""
    told = {name: float(weight) for name, weight in zip(GRADES, weights, strict=True) if weight}
    whole = sum(told.values())
    return {name: round(weight / whole, 6) for name, weight in told.items()} if whole else {}


def worst_grade(shares: Mapping[str, float]) -> str | None:
    """Give the grade that heads a figure: the worst of more than 1% of its value; None where nothing is graded."""
    return next((name for name in reversed(GRADES) if shares.get(name, 0) > SLIGHT), None)
