"""What eyes see of single records."""

from __future__ import annotations

import pytest

from tieout import Workspace
from tieout.operate.people.models import Account, Team
from tieout.operate.people.roles import Role
from tieout.show.web.reader import Eyes, Reader, reader_of
from tieout.show.web.sight import MASK, masked, may_open, seen


@pytest.fixture
def bob(web: Workspace, db: None) -> Reader:  # noqa: ARG001 -- they are needed, not looked at
    """Bob is on a team that opens one deal only."""
    team = Team.objects.create(name="One deal", rows="record = '006Mw0000001'")
    return reader_of(Account.objects.create_user("bob@marlow.example", role=Role.VIEWER, team=team))


def test_a_list_says_how_many_more_there_are(bob: Reader) -> None:
    found = seen(bob, ["006Mw0000002", "006Mw0000001", "006Mw0000003"])
    assert found.records == ("006Mw0000001",)
    assert found.words == "2 more you may not open: your team's rule over records."


def test_one_record_is_asked_by_the_same_rule(bob: Reader) -> None:
    assert may_open(bob, "006Mw0000001")
    assert not may_open(bob, "006Mw0000002")


def test_whoever_has_no_rule_opens_everything(web: Workspace, db: None) -> None:  # noqa: ARG001
    found = seen(reader_of(Account.objects.create_user("alice@marlow.example")), ["006Mw0000002"])
    assert (found.records, found.words) == (("006Mw0000002",), "")


def test_a_mask_shows_nothing_of_what_is_under_it() -> None:
    assert masked("Ada Lovelace", Eyes(personal=False)) == masked("A", Eyes(personal=False)) == MASK
    assert masked("Ada Lovelace", Eyes(personal=True)) == "Ada Lovelace"
    assert masked("", Eyes(personal=False)) == ""
