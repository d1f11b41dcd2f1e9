"""Days and moments as the engine reads them while a table is looked at."""

from __future__ import annotations

from tieout.propose.plan import Plan
from tieout.warehouse.engine import literal

_SHORT = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2})(\D.*)?$"
_LONG = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4}).*"
_FIRST = r"^(\d{4})[./](\d{1,2})[./](\d{1,2}).*"


def day_sql(plan: Plan, column: str) -> str:
    """Give a column's day as the engine reads it; null where it is none."""
    facts = plan.looked.of(column)
    order = facts.order if facts.order in {"iso", "dmy", "mdy", "ymd"} else plan.told("dates") or facts.order
    text = f"trim({plan.looked.sql(column)})"
    if order in {"dmy", "mdy"} and facts.order != "iso":
        day, month = (r"\1", r"\2") if order == "dmy" else (r"\2", r"\1")
        for pattern, year in ((_LONG, r"\3"), (_SHORT, r"20\3")):
            text = f"regexp_replace({text}, {literal(pattern)}, {literal(f'{year}-{month}-{day}')})"
    elif order == "ymd":
        written = literal(r"\1-\2-\3")
        text = f"regexp_replace({text}, {literal(_FIRST)}, {written})"
    return f"try_cast(try_cast({text} as timestamp) as date)"
