from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tieout.connect.files import read_stamp

UTC, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")
NEXT_YEAR = datetime(2027, 1, 1)


@pytest.mark.parametrize(
    ("name", "taken_at"),
    [
        ("opps_2026-07-06.csv", "2026-07-06T23:59:59.999999"),
        ("opps_20260706.csv.gz", "2026-07-06T23:59:59.999999"),
        ("2026.07.06 opps.csv", "2026-07-06T23:59:59.999999"),
        ("opps-2026-07-06T0600.csv", "2026-07-06T06:00:00"),
        ("opps_2026-07-06_06-00.csv", "2026-07-06T06:00:00"),
        ("opps_2026-07-06 06.00.30.csv", "2026-07-06T06:00:30"),
        ("opps.20260706T060000Z.parquet", "2026-07-06T06:00:00"),
        ("opps_20260706060000.csv", "2026-07-06T06:00:00"),
        ("opps_2026-07-06T06:00+02:00.csv", "2026-07-06T04:00:00"),
        ("opps_2026-07-06_1.csv", "2026-07-06T23:59:59.999999"),
        ("opps_2026-06-29_2026-07-06.csv", "2026-07-06T23:59:59.999999"),
        ("2026-07-06/opps.csv", "2026-07-06T23:59:59.999999"),
        ("2026-07-06/opps_2026-07-07.csv", "2026-07-07T23:59:59.999999"),
    ],
)
def test_a_name_tells_when_its_file_was_taken(name: str, taken_at: str) -> None:
    stamp = read_stamp(name, UTC)
    assert stamp is not None
    assert stamp.taken_at(NEXT_YEAR, UTC) == datetime.fromisoformat(taken_at)


@pytest.mark.parametrize("name", ["opps.csv", "opps_2026-13-06.csv", "order-12026070612.csv", "v2026-7-6.csv"])
def test_a_name_without_a_date_tells_nothing(name: str) -> None:
    assert read_stamp(name, UTC) is None


def test_a_time_without_an_offset_is_in_the_zone_of_the_company() -> None:
    stamp = read_stamp("opps_2026-07-06T0600.csv", NEW_YORK)
    assert stamp is not None
    assert stamp.moment == datetime(2026, 7, 6, 10)


def test_a_day_ends_in_the_zone_of_the_company() -> None:
    stamp = read_stamp("opps_2026-07-06.csv", NEW_YORK)
    assert stamp is not None
    assert stamp.taken_at(NEXT_YEAR, NEW_YORK) == datetime(2026, 7, 7, 3, 59, 59, 999999)


def test_a_file_of_today_is_not_taken_later_than_the_pull_begins() -> None:
    stamp, now = read_stamp("opps_2026-07-06.csv", NEW_YORK), datetime(2026, 7, 7, 1, 30)
    assert stamp is not None
    assert stamp.taken_at(now, NEW_YORK) == now
