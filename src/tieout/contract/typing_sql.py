"""How the text of an export is read: first made plain, by the way the export writes it; then cast to the field's kind.

What cannot be read is NULL, never a guess. Times without an offset are in the company's zone, times with one are
converted; both become UTC without zone. A date alone, read as a time, is the beginning of that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlglot import exp, parse_one
from sqlglot.expressions import replace_placeholders

from tieout.contract.currencies import CURRENCIES, minor_digits
from tieout.contract.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Writing:
    """How an export writes dates (`iso`, `dmy`, `mdy`, `ymd`, `excel`, `unix`, `unix_ms`) and decimals."""

    dates: str = "iso"
    decimal: str = "point"


PLAIN = Writing()

# -- numbers

SIGNS = "$€£¥₹₩₽₺₫₪₦₱₴฿₡₲₵₸"
_CURRENCY = f"(?:(?i:{'|'.join(sorted(CURRENCIES))})|[A-Za-z]{{0,3}}[{SIGNS}]|zł|Kč|kr[.]?|Fr[.]?)"
_GROUPS = {
    "point": r"[0-9]+|[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+|(?:'[0-9]{3})+)|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}",
    "comma": r"[0-9]+|[0-9]{1,3}(?:(?:[.][0-9]{3})+|(?: [0-9]{3})+|(?:'[0-9]{3})+)",
}
_MARK = {"point": "[.]", "comma": ","}
_EASY = {
    "point": r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$",
    "comma": r"^[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]{1,3})?$",
}
_SPACES = ("\u00a0\u202f\u2009\u2007\u2212\u2013\u2019", "    --'")
"""Spaces that do not break, true minus signs and typographic apostrophes, and what they are here."""

_EASY_TEXT = {"point": "trim(:x)", "comma": "replace(trim(:x), ',', '.')"}
_WITHOUT_GROUPS = {
    "point": "replace(replace(replace({0}, ',', ''), ' ', ''), '''', '')",
    "comma": "replace(replace(replace(replace({0}, '.', ''), ' ', ''), '''', ''), ',', '.')",
}
_MARKED = """regexp_replace(regexp_replace(
    regexp_replace(trim(translate(:x, :odd, :usual)), :shape, '#\\1\\2\\5 \\3\\4'),
    '^#(?:-|[(][)]) ', '#-'), '^#[+]? ', '#')"""
_NUMBER = """case when regexp_matches(trim(:x), :easy) then {easy}
    else nullif(regexp_extract(replace({digits}, '%', 'e-2'), '^#(-?[0-9.]+(?:e-2)?)$', 1), '') end"""
"""Only what has the shape of a number as a whole gets a `#` before it, and only that is a number in the end."""


def _number(raw: exp.Expr, decimal: str, *, percent: bool) -> exp.Expr:
    """Make a number plain: without groups, currency, brackets of accountants; with a point, and its sign before it."""
    share, mark = "(%?)" if percent else "()", _MARK[decimal]
    digits = f"(?:{_GROUPS[decimal]})(?:{mark}[0-9]*)?|{mark}[0-9]+"
    shape = f"^([-+(]?) *{_CURRENCY}? *([-+(]?) *({digits}) *{share} *{_CURRENCY}? *([-)]?) *{_CURRENCY}?$"
    template = _NUMBER.format(easy=_EASY_TEXT[decimal], digits=_WITHOUT_GROUPS[decimal].format(_MARKED))
    texts = {"easy": _EASY[decimal], "odd": _SPACES[0], "usual": _SPACES[1], "shape": shape}
    return _fill(template, x=raw, **{name: _text(text) for name, text in texts.items()})


_HOLDS_AMOUNT = """case when regexp_matches(:x, '[0-9]') then coalesce(
    nullif(upper(regexp_extract(:x, :code, 1)), ''), {signs} nullif(regexp_extract(:x, :sign, 1), '')) else :x end"""
_PLAIN_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₫": "VND",
    "₪": "ILS",
    "zł": "PLN",
}


def currency_in(raw: exp.Expr) -> exp.Expr:
    """Give the currency told in the text of an amount: a code, or a sign that means one currency; else the sign.

    A text without digits is given as it is. `$` and `¥` mean several currencies, so they stay as they are.
    """
    signs = " ".join(f"case when :x like '%{sign}%' then '{code}' end," for sign, code in _PLAIN_SIGNS.items())
    code = f"(?:^|[^A-Za-z])((?i:{'|'.join(sorted(CURRENCIES))}))(?:[^A-Za-z]|$)"
    sign = f"([A-Za-z]{{0,3}}[{SIGNS}])"
    return _fill(_HOLDS_AMOUNT.format(signs=signs), x=raw, code=_text(code), sign=_text(sign))


def from_minor(amount: exp.Expr, currency: exp.Expr, rule: str) -> exp.Expr:
    """Turn an amount in minor units (cents) into major ones; NULL where the currency is not known."""
    parts = minor_digits(rule)
    case = exp.Case()
    for digits, factor in ((0, None), (2, "0.01"), (3, "0.001"), (4, "0.0001")):
        codes = [_text(code) for code in sorted(parts) if parts[code] == digits]
        value = amount.copy() if factor is None else _fill(f"cast(:x * {factor} as decimal(18, 2))", x=amount)
        case = case.when(exp.In(this=currency.copy(), expressions=codes), value)
    return case


# -- dates and times

_ISO = r"^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{2}(:\d{2}([.]\d{1,9})?)?([+-]\d{2}(:?\d{2})?|[Zz]| ?UTC)?)?$"
"""The engine's own cast takes more, and reads `1:30 PM` as half past one at night: what is not of this shape is odd."""

