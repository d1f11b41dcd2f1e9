"""When exports without a date in their names were taken: not before the newest thing that they tell of.

Some names have a date in a form that is no stamp (20.07.2026); that is the day then.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from tieout.propose.look import Desk
from tieout.propose.plan import Plan, Sure
from tieout.propose.stages import expression
from tieout.propose.value_words import outcome_of
from tieout.warehouse.engine import EngineError, literal

_DAY = re.compile(r"(?<!\d)(\d{1,2})([-_. ])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
OUTLIER = timedelta(days=60)
RECENT = timedelta(days=3)


def say_taken(desk: Desk, plans: Sequence[Plan], today: date) -> None:
    """Propose when undated exports were taken; those of one folder are taken to be of one moment."""
    folders: dict[str, list[Plan]] = defaultdict(list)
    named: dict[str, dict[str, date]] = defaultdict(dict)
    for plan in plans:
        if plan.table.dated:
            continue
        if len(plan.table.sources) == 1 and (day := day_in(plan.table.sources[0].name)) and day <= today:
            plan.say("taken_at", day.isoformat(), Sure.HIGH, "the date in its name")
            named[plan.table.folder][plan.label] = day
        else:
            folders[plan.table.folder].append(plan)
    for folder, found in folders.items():
        told = named[folder] | {
            plan.label: day for plan in found if plan.entity and (day := newest_day(desk, plan, today))
        }
        if not told:
            continue
        label, day = max(told.items(), key=lambda item: item[1])
        if day < today - RECENT:
            for plan in found:
                why = "its name has no date; nothing in it" if plan.label == label else f"nothing in {label} beside it"
                plan.say("taken_at", day.isoformat(), Sure.MEDIUM, f"{why} is newer")


def day_in(name: str) -> date | None:
    """Read a day that a file's name writes day or month first, where it can only be one of them."""
    for first, split, second, year in reversed(_DAY.findall(PurePosixPath(name).name)):
        one, other = int(first), int(second)
        day, month = (one, other) if one > 12 or split == "." else (other, one) if other > 12 else (0, 0)
        try:
            return date(int(year), month, day)
        except ValueError:
            continue
    return None


def newest_day(desk: Desk, plan: Plan, today: date) -> date | None:
    """Give the last day on which something happened that the table tells of: no plans, and no slips far ahead."""
    days = [day for column in _past(plan) if (day := _last(desk, plan, column)) and day <= today]
    closing = plan.column("close_date") if plan.entity == "opportunity" else None
    if (
        closing
        and plan.told("fields.stage")
        and (day := _last(desk, plan, closing, _ended(desk, plan)))
        and day <= today
    ):
        days.append(day)
    return max(days, default=None)


def _past(plan: Plan) -> list[str]:
    """List the columns that hold times of what has happened."""
    names = [plan.told("modified"), plan.told("at")]
    names += [plan.column(one) for one in ("created_at", "first_contact_at", "claimed_at")]
    for event in plan.told("events") or ():
        names.append(event["at"])
    closing = plan.terms.get("fields.close_date")
    if closing and isinstance(closing.value, Mapping) and isinstance(closing.value.get("column"), list):
        names += closing.value["column"][:-1]
    elif plan.entity in {"activity", "revenue", "spend", "invoice"}:
        names.append(plan.column("at"))
    return [one for one in dict.fromkeys(names) if isinstance(one, str) and plan.looked.of(one).dated]


def _ended(desk: Desk, plan: Plan) -> str:
    """Give the condition for rows of deals that have ended: their close dates are no plans."""
    stage = expression(plan)
    query = f"select distinct {stage} from {plan.looked.relation} limit 200"
    names = [str(name) for (name,) in desk.engine.execute(query).fetchall() if name and outcome_of(str(name))]
    return f"{stage} in ({', '.join(map(literal, names))})" if names else "false"


def _last(desk: Desk, plan: Plan, column: str, where: str = "true") -> date | None:
    """Give the last day of a column, leaving out the one in a thousand that lies far behind the others."""
    facts, order = plan.looked.of(column), plan.told("dates") or plan.looked.of(column).order
    text = f"trim({plan.looked.sql(column)})"
    if order in {"dmy", "mdy"} and facts.order != "iso":
        parts = (r"\3", r"\2", r"\1") if order == "dmy" else (r"\3", r"\1", r"\2")
        pattern = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4}).*"
        text = f"regexp_replace({text}, {literal(pattern)}, {literal('-'.join(parts))})"
    day = f"try_cast(try_cast({text} as timestamp) as date)"
    try:
        query = (
            f"select max(d), quantile_disc(d, 0.999) from (select {day} as d from {plan.looked.relation} where {where})"
        )
        last, usual = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return facts.last
    if last is None or usual is None:
        return facts.last if where == "true" else None
    return last if last - usual <= OUTLIER else usual  # type: ignore[no-any-return]
