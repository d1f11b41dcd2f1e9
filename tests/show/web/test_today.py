"""Today: the figures that Marlow is known by, each leading to its records; the line on top looks at the clock."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.show.web.conftest import ClientOf
from tieout import Workspace, ask
from tieout.measure.answers import Question
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Role
from tieout.questions import opened
from tieout.show.figures import MINUS
from tieout.today import FUNCTIONS, NOT_YET, Told, sources

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def viewer(client_of: ClientOf) -> Client:
    return client_of(Role.VIEWER)


def body(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_number_its_plan_and_its_coverage(viewer: Client) -> None:
    """Marlow's quarter: 5,412,350.00 open; targets 702K + 720K + 378K; 838,264.00 won, so 961,736.00 to go."""
    page = body(viewer)
    assert '<span title="5,412,350.00"><a href="/records/pipeline.open_qualified?period=2027-Q3">5.4M</a>' in page
    assert 'title="1,800,000.00">1.8M' in page
    assert 'title="961,736.00"><a href="/pipeline/coverage?period=2027-Q3">962K</a>' in page
    assert 'title="838,264.00"><a href="/records/bookings?period=2027-Q3">838K</a>' in page
    assert '<a href="/pipeline/coverage?period=2027-Q3">5.63x</a>' in page
    assert "Worst segment: SMB" in page
    assert "day 53 of 92" in page


def test_the_three_lenses_lead_to_their_tie_outs(viewer: Client) -> None:
    page = body(viewer)
    for team, figure in (("marketing", "8,400,000.00"), ("sales", "6,100,000.00"), ("finance", "7,200,000.00")):
        assert f'aria-label="{team}: {figure}' in page
        assert f'href="/tie-out?a=agreed&amp;b={team}"' in page
    assert 'href="/tie-out/records?a=agreed&amp;b=sales&amp;cause=type"' in page


def test_what_moved_is_ranked_by_money(viewer: Client) -> None:
    """The week of the README: five lines by size, the sixth told as the rest, together +14,140.68."""
    page = body(viewer).split("What moved in the last seven days</h2>")[1].split("</section>")[0]
    amounts = re.findall(r'title="(-?[0-9.]+)"', page)
    assert amounts == ["130900.00", "-86300.00", "-26715.04", "26515.72", "-25900.00", "14140.68"]
    assert "1 smaller line" in page
    assert f"{MINUS}4,360.00" in page


def test_the_figures_of_the_functions_are_those_of_the_library(viewer: Client, marlow: Workspace) -> None:
    page = body(viewer)
    for metrics in FUNCTIONS.values():
        for metric in metrics:
            if metric in NOT_YET:
                continue
            value = ask(marlow, Question(metric, "2027-Q3")).total.value
            told = f'title="{value}"><a href="/records/{metric}?period=2027-Q3"'
            assert told in page or (value is None and f'href="/glossary/{metric}"' in page)
    assert page.count("no version counts retention so far") == 2
    assert "plan 1.8M: 46.6% of it" in page  # 838,264 of 1,800,000


def test_what_needs_a_decision_is_ranked_by_money(viewer: Client) -> None:
    page = body(viewer).split("What needs a decision")[2].split("</section>")[0]
    stakes = [float(text) for text in re.findall(r'title="([0-9.]+)"', page)]
    assert len(stakes) == 5
    assert stakes == sorted(stakes, reverse=True)


def test_a_record_that_is_closed_is_not_named(client_of: ClientOf) -> None:
    client = client_of(Role.CONTRIBUTOR)
    named = re.findall(r'href="/record/opportunity/(\w+)"', body(client))
    assert named
    team = Team.objects.create(name="None", rows="segment = 'no such segment'")
    Account.objects.filter(email="contributor@marlow.example").update(team=team)
    page = body(client)
    assert not any(record in page for record in named)
    assert page.count("one you may not open") >= len(named)


def test_a_source_is_late_from_the_moment_it_is_due() -> None:
    due = datetime(2026, 9, 30, 4)
    told = Told("crm.deals", "opportunity", None, "7 days", 1, due - timedelta(days=7), due)
    assert not told.late(due)
    assert told.late(due + timedelta(seconds=1))
    assert not replace(told, due_at=None).late(due + timedelta(days=99))


def test_sources_are_those_of_the_contract(marlow: Workspace) -> None:
    with opened(marlow) as asked:
        found = {one.label: one for one in sources(marlow, asked)}
    deals = found["crm.opportunities"]
    assert (deals.pulls, deals.every, str(deals.due_at)[:10]) == (156, "7 days", "2026-09-30")
    assert (found["marketing.leads"].dated, found["crm.opportunity_history"].dated) == (None, 1.0)
    assert 0.9 < (deals.dated or 0) < 1


@pytest.mark.usefixtures("web")
def test_nobody_sees_it_without_signing_in(client: Client) -> None:
    assert client.get("/").status_code == 302
