"""Segments and territories that change on a day, and the register of teams: what holds when, and what is at fault."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.contract.conftest import Load
from tieout.align.placing_rows import placing_rows, team_rows
from tieout.contract.placing import placing_periods, rules_at

UTC = ZoneInfo("UTC")
TEAM = "user,team,region,manager,role,territory,from,to,reason,owner\n"
BEGINNING, END = datetime(1, 1, 1), datetime(9999, 12, 31)

RECUT = """
territories:
  - {name: North, when: country = 'SE'}
  - {name: South, when: country = 'IT'}
  - {name: north, from: 2026-04-01, when: "country in ('SE', 'DE')"}
  - {name: East, from: 2026-07-01, when: country = 'PL'}
  - {name: South, from: 2026-07-01, when: "false"}
"""


def test_rules_change_on_their_days(load: Load) -> None:
    contract, told, _ = load(audience=RECUT)
    assert told == []
    north, wider, south = ("North", "country = 'SE'"), ("North", "country in ('SE', 'DE')"), ("South", "country = 'IT'")
    runs = [(run.first, run.last, run.territories) for run in placing_periods(contract)]
    assert runs == [
        (None, date(2026, 4, 1), (north, south)),
        (date(2026, 4, 1), date(2026, 7, 1), (wider, south)),
        (date(2026, 7, 1), None, (wider, ("South", "false"), ("East", "country = 'PL'"))),
    ]
    assert placing_rows(contract, UTC)[1] == (2, datetime(2026, 4, 1), datetime(2026, 7, 1))


def test_a_restating_entry_holds_for_the_past_as_well(load: Load) -> None:
    contract, told, _ = load(audience=RECUT.replace("name: north,", "name: north, restate: true,"))
    assert told == []
    assert rules_at(contract.audience.territories, None)[0] == ("North", "country in ('SE', 'DE')")
    assert [run.first for run in placing_periods(contract)] == [None, date(2026, 7, 1)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  - {name: A, when: country = 'SE'}\n  - {name: a, when: country = 'DE'}", ["territory.duplicate"]),
        ("  - {name: A}", ["placing.no_rule"]),
        ("  - {name: A, when: employees}", ["criterion.not_boolean"]),
        ("  - {name: A, when: stage = 'Open'}", ["criterion.column"]),
        (
            "  - {name: A, when: country = 'SE'}\n  - {name: A, from: 2026-07-01}\n  - {name: A, from: 2026-06-01}",
            ["placing.order"],
        ),
        ("  - {name: ' ', when: country = 'SE'}", ["name.blank"]),
        ("  - {name: A, when: country = 'SE', colour: red}", ["key.unknown"]),
    ],
)
def test_mistakes_are_found(load: Load, text: str, told: list[str]) -> None:
    _, found, _ = load(audience=f"territories:\n{text}\n")
    assert [line.split()[0] for line in found] == told


def test_ten_mistakes_give_ten_findings(load: Load) -> None:
    rows = "U1,A,,,,,2026-02-01,2026-01-01,r,o\nU2,,,,,,,,r,o\nU3,A,,,,Nowhere,,,r,o\n,A,,,,,,,r,o\nU4,A,,,,,x,,r,o\n"
    _, told, _ = load(
        audience="territories:\n  - {name: A, when: country = 'SE'}\n  - {name: A, when: region = 'x'}\n  - {name: B}\n"
        "  - {name: C, when: stage = 'x'}\n  - {name: D, when: country}\nteam: team.csv\nteams: no\n",
        team_csv=TEAM + rows,
    )
    assert sorted(line.split()[0] for line in told) == sorted([
        "criterion.column", "criterion.not_boolean", "key.missing", "key.unknown", "placing.no_rule", "team.dates",
        "team.empty", "territory.duplicate", "territory.unknown", "value.type",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("U1,A,,,,,,2026-06-30,r,o\nU1,B,,,,,2026-07-01,,r,o\n", []),
        ("U1,A,,,,,,,r,o\nU1,B,,,,,2026-07-01,,r,o\n", []),
        ("U1,A,,,,,,2026-08-31,r,o\nU1,B,,,,,2026-07-01,,r,o\n", ["team.overlap"]),
        ("U1,A,,,,,,2026-05-31,r,o\nU1,B,,,,,2026-07-01,,r,o\n", ["team.gap"]),
        ("U1,A,,,,,2026-07-01,,r,o\nU1,B,,,,,2026-07-01,,r,o\n", ["team.duplicate"]),
        ("U1,A,,U2,,,,,r,o\nU2,A,,U3,,,,,r,o\nU3,A,,U1,,,,,r,o\n", ["team.circle"] * 3),
        ("U1,A,,U1,,,,,r,o\n", ["team.circle"]),
        ("U1,A,,U2,,,,2026-06-30,r,o\nU2,A,,U1,,,2026-07-01,,r,o\n", []),
    ],
)
def test_the_register_of_teams(load: Load, rows: str, told: list[str]) -> None:
    _, found, _ = load(team_csv=TEAM + rows)
    assert [line.split()[0] for line in found] == told


def test_an_entry_lasts_through_its_last_day_and_never_beyond_the_next(load: Load) -> None:
    rows = "U1,A,,,,,,2026-08-31,r,o\nU1,B,,,,,2026-07-01,2026-09-30,r,o\nU1,C,,,,,2026-12-01,,r,o\n"
    contract, _, _ = load(team_csv=TEAM + rows)
    spans = [(start, end, team, listed) for _, start, end, team, *_, listed in team_rows(contract, UTC)]
    assert spans == [
        (BEGINNING, datetime(2026, 7, 1), "A", True),
        (datetime(2026, 7, 1), datetime(2026, 10, 1), "B", True),
        (datetime(2026, 10, 1), datetime(2026, 12, 1), None, False),
        (datetime(2026, 12, 1), END, "C", True),
    ]