_COMMON = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}$"
_DAY_ALONE = r"^\d{4}-\d{2}-\d{2}$"
"""What nearly every text is: it is told at a glance, and needs no further look."""

_OFFSET = r"([+-]\d{2}(:?\d{2})?|Z|UTC)$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?[.]?"
_DAY, _YEAR, _REST = r"(\d{1,2})(?:st|nd|rd|th)?", r"(\d{4}|\d{2})", "(?:[t ,]+(.*))?$"
_WEEKDAY = "^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.]?,? +)?"
_SHAPES = (
    (f"{_WEEKDAY}{_DAY}[ ./-]*{_MONTH},?[ ./-]*{_YEAR}{_REST}", r"\3-\2-\1 \4"),
    (f"{_WEEKDAY}{_MONTH}[ ./-]*{_DAY},?[ ./-]+{_YEAR}{_REST}", r"\3-\1-\2 \4"),
)
"""Dates with the name of a month, whose order is plain."""

_ORDERS = {
    "iso": (rf"^(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_REST}", r"\1-\2-\3 \4"),
    "dmy": (rf"^(\d{{1,2}})[./-](\d{{1,2}})[./-]{_YEAR}{_REST}", r"\3-\2-\1 \4"),
    "mdy": (rf"^(\d{{1,2}})[./-](\d{{1,2}})[./-]{_YEAR}{_REST}", r"\3-\1-\2 \4"),
    "ymd": (rf"^(\d{{4}}|\d{{2}})[./-](\d{{1,2}})[./-](\d{{1,2}}){_REST}", r"\1-\2-\3 \4"),
}
_COMPACT = (rf"^(\d{{4}}|\d{{2}})(\d{{2}})(\d{{2}}){_REST}", r"\1-\2-\3 \4")
"""Without separators only six or eight digits are one date: seven could be two."""

_USUAL = {
    "dmy": (r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})( \d{1,2}:\d{2}(:\d{2})?)?$", r"\3-\2-\1\4"),
    "mdy": (r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})( \d{1,2}:\d{2}(:\d{2})?)?$", r"\3-\1-\2\4"),
    "ymd": (r"^(\d{4})[./-](\d{1,2})[./-](\d{1,2})( \d{1,2}:\d{2}(:\d{2})?)?$", r"\1-\2-\3\4"),
}
_ZONED = (r"(:\d{2}(?:[.]\d+)?) *([+-]\d{2}):?(\d{2})$", r"\1\2:\3")
_CENTURY = ((r"^([0-6]\d)-", r"20\1-"), (r"^([7-9]\d)-", r"19\1-"))
_CLOCK = r"^(.*) (\d{1,2})((?::\d{2})?)((?::\d{2}(?:[.]\d+)?)?) *([ap])[.]?m[.]?$"
_HALVES = """case
    when regexp_matches(:d, :clock) and try_cast(regexp_extract(:d, :clock, 2) as integer) between 1 and 12 then
        concat(regexp_extract(:d, :clock, 1), ' ', lpad(cast(try_cast(regexp_extract(:d, :clock, 2) as integer) % 12
        + case when regexp_extract(:d, :clock, 5) = 'p' then 12 else 0 end as varchar), 2, '0'),
        case when regexp_extract(:d, :clock, 3) = '' then ':00' else regexp_extract(:d, :clock, 3) end,
        regexp_extract(:d, :clock, 4))
    else upper(:d) end"""
_PLAIN_ISO = """case when regexp_matches(:x, :common) then :x
    when regexp_matches(trim(:x), :iso) then trim(:x) else :odd end"""
_WRITTEN = """case when regexp_matches(trim(:x), :usual) then regexp_replace(trim(:x), :usual, :order)
    when regexp_matches(trim(:x), :iso) then trim(:x) else :odd end"""
_SERIAL = {"excel": (61, 2958466), "unix": (1e8, 3.250368e10), "unix_ms": (1e11, 3.250368e13)}
"""From 1 March 1900 (before it Excel has a day that never was) or 1973 up to the end of 9999 or 2999."""

_COUNTED = """case
    when regexp_matches(trim(:x), '^[0-9.]+$') and try_cast(trim(:x) as double) between {least} and {most}
    then concat(cast(epoch_ms(cast(round({ms}) as bigint)) as varchar), '{zone}') else trim(:x) end"""
