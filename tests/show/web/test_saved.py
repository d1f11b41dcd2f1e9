"""Saved views: one's own and one's team's; nothing but a page of the application is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.show.web.browsing import Browsing
from tests.show.web.conftest import ClientOf
from tieout.operate.people.models import Account, LogEntry, SavedView, Team
from tieout.operate.people.roles import Role


def test_a_view_is_kept_and_found_in_the_frame_of_every_page(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    answer = viewer.post("/views", {"name": "SMB <b>", "address": "/pipeline?segment=SMB"})
    assert (answer.status_code, answer["Location"]) == (302, "/pipeline?segment=SMB")
    page = viewer.get("/glossary").content.decode()
    assert '<a href="/pipeline?segment=SMB">SMB &lt;b&gt;</a>' in page
    assert "SMB" not in client_of(Role.SALES).get("/views").content.decode()
    assert LogEntry.objects.filter(did="kept a view", what="SMB <b>").count() == 1


def test_a_name_that_is_kept_again_is_renewed(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    for segment in ("SMB", "Enterprise"):
        viewer.post("/views", {"name": "mine", "address": f"/pipeline?segment={segment}"})
    assert [view.address for view in SavedView.objects.all()] == ["/pipeline?segment=Enterprise"]


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/", "//elsewhere.example/", "///pipeline", "javascript:alert(1)", "/accounts/logout/",
     "/nothing", "", "/pipeline\r\nSet-Cookie: a=b", "/" + "x" * 3000],
)  # fmt: skip
def test_what_is_no_page_is_not_kept(client_of: ClientOf, address: str) -> None:
    answer = client_of(Role.VIEWER).post("/views", {"name": "bad", "address": address})
    assert answer.status_code == 400
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 81, "a\x00b", "a\u202eb"])
def test_a_name_has_its_length(client_of: ClientOf, name: str) -> None:
    assert client_of(Role.VIEWER).post("/views", {"name": name, "address": "/pipeline"}).status_code == 400
    assert not SavedView.objects.exists()


def test_a_team_shares_what_its_lead_keeps(client_of: ClientOf) -> None:
    lead, colleague, other = client_of(Role.SALES), client_of(Role.CONTRIBUTOR), client_of(Role.REVOPS)
    team = Team.objects.create(name="Field")
    Account.objects.filter(role__in=[Role.SALES, Role.CONTRIBUTOR]).update(team=team)
    given = {"name": "Ours", "address": "/funnel?segment=SMB", "team": "1"}
    assert lead.post("/views", given).status_code == 302
    assert "Ours" in colleague.get("/views").content.decode()
    assert "Ours" not in other.get("/views").content.decode()
    assert colleague.post("/views", given | {"name": "Mine for all"}).status_code == 400
    pk = SavedView.objects.get().pk
    assert colleague.post(f"/views/{pk}/end").status_code == 404
    assert other.post(f"/views/{pk}/end").status_code == 404
    assert lead.post(f"/views/{pk}/end").status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_is_kept_and_opened_in_a_browser(page_on: Browsing) -> None:
    page = page_on(Role.MARKETING)
    page.goto("/pipeline/coverage?segment=SMB&weeks=1")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name").fill("SMB, week by week")
    page.get_by_role("button", name="Save").click()
    kept = page.get_by_role("navigation", name="Rooms and tools").get_by_role("link", name="SMB, week by week")
    expect(kept).to_have_attribute("aria-current", "page")
    page.goto("/glossary")
    kept.click()
    page.wait_for_url("**/pipeline/coverage?*segment=SMB*")
    expect(page.locator("#bar select[name=segment]")).to_have_value("SMB")
    expect(page.locator("#bar input[name=weeks]")).to_be_checked()
    page.goto("/views")
    page.get_by_role("button", name="Delete SMB, week by week").click()
    expect(page.locator("main")).to_contain_text("None yet")
