"""The lives of an account and a lead, beside those of opportunities (the worked example, tests/line)."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.line.ten_deals import SOURCES, write
from tieout import Workspace, refresh
from tieout.measure.answers import QuestionError
from tieout.measure.life import Life, life_of
from tieout.questions import opened

MORE = """
book:
  path: exports
  objects:
    accounts:
      entity: account
      files: accounts_*.csv
      key: id
      modified: modified
      fields: {name: name, industry: industry, employees: employees}
    leads:
      entity: lead
      files: leads_*.csv
      key: id
      fields: {source: source, account_id: account, created_at: created}
"""
HEADER = "id,name,industry,employees,modified\n"
EXPORTS = {
    "accounts_2026-07-06T0600.csv": f"{HEADER}A1,Acme,Steel,40,2026-06-01\nA2,Bell,Ink,9,2026-06-02\n",
    "accounts_2026-07-13T0600.csv": f"{HEADER}A1,Acme,Steel,55,2026-07-08\n",
    "leads_2026-07-06T0600.csv": "id,source,account,created\nL1,Webinar,A1,2026-05-04\nL2,Webinar,A1,2026-05-05\n",
    "leads_2026-07-13T0600.csv": "id,source,account,created\nL1,Webinar,A1,2026-05-04\nL2,Outbound,A2,2026-05-05\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two accounts and a lead, pulled twice."""
    folder = write(tmp_path_factory.mktemp("life"), exports=EXPORTS)
    (folder / "contract" / "sources.yaml").write_text(SOURCES.lstrip() + MORE.lstrip())
    refresh(Workspace(folder), datetime(2026, 7, 22, 8), frozenset({"book.accounts"}))
    return Workspace(folder)


def life(workspace: Workspace, record: str) -> Life:
    """Give the life of a record of the published build."""
    with opened(workspace) as asked:
        return life_of(asked, record)


def test_an_account_has_a_version_for_each_state(workspace: Workspace) -> None:
    found = life(workspace, "A1")
    first, second = found.versions
    assert found.entity == "account"
    assert (first.valid_from, first.valid_to) == (None, datetime(2026, 7, 8))
    assert (second.valid_from, second.valid_to) == (datetime(2026, 7, 8), None)
    assert [version.heard_at for version in found.versions] == [datetime(2026, 7, 6, 6), datetime(2026, 7, 13, 6)]
    assert [(change.field, change.old, change.new) for change in second.changes] == [("employees", 40, 55)]
    assert [source.object for source in second.sources] == ["book.accounts"]


def test_an_account_that_was_deleted_says_so(workspace: Workspace) -> None:
    assert [version.flags for version in life(workspace, "A2").versions] == [(), ("deleted",)]


def test_a_lead_that_never_changed_has_one_version(workspace: Workspace) -> None:
    found = life(workspace, "L1")
    (version,) = found.versions
    assert found.entity == "lead"
    assert version.valid_from == datetime(2026, 5, 4)
    assert (version.state["source"], version.state["account_id"]) == ("Webinar", "A1")
    assert found.memberships == ()


def test_a_lead_that_changed_has_each_state(workspace: Workspace) -> None:
    """A row without a time of its own is dated by the taking of its pull."""
    first, second = life(workspace, "L2").versions
    assert (first.valid_from, first.valid_to) == (datetime(2026, 5, 5), datetime(2026, 7, 13, 6))
    assert (second.valid_from, second.valid_to) == (datetime(2026, 7, 13, 6), None)
    told = {change.field: (change.old, change.new) for change in second.changes}
    assert told == {"source": ("Webinar", "Outbound"), "account_id": ("A1", "A2")}
    assert (first.state["source"], second.state["merged_into"]) == ("Webinar", None)


def test_a_record_that_is_not_there_names_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(QuestionError, match="The nearest id is 'A2'"):
        life(workspace, "a2 ")
