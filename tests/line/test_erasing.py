"""A person is erased: she is in no file, every figure is as it was, and the next pull does not bring her back."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.history.erasure_company import EXPORTS, LATER, NOW, figures, figures_known, lay, left, tables
from tests.line.typed import typing
from tieout import Workspace, refresh
from tieout.contract.load import load_contract
from tieout.erasing import Done, erase, plan_erasure
from tieout.history import LedgerError, PullReport, pull
from tieout.history.erasure.erased import Erased
from tieout.history.ledger import Ledger
from tieout.questions import opened

MARIA = "maria.gomez@acme.example"


def erased(workspace: Workspace, who: str = MARIA) -> Done:
    done = erase(workspace, who, NOW + timedelta(hours=1), {})
    assert isinstance(done, Done)
    return done


@pytest.fixture
def small(maria_pulled: Workspace, tmp_path: Path) -> Workspace:
    """The company, pulled but not built, for a test that changes it."""
    return copy(maria_pulled, tmp_path / "copy")


@pytest.fixture
def built(maria_refreshed: Workspace, tmp_path: Path) -> Workspace:
    """The company, refreshed, for a test that changes it."""
    return copy(maria_refreshed, tmp_path / "copy")


def pulled_again(workspace: Workspace, accept: frozenset[str] = frozenset()) -> PullReport:
    contract, _ = load_contract(workspace.contract)
    return pull(workspace, contract, NOW + timedelta(days=1), accept, environment={})


def copy(workspace: Workspace, to: Path) -> Workspace:
    shutil.copytree(workspace.root, to)
    return Workspace(to)


def test_nothing_of_her_is_left_and_no_figure_moves_now_or_later(built: Workspace, tmp_path: Path) -> None:
    small = built
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
    assert tables(small) == tables(other)
    assert [name for name in left(small.root) if not name.startswith("exports/")] == []
    pulls, others = Ledger(small).pulls(), Ledger(other).pulls()
    assert [(one.position, one.rows, one.rejected, one.deletions, one.unique) for one in pulls] == [
        (one.position, one.rows, one.rejected, one.deletions, one.unique) for one in others
    ]


@pytest.mark.slow
def test_every_number_as_known_then_and_every_passport_stays(
    built: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copy(built, tmp_path / "other")
    moments = [datetime(2026, 7, day, 23) for day in (6, 13)]
    before = [figures_known(built, moment) for moment in moments]
    assert before[0] != before[1]
    type_in = typing(built.root, capsys.readouterr)
    stored = {}
    for number in ("pipeline.open_qualified", "bookings"):
        stored[number] = tmp_path / f"{number}.json"
        stored[number].write_text(type_in("ask", number, "--period", "2026-Q3", "--by", "segment", "--json").out)
    assert erased(built).proven
    assert [figures_known(built, moment) for moment in moments] == before
    for workspace in (built, other):
        lay(workspace.root, LATER)
        refresh(workspace, NOW + timedelta(days=1))
    assert [figures_known(built, moment) for moment in moments] == [figures_known(other, one) for one in moments]
    assert figures(built) == figures(other)
    for number, file in stored.items():
        again = type_in("ask", "--passport", str(file), "--json")
        assert (again.status, again.document["reproduced"]) == (0, True), number
        assert again.document["then"]["passport"]["position"] < again.document["now"]["passport"]["position"]


def test_nothing_new_is_pulled_from_the_exports_that_were_rewritten(small: Workspace) -> None:
    erased(small)
    report = pulled_again(small)
    assert (report.pulled, report.held) == ((), ())
    assert "She wants" not in (small.root / "exports/crm/activities_2026-07-06T0600.csv").read_text()
    kept = (small.root / "exports/crm/contacts_2026-07-06T0600.csv").read_text().splitlines()
    assert kept[3] == EXPORTS["crm/contacts_2026-07-06T0600.csv"].splitlines()[3]
    assert Ledger(small).findings == ()


def test_the_plan_says_who_and_what_and_changes_nothing(maria_refreshed: Workspace) -> None:
    small = maria_refreshed
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
def test_she_is_found_by_whatever_tells_her(maria_pulled: Workspace, who: str) -> None:
    plan, by_email = plan_erasure(maria_pulled, who, NOW, {}), plan_erasure(maria_pulled, MARIA, NOW, {})
    assert not isinstance(plan, Erased)
    assert not isinstance(by_email, Erased)
    assert plan.digest == by_email.digest


def test_the_certificate_names_nobody(small: Workspace) -> None:
    done = erased(small)
    text = done.path.read_text()
    certificate = json.loads(text)
    assert certificate["proof"]["holds"] is True
    assert certificate["proof"]["files"] > 20
    # No row of the accounts could tell her; every other object has one that does or that points at her.
    assert certificate["proof"]["rows_read_by_the_plan"] == 1
    assert all(one["sha256_before"] != one["sha256_after"] for one in certificate["pulls"])
    assert certificate["systems"] == ["crm", "marketing", "webinar"]
    assert not any(word in text.lower() for word in ("maria", "gomez", "0134"))


def test_twice_is_told_and_changes_nothing(small: Workspace) -> None:
    erased(small)
    manifest = (small.ledger / "manifest.jsonl").read_bytes()
    for who in (MARIA, "crm.contacts:003A", "L1", "+1 415 555 0134"):
        assert isinstance(erase(small, who, NOW + timedelta(hours=2), {}), Erased)
    assert (small.ledger / "manifest.jsonl").read_bytes() == manifest


def test_no_build_holds_what_is_about_a_person(maria_refreshed: Workspace) -> None:
    untouched = maria_refreshed
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
    pulled_again(small)
    done = erased(small)
    assert done.proven
    assert done.certificate["not_included"] == [{"record": "crm.contacts:003Z", "why": "the same name"}]
    kept = (small.root / "exports/crm/contacts_2026-07-14T0600.csv").read_text()
    assert other in kept
    deals = (small.root / "exports/crm/opportunities_2026-07-14T0600.csv").read_text()
    assert "Maria Gomez of Bell" in deals
    assert "MARIA GOMEZ - renewal" not in deals


def test_exports_that_came_after_are_cleaned_when_she_is_erased_again(small: Workspace) -> None:
    erased(small)
    lay(small.root, LATER)
    (small.root / "exports/marketing/leads_2026-07-20T0600.csv").unlink()
    packed = {"marketing/leads_2026-07-20T0600.csv.gz": LATER["marketing/leads_2026-07-20T0600.csv"]}
    lay(small.root, packed)
    report = pulled_again(small)
    kept_out = [one for one in report.findings if one.code == "erased.kept_out"]
    assert len(kept_out) == 5
    assert all("The file itself still holds the person." in one.message for one in kept_out)
    lying = sorted(f"exports/{name}" for name in {**LATER, **packed} if name != "marketing/leads_2026-07-20T0600.csv")
    assert left(small.root) == lying
    pulls = Ledger(small).pulls()
    plan = plan_erasure(small, MARIA, NOW + timedelta(days=2), {})
    assert not isinstance(plan, Erased)
    assert (sorted(one.path for one in plan.exports), plan.rows) == (lying, 0)
    done = erase(small, MARIA, NOW + timedelta(days=2), {})
    assert isinstance(done, Done)
    assert done.proven
    assert left(small.root) == []
    # The files are known as what they are now: nothing is pulled from them again, and the pulls are the same.
    report = pulled_again(small)
    assert (report.pulled, report.held) == ((), ())
    assert [one.sha256 for one in Ledger(small).pulls()] == [one.sha256 for one in pulls]
    assert Ledger(small).findings == ()
    kept = (small.root / "exports/crm/contacts_2026-07-20T0600.csv").read_text().splitlines()
    assert kept[3] == LATER["crm/contacts_2026-07-20T0600.csv"].splitlines()[3]
    assert isinstance(erase(small, "crm.contacts:003A", NOW + timedelta(days=3), {}), Erased)


def kept(workspace: Workspace) -> dict[Path, bytes]:
    """Read every file but those that are derived."""
    files = [path for path in workspace.root.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if not path.is_relative_to(workspace.cache)}


@pytest.mark.parametrize("shut", ["ledger", "exports/crm"])
def test_in_a_folder_that_cannot_be_written_nothing_is_begun(
    small: Workspace, shut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allowed(path: Path, _: int) -> bool:
        return bool(path.stat().st_mode & 0o200)  # as anybody but the superuser is answered

    monkeypatch.setattr("os.access", allowed)
    folder = small.root / shut
    before = kept(small)
    folder.chmod(0o555)
    try:
        with pytest.raises(LedgerError, match=f"{shut}' cannot be written, so nobody was erased"):
            erase(small, MARIA, NOW, {})
    finally:
        folder.chmod(0o755)
    assert kept(small) == before
