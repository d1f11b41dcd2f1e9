"""The teams' own sheets of Marlow, tied out: against a bridge worked out in plain Python from the exports."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.demo.recount import COUNTS, Marlow
from tests.oracles.team_sheets import TeamSheet, bridge_of, sheet_of
from tieout import Workspace
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.sheets.match import Status
from tieout.tying import Reported, Tied, tie


@pytest.fixture(scope="module")
def exports(marlow: Workspace) -> Marlow:
    return Marlow(marlow.root)


def tied_out(marlow: Workspace, sheet: TeamSheet, folder: Path) -> Tied:
    path = sheet.write(folder / "sheet.csv")
    return tie(marlow, Reported(path), EndAsked("agreed"), BridgeTerms())


@pytest.mark.parametrize("team", ["sales", "finance", "marketing"])
def test_a_teams_sheet_is_bridged_as_by_hand(marlow: Workspace, exports: Marlow, team: str, tmp_path: Path) -> None:
    counted = COUNTS[team](exports)
    if team == "marketing":  # one row for each opportunity that has one claim: of several, the test below
        claims = Counter(credit["opportunity_id"] for credit in exports.credits)
        counted = {record: value for record, value in counted.items() if claims[record] < 2}
    sheet = sheet_of(exports, counted)
    tied = tied_out(marlow, sheet, tmp_path)
    assert tied.bridge.residual == 0
    assert tied.bridge.end.value == sheet.total
    assert {line.cause: line.amount for line in tied.bridge.lines} == bridge_of(exports, sheet, team)


@pytest.mark.parametrize("team", ["sales", "finance"])
def test_every_row_finds_its_record(marlow: Workspace, exports: Marlow, team: str, tmp_path: Path) -> None:
    sheet = sheet_of(exports, COUNTS[team](exports))
    tied = tied_out(marlow, sheet, tmp_path)
    found = [(reading.match.status, reading.match.record) for reading in tied.readings]
    assert found[:-1] == [(Status.MATCHED, record) for record in sheet.by_record]
    assert found[-1] == (Status.UNMATCHED, None)


def test_amounts_in_whole_thousands_have_a_line_of_their_own(
    marlow: Workspace, exports: Marlow, tmp_path: Path
) -> None:
    exact = COUNTS["sales"](exports)
    sheet = TeamSheet()
    for record, value in exact.items():
        whole = (value / 1000).quantize(Decimal(1), ROUND_HALF_UP) * 1000
        sheet.rows.append((record, "", f"{whole:,.0f}"))
        sheet.by_record[record] = whole
    lines = {line.cause: line.amount for line in tied_out(marlow, sheet, tmp_path).bridge.lines}
    ours = COUNTS["agreed"](exports)
    both = [record for record in exact if record in ours]
    assert lines["rounding"] == sum(sheet.by_record[record] - exact[record] for record in both)
    assert lines["basis"] == sum(exact[record] - ours[record] for record in both)
    assert "amount as reported" not in lines


def test_only_a_total_is_one_named_line(marlow: Workspace) -> None:
    tied = tie(marlow, Reported(total=Decimal(8400000), name="marketing"), EndAsked("agreed"), BridgeTerms())
    assert [(line.cause, line.amount) for line in tied.bridge.lines] == [
        ("more than the records", Decimal(8400000) - Decimal("5412350.00"))
    ]
    assert tied.bridge.residual == 0
