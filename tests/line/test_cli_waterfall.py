"""`tieout show waterfall` as people type it: the worked example as text, JSON, CSV and a page; another contract."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.ten_deals import write
from tests.line.test_worked_example import NOW
from tests.line.typed import Type, golden, normalized
from tieout import Workspace, refresh
from tieout.measure.answers import Bridge
from tieout.waterfall import WaterfallAsked, waterfall

WEEKS = ("--from", "2026-07-06", "--to", "2026-07-20")


def test_the_page_in_a_terminal(typed: Type) -> None:
    seen = typed("show", "waterfall", *WEEKS, "--by", "type", "--deals", "--records")
    assert (seen.status, seen.err) == (0, "")
    assert normalized(seen.out) == golden("waterfall_weeks")


def test_it_fits_eighty_columns(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = typed("show", "waterfall", *WEEKS, "--said-then", "--by", "type").out.splitlines()
    assert max(map(len, lines)) <= 80


def test_said_then_what_was_there_is_late_history(typed: Type) -> None:
    """470 as said on the 6th, 510 as said on the 20th: O8 was there on the 2nd and heard of on the 20th."""
    found = typed("show", "waterfall", *WEEKS, "--said-then", "--json").document
    assert {line["cause"]: (int(line["amount"] / 1000), line["n"]) for line in found["lines"]} == {
        "late history": (60, 1), "qualified": (90, 1), "amount up": (30, 1), "pushed out": (-40, 1),
        "merged": (-100, 1),
    }  # fmt: skip
    assert (found["from"]["value"], found["to"]["value"], found["residual"]) == (470000, 510000, Decimal("0.00"))
    assert (found["said_then"], found["memo"]) == (True, [])


def test_the_document(typed: Type) -> None:
    found = typed("show", "waterfall", *WEEKS, "--weighted", "--records", "--deals", "--json").document
    assert (found["closing"], found["closing_days"]) == ("2026-Q3", ["2026-07-01", "2026-09-30"])
    assert (found["weighting"], found["org"], found["gross"], found["won"]) == ("stage", "as-was", False, [])
    assert found["postings_count"] == len(found["postings"]) == 4
    told = ("record", "pushed", "days", "changed", "change")
    assert [tuple(deal[name] for name in told) for deal in found["deals"]] == [
        ("O7", 1, 25, 0, Decimal("0.00")), ("O2", 0, 0, 1, Decimal("30000.00")), ("O8", 0, 0, 1, Decimal("20000.00")),
    ]  # fmt: skip


def test_tables(typed: Type) -> None:
    lines = typed("show", "waterfall", *WEEKS, "--csv").out.splitlines()
    assert lines[:3] == ["line,name,amount,n", "from,agreed,410000.00,6", "cause,qualified,90000.00,1"]
    assert lines[-1] == "memo,deleted and restored,70000.00,1"
    postings = typed("show", "waterfall", *WEEKS, "--csv", "--records").out.splitlines()
    assert postings[:2] == ["record,cause,amount,unit", "O5,qualified,90000.00,"]
    deals = typed("show", "waterfall", *WEEKS, "--csv", "--deals").out.splitlines()
    assert deals[:2] == [
        "record,pushed,days,pulled,changed,change,opening,closing,outcome", "O7,1,25,0,0,0.00,40000.00,,open",
    ]  # fmt: skip


def test_every_bar_of_the_page_leads_to_its_records(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    assert typed("show", "waterfall", *WEEKS, "--by", "type", "--deals", "--html", str(file)).status == 0
    page = file.read_text("utf-8")
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#)', page.replace('href="data:', ""))
    for record in ("O2", "O5", "O7", "O8"):
        assert re.search(rf"<th[^>]*>{record}</th>", page)
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    led = set(re.findall(r'href="#(cause-[^"]+)"', page))
    assert len(led) == 3
    assert led <= ids


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--from", "2026-07-20", "--to", "2026-07-06"), "--from 2026-07-20 is not before 2026-07-06"),
        (("--from", "2026-06-01"), "history begins on 2026-06-20. Give a later beginning with --from."),
        (("--closing", "2026-Q9"), "'2026-Q9' is not a period"),
        (("--json", "--csv"), "--json and --csv cannot both be given"),
    ],
)
def test_mistakes(typed: Type, words: tuple[str, ...], message: str) -> None:
    seen = typed("show", "waterfall", *words)
    assert seen.status == 2
    assert message in seen.out + seen.err


# -- another contract

STAGES = """
types: [new, expansion, renewal]
stages: [{names}, {{name: Closed Won, outcome: won}}, {{name: Closed Lost, outcome: lost}}]
definition: [{{stage: {qualifying}}}]
"""


def told(folder: Path, names: str, qualifying: str) -> Bridge:
    workspace = Workspace(write(folder, pipeline=STAGES.format(names=names, qualifying=qualifying)))
    assert refresh(workspace, NOW).after
    return waterfall(workspace, WaterfallAsked("2026-07-06", "2026-07-20")).bridge


@pytest.mark.parametrize(
    ("names", "qualifying", "ends", "lines"),
    [
        # Qualification goes by another name now
        ("{name: Discovery}, {name: Evaluation, also: [Qualification]}", "Evaluation", (410, 510), {"qualified": 90}),
        # the stages stand the other way round: O5 was counted in Discovery and fell back behind it
        ("{name: Qualification}, {name: Discovery}", "Discovery", (90, 0), {"disqualified": -90}),
        # Discovery is gone: of what stands in it nobody can tell whether it counts
        ("{name: Qualification}", "Qualification", (410, 510), {"criteria unknown": 90}),
    ],
)
def test_stages_renamed_reordered_and_removed(
    tmp_path: Path, names: str, qualifying: str, ends: tuple[int, int], lines: dict[str, int]
) -> None:
    found = told(tmp_path, names, qualifying)
    assert (found.start.value / 1000, found.end.value / 1000, found.residual) == (*ends, 0)
    amounts = {line.cause: line.amount / 1000 for line in found.lines}
    assert {cause: amount for cause, amount in amounts.items() if cause not in ("amount up", "pushed out")} == lines
