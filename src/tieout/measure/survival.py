"""How long it takes, counting those for whom it has not happened yet: Kaplan and Meier's estimate, in SQL.

Leaving the open ones out would say that all is fast. The estimate S(t) is the product over the times t_i <= t at which
something ended of 1 - d_i / n_i: d_i ended then, n_i had lasted until then (those censored at t_i included). The p-th
quantile is the first time at which S(t) <= 1 - p; where S never falls so low, it is not known and NULL. Source: Kaplan
and Meier, "Nonparametric Estimation from Incomplete Observations", 1958.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUANTILES = {"median": 0.5, "p75": 0.75, "p90": 0.9}
"""The quantiles that every duration is shown with."""
Alike = Literal["few", "many", "most"]
EXACT = 1e-9
"""How far S(t) may lie above 1 - p and still be it: a product of logarithms does not come out exactly."""


def curve_sql(source: str, keys: Sequence[str] = ()) -> str:
    """Give the curve of each group of `source`: `duration`, `at_risk`, `ended`, `surviving` (S after `duration`).

    `source` is a table or a query in parentheses with the columns `keys`, `duration` (a number of any unit, not
    negative) and `ended` (false: it still lasted when last looked at); rows without a duration are left out.
    """
    group = ", ".join(("duration", *keys))
    named = "".join(f"{key}, " for key in keys)
    window = f"partition by {', '.join(keys)} order by duration" if keys else "order by duration"
    return f"""
      select {named}duration, at_risk, ended,
        case when min(at_risk - ended) over ({window} rows unbounded preceding) = 0 then 0.0
          else exp(sum(ln(case when at_risk > ended then 1 - ended / cast(at_risk as double) else 1 end))
            over ({window} rows unbounded preceding)) end as surviving
      from (
        select {named}duration, ended, sum(lasting) over ({window} desc rows unbounded preceding) as at_risk
        from (
          select {named}duration, count(*) as lasting, count(*) filter (where ended) as ended
          from {source} where duration is not null group by {group}
        )
      )"""


def quantiles_sql(
    source: str,
    keys: Sequence[str] = (),
    quantiles: Mapping[str, float] = QUANTILES,
    *,
    alike: Alike = "few",
    more: Mapping[str, str] | None = None,
) -> str:
    """Give one row for each group of `source` (as of `curve_sql`): `n`, `ended_n`, and the quantiles by their names.

    `n` counts all that have a duration, `ended_n` those that ended; without keys there is one row, also of nothing.
    `alike` says how many durations are the same, for the quickest way: with many they are put together first, with
    most of them the curve itself is as good. Otherwise `more` names further aggregates of each group, of columns that
    `source` has.
    """
    named = "".join(f"{key}, " for key in keys)
    more = more or {}
    summed = "".join(f", {aggregate} as {name}" for name, aggregate in more.items())
    told = ", ".join(
        f"min(duration) filter (where surviving <= {1 - share} + {EXACT}) as {name}"
        for name, share in quantiles.items()
    )
    if alike == "most":
        return f"""
          select {named}coalesce(max(at_risk), 0) as n, coalesce(sum(ended), 0) as ended_n, {told}
          from ({curve_sql(source, keys)}) {f"group by {', '.join(keys)}" if keys else ""}"""
    part = "partition by part" if keys else ""
    same = " and ".join(f"g.{key} is not distinct from l.{key}" for key in keys)
    # Row by row instead of time by time: among those that end at one time S goes down to what it is after all of them.
    # It goes down only where something ends, so the others are ranked and then let go; a number is ranked by sooner
    # than names.
    lasting = f"""
        select {named}duration, case when ended then 1 else 0 end as ended from {source} where duration is not null"""
    at_risk = f"row_number() over ({part} order by l.duration desc, l.ended)"
    if alike == "many":
        lasting = f"""
        select {named}duration, count(*) as n, count(*) filter (where ended) as ended
        from {source} where duration is not null group by {named}duration"""
        at_risk = f"cast(sum(l.n) over ({part} order by l.duration desc rows unbounded preceding) as bigint)"
    return f"""
      with lasting as ({lasting}),
      parts as (
        select {named}count(*) as n, count(*) filter (where ended) as ended_n, row_number() over () as part{summed}
        from {source} where duration is not null {f"group by {', '.join(keys)}" if keys else ""}
      ),
      ranked as (
        select {"g.part" if keys else "1 as part"}, l.duration, l.ended, {at_risk} as at_risk
        from lasting as l {f"join parts as g on {same}" if keys else ""}
      ),
      curve as (
        select part, duration,
          case when at_risk = ended then 0.0
            else exp(sum(ln(case when at_risk > ended then 1 - ended / cast(at_risk as double) else 1 end))
              over ({part} order by at_risk desc rows unbounded preceding)) end as surviving
        from ranked where ended > 0
      ),
      found as (select part, {told} from curve group by part)
      select {"".join(f"g.{key}, " for key in keys)}g.n, g.ended_n, {", ".join(f"f.{name}" for name in quantiles)}
        {"".join(f", g.{name}" for name in more)}
      from parts as g left join found as f on f.part = g.part"""
