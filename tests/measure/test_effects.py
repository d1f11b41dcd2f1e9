"""What registers do to the headlines: counted by hand on a company whose amounts are powers of two."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracles.tiny import Tiny, answered, dated, once, stored
from tests.wrong_numbers.company import AS_OF, DAYS, deal
from tieout import Workspace
from tieout.commands.effects import show_effects
from tieout.commands.result import Form, Output
from tieout.measure import effects as measured
from tieout.measure.effects import BOOKINGS, Effects, _in_force, _switched_off, effects_of
from tieout.questions import opened

DEALS = {
    "plain": deal(1_000, account="A1"),
    "test": deal(2_000, account="A1"),
    "sister": deal(4_000, account="A2"),
    "both": deal(8_000, account="A2"),
    "double": deal(16_000, account="A1"),
    "ended": deal(32_000, account="A1"),
    "later": deal(64_000, account="A1"),
    "won": [*deal(128_000, account="A2"), ("2026-08-20T12:00", {"stage": "Closed Won", "close": "2026-08-20"})],
}
EXCLUSIONS = """opportunity,test,a test,RevOps,,
account,A2,sister company,RevOps,,
opportunity,both,a test,RevOps,,
opportunity,ended,dispute,RevOps,,2026-08-01
opportunity,later,next year,RevOps,2026-12-01,
opportunity,nobody,a test,RevOps,,
"""
MERGES = "opportunity,double,plain,twice,RevOps,\naccount,A1,A3,one firm,RevOps,\nlead,L2,L1,twice,RevOps,\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    leads = {"L1": once(created="2026-08-03"), "L2": once(created="2026-08-04")}
    found = dated("deals", DEALS, DAYS) | dated("leads", leads, DAYS)
    found |= dated("accounts", {"A1": once(), "A2": once(), "A3": once()}, DAYS)
    return Tiny(found, {}, EXCLUSIONS, MERGES).refreshed(tmp_path_factory.mktemp("effects"))


@pytest.fixture(scope="module")
def effects(workspace: Workspace) -> Effects:
    with opened(workspace) as asked:
        return effects_of(asked, "2027-Q3", stored(AS_OF))


def money(effects: Effects, metric: str) -> dict[str, Decimal]:
    told = {entry.id: effects.of_entry(place, metric)[0] for place, entry in enumerate(effects.entries)}
    return {name: value for name, value in told.items() if value}


def test_each_headline_stands_without_and_with_them(effects: Effects) -> None:
    told = {one.metric: (one.without.total.value, one.given.total.value) for one in effects.headlines}
    assert told["pipeline.open"] == (127_000, 97_000)
    assert told["leads.new"] == (2, 1)


def test_a_record_that_two_leave_out_is_the_first_ones(effects: Effects) -> None:
    found = money(effects, "pipeline.open")
    expected = {"test": 2_000, "A2": 4_000, "both": 8_000, "double": 16_000, "ended": 32_000}
    assert found == expected
    assert {entry.id: entry.state for entry in effects.entries} == {
        "double": "holds", "A1": "holds", "L2": "holds", "test": "holds", "A2": "holds", "both": "holds",
        "ended": "expired", "later": "later", "nobody": "unknown",
    }  # fmt: skip


def test_the_entries_sum_to_the_whole(effects: Effects) -> None:
    holding = {entry.id for entry in effects.entries if entry.state == "holds"}
    for headline in effects.headlines:
        if headline.given.unit == "money":
            gap = Decimal(headline.without.total.value or 0) - Decimal(headline.given.total.value or 0)
            told = money(effects, headline.metric)
            assert sum(value for name, value in told.items() if name in holding) == gap, headline.metric
    assert money(effects, BOOKINGS) == {"A2": 128_000}


def test_the_build_answers_as_before(workspace: Workspace) -> None:
    before = answered(workspace, "pipeline.open", AS_OF).total
    with opened(workspace) as asked:
        first, second = (effects_of(asked, "2027-Q3", stored(AS_OF)) for _ in range(2))
    assert [one.given.total for one in first.headlines] == [one.given.total for one in second.headlines]
    assert answered(workspace, "pipeline.open", AS_OF).total == before


@pytest.mark.parametrize("form", list(Form))
def test_every_form_names_every_entry(workspace: Workspace, form: Form) -> None:
    text = show_effects(workspace, "2027-Q3", None, Output(form), records=True).text
    assert all(name in text for name in ("test", "double", "ended", "later", "nobody", "A1", "L2"))


def test_no_registers_have_no_effect(tmp_path: Path) -> None:
    plain = Tiny(dated("deals", {"plain": deal(1_000)}, DAYS)).refreshed(tmp_path)
    text = show_effects(plain, None, None, Output()).text
    assert "0 entries" in text


def test_what_was_won_is_bookings_of_every_type_at_the_rate_of_the_close_date(tmp_path: Path) -> None:
    won = {"stage": "Closed Won", "close": "2026-01-20", "arr": "1000", "type": "renewal", "currency": "EUR"}
    deals = {"renewed": [("2026-01-10T12:00", won)]}
    company = Tiny(dated("deals", deals, DAYS), {}, "opportunity,renewed,a test,RevOps,,\n").refreshed(tmp_path)
    with opened(company) as asked:
        found = effects_of(asked, "2026-Q4", stored(AS_OF))
    told = {one.metric: (one.without.total.value, one.given.total.value) for one in found.headlines}
    assert told[BOOKINGS] == (1_050, 0)
    assert money(found, BOOKINGS) == {"renewed": 1_050}


def test_registers_that_are_switched_off_are_not_in_force(workspace: Workspace) -> None:
    with opened(workspace) as asked:
        assert _in_force(asked)
        with _switched_off(asked):
            assert not _in_force(asked)


def test_without_registers_a_headline_is_one_figure(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(workspace) as asked, _switched_off(asked):
        monkeypatch.setattr(measured, "_switched_off", None)  # it is not asked a second time
        found = effects_of(asked, "2027-Q3", stored(AS_OF))
    told = {one.metric: one.given.total.value for one in found.headlines}
    assert told["pipeline.open"] == 127_000
    assert all(one.without == one.given for one in found.headlines)
