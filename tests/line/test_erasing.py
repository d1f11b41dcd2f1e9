"""A person is erased: she is in no file, every figure is as it was, and the next pull does not bring her back."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.history.erasure_company import EXPORTS, LATER, NOW, figures, lay, left, tables, write
from tieout import Workspace, refresh
from tieout.erasing import Done, erase, plan_erasure
from tieout.history.erasure.erased import Erased
from tieout.history.ledger import Ledger
from tieout.questions import opened

MARIA = "maria.gomez@acme.example"


def erased(workspace: Workspace, who: str = MARIA) -> Done:
    done = erase(workspace, who, NOW, {})
    assert isinstance(done, Done)
    return done


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The company, refreshed; tests only read it."""
    workspace = write(tmp_path_factory.mktemp("erasing") / "small")
    refresh(workspace, NOW)
    return workspace


@pytest.fixture
def small(untouched: Workspace, tmp_path: Path) -> Workspace:
    """The company, for a test that changes it."""
    return copy(untouched, tmp_path / "copy")


def copy(workspace: Workspace, to: Path) -> Workspace:
    shutil.copytree(workspace.root, to)
    return Workspace(to)


def test_nothing_of_her_is_left_and_no_figure_moves_now_or_later(small: Workspace, tmp_path: Path) -> None:
    other = copy(small, tmp_path / "other")
    before = figures(small)
    assert left(small.root) != []
    assert erased(small).proven
    assert left(small.root) == []
    digest = hashlib.md5(MARIA.encode(), usedforsecurity=False).hexdigest()
    assert left(small.root, (digest,)) == []
    assert figures(small) == before
    assert tables(small) == tables(other)
    # The next pull does not bring her back, and what it says of her changes what it would have changed.
    for workspace in (small, other):
        lay(workspace.root, LATER)
        refresh(workspace, NOW + timedelta(days=1))
    assert figures(small) == figures(other) != before
    assert tables(small) == tables(other)
    assert [name for name in left(small.root) if not name.startswith("exports/")] == []
    pulls, others = Ledger(small).pulls(), Ledger(other).pulls()
    assert [(one.position, one.rows, one.rejected, one.deletions, one.unique) for one in pulls] == [
        (one.position, one.rows, one.rejected, one.deletions, one.unique) for one in others
    ]


def test_nothing_new_is_pulled_from_the_exports_that_were_rewritten(small: Workspace) -> None:
    erased(small)
    report = refresh(small, NOW + timedelta(days=1))
    assert report.pull is not None
    assert (report.pull.pulled, report.pull.held) == ((), ())
    assert "She wants" not in (small.root / "exports/crm/activities_2026-07-06T0600.csv").read_text()
    kept = (small.root / "exports/crm/contacts_2026-07-06T0600.csv").read_text().splitlines()
    assert kept[3] == EXPORTS["crm/contacts_2026-07-06T0600.csv"].splitlines()[3]
    assert Ledger(small).findings == ()


def test_the_plan_says_who_and_what_and_changes_nothing(untouched: Workspace) -> None:
    small = untouched
    before = {path: path.read_bytes() for path in small.root.rglob("*") if path.is_file()}
    plan = plan_erasure(small, MARIA, NOW, {})
    assert not isinstance(plan, Erased)
    assert [str(record) for record in plan.records] == [
        "crm.contacts:003A",
        "marketing.leads:L1",
        "webinar.attendees:maria.gomez@acme.example",
    ]
    # Two versions of the contact, two of the deal's name, a call and a demo, Peter's note twice and his lunch, the
    # lead, the attendee, the click.
    assert plan.rows == 2 + 2 + 3 + 2 + 1 + 1 + 1
    assert {path: path.read_bytes() for path in small.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "who", ["crm.contacts:003A", "L1", "+1 415 555 0134", "Maria Gomez", "linkedin.com/in/MariaGomez"]
)
def test_she_is_found_by_whatever_tells_her(untouched: Workspace, who: str) -> None:
    plan, by_email = plan_erasure(untouched, who, NOW, {}), plan_erasure(untouched, MARIA, NOW, {})
    assert not isinstance(plan, Erased)
    assert not isinstance(by_email, Erased)
    assert plan.digest == by_email.digest


def test_the_certificate_names_nobody(small: Workspace) -> None:
    done = erased(small)
    text = done.path.read_text()
    certificate = json.loads(text)
    assert certificate["proof"]["holds"] is True
    assert certificate["proof"]["files"] > 20
    assert all(one["sha256_before"] != one["sha256_after"] for one in certificate["pulls"])
    assert certificate["systems"] == ["crm", "marketing", "webinar"]
    assert not any(word in text.lower() for word in ("maria", "gomez", "0134"))


def test_twice_is_told_and_changes_nothing(small: Workspace) -> None:
    erased(small)
    manifest = (small.ledger / "manifest.jsonl").read_bytes()
    for who in (MARIA, "crm.contacts:003A", "L1", "+1 415 555 0134"):
        assert isinstance(erase(small, who, NOW, {}), Erased)
    assert (small.ledger / "manifest.jsonl").read_bytes() == manifest


def test_no_build_holds_what_is_about_a_person(untouched: Workspace) -> None:
    # The names of deals and accounts are published; what is about a person is not.
    personal = ("@acme.example", "555-0134", "5550134", "vp sales", "svp", "mariagomez", "golf", "call with", "lunch")
    assert len(list(untouched.builds.glob("*.duckdb"))) >= 1
    assert left(untouched.builds, tuple(one for one in personal if one != "@acme.example")) == []
    with opened(untouched) as build:
        for table in ("contacts", "leads_told"):
            # A system whose key is an address has it as its id: ids are published.
            rows = repr(build.engine.execute(f"from {table} where not contains(record, '@')").fetchall()).lower()
            assert not any(word in rows for word in (*personal, "maria", "peter", "nora"))


def test_what_cannot_be_rewritten_is_named_and_nothing_is_called_proven(small: Workspace) -> None:
    with zipfile.ZipFile(small.root / "list.xlsx", "w") as book:
        book.writestr("xl/sharedStrings.xml", "<si><t>Maria.Gomez@acme.example</t></si>")
    (small.root / "notes.txt").write_text("Maria Gomez called.\nPeter Wu called.\n")
    done = erased(small)
    assert not done.proven
    assert done.certificate["proof"]["found"] == ["list.xlsx"]
    assert (small.root / "notes.txt").read_text() == f"{done.certificate['erased']} called.\nPeter Wu called.\n"


def test_another_of_the_name_keeps_it(small: Workspace) -> None:
    contacts = (small.root / "exports/crm/contacts_2026-07-13T0600.csv").read_text()
    other = "003Z,Maria,Gomez,mg@bell.example,+44 20 7946 0958,CTO,,A2,2026-05-01,2026-06-01,,yes\n"
    deals = EXPORTS["crm/opportunities_2026-07-13T0600.csv"].replace("Bell expansion", "Maria Gomez of Bell")
    lay(
        small.root,
        {"crm/contacts_2026-07-14T0600.csv": contacts + other, "crm/opportunities_2026-07-14T0600.csv": deals},
    )
    refresh(small, NOW)
    done = erased(small)
    assert done.proven
    assert done.certificate["not_included"] == [{"record": "crm.contacts:003Z", "why": "the same name"}]
    kept = (small.root / "exports/crm/contacts_2026-07-14T0600.csv").read_text()
    assert other in kept
    deals = (small.root / "exports/crm/opportunities_2026-07-14T0600.csv").read_text()
    assert "Maria Gomez of Bell" in deals
    assert "MARIA GOMEZ - renewal" not in deals
