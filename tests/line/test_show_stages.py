"""`tieout show stages` and `tieout show coverage`: text, files and pages say the same, and errors say what to do."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.line.typed import Type, typing
from tieout import Workspace


@pytest.fixture
def marlow_typed(marlow: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command for Marlow, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    type_ = typing(marlow.root, capsys.readouterr)
    return lambda command: type_(*shlex.split(command))


def test_stages_in_text_and_files(marlow_typed: Type) -> None:
    text = marlow_typed("show stages --by segment").out
    assert text.startswith("Proposal loses most: 28.8% of 1,817 deals ended there\n")
    assert max(map(len, text.splitlines())) <= 80
    document = json.loads(marlow_typed("show stages --by segment --json").out)
    whole = {one["stage"]: one for one in document["stages"] if not one["by"]}
    assert list(whole) == ["Discovery", "Qualification", "Proposal", "Negotiation"]
    for one in whole.values():
        assert one["went_on"] + one["still_open"] + one["closed"] == one["reached"]
        parts = [part for part in document["stages"] if part["by"] and part["stage"] == one["stage"]]
        assert sum(part["reached"] for part in parts) == one["reached"]
    assert sum(one["amount"] or 0 for one in document["usual"]) == pytest.approx(
        sum(one["amount"] or 0 for one in document["stalled"])
    )
    rows = list(csv.DictReader(io.StringIO(marlow_typed("show stages --csv").out)))
    assert {row["stage"]: int(row["reached"]) for row in rows} == {
        stage: one["reached"] for stage, one in whole.items()
    }
    records = list(csv.DictReader(io.StringIO(marlow_typed("show stages --csv --records").out)))
    assert len(records) == sum(one["reached"] for one in whole.values())


def test_who_is_still_open_is_not_lost(marlow_typed: Type) -> None:
    """Of the newest quarter few have gone on from Negotiation, because most still are there."""
    stages = json.loads(marlow_typed("show stages --period 2027-Q2 --json").out)["stages"]
    fewest = min(stages, key=lambda one: one["went_on"] / one["reached"])
    most = max(stages, key=lambda one: one["closed"] / one["reached"])
    assert (fewest["stage"], most["stage"]) == ("Negotiation", "Proposal")
    assert marlow_typed("show stages --period 2027-Q2").out.startswith("Proposal loses most: ")


def test_required_coverage_in_text_and_files(marlow_typed: Type) -> None:
    text = marlow_typed("show coverage --by segment").out
    assert text.startswith("Coverage is 5.63x, 2.41x is needed by own history: 3.1M to spare\n")
    assert max(map(len, text.splitlines())) <= 80
    document = json.loads(marlow_typed("show coverage --by segment --weeks --json").out)
    whole, *parts = document["slices"]
    assert document["day_of_quarter"] == 53
    assert len(document["weeks"]) == 14
    for place, quarter in enumerate(whole["quarters"]):
        for name in ("pipeline", "won_from", "won_else", "won_before"):
            assert sum(part["quarters"][place][name] for part in parts) == pytest.approx(quarter[name])
    told = marlow_typed(
        f"ask bookings --period {quarter['quarter']} --where \"type in ('new', 'expansion')\" --json"
    ).out
    won = quarter["won_from"] + quarter["won_else"] + quarter["won_before"]
    assert won == pytest.approx(json.loads(told)["rows"][0]["value"])
    records = list(csv.DictReader(io.StringIO(marlow_typed("show coverage --csv --records").out)))
    pipeline = sum(float(row["value"]) for row in records if row["quarter"] == quarter["quarter"] and row["value"])
    assert pipeline == pytest.approx(quarter["pipeline"])


@pytest.mark.parametrize("command", ["show stages --by segment", "show coverage --by segment --weeks"])
def test_a_page_that_leads_to_its_records(marlow_typed: Type, tmp_path: Path, command: str) -> None:
    file = tmp_path / "page.html"
    assert marlow_typed(f"{command} --html {file}").status == 0
    html = file.read_text(encoding="utf-8")
    ids = set(re.findall(r' id="([^"]+)"', html))
    links = set(re.findall(r'href="#([^"]+)"', html))
    assert links <= ids
    assert "<script" not in html
    assert any(link.startswith(("reached-", "quarter-")) for link in links)


def test_a_period_that_has_not_begun(marlow_typed: Type) -> None:
    assert "the period has not begun" in marlow_typed("show stages --period 2028-Q3").out
    early = marlow_typed("show coverage --period 2027-Q4").out
    assert "the period has not begun" in early


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("show coverage --quarters 2", "2 trailing quarters cannot be looked at. Allowed: 4 to 8."),
        ("show coverage --week 20", "2027-Q3 has no week 20. Allowed: 1 to 14."),
        ("show coverage --period 2026", "'2026' is no quarter, and required coverage is of quarters."),
        ("show stages --by segmnt", "'segmnt' is not a dimension."),
        ("show stages --known-at 2026-05-31 --said-then", "cannot both be given"),
    ],
)
def test_what_cannot_be_asked(marlow_typed: Type, command: str, told: str) -> None:
    seen = marlow_typed(command)
    assert seen.status != 0
    assert told in seen.out + seen.err
