"""How the text of an export is read: one expression for each kind of field. What cannot be read is NULL, never a guess.

Times without an offset are in the company's zone, times with one are converted; both become UTC without zone. A date
alone, read as a time, is the beginning of that day. `dates` says in which order an export writes day, month and year.
"""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one
from sqlglot.expressions import replace_placeholders

from tieout.contract.vocabulary import Kind

_OFFSET = r"([+-]\d{2}(:?\d{2})?|Z|UTC)$"
_ISO_DAY = r"^\d{4}-\d{1,2}-\d{1,2}"
_OTHER_DAY = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
_PARTS = {"dmy": r"\3-\2-\1", "mdy": r"\3-\1-\2"}

_TEMPLATES = {
    Kind.TEXT: "nullif(trim(:x), '')",
    Kind.NUMBER: """case when try_cast(trim(:x) as double) between -1e300 and 1e300
        then try_cast(trim(:x) as double) end""",
    Kind.INTEGER: "cast(round(try_cast(trim(:x) as decimal(18, 2))) as bigint)",
    Kind.FLAG: """case lower(trim(:x))
        when 'true' then true when 't' then true when 'yes' then true when 'y' then true when '1' then true
        when 'false' then false when 'f' then false when 'no' then false when 'n' then false when '0' then false end""",
}
_MONEY = """case when regexp_matches(trim(:x), '^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?$')
    then try_cast(replace(trim(:x), ',', '') as decimal(18, 2)) else try_cast(trim(:x) as decimal(18, 2)) end"""
_TIME = """case when regexp_matches(:x, :day)
    then case when regexp_matches(trim(:x), :offset) and length(trim(:x)) > 10
        then try_cast(:x as timestamptz) at time zone 'UTC'
        else try_cast(:x as timestamp) at time zone :zone at time zone 'UTC' end end"""
_DATE = """case when not regexp_matches(:x, :day) then null
    when length(trim(:x)) <= 10 then try_cast(:x as date)
    else cast(:time at time zone 'UTC' at time zone :zone as date) end"""


def typed(raw: exp.Expr, kind: Kind, zone: str, dates: str) -> exp.Expr:
    """Give the expression that reads text `raw` as `kind`; NULL where it cannot be read."""
    match kind:
        case Kind.MONEY:
            return _fill(_MONEY, x=raw)
        case Kind.TIME:
            return _time(_ordered(raw, dates), zone)
        case Kind.DATE:
            day = _ordered(raw, dates)
            time = _time(day, zone)
            return _fill(_DATE, x=day, day=_text(_ISO_DAY), time=time, zone=_text(zone))
        case _:
            return _fill(_TEMPLATES[kind], x=raw)


def _time(text: exp.Expr, zone: str) -> exp.Expr:
    return _fill(_TIME, x=text, day=_text(_ISO_DAY), offset=_text(_OFFSET), zone=_text(zone))


def _ordered(raw: exp.Expr, dates: str) -> exp.Expr:
    """Put day, month and year in ISO order."""
    trimmed = exp.Trim(this=raw.copy())
    if dates not in _PARTS:
        return trimmed
    return _fill(
        "regexp_replace(:x, :pattern, :order)", x=trimmed, pattern=_text(_OTHER_DAY), order=_text(_PARTS[dates])
    )


def _fill(template: str, **parts: exp.Expr) -> exp.Expr:
    return replace_placeholders(_parsed(template), **parts)


@cache
def _parsed(template: str) -> exp.Expr:
    return parse_one(template, dialect="duckdb")


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)
