"""Laws of working time: no clock runs outside working hours, time adds up, and a deadline undoes the counting.

The second answer looks at each minute and asks the clock on the wall whether it is worked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.align.working_time import create_working_tables
from tieout.basics.hours import Minutes, Span, Week, business_time, cut_days, deadline, joined, spans
from tieout.contract.model import Absence, Company, Contract, Lifecycle, LifecycleStage, WorkingHours
from tieout.warehouse.engine import Connection, memory

MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu")
FIRST = date(2026, 3, 26)  # the clocks of Berlin go forward on the 29th
QUARTERS = st.integers(0, 95)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Draw a week's hours in quarters of an hour, none of them over midnight."""
    told = []
    for _ in range(7):
        edges = sorted(draw(st.sets(QUARTERS, max_size=4)))
        told.append(tuple((15 * a, 15 * b) for a, b in zip(edges[::2], edges[1::2], strict=False)))
    return Week(ZoneInfo(draw(st.sampled_from(ZONES))), tuple(told))


def in_hours(week: Week, moment: datetime, first: date, last: date) -> bool:
    """Ask the clock on the wall."""
    local = moment.replace(tzinfo=UTC).astimezone(week.zone)
    minute = local.hour * 60 + local.minute
    inside = any(start <= minute < end for start, end in week.days[local.weekday()])
    return inside and first <= local.date() <= last


MOMENTS = st.integers(0, 6 * 1440).map(lambda minutes: datetime(2026, 3, 26) + minutes * MINUTE)


@given(weeks(), MOMENTS)
def test_a_clock_never_runs_outside_working_hours(week: Week, moment: datetime) -> None:
    last = FIRST + timedelta(days=6)
    worked = spans(week, FIRST, last)
    assert bool(business_time(worked, moment, moment + MINUTE)) == in_hours(week, moment, FIRST, last)


@given(weeks(), st.lists(MOMENTS, min_size=3, max_size=3))
def test_time_adds_up(week: Week, moments: list[datetime]) -> None:
    first, middle, last = sorted(moments)
    worked = spans(week, FIRST, FIRST + timedelta(days=6))
    parts = business_time(worked, first, middle) + business_time(worked, middle, last)
    assert parts == business_time(worked, first, last) <= last - first


@given(weeks(), MOMENTS, st.integers(1, 3000))
def test_a_deadline_undoes_the_counting(week: Week, start: datetime, minutes: int) -> None:
    worked = spans(week, FIRST, FIRST + timedelta(days=6))
    due = deadline(worked, start, minutes * MINUTE)
    if due is None:
        assert business_time(worked, start, datetime(2026, 12, 31)) < minutes * MINUTE
    else:
        assert business_time(worked, start, due) == minutes * MINUTE
        assert business_time(worked, start, due - MINUTE) < minutes * MINUTE


@given(weeks())
def test_pieces_fill_time_and_hold_what_is_worked(week: Week) -> None:
    worked = spans(week, FIRST, FIRST + timedelta(days=6))
    first, last = datetime(2026, 3, 24), datetime(2026, 4, 5)
    pieces = cut_days(worked, first, last)
    assert [end for _, end, _ in pieces[:-1]] == [start for start, _, _ in pieces[1:]]
    assert (pieces[0][0], pieces[-1][1]) == (first, last)
    assert joined((start, end) for start, end, working in pieces if working) == worked
    assert all(start.date() == (end - timedelta(microseconds=1)).date() for start, end, _ in pieces)


# -- the same in the warehouse


