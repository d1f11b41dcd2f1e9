"""What a funnel says is wrong: too few leads become opportunities, or too few opportunities are won."""

from __future__ import annotations

import pytest

from tests.oracles.tiny import Life, Tiny, answered, dated, logged
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.questions import opened

FEBRUARY, MARCH = "2026-02-01..2026-02-28", "2026-03-01..2026-03-31"
DAYS = ["2026-02-28", "2026-03-12", "2026-03-31", "2026-09-14"]


def met(name: str, day: str) -> dict[str, Life]:
    """A lead of marketing."""
    return {name: [(f"{day}T09:00", {"created": f"{day}T09:00", "source": "Webinar"})]}


def deal(lead: str, opened_on: str, closed: str = "", stage: str = "") -> dict[str, Life]:
    """A qualified deal of a lead; closed on a day, if at all."""
    life: Life = [(f"{opened_on}T09:00", {"lead": lead, "stage": "Qualification"})]
    return {f"D{lead}": life + ([(f"{closed}T09:00", {"stage": stage, "close": closed})] if closed else [])}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Twenty leads of February, two with a deal; ten of March, all with a deal, of which one was won."""
    leads: dict[str, Life] = {}
    deals: dict[str, Life] = {}
    for number in range(20):
        leads |= met(f"F{number}", "2026-02-03")
    for number in range(2):
        deals |= deal(f"F{number}", "2026-02-20")
    for number in range(10):
        leads |= met(f"M{number}", "2026-03-02")
        deals |= deal(f"M{number}", "2026-03-10", "2026-03-20", "Closed Lost" if number else "Closed Won")
    told = [{"lead": f"F{number}", "stage": "mql", "at": "2026-02-04T09:00"} for number in range(8)]
    told.append({"lead": "F0", "stage": "sql", "at": "2026-02-10T09:00"})
    exports = dated("leads", leads, DAYS) | dated("deals", deals, DAYS) | logged("changes", "2026-09-14", told)
    contract = {"numbers": {"win_rate.closed.count": {"band": {"low": 0.3}}}}
    return Tiny(exports, contract).refreshed(tmp_path_factory.mktemp("diagnoses"))


def said(workspace: Workspace, period: str, terms: FunnelTerms) -> str:
    with opened(workspace) as asked:
        return " ".join(funnel(asked, Question("", period), terms).diagnoses)


def test_ten_in_a_hundred_is_too_few(workspace: Workspace) -> None:
    """Two of twenty, which is 10% exactly: so much, or less, is a problem."""
    answer = answered(workspace, "lead_to_opportunity", period=FEBRUARY)
    assert (answer.total.value, answer.total.n, answer.total.verdict) == (0.1, 20, "below the band")
    assert "Only 10.0% of 20 leads became a qualified opportunity within 180 days" in " ".join(answer.notes)
    assert "Only 10.0% of 20 leads" in said(workspace, FEBRUARY, FunnelTerms(start="lead"))
    assert said(workspace, FEBRUARY, FunnelTerms(start="lead", days=30)) == ""


def test_many_become_opportunities_and_few_are_won(workspace: Workspace) -> None:
    told = said(workspace, MARCH, FunnelTerms(start="lead"))
    assert told.startswith("People become opportunities as they should")
    assert "only 10.0% of 10 were won" in told


def test_garbage_stands_beside_what_nobody_worked(workspace: Workspace) -> None:
    """Eight mqls of marketing in February; two of them have a deal, and so were taken."""
    notes = " ".join(answered(workspace, "quality.sourced", period=FEBRUARY).notes)
    assert "Of marketing's 8 mqls that had 90 days, sales did not work 6 (75.0%)." in notes
