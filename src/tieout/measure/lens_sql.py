"""A lens compiled: which records it counts as of a moment, the first facet by which it rejects others, the values.

The facets stand in one fixed order; a rank is a place in it. The SQL reads `opportunities_at.sql` and the
tables of align; moments, periods and days are parameters, names from the contract are quoted literals, criteria are
compiled by the contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import stage_rank
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.states import CARRIED, STATE, Parameters, Stamps, parameters_of, stamps_of, states_sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tieout.basics.calendars import Period
    from tieout.contract.model import Contract, Lens
    from tieout.measure.moments import Moment

FACETS = (
    "exists", "deleted", "merged", "duplicate", "excluded", "type", "accepted", "stage", "category",
    "criteria unknown", "close date", "past due", "calendar", "slice",
)  # fmt: skip
"""The membership facets in their fixed order; a record's rank is the place (from 1) of the first that rejects it."""
RANK = {name: place for place, name in enumerate(FACETS, start=1)}
MOVING = ("merged", "duplicate", "excluded", "close date", "past due")
"""The facets by which a state comes in or goes out while it lasts: through a register, the period or the day."""
COUNTED = 0
RATES = """(
        select *,
          case when try_cast(rate as decimal(8, 6)) = rate then try_cast(rate as decimal(8, 6)) end as short_rate
        from exchange_rates)"""
"""The rates, each also as a short number where it is one: only short numbers are quickly multiplied."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What there is to cut spans by: registers that bar records or accounts; `steady` where no rate changes."""

    barred: bool = True
    barred_accounts: bool = True
    steady: bool = False


@dataclass(frozen=True, slots=True)
class LensView:
    """A lens at a moment, with the period it looks at; everything filled in, nothing left to the contract."""

    name: str
    lens: Lens
    moment: Moment
    period: Period | None
    extra: tuple[str, ...] = ()
    """Further criteria (`--where`), compiled, that a counted record must meet."""
    as_is: bool = False
    """Whether owners, teams and segments are those of now rather than of the moment."""
    classes: bool = False
    """Whether the source class is needed: it is joined only then."""
    asked_at: datetime | None = None
    """The moment that was asked about, where the lens works from older data than that."""
    many: tuple[tuple[Moment, Period | None], ...] = ()
    """Several moments with their periods, looked at in one statement; then `moment` and `period` are not."""
    spans: Spans | None = None
    """How the many moments are looked at as spans (spans_sql.py), where they are not one after another."""
    options: tuple[str, ...] = ()
    """What an end of a bridge asked for beside lens and moment, as it is written: as-is, spot ..."""
    since: datetime | None = None
    """Look at every state that began since then, as of its beginning, instead of the one that holds at the moment."""
    zone: str = "UTC"
    """The time zone in which such a beginning has its day: the company's."""
    passed: bool = True
    """Whether of those also the days are looked at on which time alone made one past due."""
    among: str | None = None
    """Look only at the records of this temporary table."""