def by_minutes(start: datetime, end: datetime, worked: list[Span]) -> int:
    """Count the whole minutes that lie in spans."""
    return sum(
        any(begins <= start + n * MINUTE < ends for begins, ends in worked) for n in range((end - start) // MINUTE)
    )


HOURS = (
    WorkingHours(
        monday="09:00-17:00", tuesday="09:00-17:00", friday=("09:00-12:00", "13:00-15:00"), holidays=("DE-BE",)
    ),
    WorkingHours.model_validate(
        {"team": "West", "time_zone": "America/New_York", "monday": "08:00-18:00", "sunday": "22:00-02:00"}
    ),
    WorkingHours.model_validate({"from": "2026-04-06", "wednesday": "10:00-11:00", "thursday": "10:00-20:00"}),
)
AWAY = Absence.model_validate({"user": "U1", "from": "2026-03-30", "to": "2026-03-31", "reason": "vacation"})
CONTRACT = Contract(
    company=Company(time_zone="Europe/Berlin", working_hours=HOURS),
    lifecycle=Lifecycle(stages=(LifecycleStage(name="mql", answer_within_hours=40, hours="business"),)),
    absences=(AWAY,),
)
LAID = """
  with asked as (
    select c.calendar, $start::timestamp as started_at, $end::timestamp as ended_at
    from working_calendars as c
    where coalesce(c.team_key, '') = $team and coalesce(c.user_id, '') = $user
  ),
  begun as (
    select a.*,
      p.worked + case when p.working then date_diff('microsecond', p.starts_at, a.started_at) else 0 end as worked
    from asked as a join working_pieces as p on p.calendar = a.calendar and p.day = cast(a.started_at as date)
      and p.starts_at <= a.started_at and a.started_at < p.ends_at
  )
  select e.worked + case when e.working then date_diff('microsecond', e.starts_at, b.ended_at) else 0 end - b.worked,
    s.starts_at + to_microseconds(b.worked + $within - s.worked)
  from begun as b
  join working_pieces as e on e.calendar = b.calendar and e.day = cast(b.ended_at as date)
    and e.starts_at <= b.ended_at and b.ended_at < e.ends_at
  left join working_steps as s on s.calendar = b.calendar and s.step = (b.worked + $within) // 28800000000
    and s.worked < b.worked + $within and b.worked + $within <= s.worked_until"""
MICRO = timedelta(microseconds=1)


def laid(team: str, user: str) -> list[Span]:
    """Lay the same hours out by hand, from the words of the contract above."""
    office: Minutes = (540, 1020)
    old = Week(ZoneInfo("Europe/Berlin"), ((office,), (office,), (), (), ((540, 720), (780, 900)), (), ()))
    new = Week(ZoneInfo("Europe/Berlin"), ((), (), ((600, 660),), ((600, 1200),), (), (), ()))
    west = Week(ZoneInfo("America/New_York"), (((480, 1080),), (), (), (), (), (), ((1320, 1560),)))
    first, last = date(2026, 3, 20), date(2026, 9, 30)
    if team:
        return spans(west, first, last)
    holidays = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1)}  # Good Friday, Easter Monday, 1 May
    found = [*spans(old, first, date(2026, 4, 5), holidays), *spans(new, date(2026, 4, 6), last)]
    return [one for one in found if not user or not date(2026, 3, 30) <= one[0].date() <= date(2026, 3, 31)]


@pytest.fixture(scope="module")
def engine() -> Iterator[Connection]:
    with memory() as opened:
        opened.execute("create view source_user as select 'U1' as record, cast(null as varchar) as team")
        opened.execute(
            "create view source_lifecycle_change as select 'C1' as record, timestamp '2026-03-22 12:00:00' as \"at\""
        )
        for entity, columns in (("opportunity", ""), ("lead", ", null::timestamp as first_contact_at")):
            opened.execute(
                f"""create view source_{entity} as
                select timestamp '2026-04-01' as happened_at, null::timestamp as created_at{columns}"""
            )
        create_working_tables(opened, CONTRACT, datetime(2026, 4, 20))
        yield opened


@settings(max_examples=40)
@given(
    st.sampled_from([("", ""), ("west", ""), ("", "U1")]),
    st.integers(0, 25 * 1440),
    st.integers(0, 4 * 1440),
    st.integers(1, 40 * 60),
)
def test_the_tables_count_as_the_minutes_do(
    engine: Connection, whose: tuple[str, str], start: int, length: int, within: int
) -> None:
    begins = datetime(2026, 3, 23) + start * MINUTE
    ends = begins + length * MINUTE
    parameters = {"start": begins, "end": ends, "team": whose[0], "user": whose[1], "within": within * MINUTE // MICRO}
    (found,) = engine.execute(LAID, parameters).fetchall()
    worked = laid(*whose)
    assert found == (by_minutes(begins, ends, worked) * 60_000_000, deadline(worked, begins, within * MINUTE))
