"""What stands beside the amounts of a waterfall: how many deals, pushes, weights, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.line.typed import Type, typing
from tests.oracles.tiny import GONE, Fields, Life, Tiny, dated
from tieout import Workspace, ask
from tieout.measure.answers import Question
from tieout.waterfall import Waterfall, WaterfallAsked, waterfall

DAYS = ("2026-06-30", "2026-07-31", "2026-08-10", "2026-08-20", "2026-09-10", "2026-09-30", "2026-10-31")


def life(*later: tuple[str, Fields], **fields: str) -> Life:
    since = [(f"2026-{day}T09:00", changed) for day, changed in later]
    return [("2026-06-20T09:00", {"close": "2026-10-15", **fields}), *since]


WON, LOST = {"stage": "Closed Won"}, {"stage": "Closed Lost"}
DEALS = {
    "stays": life(),
    "free": life(("08-20", WON), arr="0"),
    "unknown": life(("08-20", LOST), arr=""),
    "no-rate": life(("08-20", {"currency": "XXX"})),
    "never-known": life(arr=""),
    "re-opened": life(
        ("07-15", LOST | {"close": "2026-07-15"}), ("08-20", {"stage": "Proposal", "close": "2026-10-01"})
    ),
    "won-twice": life(
        ("08-10", WON | {"close": "2026-08-10"}),
        ("08-20", {"stage": "Proposal", "close": "2026-10-01"}),
        ("09-10", WON | {"close": "2026-09-10"}),
    ),
    "pushed-and-gone": life(("08-10", {"close": "2026-10-20"}), ("08-20", {GONE: "x"})),
}
ASKED = WaterfallAsked("2026-07-31", "2026-09-30", closing="2027-Q3")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    lenses = {"weighs": {"weighting": "stage"}, "stale": {"freshness": {"last": "month_end"}}}
    folder = tmp_path_factory.mktemp("labels")
    return Tiny(dated("deals", DEALS, DAYS), {"lenses": lenses}).refreshed(folder)


def told(company: Workspace, **terms: object) -> Waterfall:
    return waterfall(company, replace(ASKED, **terms))  # type: ignore[arg-type]


@pytest.mark.parametrize("gross", [False, True])
def test_a_deal_of_no_amount_is_counted_where_it_went(company: Workspace, *, gross: bool) -> None:
    """Seven begin; one is re-opened, two are won, one lost, one deleted: four are left."""
    bridge = told(company, gross=gross).bridge
    assert (bridge.start.n, bridge.end.n) == (7, 4)
    went = {posting.record: posting.cause for posting in bridge.postings if posting.record in {"free", "unknown"}}
    assert went == {"free": "won", "unknown": "lost"}
    if not gross:
        assert {line.cause: line.n for line in bridge.lines} == {
            "re-opened": 1, "amount down": 1, "deleted": 1, "lost": 1, "won": 2,
        }  # fmt: skip
        assert {line.n for line in bridge.won if line.cause in {"opening", "closing"}} == {2}


def test_what_was_within_a_condition_for_a_while_is_told(tmp_path: Path) -> None:
    """One is counted at the opening outside of it, the other at the closing; within it both came and went."""
    deals = {
        "before": life(("08-10", {GONE: "x"}), ("08-20", {"owner": "U1", "arr": "70000"}), ("09-10", WON), owner="U2"),
        "after": life(
            ("08-10", {"stage": "Qualification"}),
            ("08-20", LOST),
            ("09-10", {"stage": "Proposal", "owner": "U2"}),
            stage="Discovery",
            owner="U1",
        ),
    }
    company = Tiny(dated("deals", deals, DAYS)).refreshed(tmp_path)
    bridge = told(company, where="owner_id = 'U1'").bridge
    assert (bridge.start.n, bridge.end.n, bridge.lines) == (0, 0, ())
    assert [(line.cause, line.amount, line.n) for line in bridge.memo] == [
        ("qualified and lost", 100000, 1), ("restored and won", 70000, 1),
    ]  # fmt: skip
    gross = told(company, where="owner_id = 'U1'", gross=True).bridge
    assert {(line.cause, line.amount) for line in gross.lines} == {
        ("qualified", 100000), ("lost", -100000), ("restored", 70000), ("won", -70000),
    }  # fmt: skip


def test_what_has_no_known_amount_is_said(company: Workspace) -> None:
    """At the opening `unknown` and `never-known`; at the closing `never-known`, and what has no rate any more."""
    found = told(company)
    assert (found.bridge.start.unvalued, found.bridge.end.unvalued) == (2, 2)
    (note,) = found.notes
    assert note.startswith("No amount in USD is known of 2 of the 7 in the opening and 2 of the 4 in the closing:")
    assert told(company, where="stage = 'Proposal'").notes == ()


def test_a_deal_that_is_re_opened_was_not_pushed_by_that(company: Workspace) -> None:
    """From 15 October, when it was last open, to the 1st is a pull of the one; of the other nothing came before."""
    found = {deal.record: deal for deal in told(company, deals=True).bridge.deals}
    assert {record: (deal.pushed, deal.pulled, deal.days) for record, deal in found.items()} == {
        "won-twice": (0, 1, 0), "pushed-and-gone": (1, 0, 5), "no-rate": (0, 0, 0),
    }  # fmt: skip
    assert {record: deal.outcome for record, deal in found.items()} == {
        "won-twice": "won", "pushed-and-gone": "deleted", "no-rate": "open",
    }  # fmt: skip
    answer = ask(company, Question("slip_rate.count", "2026-10", ("pushes",)))
    assert {row.by["pushes"]: row.n for row in answer.rows if row.by} == {"0": 4}


def test_a_lens_that_weighs_says_so(company: Workspace) -> None:
    plain, weighs = told(company), told(company, lens="weighs")
    assert (plain.weighting, weighs.weighting) == ("none", "stage")
    assert weighs.bridge.lines == told(company, weighted=True).bridge.lines
    assert weighs.bridge.start.value == plain.bridge.start.value / 4


def test_a_lens_of_older_data_says_of_when(company: Workspace) -> None:
    only = {"lens": "stale", "where": "arr > 0 and currency = 'USD'"}
    found = told(company, start="2026-08-10", end="2026-09-20", **only)
    assert found.notes == ("The lens 'stale' works from data that was fresh on 2026-07-31 and 2026-08-31.",)
    assert told(company, **only).notes == ()


def test_every_form_tells_what_was_won(company: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    typed: Type = typing(Path(company.root), capsys.readouterr)
    words = ("show", "waterfall", "--from", "2026-07-31", "--to", "2026-09-30", "--closing", "2027-Q3", "--by", "type")
    lines = typed(*words, "--csv").out.splitlines()
    assert "(all),won,opening,100000.00,2" in lines
    document = typed(*words, "--json").document
    assert [(line["cause"], line["amount"], line["n"]) for line in document["won"]] == [
        ("opening", 100000, 2), ("closing", 100000, 2),
    ]  # fmt: skip
    assert "Weighted pipeline closing in 2027-Q3" in typed(*words, "--lens", "weighs").out
