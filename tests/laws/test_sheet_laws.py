"""Whatever stands in a team's sheet: the lines sum to the difference, and every row is accounted for exactly once."""

from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.line.ten_deals import write
from tieout import Workspace, refresh
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.sheets.match import Status
from tieout.tying import Reported, tie

AGREED = Decimal(510_000)
TERMS = BridgeTerms("2026-Q3")
RECORDS = [f"O{number}" for number in range(1, 11)]
CLAIMS = ["C1", "C2", "C3", "C4"]
KNOWN = [Decimal(amount) for amount in (100_000, 50_000, 80_000, 110_000, 120_000, 330_000, 360_000, 70_000, 40_000)]


class Line(NamedTuple):
    """A row of a sheet: with an id and an amount, or none of them."""

    id: str
    name: str
    amount: Decimal | None


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(write(tmp_path_factory.mktemp("sheets")))
    assert refresh(workspace, datetime(2026, 7, 22, 8)).after
    return workspace


amounts = st.sampled_from(KNOWN) | st.decimals(-10_000_000, 10_000_000, places=2)
lines = st.builds(
    Line,
    st.sampled_from([*RECORDS, *CLAIMS, "O99", "", "o1", "https://crm.example/O2"]),
    st.sampled_from(["", "somebody", "Acme Inc."]),
    amounts | st.none(),
).map(lambda line: line if line.id or line.name else Line("", "", None))
blank = st.just(Line("", "", None))
sheets = st.lists(lines | blank, min_size=1, max_size=25)


def written(folder: Path, rows: list[Line], *, total: bool) -> tuple[Path, Decimal, int]:
    """Write a sheet; give what its records sum to, and how many rows it has."""
    records = [row for row in rows if row.id or row.name]
    whole = sum((row.amount for row in records if row.amount is not None), Decimal(0))
    told = [[row.id, row.name, "" if row.amount is None else str(row.amount)] for row in rows]
    told = [["Deal ID", "Deal", "Amount"], *told, *([["Total", "", str(whole)]] if total else [])]
    path = folder / "sheet.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(told)
    return path, whole, len(told)


@given(sheets, st.sampled_from(["total", "none"]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_sum_to_the_difference_and_rows_are_accounted_for(
    ten: Workspace, tmp_path: Path, rows: list[Line], foot: str
) -> None:
    path, whole, number = written(tmp_path, rows, total=foot == "total")
    tied = tie(ten, Reported(path), EndAsked("agreed", "2026-07-20"), TERMS)
    assert tied.bridge.start.value == AGREED
    assert tied.bridge.end.value == whole
    assert sum((line.amount for line in tied.bridge.lines), Decimal(0)) == whole - AGREED
    assert tied.bridge.residual == 0
    assert tied.sheet
    seen = [reading.match.row.number for reading in tied.readings] + [other.number for other in tied.sheet.others]
    assert sorted(seen) == list(range(1, number + 1))


@given(sheets)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_row_is_only_ever_its_own_record(ten: Workspace, tmp_path: Path, rows: list[Line]) -> None:
    path, _, _ = written(tmp_path, rows, total=False)
    tied = tie(ten, Reported(path), EndAsked("agreed", "2026-07-20"), TERMS)
    meant = {"o1": "O1", "https://crm.example/O2": "O2", "C1": "O2", "C2": "O2", "C4": "O8"}
    for reading in tied.readings:
        row = reading.match.row
        if row.id in {"", "O99"}:
            assert reading.match.status is not Status.MATCHED
        else:
            assert reading.match.record == meant.get(row.id, row.id)


@given(st.sampled_from(["agreed", "sales", "marketing"]), st.decimals(0, 2_000_000, places=2))
@settings(max_examples=6, deadline=None)
def test_a_total_alone_is_tied_to_any_lens(ten: Workspace, lens: str, total: Decimal) -> None:
    starts = {"agreed": 510_000, "sales": 900_000, "marketing": 265_000}
    tied = tie(ten, Reported(total=total, name="board"), EndAsked(lens, "2026-07-20"), TERMS)
    assert tied.bridge.start.value == starts[lens]
    assert tied.bridge.end.value == total
    assert sum((line.amount for line in tied.bridge.lines), Decimal(0)) == total - starts[lens]
    assert tied.bridge.residual == 0