def quoted(text: str) -> str:
    """Give a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def units_sql(view: LensView, contract: Contract, side: str) -> tuple[str, Parameters]:
    """Compile one row for each unit (an opportunity, or a claim) that exists at the moment, with the lens's verdict.

    Columns: `record`, `unit`, `rank` (0 = counted), the state's columns, `rate`, `value` (base currency, NULL where the
    amount or a rate is not known). `side` distinguishes the parameters of two lenses in one statement.
    """
    facets = _facets(view, contract, side)
    arms = " ".join(f"when not coalesce({facets[name]}, true) then {RANK[name]}" for name in FACETS if name in facets)
    return _valued(view, contract, side, rank=f"case {arms} else {COUNTED} end"), parameters_of(view, side)


def counted_sql(view: LensView, contract: Contract, side: str) -> tuple[str, Parameters]:
    """Compile one row for each unit that the lens counts: as units_sql where `rank` is 0, but quicker to read."""
    met = _met(_facets(view, contract, side))
    return _valued(view, contract, side, condition=met), parameters_of(view, side)


def _met(facets: Mapping[str, str]) -> str:
    """Give the test of meeting all of some facets: what meets a criterion has no unknown one."""
    tests = (facets[name] for name in FACETS if name != "criteria unknown" and facets.get(name, "true") != "true")
    return " and ".join(f"({test})" for test in tests) or "true"


def _valued(view: LensView, contract: Contract, side: str, *, rank: str = "0", condition: str = "true") -> str:
    units = _claim_units(view, side, contract) if view.lens.grain == "claim" else _opportunity_units(view)
    if sourced(view):
        join = "left join source_classes as c on c.record = s.record"
        units = f"select s.*, c.class as source_class from ({units}) as s {join}"
    else:
        units = f"select s.*, cast(null as varchar) as source_class from ({units}) as s"
    rate_on = rate_day("u", view.lens, stamps_of(view, side).day)
    return f"""
      with at_moment as ({states_sql(view, side)})
      select u.*, r.rate, {rate_on} as rate_on, {native_sql("u", view.lens)} as original,
        {rank} as rank, {value_sql("u", view.lens, "r.rate", short="r.short_rate")} as value
      from ({units}) as u
      left join {RATES} as r
        on r.kind = {quoted(view.lens.rates or "plan")} and r.currency = u.currency
        and r.starts_on <= {rate_on} and {rate_on} < r.ends_on
      where {condition}"""


def sourced(view: LensView) -> bool:
    """Say whether the source class is looked at."""
    texts = (view.lens.slice or "", view.lens.accepted or "")
    return view.classes or any("source_class" in text.lower() for text in texts)


def standing_sql(view: LensView, contract: Contract) -> str:
    """Compile the tests of a lens that a state meets or fails as long as it lasts: all but those of MOVING."""
    facets = _facets(view, contract, "a")
    return _met({name: test for name, test in facets.items() if name not in MOVING})


def value_sql(row: str, lens: Lens, rate: str, weighed: str | None = None, short: str | None = None) -> str:
    """Give the expression of a record's value: its amount in the lens's basis, weighted, at a rate.

    `short` is the same rate as `RATES` has it beside, where it is at hand.
    """
    return converted_sql(native_sql(row, lens, weighed), rate, short)


def native_sql(row: str, lens: Lens, weighed: str | None = None) -> str:
    """Give the expression of a record's amount in its own currency: in the lens's basis, weighted, to the cent.

    `weighed` is another row of it, whose probability is taken instead.
    """
    native = f"{row}.{lens.basis or 'arr'}"
    weights = {"stage": f"{weighed or row}.stage_probability", "record": f"{weighed or row}.probability"}
    if lens.weighting in weights:
        weight = f"cast(round({weights[lens.weighting]}, 6) as decimal(9, 6))"
        quick = f"cast(round(cast({native} as decimal(9, 2)) * {weight}, 2) as decimal(18, 2))"
        fits = f"{native} between -9999999.99 and 9999999.99"
        return f"case when {fits} then {quick} else {product_sql(native, weight)} end"
    return native


def rate_day(row: str, lens: Lens, day: str) -> str:
    """Give the expression of the day whose rate values a record: that of as-of, or its own close date."""
    return f"coalesce({row}.closed_on, {day})" if lens.rates_on == "close_date" else f"cast({day} as date)"


def converted_sql(amount: str, rate: str, short: str | None = None) -> str:
    """Give an amount at a rate, to the cent; the base currency's rate of 1 is not multiplied."""
    quick = ""
    if short:  # numbers of 18 digits are multiplied and rounded thirty times as fast as those of 38
        fits = f"{short} is not null and {amount} between -99999999.99 and 99999999.99"
        quick = f"when {fits} then cast(round(cast({amount} as decimal(10, 2)) * {short}, 2) as decimal(18, 2))"
    return f"case when {rate} = 1 then {amount} {quick} else {product_sql(amount, rate)} end"


def product_sql(amount: str, factor: str) -> str:
    """Give an amount times a factor, to the cent; wide enough not to overflow, unknown where it cannot be kept."""
    return f"try_cast(round(cast({amount} as decimal(28, 2)) * {factor}, 2) as decimal(18, 2))"


# -- units


def _opportunity_units(view: LensView) -> str:
    state = ", ".join(f"s.{name}" for name in (*(CARRIED if view.many or view.since else ()), *STATE))
    return f"""
      select s.record, {state}, s.record as unit, false as lone, cast(null as date) as claimed_on, true as claimed
      from at_moment as s"""


def _claim_units(view: LensView, side: str, contract: Contract) -> str:
    """Opportunities with their claims, those without any, and the claims that have no opportunity."""
    zone = quoted(contract.company.time_zone)
    at = f"""k.valid_from <= $as_of_{side} and $as_of_{side} < k.valid_to
        and k.seen_from <= $known_at_{side} and $known_at_{side} < k.seen_to"""
    target = "k.opportunity_id" if view.lens.merged else "coalesce(m.survivor, k.opportunity_id)"
    claimed_on = f"cast(k.claimed_at at time zone 'UTC' at time zone {zone} as date)"
    state = ", ".join(f"s.{name}" for name in STATE)
    alone = {
        "arr": "k.amount", "acv": "k.amount", "tcv": "k.amount", "currency": "upper(k.currency)", "outcome": "'open'",
        "stage_probability": "1.0", "probability": "1.0", "lead_id": "k.lead_id",
        "created_on": claimed_on, "closed_on": claimed_on,
    }  # fmt: skip
    alone |= dict.fromkeys(("missing", "deleted", "merged", "duplicate", "excluded"), "false")
    alone |= {name: "0" for name in STATE if name.endswith("_grade")}
    lone = ", ".join(f"{alone.get(name, 'null')} as {name}" for name in STATE)
    return f"""
      select s.record, {state}, coalesce(c.record, s.record) as unit, false as lone, c.claimed_on,
        c.record is not null as claimed
      from at_moment as s
      left join (
        select k.record, {claimed_on} as claimed_on, {target} as target
        from claims as k
        left join survivors as m
          on m.object = 'opportunity' and m.record = k.opportunity_id
          and m.valid_from <= $as_of_{side} and $as_of_{side} < m.valid_to
          and m.seen_from <= $known_at_{side} and $known_at_{side} < m.seen_to
        where k.opportunity_id is not null and {at}
      ) as c on c.target = s.record
      union all
      select k.record, {lone}, k.record, true, {claimed_on}, true
      from claims as k
      where k.opportunity_id is null and {at}"""


