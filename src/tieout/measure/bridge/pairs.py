"""The SQL of a bridge: pairs of a record's two states become postings, by facet or by movement.

A pair has `l` and `r` (a unit's row at each end, or NULL), their ranks, `through_rank` (the right state judged by the
left end's lens), `carried_rate` (the left end's rate for the right state's currency) and `timed_rate` (the right
state's rate by the left end's lens: what only time did to the rate).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.measure.bridge.movements import movement_sql
from tieout.measure.bridge.records import End, amount_sql
from tieout.measure.bridge.slices import sliced_sql
from tieout.measure.lens_sql import FACETS, RANK, lens_day

if TYPE_CHECKING:
    from tieout.basics.calendars import Period
    from tieout.contract.model import Lens
    from tieout.measure.bridge.slices import Slicing
    from tieout.warehouse.builds import BuildFacts

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends in forward direction, and whether that is the reverse of how they were asked for."""

    left: End
    right: End
    left_facts: BuildFacts
    right_facts: BuildFacts
    reversed: bool = False

    @property
    def same_lens(self) -> bool:
        """Whether one lens is looked at in two moments or definitions, so that a cause is a movement."""
        return self.left.view.name == self.right.view.name and not self.right.reported


def net_pairs(ends: Ends) -> str:
    """Give the two ends themselves as pairs, first units only; only one lens at two moments is looked through again."""
    judged = "coalesce(t.rank, 1)" if ends.same_lens else "1"
    timed = "t.rate" if ends.same_lens else "r.rate"
    again = """left join (select record, lone, rank, rate from temp.through_units where place = 1) as t
        on t.record = coalesce(r.record, l.record) and t.lone = coalesce(r.lone, l.lone)"""
    return f"""
      select
        coalesce(l.record, r.record) as record,
        coalesce(case when l.rank = 0 then l.unit end, r.unit, l.unit) as unit,
        coalesce(l.rank, 1) as left_rank, coalesce(r.rank, 1) as right_rank, {judged} as through_rank,
        l, r, g.rate as carried_rate, {timed} as timed_rate, 0 as seq
      from (select * from temp.left_units where place = 1) as l
      full join (select * from temp.right_units where place = 1) as r
        on r.record = l.record and r.lone = l.lone
      {again if ends.same_lens else ""}
      left join temp.left_rates as g
        on g.currency = r.currency and g.starts_on <= l.rate_on and l.rate_on < g.ends_on"""


def further_sql(slicing: Slicing | None = None) -> str:
    """Give the second, third ... counted claim of a record that both ends count."""
    told = f", false as internal, {slicing.told('u')}" if slicing else ""
    return f"""
      select u.record, u.unit, 'several claims' as cause, u.value as amount, 6 as step, u.place as seq{told}
      from temp.right_units as u
      join temp.left_units as o on o.record = u.record and o.lone = u.lone and o.place = 1 and o.rank = 0
      where u.rank = 0 and u.place > 1
      union all
      select u.record, u.unit, 'several claims', -u.value, 6, u.place{told}
      from temp.left_units as u
      join temp.right_units as o on o.record = u.record and o.lone = u.lone and o.place = 1 and o.rank = 0
      where u.rank = 0 and u.place > 1"""


