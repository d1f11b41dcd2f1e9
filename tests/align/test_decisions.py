"""Proposals are reviewed: what is accepted becomes rows of a register, what is rejected is not proposed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles.tiny import NOW, Tiny, dated, once
from tests.wrong_numbers.company import AS_OF, deal
from tieout import Workspace
from tieout.align.duplicates.kinds import ACCOUNTS
from tieout.contract.load import load_contract
from tieout.contract.register_rows import RegisterError, add_rows
from tieout.duplicates import Decision, Terms, decide, in_workspace, read_proposals, write_proposals
from tieout.measure.answers import QuestionError

FIRMS = {
    "A1": once(name="Acme GmbH", domain="acme.example", industry="steel"),
    "A2": once(name="ACME G.m.b.H.", domain="www.acme.example"),
    "B1": once(name="Nordwind Logistik AG", domain="nordwind.example", industry="ships"),
    "B2": once(name="Nordwind Logistik", domain="nordwind.example"),
    "C1": once(name="Quantum Foods", domain="quantum.example"),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = dated("deals", {"D": deal(1_000, account="A1")}, [AS_OF]) | dated("accounts", FIRMS, [AS_OF])
    return Tiny(found).refreshed(tmp_path)


def proposed(workspace: Workspace) -> set[tuple[str, str]]:
    write_proposals(workspace, in_workspace(workspace, ACCOUNTS, Terms()), NOW)
    return {(row["id"], row["into"]) for row in read_proposals(workspace, ACCOUNTS)}


def test_accepted_and_rejected_are_not_proposed_again(workspace: Workspace) -> None:
    register = workspace.contract / "merges.csv"
    register.write_text("# ours\n" + register.read_text() + "# the end\n")
    assert proposed(workspace) == {("A2", "A1"), ("B2", "B1")}
    before = (workspace.contract / "distinct.csv").exists()
    assert decide(workspace, ACCOUNTS, Decision("RevOps", "one firm", ("A2",)), NOW, accept=True) == 1
    assert decide(workspace, ACCOUNTS, Decision("RevOps", "two firms", ("B2",)), NOW, accept=False) == 1
    assert not before
    assert register.read_text().splitlines() == [
        "# ours", "object,id,into,reason,owner,expires", "# the end", "account,A2,A1,one firm,RevOps,",
    ]  # fmt: skip
    contract, findings = load_contract(workspace.contract)
    assert findings == ()
    assert [(one.id, one.other) for one in contract.distinct] == [("B2", "B1")]
    assert read_proposals(workspace, ACCOUNTS) == []
    assert proposed(workspace) == set()


def test_an_id_that_is_not_proposed_is_refused(workspace: Workspace) -> None:
    with pytest.raises(QuestionError, match="no proposals"):
        decide(workspace, ACCOUNTS, Decision("RevOps", "x"), NOW, accept=True)
    proposed(workspace)
    with pytest.raises(QuestionError, match="'A9' is not proposed"):
        decide(workspace, ACCOUNTS, Decision("RevOps", "x", ("A9",)), NOW, accept=True)


def test_rows_are_added_in_the_columns_that_are_there(tmp_path: Path) -> None:
    file = tmp_path / "merges.csv"
    file.write_text("owner;id;into;reason;object\nAnn;1;2;twice;account\n")
    row = {"object": "account", "id": "3", "into": "4", "reason": "a; b", "owner": "Bo"}
    assert add_rows(file, ("object", "id", "into", "reason", "owner", "expires"), [row, row]) == 1
    assert add_rows(file, ("object", "id", "into", "reason", "owner", "expires"), [row]) == 0
    assert file.read_text().splitlines()[-1] == 'Bo;3;4;"a; b";account'
    with pytest.raises(RegisterError, match="no column expires"):
        add_rows(file, ("object", "id", "into", "reason", "owner", "expires"), [row | {"expires": "2027-01-01"}])
