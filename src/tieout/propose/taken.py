"""When exports without a date in their names were taken.

Only what looks back may tell: titles and names that say it, and columns of what has happened. Days on which deals are
to close or money is due lie ahead, and an export dated by them would have every deal past due.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

from tieout.connect.files import read_stamp
from tieout.propose.look import Desk
from tieout.propose.moments import day_sql
from tieout.propose.plain import tokens
from tieout.propose.plan import Plan, Sure
from tieout.propose.settle import PLANNED
from tieout.propose.stages import expression
from tieout.propose.states import says_snapshot
from tieout.propose.value_words import outcome_of
from tieout.warehouse.engine import EngineError, literal

_DAY = re.compile(r"(?<!\d)(\d{1,2})([-_. /])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_WEEK = re.compile(r"(?<![a-z])(?:kw|cw|wk|week|semana|semaine|w)[-_ .]?(\d{1,2})(?!\d)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_BACK = frozenset(tokens("last latest letzte letzter letztes zuletzt derniere dernier ultima ultimo laatste"))
_DONE = re.compile(
    r"activit|contact|modif|updat|chang|stage|login|seen|aktivit|kontakt|ander|phase|visit|email|call|meeting|engag"
    r"|attivit|ativid|activid|entered"
)
OUTLIER = timedelta(days=60)
RECENT = timedelta(days=3)


def say_taken(desk: Desk, plans: Sequence[Plan], today: date, exports: str = "") -> None:
    """Propose when undated exports were taken; those of one folder are taken to be of one moment."""
    folders: dict[str, list[Plan]] = defaultdict(list)
    named: dict[str, dict[str, date]] = defaultdict(dict)
    for plan in plans:
        if plan.table.dated:
            continue
        day, why = _told(plan, today)
        if day:
            plan.say("taken_at", day.isoformat(), Sure.HIGH, why)
            named[plan.table.folder][plan.label] = day
        else:
            folders[plan.table.folder].append(plan)
    for folder, found in folders.items():
        told = named[folder] | {
            plan.label: day for plan in found if plan.entity and (day := newest_day(desk, plan, today))
        }
        if told:
            label, day = max(told.items(), key=lambda item: item[1])
            for plan in found if day < today - RECENT else ():
                why = "its name has no date; nothing in it" if plan.label == label else f"nothing in {label} beside it"
                plan.say("taken_at", day.isoformat(), Sure.MEDIUM, f"{why} is newer")
        else:
            _otherwise(found, today, exports)


def _told(plan: Plan, today: date) -> tuple[date | None, str]:
    """Read the day that a name, a title or a column of one snapshot says."""
    if len(plan.table.sources) > 1:
        return None, ""
    if (day := day_in(plan.table.sources[0].name)) and day <= today:
        return day, "the date in its name"
    titled = [one for one in (day_in(plan.looked.titles), _iso(plan.looked.titles)) if one and one <= today]
    if titled:
        return max(titled), "the date in its title"
    for column in plan.looked.source.columns:
        facts = plan.looked.of(column)
        if says_snapshot(column) and facts.dated and len(facts.values) == 1 and facts.last and facts.last <= today:
            return facts.last, f"every row's '{column}'"
    return None, ""


def _iso(text: str) -> date | None:
    stamp = read_stamp(text, UTC)  # type: ignore[arg-type]
    return stamp.moment.date() if stamp else None


def _otherwise(plans: Sequence[Plan], today: date, exports: str) -> None:
    """Take the folder's date, a week in a name, or the file's own time; else say that the start of the pull counts."""
    folder = _iso(exports) or day_in(exports)
    for plan in plans:
        path = plan.table.sources[-1].path
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        week = week_in(plan.table.sources[-1].name, today)
        if folder and folder <= today:
            plan.say("taken_at", folder.isoformat(), Sure.MEDIUM, "the date in the name of the folder")
        elif week:
            plan.say("taken_at", week.isoformat(), Sure.MEDIUM, "the end of the week in its name")
        elif written < today - RECENT:
            plan.say("taken_at", written.isoformat(), Sure.MEDIUM, "no column tells it; when the file was last written")
        elif plan.entity == "opportunity":
            plan.ask("taken_at", "When it was taken is not told by its name or a column: the start of the pull counts.")


def day_in(name: str) -> date | None:
    """Read a day that a name or title writes day or month first, where it can only be one of them."""
    for first, split, second, year in reversed(_DAY.findall(PurePosixPath(name).name if "/" in name else name)):
        one, other = int(first), int(second)
        day, month = (one, other) if one > 12 or split == "." else (other, one) if other > 12 else (0, 0)
        try:
            return date(int(year), month, day)
        except ValueError:
            continue
    return None


def week_in(name: str, today: date) -> date | None:
    """Give the last day of the week that a name tells of, in the year it names or else in the last one that had it."""
    bare = PurePosixPath(name).name
    found, years = _WEEK.findall(bare), [int(year) for year in _YEAR.findall(bare)]
    for year in [*years[-1:], *([] if years else [today.year, today.year - 1])]:
        try:
            day = date.fromisocalendar(year, int(found[-1]), 7)
        except (ValueError, IndexError):
            return None
        if day <= today + RECENT:
            return min(day, today)
    return None


def newest_day(desk: Desk, plan: Plan, today: date) -> date | None:
    """Give the last day on which something happened that the table tells of: no plans, and no slips far ahead."""
    days = [day for column in _past(plan) if (day := _last(desk, plan, column)) and day <= today]
    if plan.told("modified") or plan.states:
        return max(days, default=None)
    closing = plan.column("close_date") if plan.entity == "opportunity" else None
    planned = closing and PLANNED.search(" ".join(tokens(closing)))
    if (
        closing
        and not planned
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
    names += [column for column in plan.looked.source.columns if _looks_back(column)]
    for event in plan.told("events") or ():
        names.append(event["at"])
    closing = plan.terms.get("fields.close_date")
    if closing and isinstance(closing.value, Mapping) and isinstance(closing.value.get("column"), list):
        names += closing.value["column"][:-1]
    elif plan.entity in {"activity", "revenue", "spend", "invoice"}:
        names.append(plan.column("at"))
    return [one for one in dict.fromkeys(names) if isinstance(one, str) and plan.looked.of(one).dated]


def _looks_back(column: str) -> bool:
    words = tokens(column)
    return bool(_BACK & set(words)) and any(_DONE.match(word) for word in words)


def _ended(desk: Desk, plan: Plan) -> str:
    """Give the condition for rows of deals that have ended: their close dates are no plans."""
    stage = expression(plan)
    query = f"select distinct {stage} from {plan.looked.relation} limit 200"
    names = [str(name) for (name,) in desk.engine.execute(query).fetchall() if name and outcome_of(str(name))]
    return f"{stage} in ({', '.join(map(literal, names))})" if names else "false"


def _last(desk: Desk, plan: Plan, column: str, where: str = "true") -> date | None:
    """Give the last day of a column, leaving out the one in a thousand that lies far behind the others."""
    facts = plan.looked.of(column)
    try:
        query = (
            f"select max(d), quantile_disc(d, 0.999) from"
            f" (select {day_sql(plan, column)} as d from {plan.looked.relation} where {where})"
        )
        last, usual = desk.engine.execute(query).fetchall()[0]
    except EngineError:
        return facts.last
    if last is None or usual is None:
        return facts.last if where == "true" else None
    return last if last - usual <= OUTLIER else usual  # type: ignore[no-any-return]