def postings_sql(ends: Ends, pairs: str, further: str | None = None, slicing: Slicing | None = None) -> str:
    """Compile the postings of pairs: memberships, then the walk through the amount facets, then further claims.

    `step` is the place in the walk (0 for a membership), `seq` orders what happened to one record.
    """
    left, right = ends.left.view.lens, ends.right.view.lens
    with_basis = left.model_copy(update={"basis": right.basis})
    more = f"union all {further}" if further else ""
    member = both = moved = mine = ""
    if slicing:
        counting = ", ".join(f"case when left_rank = 0 then l.{k} else r.{k} end as {k}" for k in slicing.keys)
        member = f", false as internal, {counting}"
        both = f", {slicing.told('l', 'l_')}, {slicing.told('r', 'r_')}, {slicing.cause_sql()} as moved_by"
        mine = f", false as internal, {slicing.carried('r_')}"
        moved = f"union all select * from ({sliced_sql(slicing)})"
    keys = ", ".join(("", "internal", *slicing.keys)) if slicing else ""
    return f"""
    with pairs as ({pairs}),
    memberships as (
      select record, unit, {_membership_cause(ends)} as cause,
        case when right_rank = 0 then r.record_value else -l.record_value end as amount, 0 as step, seq{member}
      from pairs
      where (left_rank = 0) <> (right_rank = 0)
    ),
    walked as (
      select
        record, unit, seq, {amount_sql("l", "l.rate", left)} as v0, {amount_sql("r", "carried_rate", left)} as v1,
        {amount_sql("r", "carried_rate", with_basis)} as v2, {amount_sql("r", "carried_rate", right)} as v3,
        {amount_sql("r", "timed_rate", right)} as v4, {amount_sql("r", "r.rate", right)} as v5{both}
      from pairs
      where left_rank = 0 and right_rank = 0
    ),
    walks as (
      select record, unit, {_freshness_cause(ends)} as cause, v1 - v0 as amount, 1 as step, seq{mine} from walked
      union all select record, unit, {_amount_cause(ends, "basis")}, v2 - v1, 2, seq{mine} from walked
      union all select record, unit, {_amount_cause(ends, "probability")}, v3 - v2, 3, seq{mine} from walked
      union all select record, unit, 'rate', v4 - v3, 4, seq{mine} from walked
      union all select record, unit, '{_kind_cause(ends)}', v5 - v4, 5, seq{mine} from walked
    )
    select record, nullif(unit, record) as unit, cause, cast(amount as decimal(18, 2)) as amount, step, seq{keys}
    from (select * from memberships union all select * from walks {more} {moved})
    where amount <> 0{" and inside" if slicing else ""}"""


def _membership_cause(ends: Ends) -> str:
    arms = " ".join(f"when {place} then '{name}'" for place, name in enumerate(FACETS, start=1))
    cause = f"case (case when left_rank = 0 then right_rank else left_rank end) {arms} end"
    if ends.same_lens:
        cause = movement_sql(ends.left, ends.right)
    left, right = ends.left.view.period, ends.right.view.period
    if left is None or right is None or (left.start, left.end) == (right.start, right.end):
        return cause
    dated = RANK["close date"]
    return f"""case
      when left_rank = 0 and right_rank = {dated} and {_inside(ends.right, "r", left)} then 'calendar'
      when right_rank = 0 and left_rank = {dated} and {_inside(ends.left, "l", right)} then 'calendar'
      else {cause} end"""


def _kind_cause(ends: Ends) -> str:
    """Another kind of rate is a rate where an end asks for it, else a change of the definition."""
    asked = {*ends.left.view.options, *ends.right.view.options} & {"plan", "spot"}
    return "rate" if asked else "definition"


def _inside(end: End, row: str, period: Period) -> str:
    """Whether the date by which an end's lens places a record lies in the other end's period."""
    day = lens_day(end.view.lens, row)
    return f"coalesce({day} >= date '{period.start}' and {day} < date '{period.end}', false)"


def _freshness_cause(ends: Ends) -> str:
    if not ends.same_lens:
        return "'freshness'"
    if ends.left.view.moment.as_of == ends.right.view.moment.as_of:
        return "'late history'"
    return "case when v1 > v0 then 'amount up' else 'amount down' end"


FIELD = {"basis": "basis", "probability": "weighting"}


def _amount_cause(ends: Ends, facet: str) -> str:
    lenses: tuple[Lens, Lens] = (ends.left.view.lens, ends.right.view.lens)
    changed = getattr(lenses[0], FIELD[facet]) != getattr(lenses[1], FIELD[facet])
    return "'definition'" if ends.same_lens and changed else f"'{facet}'"
