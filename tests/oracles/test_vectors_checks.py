"""Rules of the contract over a small company: what breaks each of them, counted by hand beside the records."""

from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from tests.oracles.tiny import PIPELINE, Life, Tiny, dated, once
from tieout import Workspace
from tieout.basics.findings import Finding
from tieout.measure.diagnosis.audit import Audit, audit
from tieout.measure.diagnosis.audit_tables import Broken
from tieout.questions import opened
from tieout.warehouse.builds import published
from tieout.warehouse.contents import read_findings

DAYS = ["2026-08-31", "2026-09-14"]
PIPE: dict[str, Any] = deepcopy(PIPELINE)
PIPE["stages"][0]["required"] = ["owner_id"]
QUALITY: dict[str, Any] = {
    "fields": {
        "account.name": {"owner": "Alice", "required": True, "consistent": True},
        "account.domain": {"format": "[a-z]+[.]com"},
        "account.industry": {"allowed": ["Software", "Retail"], "severity": "note"},
        "lead.email": {"required": True},
    },
    "rules": {
        "won-has-an-amount": {"where": "outcome = 'won'", "must": "arr > 0", "owner": "Bob", "severity": "error"},
        "soon": {"where": "outcome = 'open'", "must": "closes_in_days <= 30", "meaning": "it closes too {late}"},
    },
    "verticals": {"Tech": ["software"], "Trade": ["Retail"]},
}
ACCOUNTS: dict[str, Life] = {
    "A1": once(name="GTX Pro", domain="gtx.com", industry="Software"),
    "A2": once(name="GTX Pro", domain="GTX.com", industry="software"),
    # the same letters: another spelling of the two above
    "A3": once(name="GTXPro", domain="", industry="Technolgy"),
    # no name; its industry is in no vertical and not allowed
    "A4": once(name="", domain="a b.com", industry="Mining"),
    "A5": once(name="Acme", domain="acme.com", industry=""),
    # excluded and merged away: not judged
    "A6": once(name="", merged="A1"),
    "A7": once(name="", domain="?"),
}
DEALS: dict[str, Life] = {
    "one": once(account="A3", owner="U1", arr="1000"),
    "two": once(account="A3", owner="", arr="200", close="2026-10-20"),
    "three": once(account="A4", owner="U9", arr="50.50", close="2026-09-01"),
    "renewal": once(account="A4", owner="U2", type="renewal", arr="7777"),
    "won": once(account="A1", owner="U1", stage="Closed Won", arr=""),
    "won free": once(account="A1", owner="U1", stage="Closed Won", arr="0"),
    "won well": once(account="A1", owner="U1", stage="Closed Won", arr="5"),
    "excluded": once(account="A7", owner=""),
    "lost": once(owner="", stage="Closed Lost"),
}
LEADS: dict[str, Life] = {
    "L1": once(email="a@x.com"),
    "L2": once(email=""),
    "L3": once(email="", merged="L1"),
}
USERS: dict[str, Life] = {"U1": once(team="East"), "U2": once(team="West")}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All of them in one company."""
    lives = {"deals": DEALS, "accounts": ACCOUNTS, "leads": LEADS, "users": USERS}
    exports = {name: text for kind, found in lives.items() for name, text in dated(kind, found, DAYS).items()}
    company = Tiny(exports, {"pipeline": PIPE, "quality": QUALITY}, "account,A7,test,Ann,,\n")
    return company.refreshed(tmp_path_factory.mktemp("checks"))


@pytest.fixture(scope="module")
def found(workspace: Workspace) -> Audit:
    """Its audit, every record named."""
    with opened(workspace) as asked:
        return audit(asked, records=100)


@pytest.fixture(scope="module")
def findings(workspace: Workspace) -> dict[tuple[str, str], Finding]:
    """Its findings of quality, by code and what was given."""
    told = read_findings(workspace, published(workspace))
    return {(one.code, one.given or ""): one for one in told if one.code.startswith("quality.")}


def named(found: Audit, name: str) -> Broken:
    """A check by its name."""
    return next(check for check in found.checks if check.name == name)


BROKEN = {
    # name: (about, those that break it, agreed pipeline of theirs: open, new, from Qualification on, any date)
    "opportunity.owner_id by stage": (7, {"two"}, "200.00"),
    "account.name": (5, {"A4"}, "50.50"),
    "account.name spelling": (4, {"A3"}, "1200.00"),
    "account.domain format": (4, {"A2", "A4"}, "50.50"),
    "account.industry allowed": (4, {"A3", "A4"}, "1250.50"),
    "lead.email": (2, {"L2"}, None),
    "won-has-an-amount": (3, {"won", "won free"}, None),
    "soon": (4, {"two"}, "200.00"),
    "account.industry to vertical": (4, {"A3", "A4"}, "1250.50"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_rule(found: Audit, name: str) -> None:
    about, records, stake = BROKEN[name]
    check = named(found, name)
    assert (check.checked, check.broken) == (about, len(records))
    assert {one.record for one in check.records} == records
    assert check.worth == (None if stake is None else Decimal(stake))


def test_every_check_is_listed_the_most_at_stake_first(found: Audit) -> None:
    assert {check.name for check in found.checks} == {*BROKEN}
    stakes = [check.worth or 0 for check in found.checks]
    assert stakes == sorted(stakes, reverse=True)


def test_owners_are_told(found: Audit) -> None:
    assert named(found, "account.name").owner == "Alice"
    assert named(found, "won-has-an-amount").owner == "Bob"
    assert named(found, "soon").owner is None


def test_findings_say_what_was_found_and_what_was_meant(findings: dict[tuple[str, str], Finding]) -> None:
    spelled = findings["quality.spelling", "GTXPro"]
    assert "'GTXPro' for 'GTX Pro' (1)" in spelled.message
    assert "1,200.00 USD" in spelled.message
    allowed = findings["quality.allowed", "Mining"]
    assert (allowed.level.value, allowed.count) == ("note", 2)
    assert "'Technolgy' (1)" in allowed.message
    assert findings["quality.rule", "won-has-an-amount"].level.value == "error"
    assert "it closes too {late}." in findings["quality.rule", "soon"].message
    assert findings["quality.vertical", "Mining"].count == 2


def test_no_address_of_a_person_is_told(workspace: Workspace) -> None:
    """An email is judged and never kept."""
    with opened(workspace) as asked:
        kept = asked.engine.execute("select given from quality_breaks where given is not null").fetchall()
    assert kept
    assert not any("@" in given for (given,) in kept)


def test_owner_assigned_means_an_owner_who_is_there(found: Audit) -> None:
    """Four open deals: one has no owner, one an owner whom no extract of users has."""
    owned = next(one for one in found.questions if one.question == "Owner assigned?")
    assert (owned.right, owned.n, owned.stake) == (2, 4, Decimal("250.50"))


def test_names_and_fields(found: Audit) -> None:
    names = next(one for one in found.questions if one.question == "Consistent names?")
    assert (names.right, names.n, names.stake) == (3, 4, Decimal("1200.00"))
    fields = next(one for one in found.questions if one.question == "Required fields?")
    assert (fields.right, fields.n) == (3, 4)
    stage = next(one for one in found.questions if one.question == "Right stage?")
    assert stage.rate is None
    assert stage.absent


def test_the_trend_is_absent_before_history(found: Audit) -> None:
    """The first extract is of the end of August; deals changed last in January, so that restated they reach back."""
    rows = found.trend["completeness.required"]
    said = found.trend["completeness.required as said then"]
    assert [row.value for row in rows][-1] == 3 / 4
    assert [row.value is None for row in said] == [True] * 5 + [False]


def test_a_rule_that_cannot_be_computed_leaves_the_others(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A product too large for any amount is a finding; the rule beside it is still judged."""
    terms = {"rules": {"huge": {"must": f"arr * {'9' * 15} * {'9' * 15} > 0"}, "fine": {"must": "arr > 100"}}}
    company = Tiny(dated("deals", DEALS, DAYS), {"quality": terms})
    workspace = company.refreshed(tmp_path_factory.mktemp("huge"))
    told = read_findings(workspace, published(workspace))
    codes = {(one.code, one.given) for one in told if one.code.startswith("quality.")}
    assert ("quality.rule", "fine") in codes
    assert ("quality.failed", "huge") in codes or ("quality.rule", "huge") in codes


def test_without_rules_the_audit_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    workspace = Tiny(dated("deals", {"one": once()}, DAYS)).refreshed(tmp_path_factory.mktemp("none"))
    with opened(workspace) as asked:
        found = audit(asked)
    assert found.checks == ()
    assert [one.absent is None for one in found.questions] == [False, False, False, True]
    assert json.dumps([row.value for row in found.trend["pipeline.stale"]]) == "[null, null, null, null, null, null]"
