"""The contract as tables in the engine, so that the SQL of the steps is static text.

Days and times come ready made: a definition or a rate is in force from `starts_at` until before `ends_at` (UTC), a
calendar has one row for each day. The year 9999 means "no end", the year 1 "from the beginning".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

from tieout.align.lifecycle_sql import stages_with_criteria
from tieout.align.placing_rows import BEGINNING, END, placing_rows, team_rows
from tieout.basics.calendars import TICK, start_of_day
from tieout.contract.asked_for import required_by_stage, required_of_leads
from tieout.contract.calendars import fiscal_calendar
from tieout.contract.definitions import definition_periods, stage_rank
from tieout.contract.funnel import PLACE, steps_of
from tieout.contract.model import Rates
from tieout.contract.placing import names_of

if TYPE_CHECKING:
    import pyarrow as pa

    from tieout.basics.calendars import FiscalCalendar
    from tieout.contract.model import Contract
    from tieout.warehouse.engine import Connection

LATEST = datetime(9999, 12, 30)
FIRST_YEAR, LAST_YEAR = 2000, 2051
KINDS: tuple[Rates, ...] = get_args(Rates)
PUBLIC_DOMAINS = (
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "me.com",
    "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com", "web.de", "yahoo.com", "yandex.ru",
)  # fmt: skip
"""Mail domains that anybody can have; they say nothing about the company."""


def create_contract_tables(engine: Connection, contract: Contract, heard_until: datetime | None = None) -> None:
    """Write every table that the steps read from the contract, and the moment that is "now" in the build."""
    zone = ZoneInfo(contract.company.time_zone)
    company = contract.company
    _table(engine, "company", "currency varchar, time_zone varchar", [(company.currency, company.time_zone)])
    _stages(engine, contract)
    _definitions(engine, contract, zone)
    _calendar_days(engine, contract, zone)
    _rates(engine, contract, zone)
    _registers(engine, contract, zone)
    _survivorship(engine, contract)
    _placings(engine, contract, zone)
    _table(engine, "present", "heard_until timestamp", [(heard_until or LATEST,)])
    _sourcing(engine, contract)
    _asked_for(engine, contract)
    _lifecycle(engine, contract)


def _table(engine: Connection, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    engine.execute(f"create table {name} ({columns})")
    for some in batched(rows):
        marks = ", ".join(f"({', '.join('?' * len(row))})" for row in some)
        engine.execute(f"insert into {name} values {marks}", [value for row in some for value in row])


def batched(rows: Iterable[Sequence[object]], size: int = 200) -> Iterator[tuple[Sequence[object], ...]]:
    """Give rows in batches: one statement for each row would cost a millisecond each."""
    left = iter(rows)
    while some := tuple(islice(left, size)):
        yield some


def _stages(engine: Connection, contract: Contract) -> None:
    ranks = stage_rank(contract.pipeline)
    by_name = {n.strip().lower(): s for s in contract.pipeline.stages for n in (s.name, *s.also)}
    _table(
        engine,
        "pipeline_stages",
        "name_key varchar, name varchar, rank integer, outcome varchar, probability double",
        ((key, by_name[key].name, ranks[key], by_name[key].outcome, by_name[key].probability) for key in by_name),
    )
    types = ((name.strip().lower(), name) for name in contract.pipeline.types)
    _table(engine, "pipeline_types", "name_key varchar, name varchar", types)


def _definitions(engine: Connection, contract: Contract, zone: ZoneInfo) -> None:
    ranks = stage_rank(contract.pipeline)
    names = {name.strip().lower(): name for name in contract.pipeline.types}
    definitions, types, omits = [], [], []
    for number, (first, last, definition) in enumerate(definition_periods(contract.pipeline)):
        rank = ranks[(definition.stage or "").strip().lower()]
        definitions.append((number, _begins(first, zone), _ends(last, zone), rank, definition.basis, definition.rates))
        types += [(number, names.get(t.strip().lower(), t)) for t in definition.types or ()]
        omits += [(number, category.strip().lower()) for category in definition.omitted or ()]
    columns = (
        "definition integer, starts_at timestamp, ends_at timestamp, stage_rank integer, basis varchar, rates varchar"
    )
    _table(engine, "definitions", columns, definitions)
    _table(engine, "definition_types", "definition integer, type varchar", types)
    _table(engine, "definition_omits", "definition integer, category_key varchar", omits)


def _calendar_days(engine: Connection, contract: Contract, zone: ZoneInfo) -> None:
    """One row for each day of each calendar; a table from lists of columns, since row by row would take seconds."""
    import pyarrow as pa  # noqa: PLC0415 - only a build needs it

    calendars = [fiscal_calendar(name, terms) for name, terms in contract.company.calendars.items()]
    engine.register("calendar_parts", pa.concat_tables(_days_of(calendar, zone) for calendar in calendars))
    engine.execute("create table calendar_days as select * from calendar_parts")
    engine.unregister("calendar_parts")


@lru_cache(maxsize=16)
def _days_of(calendar: FiscalCalendar, zone: ZoneInfo) -> pa.Table:
    """Give the days of a calendar: the same in every build of a process that watches."""
    import pyarrow as pa  # noqa: PLC0415 - only a build needs it

    days = [
        date(FIRST_YEAR, 1, 1) + timedelta(days=n) for n in range((date(LAST_YEAR, 1, 1) - date(FIRST_YEAR, 1, 1)).days)
    ]
    starts = [start_of_day(day, zone) for day in [*days, days[-1] + timedelta(days=1)]]
    told = list(days_told(calendar, days))
    columns = {column: list(values) for column, values in zip(DAY_COLUMNS, zip(*told, strict=True), strict=True)}
    same = {"calendar": [calendar.name] * len(days), "day": days, "starts_at": starts[:-1], "ends_at": starts[1:]}
    return pa.table(same | {"last_at": [after - TICK for after in starts[1:]]} | columns)


DAY_COLUMNS = (
    "month", "week", "fiscal_month", "quarter", "year", "day_of_quarter", "week_of_quarter", "days_in_quarter",
    "days_to_quarter_end",
)  # fmt: skip


def days_told(calendar: FiscalCalendar, days: Sequence[date]) -> Iterator[tuple[object, ...]]:
    """Tell of each day the periods that hold it; a period is looked up once, as the days come in order."""
    week, month, quarter = (of(days[0]) for of in (calendar.week_of, calendar.month_of, calendar.quarter_of))
    for day in days:
        week = week if week.holds(day) else calendar.week_of(day)
        month = month if month.holds(day) else calendar.month_of(day)
        quarter = quarter if quarter.holds(day) else calendar.quarter_of(day)
        place = (day - quarter.start).days
        told = (f"{day:%Y-%m}", week.name, month.name, quarter.name, quarter.name[:4])
        yield (*told, place + 1, place // 7 + 1, quarter.days, quarter.days - place - 1)


def _rates(engine: Connection, contract: Contract, zone: ZoneInfo) -> None:
    always = (BEGINNING, END, BEGINNING.date(), END.date())
    rows: list[tuple[object, ...]] = [(kind, contract.company.currency, *always, "1") for kind in KINDS]
    by_currency: dict[tuple[str, str], list[tuple[date, str]]] = {}
    for rate in contract.rates:
        if rate.currency == contract.company.currency:
            continue  # worth one of itself at all times, which stands there already
        by_currency.setdefault((rate.kind, rate.currency), []).append((rate.from_, str(rate.rate)))
    for (kind, currency), entries in by_currency.items():
        entries.sort()
        ends: list[date | None] = [*(day for day, _ in entries[1:]), None]
        rows += [
            (kind, currency, _begins(day, zone), _ends(end, zone), day, end or END.date(), rate)
            for (day, rate), end in zip(entries, ends, strict=True)
        ]
    columns = (
        "kind varchar, currency varchar, starts_at timestamp, ends_at timestamp, starts_on date, ends_on date, "
        "rate decimal(24, 12)"
    )
    _table(engine, "exchange_rates", columns, rows)


def _registers(engine: Connection, contract: Contract, zone: ZoneInfo) -> None:
    """Write both registers so that no record has two entries at one time: a join to them never doubles a record."""
    spans: dict[tuple[str, str], list[tuple[datetime, datetime, str, str]]] = {}
    for x in contract.exclusions:
        span = (_begins(x.from_, zone), _expires(x.expires, zone), x.reason, x.owner)
        spans.setdefault((x.object, x.id), []).append(span)
    exclusions = ((*key, *span) for key, found in spans.items() for span in _apart(found))
    columns = "object varchar, id varchar, starts_at timestamp, ends_at timestamp, reason varchar, owner varchar"
    _table(engine, "exclusions", columns, exclusions)
    latest: dict[tuple[str, str], tuple[object, ...]] = {}
    for m in sorted(contract.merges, key=lambda merge: _expires(merge.expires, zone)):
        latest[m.object, m.id] = (m.into, _expires(m.expires, zone), m.reason, m.owner)
    columns = "object varchar, id varchar, into_id varchar, ends_at timestamp, reason varchar, owner varchar"
    _table(engine, "registered_merges", columns, ((*key, *entry) for key, entry in latest.items()))


def _survivorship(engine: Connection, contract: Contract) -> None:
    terms = contract.identity.account
    _table(engine, "survivorship", "field varchar, rule varchar", ((name, one.rule) for name, one in terms.items()))
    places = ((name, system, n) for name, one in terms.items() for n, system in enumerate(one.systems))
    _table(engine, "survivorship_systems", "field varchar, system varchar, place integer", places)


def _apart(spans: list[tuple[datetime, datetime, str, str]]) -> list[tuple[datetime, datetime, str, str]]:
    """Cut overlapping spans so that the one which began first holds until its end."""
    kept: list[tuple[datetime, datetime, str, str]] = []
    for start, end, reason, owner in sorted(spans):
        begins = max(start, kept[-1][1]) if kept else start
        if begins < end:
            kept.append((begins, end, reason, owner))
    return kept


def _placings(engine: Connection, contract: Contract, zone: ZoneInfo) -> None:
    columns = "place integer, starts_at timestamp, ends_at timestamp"
    _table(engine, "placing_rules", columns, placing_rows(contract, zone))
    names = [("segment", name) for name in names_of(contract.company.segments)]
    names += [("territory", name) for name in names_of(contract.audience.territories)]
    _table(engine, "placing_names", "kind varchar, name varchar", names)
    columns = """user_id varchar, starts_at timestamp, ends_at timestamp, team varchar, region varchar,
      manager_id varchar, role varchar, territory varchar, listed boolean"""
    _table(engine, "team_spans", columns, team_rows(contract, zone))


def _sourcing(engine: Connection, contract: Contract) -> None:
    terms = contract.pipeline.source_class
    names = {source.strip().lower(): name for source, name in terms.sources.items()}
    _table(engine, "source_class_names", "source_key varchar, class varchar", names.items())
    roles = {role.strip().lower(): name for role, name in terms.created_by.items()}
    _table(engine, "role_classes", "role_key varchar, class varchar", roles.items())
    classes = {name.strip().lower(): name for name in (*roles.values(), *names.values(), terms.marketing)}
    _table(engine, "class_names", "class_key varchar, class varchar", classes.items())
    _table(engine, "marketing_class", "class varchar", [(terms.marketing,)])
    _table(engine, "source_class_days", "days bigint", [(terms.touch_days,)])
    _table(engine, "public_domains", "domain varchar", ((domain,) for domain in PUBLIC_DOMAINS))


def _asked_for(engine: Connection, contract: Contract) -> None:
    """Write what is asked of the data: fields by stage, the vertical of an industry."""
    stages = ((stage, field) for stage, fields in required_by_stage(contract.pipeline).items() for field in fields)
    _table(engine, "stage_required", "stage varchar, field varchar", stages)
    leads = ((stage, field) for stage, fields in required_of_leads(contract.lifecycle).items() for field in fields)
    _table(engine, "lifecycle_required", "stage varchar, field varchar", leads)
    verticals = {i.strip().lower(): name for name, listed in contract.quality.verticals.items() for i in listed}
    _table(engine, "industry_verticals", "industry_key varchar, vertical varchar", verticals.items())


def _lifecycle(engine: Connection, contract: Contract) -> None:
    """Write the stages of a person under each of their names, and what sending a person back is called."""
    steps, judged = steps_of(contract.lifecycle), stages_with_criteria(contract)
    rows: dict[str, tuple[object, ...]] = {}
    for place, stage in enumerate(contract.lifecycle.stages):
        step = PLACE[steps[stage.name]]
        met = judged.index(stage.name) + 1 if stage.when else None
        for name in (stage.name, *stage.also):
            rows.setdefault(name.strip().lower(), (stage.name, place, step, met if name == stage.name else None))
    columns = "name_key varchar, name varchar, place integer, step integer, criterion integer"
    _table(engine, "lifecycle_stages", columns, ((key, *row) for key, row in rows.items()))
    back = contract.lifecycle.sent_back
    kinds = {name.strip().lower(): "disqualified" for name in back.disqualified}
    kinds |= {name.strip().lower(): "recycled" for name in back.recycled}
    _table(engine, "lifecycle_sent_back", "name_key varchar, kind varchar", kinds.items())
    reasons = {reason.strip().lower() for stage in contract.lifecycle.stages for reason in stage.reasons}
    _table(engine, "lifecycle_reasons", "reason_key varchar", ((reason,) for reason in sorted(reasons)))


def _begins(day: date | None, zone: ZoneInfo) -> datetime:
    return BEGINNING if day is None else start_of_day(day, zone)


def _ends(day: date | None, zone: ZoneInfo) -> datetime:
    return END if day is None else start_of_day(day, zone)


def _expires(day: date | None, zone: ZoneInfo) -> datetime:
    """Give the end of an entry of a register, which holds through the day on which it expires."""
    return END if day is None else start_of_day(day + timedelta(days=1), zone)
