"""The SQL of a bridge: pairs of a record's two states become postings, by facet or by movement.

A pair has `l` and `r` (a unit's row at each end, or NULL), their ranks, `through_rank` (the right state judged by the
left end's lens), `carried_rate` (the left end's rate for the right state's currency) and `timed_rate` (the right
state's rate by the left end's lens: what only time did to the rate). Between two moments of one lens that weighs, what
was done to the amount comes before what the stage did to its weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

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

    @property
    def alike_known(self) -> bool:
        """Whether both ends know the same of one moment, so that nothing between them was heard late."""
        left, right = self.left.view.moment, self.right.view.moment
        known = [(facts.position, facts.known_at) for facts in (self.left_facts, self.right_facts)]
        return (left.as_of, left.known_at) == (right.as_of, right.known_at) and known[0] == known[1]

    @property
    def late(self) -> str:
        """What to call a difference in what is told of a record at one moment: heard late, or read otherwise."""
        return "definition" if self.alike_known else "late history"

    @property
    def together(self) -> bool:
        """Whether both ends are read in one pass: one lens that counts opportunities, in one database."""
        grains = (self.left.view.lens.grain, self.right.view.lens.grain)
        return self.same_lens and grains == ("opportunity", "opportunity") and self.left.database == self.right.database


class Pairs(NamedTuple):
    """The pairs of a bridge: where their rows `l` and `r` come from, and the expressions of what else a pair has."""

    source: str
    record: str
    unit: str
    left_rank: str
    right_rank: str
    through_rank: str
    carried_rate: str
    timed_rate: str
    seq: str
    whole: str = "record_value"
    """The column of what a record is worth with all its claims."""

    def columns_sql(self) -> str:
        """Give the columns that are not those of the rows themselves."""
        return ", ".join(f"{getattr(self, name)} as {name}" for name in self._fields[1:-1])

    def sql(self) -> str:
        """Give the pairs as a query with `l` and `r` as structs."""
        return f"select {self.columns_sql()}, l, r from {self.source}"


def net_pairs(ends: Ends) -> Pairs:
    """Give the two ends themselves as pairs, first units only; only one lens at two moments is looked through again."""
    same = "" if ends.together else "and t.lone = coalesce(r.lone, l.lone)"
    again = f"""left join (select record, lone, rank, rate from temp.through_units where place = 1) as t
        on t.record = coalesce(r.record, l.record) {same}"""
    looked = ends.same_lens and ends.left.view.lens != ends.right.view.lens
    apart = """(select * from temp.left_units where place = 1) as l
      full join (select * from temp.right_units where place = 1) as r
        on r.record = l.record and r.lone = l.lone"""
    return Pairs(
        source=f"""{"temp.both_ends" if ends.together else apart}
      {again if looked else ""}
      left join temp.left_rates as g
        on g.currency = r.currency and g.starts_on <= l.rate_on and l.rate_on < g.ends_on""",
        record="coalesce(l.record, r.record)",
        unit="cast(null as varchar)"
        if ends.together
        else "coalesce(case when l.rank = 0 then l.unit end, r.unit, l.unit)",
        left_rank="coalesce(l.rank, 1)",
        right_rank="coalesce(r.rank, 1)",
        through_rank="coalesce(t.rank, 1)" if looked else "coalesce(r.rank, 1)" if ends.same_lens else "1",
        carried_rate="g.rate",
        timed_rate="t.rate" if looked else "r.rate",
        seq="0",
        whole="value" if ends.together else "record_value",
    )


def further_sql(slicing: Slicing | None = None) -> str:
    """Give the second, third ... counted claim of a record that both ends count."""
    told = f", false as internal, {slicing.told('u')}" if slicing else ""
    return f"""
      select u.record, u.unit, 'several claims' as cause, u.value as amount, 7 as step, u.place as seq{told}
      from temp.right_units as u
      join temp.left_units as o on o.record = u.record and o.lone = u.lone and o.place = 1 and o.rank = 0
      where u.rank = 0 and u.place > 1
      union all
      select u.record, u.unit, 'several claims', -u.value, 7, u.place{told}
      from temp.left_units as u
      join temp.right_units as o on o.record = u.record and o.lone = u.lone and o.place = 1 and o.rank = 0
      where u.rank = 0 and u.place > 1"""


class Step(NamedTuple):
    """A step of the walk that may change a value: its place, what it is called, the columns before and after it."""

    place: int
    cause: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Walk:
    """The walk from the left value to the right one: the expression of each value by its column, and the steps."""

    values: dict[str, str]
    steps: tuple[Step, ...]

    @property
    def last(self) -> str:
        """The column of the right value."""
        return list(self.values)[-1]


def walk_of(ends: Ends, pairs: Pairs) -> Walk:
    """Give the walk of these ends; steps in which nothing can change are left out."""
    left, right = ends.left.view.lens, ends.right.view.lens
    with_basis = left.model_copy(update={"basis": right.basis})
    weighed = "l" if _over_time(ends) and left.weighting != "none" else None
    stage = "case when staged then 'stage' else 'probability' end"
    levels = (
        ("", amount_sql("l", "l.rate", left)),
        (_freshness_cause(ends), amount_sql("r", pairs.carried_rate, left, weighed)),
        (stage, amount_sql("r", pairs.carried_rate, left)),
        (_amount_cause(ends, "basis"), amount_sql("r", pairs.carried_rate, with_basis)),
        (_amount_cause(ends, "probability"), amount_sql("r", pairs.carried_rate, right)),
        ("'rate'", amount_sql("r", pairs.timed_rate, right)),
        (f"'{_kind_cause(ends)}'", amount_sql("r", "r.rate", right)),
    )
    values, steps = {"v0": levels[0][1]}, list[Step]()
    for place, (cause, value) in enumerate(levels[1:], start=1):
        before = list(values)[-1]
        if values[before] != value:
            values[f"v{place}"] = value
            steps.append(Step(place, cause.format(before=before, after=f"v{place}"), before, f"v{place}"))
    return Walk(values, tuple(steps))


def walked_sql(ends: Ends, pairs: Pairs, walk: Walk, slicing: Slicing | None = None) -> str:
    """Compile the pairs with what a bridge says of each: one row for each pair that may be a posting.

    `member` is the cause of a pair that only one end counts, `amount` what it does; `v0` and so on are the values of
    the walk, `staged` says whether the stage moved; `moved_by` is the cause of a move between slices.
    """
    walked = "left_rank = 0 and (right_rank = 0 or r.outcome = 'won')"  # what was won is walked beside the bridge
    values = ", ".join(f"case when {walked} then {value} end as {name}" for name, value in walk.values.items())
    cut = (
        f", {slicing.told('l', 'l_')}, {slicing.told('r', 'r_')}, {slicing.cause_sql()} as moved_by" if slicing else ""
    )
    some = [f"{step.before} <> {step.after}" for step in walk.steps] + ([slicing.moved_sql()] if slicing else [])
    return f"""
      select record, unit, left_rank, right_rank, seq, member, amount, staged, {", ".join(walk.values)}
        {_carried(slicing)}
      from (
        select {pairs.columns_sql()},
          case when (left_rank = 0) <> (right_rank = 0) then {_membership_cause(ends)} end as member,
          case when right_rank = 0 then r.{pairs.whole} else -l.{pairs.whole} end as amount, {values},
          l.stage_rank is distinct from r.stage_rank as staged{cut}
        from {pairs.source}
      )
      where member is not null or (left_rank = 0 and right_rank = 0 and ({" or ".join(some) or "false"}))"""


def _carried(slicing: Slicing | None) -> str:
    keys = [f"{side}_{key}" for side in "lr" for key in slicing.keys] if slicing else []
    return "".join(f", {key}" for key in [*keys, *(["moved_by"] if slicing else [])])


def postings_sql(walk: Walk, walked: str, further: str | None = None, slicing: Slicing | None = None) -> str:
    """Compile the postings of a table made by `walked_sql`: memberships, then the steps of the walk, further claims.

    `step` is the place in the walk (0 for a membership), `seq` orders what happened to one record. A membership is
    posted even where the record is worth nothing: it is counted in `n`.
    """
    member = mine = moved = keys = ""
    if slicing:
        counting = ", ".join(f"case when left_rank = 0 then l_{k} else r_{k} end as {k}" for k in slicing.keys)
        member, mine = f", false as internal, {counting}", f", false as internal, {slicing.carried('r_')}"
        moved = f"union all {sliced_sql(slicing, f'{walked} {BOTH}')}"
        keys = ", ".join(("", "internal", *slicing.keys))
    steps = "".join(
        f"""
        union all
        select record, unit, {step.cause}, {step.after} - {step.before}, {step.place}, seq{mine} from {walked}
        {BOTH} and {step.after} <> {step.before}"""
        for step in walk.steps
    )
    return f"""
    select record, nullif(unit, record) as unit, cause, cast(amount as decimal(18, 2)) as amount, step, seq{keys}
    from (
      select record, unit, member as cause, amount, 0 as step, seq{member} from {walked} where member is not null{steps}
      {f"union all {further}" if further else ""} {moved}
    )
    where (amount <> 0 or step = 0){" and inside" if slicing else ""}"""


BOTH = "where left_rank = 0 and right_rank = 0"


def _membership_cause(ends: Ends) -> str:
    arms = " ".join(f"when {place} then '{name}'" for place, name in enumerate(FACETS, start=1))
    cause = f"case (case when left_rank = 0 then right_rank else left_rank end) {arms} end"
    if ends.same_lens:
        cause = movement_sql(ends.left, ends.right, ends.late)
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


def _over_time(ends: Ends) -> bool:
    return ends.same_lens and ends.left.view.moment.as_of != ends.right.view.moment.as_of


def _freshness_cause(ends: Ends) -> str:
    if not ends.same_lens:
        return "'freshness'"
    if not _over_time(ends):
        return f"'{ends.late}'"
    return "case when {after} > {before} then 'amount up' else 'amount down' end"


FIELD = {"basis": "basis", "probability": "weighting"}


def _amount_cause(ends: Ends, facet: str) -> str:
    lenses: tuple[Lens, Lens] = (ends.left.view.lens, ends.right.view.lens)
    changed = getattr(lenses[0], FIELD[facet]) != getattr(lenses[1], FIELD[facet])
    return "'definition'" if ends.same_lens and changed else f"'{facet}'"