# -- facets


def _facets(view: LensView, contract: Contract, side: str) -> dict[str, str]:
    """Give the test of each facet: true, false, or unknown (which `criteria unknown` then rejects)."""
    lens = view.lens
    asked = {
        "type": _type(lens, contract),
        "accepted": _criterion(lens.accepted),
        "stage": _stage(lens, contract),
        "category": _category(lens),
        "slice": _all_of(_criterion(lens.slice), _claimed(lens)),
    }
    if lens.grain == "claim":
        asked = {name: f"(u.lone or ({test}))" for name, test in asked.items()}
    # What a claim without a deal is of, nobody knows: its team counts it, but no condition that is asked holds of it.
    asked["slice"] = _all_of(asked["slice"], *view.extra)
    tests = {
        "exists": "not u.missing",
        "deleted": "true" if lens.deleted else "not u.deleted",
        "merged": "true" if lens.merged else "not u.merged",
        "duplicate": "true" if lens.merged else "not u.duplicate",
        "excluded": "not u.excluded" if lens.exclusions else "true",
        **asked,
    }
    told = [tests[name] for name in ("type", "accepted", "stage", "slice") if tests[name] != "true"]
    tests["criteria unknown"] = " and ".join(f"({test}) is not null" for test in told) or "true"
    if (view.period or (view.many and view.many[0][1])) and lens.date_field != "none":
        tests["close date"] = _dated(lens, stamps_of(view, side))
    if not lens.past_due:
        tests["past due"] = f"not (u.outcome = 'open' and coalesce(u.close_date < {stamps_of(view, side).day}, false))"
    return tests


def _all_of(*tests: str) -> str:
    return " and ".join(test for test in tests if test != "true") or "true"


def _claimed(lens: Lens) -> str:
    return "u.claimed" if lens.grain == "claim" else "true"


def _type(lens: Lens, contract: Contract) -> str:
    if lens.types == "all":
        return "true"
    names = {name.strip().lower(): name for name in contract.pipeline.types}
    listed = ", ".join(quoted(names.get(name.strip().lower(), name)) for name in lens.types or ())
    # As it stands the test would be made of each row; so the engine makes it of each name.
    return f"coalesce(u.type in ({listed or 'null'}), null)"


def _stage(lens: Lens, contract: Contract) -> str:
    open_test = "true"
    ranks = stage_rank(contract.pipeline)
    if lens.stages == "all":
        open_test = "true"
    elif lens.stages is not None:
        wanted = sorted({ranks[name.strip().lower()] for name in lens.stages})
        open_test = f"u.stage_rank in ({', '.join(map(str, wanted)) or 'null'})"
    elif lens.stage is not None:
        open_test = f"u.stage_rank >= {ranks[lens.stage.strip().lower()]}"
    if lens.outcomes == ("open",):
        return f"u.outcome = 'open' and {open_test}"
    return f"""case when u.outcome is null then null
      when u.outcome not in ({_list(lens.outcomes)}) then false when u.outcome <> 'open' then true
      else {open_test} end"""


def _category(lens: Lens) -> str:
    if not lens.omitted:
        return "true"
    return f"coalesce(lower(u.category), '') not in ({_list(lens.omitted)})"


def _dated(lens: Lens, stamps: Stamps) -> str:
    """Whether the lens's date lies in the period; the date of a claim is not judged where there is no claim."""
    asked = (lens.date_field, lens.outcomes, lens.grain)
    # Of open deals the engine can tell by the plain column which rows it need not read.
    day = "u.close_date" if asked == ("close_date", ("open",), "opportunity") else lens_day(lens, "u")
    inside = f"coalesce({day} >= {stamps.start} and {day} < {stamps.end}, false)"
    return f"(not u.claimed or {inside})" if lens.date_field == "claimed_at" else inside


def lens_day(lens: Lens, row: str) -> str:
    """Give the expression of the date by which a lens puts a record into a period."""
    day = {"close_date": "closed_on", "created_at": "created_on", "claimed_at": "claimed_on", "none": "closed_on"}
    return f"{row}.{day[lens.date_field]}"


def _criterion(text: str | None) -> str:
    if not text:
        return "true"
    criterion, _ = parse_criterion(text, OPPORTUNITY_COLUMNS, "lens")
    return f"({criterion.sql('u')})" if criterion else "true"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name.strip().lower()) for name in names) or "null"
