"""The postings of a bridge as they are asked for: all, the first of each cause, or those of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.measure.answers import Chosen, Posting
from tieout.measure.lens_sql import quoted
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from tieout.measure.bridge.pairs import Ends
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.engine import Connection

Posted = tuple[Posting, tuple[str, ...], bool]
"""A posting, its slice, and whether it is a move from one slice of the whole to another, which cancels out of it."""
ENDS = ("opening", "closing")
"""What an end counts can be chosen like the postings of a cause."""


def postings(
    engine: Connection, table: str, ends: Ends, slicing: Slicing | None, wanted: int | Chosen | None
) -> list[Posted]:
    """Read postings in a total order, each with its slice; of a bridge that is walked backwards they change sign."""
    sign = -1 if ends.reversed else 1
    told = "".join(f", {name}" for name in ("internal", *slicing.keys[1:])) if slicing else ""
    source = f"(select *, {sign} * amount as told from temp.{table})"
    order = "step, record, unit, seq, cause, amount"
    most = ""
    if isinstance(wanted, Chosen):
        if wanted.cause in ENDS:
            source = f"({_counted_sql(wanted.cause, ends, slicing)})"
        source = f"{source} where {_chosen_sql(wanted, slicing)}"
        order = "abs(told) desc, record, unit, seq, amount"
    elif wanted is not None:
        most = f"qualify row_number() over (partition by cause order by {order}) <= {wanted}"
    sql = f"select record, cause, told, unit{told} from {source} {most} order by {order}"
    if slicing is None:
        return [(posting, (), False) for posting in map(Posting._make, rows(engine, sql))]
    return [
        (Posting(record, cause, amount, unit), tuple(key), internal)
        for record, cause, amount, unit, internal, *key in rows(engine, sql)
    ]


def _counted_sql(cause: str, ends: Ends, slicing: Slicing | None) -> str:
    """Give what an end counts in the form of postings."""
    side = "left" if (cause == "opening") != ends.reversed else "right"
    keys = "".join(f", {name}" for name in slicing.keys[1:]) if slicing else ""
    return f"""
      select record, {quoted(cause)} as cause, value as told, value as amount, unit, 0 as seq, false as internal{keys}
      from temp.{side}_units where rank = 0 {"and inside" if slicing else ""}"""


def _chosen_sql(wanted: Chosen, slicing: Slicing | None) -> str:
    """Give the test of belonging to what is chosen: the whole, without what cancels out of it, or one slice."""
    tests = [f"cause = {quoted(wanted.cause)}"]
    if slicing and wanted.slice:
        tests += [f"{name} = {quoted(value)}" for name, value in zip(slicing.keys[1:], wanted.slice, strict=False)]
    elif slicing:
        tests.append("not internal")
    return " and ".join(tests)
