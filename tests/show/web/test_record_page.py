"""A record's page, the search box and the glossary: what is closed is not told from what there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.show.web.browsing import Browsing
from tests.show.web.conftest import ClientOf
from tieout.measure.answers import Question
from tieout.measure.clocks.table import METRIC, clocks
from tieout.measure.dealt_with import activities_about, handed_over
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Role
from tieout.questions import opened

if TYPE_CHECKING:
    from django.test import Client

    from tieout import Workspace

DEAL = "/record/opportunity/006Mw0002205"
"""An open deal of the SMB segment: "Flint Textiles Group - New Jul 2026"."""


@pytest.fixture
def enterprise(client_of: ClientOf) -> Client:
    """Somebody whose team opens deals of enterprises only."""
    client = client_of(Role.CONTRIBUTOR)
    team = Team.objects.create(name="Enterprise", rows="segment = 'Enterprise'")
    Account.objects.filter(email="contributor@marlow.example").update(team=team)
    return client


def test_a_record_that_is_closed_is_told_as_one_that_there_is_not(enterprise: Client) -> None:
    closed, nothing = (enterprise.get(path) for path in (DEAL, "/record/opportunity/006Mw9999999"))
    assert (closed.status_code, nothing.status_code) == (404, 404)
    told = [answer.content.decode().split("<main")[1] for answer in (closed, nothing)]
    assert "Flint" not in told[0]
    assert told[0].replace("006Mw0002205", "x") == told[1].replace("006Mw9999999", "x")
    assert enterprise.get(f"{DEAL}?format=csv").status_code == 404
    for text in ("006Mw0002205", "Flint Textiles Group"):
        assert "006Mw0002205" not in enterprise.get("/search/suggest", {"q": text}).content.decode().split("<ul>")[-1]


def test_the_name_of_a_deal_is_masked_and_not_searched_for_those_who_do_not_see_it(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    assert "New Jul 2026" not in viewer.get(DEAL).content.decode()
    assert "006Mw0002205" not in viewer.get("/search/suggest", {"q": "Group - New Jul 2026"}).content.decode()
    assert "New Jul 2026" in client_of(Role.ADMIN).get(DEAL).content.decode()


def test_an_account_tells_how_much_of_it_each_number_counts_and_leads_to_that(client_of: ClientOf) -> None:
    """By hand: 001Mw0000818 has five deals, of which sales counts one, worth 12,084.00, and the agreed number none."""
    viewer = client_of(Role.VIEWER)
    page = viewer.get("/record/account/001Mw0000818").content.decode()
    assert "not counted in 2027-Q3: 0 of its 5 deals; 2 of 3 teams count it" in page
    assert "1 of its 5 deals; not counted: 4 by stage" in page
    way = next(
        found for found in re.findall(r'href="(/records/pipeline.open_qualified[^"]*)"', page) if "sales" in found
    )
    assert "12,084.00" in viewer.get(way.replace("&amp;", "&")).content.decode()


def test_a_lead_tells_its_hand_offs_each_with_its_clock(client_of: ClientOf, marlow: Workspace) -> None:
    """Beside the table of clocks, which lists the hand-offs of all leads."""
    with opened(marlow) as asked:
        every = clocks(asked, Question(METRIC, "2020-01-01..2026-12-31", records=True)).records or ()
        lead = next(str(one["lead_id"]) for one in every if one["outcome"] == "breached")
        mine = [one for one in every if one["lead_id"] == lead]
        found = handed_over(asked, "lead", lead)
    told = sorted((one.handoff, one.outcome, one.due_at, one.answered_at, one.breach_class) for one in found)
    names = ("handoff", "outcome", "due_at", "answered_at", "breach_class")
    assert told == sorted(tuple(one[name] for name in names) for one in mine)
    page = client_of(Role.VIEWER).get(f"/record/lead/{lead}").content.decode()
    table = page.split("<caption><div>Each with its clock")[1].split("</table>")[0]
    assert table.count("<tr>") == len(mine) + 1
    assert ">breached<" in table


@pytest.mark.parametrize(("entity", "column"), [("opportunity", "opportunity_id"), ("account", "account_id")])
def test_a_record_tells_what_was_done_about_it(
    client_of: ClientOf, marlow: Workspace, entity: str, column: str
) -> None:
    most = f"select {column}, count(*) from activities where {column} is not null group by 1 order by 2 desc, 1 limit 1"
    with opened(marlow) as asked:
        record, n = asked.engine.execute(most).fetchall()[0]
        newest, count = activities_about(asked, entity, record, 5)
    assert (count, len(newest)) == (n, 5)
    assert [one.at for one in newest] == sorted((one.at for one in newest), reverse=True)
    page = client_of(Role.VIEWER).get(f"/record/{entity}/{record}").content.decode()
    assert f"{n} activities" in page
    assert newest[0].record in page


def test_an_activity_tells_whether_it_is_a_touch_and_which_hand_off_it_answered(
    client_of: ClientOf, marlow: Workspace
) -> None:
    with opened(marlow) as asked:
        done, lead = asked.engine.execute(
            "select activity, lead_id from handoff_clocks where answered_at is not null order by started_at, activity"
        ).fetchall()[0]
        (machine,) = asked.engine.execute("select min(record) from activities where automated").fetchall()[0]
    client = client_of(Role.VIEWER)
    page = client.get(f"/record/activity/{done}").content.decode()
    assert "it answered a hand-off" in page
    assert page.count(f'href="/record/lead/{lead}"') == 2, "the field, and the hand-off"
    assert f'href="/record/lead/{lead}"' in page.split("Hand-offs that it answered")[1].split("</table>")[0]
    assert "no touch: it is automated" in client.get(f"/record/activity/{machine}").content.decode()
    assert client.get("/record/activity/nothing").status_code == 404


def test_a_contact_leads_to_its_account_its_person_and_what_was_done(client_of: ClientOf, marlow: Workspace) -> None:
    with opened(marlow) as asked:
        contact, account, done = asked.engine.execute(
            """select c.record, c.account_id, a.record
               from contacts as c join activities as a on a.contact_id = c.record
               where c.account_id is not null order by all"""
        ).fetchall()[0]
        keys = [
            key for (key,) in asked.engine.execute("select email_key from contacts where email_key <> ''").fetchall()
        ]
    page = client_of(Role.VIEWER).get(f"/record/contact/{contact}").content.decode()
    for way in (f"/record/account/{account}", f"/record/activity/{done}"):
        assert f'href="{way}"' in page
    assert not [key for key in keys if key in page]


def test_a_contact_that_is_closed_is_told_as_one_that_there_is_not(enterprise: Client, marlow: Workspace) -> None:
    with opened(marlow) as asked:
        contact, done = asked.engine.execute(
            """select c.record, a.record from contacts as c join activities as a on a.contact_id = c.record
               where a.opportunity_id = '006Mw0002205' order by all"""
        ).fetchall()[0]
    for kind, record in (("contact", contact), ("activity", done), ("person", f"contact:{contact}")):
        closed, nothing = (enterprise.get(f"/record/{kind}/{one}") for one in (record, "nothing"))
        assert (closed.status_code, nothing.status_code) == (404, 404)
        told = [answer.content.decode().split("<main")[1] for answer in (closed, nothing)]
        assert told[0].replace(record, "x") == told[1].replace("nothing", "x")
        assert f'"/record/{kind}/' not in enterprise.get("/search/suggest", {"q": record}).content.decode()


def test_a_user_has_each_state_and_its_deals(client_of: ClientOf, marlow: Workspace) -> None:
    """Beside the exports: the user who moved from one team to another."""
    with opened(marlow) as asked:
        user, before, after = asked.engine.execute(
            """select record, min_by(team, valid_from), max_by(team, valid_from) from user_versions
               where seen_to = timestamp '9999-12-31' group by record having count(distinct team) = 2 order by record"""
        ).fetchall()[0]
    client = client_of(Role.VIEWER)
    page = client.get(f"/record/user/{user}").content.decode()
    assert "2 versions" in page
    assert page.index(f">{after}<") < page.index(f">{before}<")
    assert client.get(f"/records/pipeline.open_qualified?owner={user}").status_code == 200
    assert f"/records/pipeline.open_qualified?owner={user}" in page


def test_a_person_is_all_of_their_records(client_of: ClientOf, marlow: Workspace) -> None:
    with opened(marlow) as asked:
        person, records = asked.engine.execute(
            "select person, list(entity || '/' || record) from persons group by 1 having count(*) > 1 order by 1"
        ).fetchall()[0]
    client = client_of(Role.VIEWER)
    for way in (f"person/{person}", records[0]):
        page = client.get(f"/record/{way}").content.decode()
        assert all(f'href="/record/{one}"' in page for one in records)
    found = client.get("/search/suggest", {"q": records[0].partition("/")[2]}).content.decode()
    assert f'href="/record/{records[0]}"' in found


def test_a_record_is_found_by_keyboard(page_of: Browsing) -> None:
    page = page_of(Role.ADMIN)
    page.goto("/glossary")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("006Mw0002205")
    expect(page.locator("#found a").first).to_contain_text("006Mw0002205")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{DEAL}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Flint Textiles Group")