_MILLISECONDS = {
    "excel": "round((try_cast(trim(:x) as double) - 25569) * 86400) * 1000",
    "unix": "try_cast(trim(:x) as double) * 1000",
    "unix_ms": "try_cast(trim(:x) as double)",
}


def _moment(raw: exp.Expr, dates: str) -> exp.Expr:
    """Make a date or time plain: as ISO writes it."""
    if dates in _SERIAL:
        least, most = _SERIAL[dates]
        zone = "" if dates == "excel" else "+00"
        return _fill(_COUNTED.format(least=least, most=most - 1, ms=_MILLISECONDS[dates], zone=zone), x=raw)
    odd = _odd_moment(raw, dates)
    if dates == "iso":
        return _fill(_PLAIN_ISO, x=raw, common=_text(_COMMON), iso=_text(_ISO), odd=odd)
    pattern, order = _USUAL[dates]
    return _fill(_WRITTEN, x=raw, usual=_text(pattern), order=_text(order), iso=_text(_ISO), odd=odd)


def _odd_moment(raw: exp.Expr, dates: str) -> exp.Expr:
    text: exp.Expr = exp.Lower(this=exp.Trim(this=raw.copy()))
    compact = (_COMPACT,) if dates == "ymd" else ()
    shapes = (_ORDERS["iso"],) if dates == "iso" else (*_SHAPES, _ORDERS[dates], *compact, *_CENTURY)
    for pattern, order in (*shapes, _ZONED):
        text = _fill("regexp_replace(:x, :pattern, :order)", x=text, pattern=_text(pattern), order=_text(order))
    for number, name in enumerate(_MONTHS if dates != "iso" else (), 1):
        text = _fill("replace(:x, :name, :number)", x=text, name=_text(f"-{name}-"), number=_text(f"-{number:02}-"))
    return exp.Trim(this=_fill(_HALVES, d=text, clock=_text(_CLOCK)))


# -- what is plain, cast

_CASTS = {
    Kind.TEXT: "nullif(trim(:x), '')",
    Kind.MONEY: "try_cast(:x as decimal(18, 2))",
    Kind.NUMBER: "case when try_cast(:x as double) between -1e300 and 1e300 then try_cast(:x as double) end",
    Kind.INTEGER: "cast(round(try_cast(:x as decimal(18, 2))) as bigint)",
    Kind.FLAG: """case lower(trim(:x))
        when 'true' then true when 't' then true when 'yes' then true when 'y' then true when '1' then true
        when 'false' then false when 'f' then false when 'no' then false when 'n' then false when '0' then false end""",
}
_TIME = """case when regexp_matches(:x, :common) then try_cast(:x as timestamp) at time zone :zone at time zone 'UTC'
    when regexp_matches(:x, :iso) then case when regexp_matches(trim(:x), :offset) and length(trim(:x)) > 10
        then try_cast(:x as timestamptz) at time zone 'UTC'
        else try_cast(:x as timestamp) at time zone :zone at time zone 'UTC' end end"""
_DATE = """case when regexp_matches(:x, :day) then try_cast(:x as date)
    when not regexp_matches(:x, :iso) then null
    when length(trim(:x)) <= 10 then try_cast(:x as date)
    else cast(:time at time zone 'UTC' at time zone :zone as date) end"""


def plain(raw: exp.Expr, kind: Kind, writing: Writing) -> exp.Expr:
    """Give the expression that makes text `raw` plain: numbers with a point, dates and times as ISO writes them."""
    match kind:
        case Kind.MONEY | Kind.INTEGER | Kind.NUMBER:
            return _number(raw, writing.decimal, percent=kind is Kind.NUMBER)
        case Kind.DATE | Kind.TIME:
            return _moment(raw, writing.dates)
        case _:
            return raw.copy()


def cast(text: exp.Expr, kind: Kind, zone: str) -> exp.Expr:
    """Give the expression that reads a plain text as `kind`; NULL where it cannot be read."""
    match kind:
        case Kind.TIME:
            return _time(text, zone)
        case Kind.DATE:
            return _fill(
                _DATE, x=text, day=_text(_DAY_ALONE), iso=_text(_ISO), time=_time(text, zone), zone=_text(zone)
            )
        case _:
            return _fill(_CASTS[kind], x=text)


def typed(raw: exp.Expr, kind: Kind, zone: str, writing: Writing = PLAIN) -> exp.Expr:
    """Give the expression that reads text `raw` as `kind`; NULL where it cannot be read."""
    return cast(plain(raw, kind, writing), kind, zone)


def _time(text: exp.Expr, zone: str) -> exp.Expr:
    return _fill(_TIME, x=text, common=_text(_COMMON), iso=_text(_ISO), offset=_text(_OFFSET), zone=_text(zone))


def _fill(template: str, **parts: exp.Expr) -> exp.Expr:
    return replace_placeholders(_parsed(template), **parts)


@cache
def _parsed(template: str) -> exp.Expr:
    return parse_one(template, dialect="duckdb")


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)
