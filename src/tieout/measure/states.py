"""Every opportunity in its state as of a moment, or of many: the SQL by which `opportunities_at.sql` is read.

The file joins registers and merges to `held`, the states that hold; here `held` is written: one scan for each moment,
with its parameters. Nothing in the file's text is ever replaced.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from tieout.measure.days_sql import day_sql

if TYPE_CHECKING:
    from tieout.basics.calendars import Period
    from tieout.measure.lens_sql import LensView
    from tieout.measure.moments import Moment
    from tieout.warehouse.engine import Connection

Parameters = dict[str, object]


class Stamps(NamedTuple):
    """How the SQL names the moment and the period: as parameters, or, of several moments, as columns."""

    as_of: str
    day: str
    start: str
    end: str


MANY = Stamps("asked_as_of", "asked_day", "asked_start", "asked_end")
CARRIED = ("asked", *MANY)
"""The columns that several moments add to the rows; `asked` numbers the moments."""

STATE = (
    "valid_from", "missing", "deleted", "account_id", "owner_id", "lead_id", "type", "stage", "stage_rank", "category",
    "outcome", "stage_probability", "probability", "close_date", "created_at", "arr", "acv", "tcv", "currency",
    "source", "reason", "competitor", "accepted", "outcome_since", "stage_since", "segment", "territory", "region",
    "team", "manager_id", "industry", "vertical", "country", "employees", "stage_grade", "type_grade",
    "close_date_grade", "currency_grade", "arr_grade", "acv_grade", "tcv_grade", "merged", "duplicate", "into_record",
    "excluded", "created_on", "closed_on",
)  # fmt: skip
"""The columns of `opportunities_at.sql` after `record`."""

ORGANIZATION = ("owner_id", "team", "manager_id", "segment", "territory", "region")
"""The columns that say where a record stands in the organization: those that as-is takes from now."""


def stamps_of(view: LensView, side: str) -> Stamps:
    """Give the names of a view's moment and period."""
    return (
        MANY if view.many or view.since else Stamps(*(f"${name}_{side}" for name in ("as_of", "day", "start", "end")))
    )


@cache
def text_of(name: str) -> str:
    """Give the text of a static SQL file of measure."""
    return files("tieout.measure").joinpath(f"{name}.sql").read_text("utf-8")


def moments_of(view: LensView, side: str) -> list[tuple[str, Moment, Period | None]]:
    """Give the view's moments with their periods, each with the ending of its parameters."""
    if not view.many:
        return [(side, view.moment, view.period)]
    return [(f"{side}{number}", moment, period) for number, (moment, period) in enumerate(view.many)]


def parameters_of(view: LensView, side: str) -> Parameters:
    """Give the parameters of a view's moments and periods."""
    parameters: Parameters = {}
    for mine, moment, period in moments_of(view, side):
        parameters |= {f"as_of_{mine}": moment.as_of, f"known_at_{mine}": moment.known_at, f"day_{mine}": moment.day}
        if period:
            parameters |= {f"start_{mine}": period.start, f"end_{mine}": period.end}
    if view.since:
        parameters[f"since_{side}"] = view.since
    return parameters


def states_sql(view: LensView, side: str) -> str:
    """Give the SQL of every opportunity in its state at the view's moment, or at each of its moments."""
    states = f"with held as ({held_sql(view, side)}) {text_of('opportunities_at')}"
    return _as_is(states) if view.as_is else states


def held_sql(view: LensView, side: str) -> str:
    """Give the SQL of the states alone: without what registers say, which takes longer to plan."""
    scans = [
        _scan(view, number, mine, moment, period)
        for number, (mine, moment, period) in enumerate(moments_of(view, side))
    ]
    return " union all ".join(scans)


def _scan(view: LensView, number: int, mine: str, moment: Moment, period: Period | None) -> str:
    start, end = (f"$start_{mine}", f"$end_{mine}") if period else ("null", "null")
    sought = f"and s.record in (select record from temp.{view.among})" if view.among else ""

    def scanned(as_of: str, day: str, source: str, holds: str) -> str:
        return f"""select {number} as asked, {as_of} as asked_as_of, $known_at_{mine} as asked_known_at,
          cast({day} as date) as asked_day, cast({start} as date) as asked_start,
          cast({end} as date) as asked_end, s.*
          from {source.format(mine)} where {holds.format(mine)} {sought}"""

    if view.since is None:
        said = HOLDS_SAID if moment.known_at == moment.as_of else HOLDS
        holds = HOLDS_RESTATED if moment.restated else said
        return scanned(f"$as_of_{mine}", f"$day_{mine}", "opportunity_states as s", holds)
    began_on = day_sql("s.valid_from", view.zone, view.since, moment.as_of)
    began = scanned("s.valid_from", began_on, "opportunity_states as s", SINCE)
    if view.lens.past_due or not view.passed:
        return began
    passed = scanned(
        "d.ends_at", "d.next_day", f"opportunity_states as s join ({DUE}) as d on d.day = s.close_date", PASSED
    )
    return f"{began} union all {passed}"


HOLDS = """s.valid_from <= $as_of_{0} and $as_of_{0} < s.gone_at and $as_of_{0} < s.valid_end
  and s.seen_from <= $known_at_{0} and $known_at_{0} < s.seen_to
  and ($as_of_{0} < s.valid_to or $known_at_{0} < s.end_heard)"""
"""The state that holds as of a moment, as known at a moment."""
HOLDS_RESTATED = "s.valid_from <= $as_of_{0} and $as_of_{0} < s.valid_to and s.seen_to = timestamp '9999-12-31'"
"""The same where everything heard is known: fewer columns to read."""
HOLDS_SAID = "s.said_from <= $as_of_{0} and $as_of_{0} < s.said_to"
"""The same as it was said then."""
SINCE = """s.valid_from > $since_{0} and s.valid_from <= $as_of_{0}
  and (s.valid_from < s.valid_to or $known_at_{0} < s.end_heard)
  and s.seen_from <= $known_at_{0} and $known_at_{0} < s.seen_to"""
"""Every state that began since an earlier moment, instead of the one that holds."""
DUE = """select distinct day, day + 1 as next_day, ends_at
  from calendar_days where ends_at > $since_{0} and ends_at <= $as_of_{0}"""
PASSED = """s.outcome = 'open' and s.valid_from < d.ends_at and d.ends_at < s.gone_at and d.ends_at < s.valid_end
  and s.seen_from <= $known_at_{0} and $known_at_{0} < s.seen_to
  and (d.ends_at < s.valid_to or $known_at_{0} < s.end_heard)"""
"""The open states whose close date passed while they lasted: time alone made them past due, the day after it."""


def _as_is(states: str) -> str:
    """Take the place in the organization from that of now."""
    columns = ", ".join(f"n.{name}" if name in ORGANIZATION else f"s.{name}" for name in (*CARRIED, *STATE))
    return f"select s.record, {columns} from ({states}) as s left join organization_now as n on n.record = s.record"


def take_now(engine: Connection, own: str, later: str) -> None:
    """Let an earlier build, the database `own`, read the organization of now from a later one beside it."""
    engine.execute(f"create temp view organization_now as select * from {later}.main.organization_now")
    for table, columns in (("leads", ORGANIZATION), ("revenue", ("now_segment", "now_territory", "now_region"))):
        now = ", ".join(f"n.{name}" for name in columns)
        engine.execute(
            f"""create temp view {table} as
            select e.* exclude ({", ".join(columns)}), {now}
            from {own}.main.{table} as e left join {later}.main.{table} as n on n.record = e.record"""
        )
