"""What one person may take of a machine that is everybody's: counts, tokens, kept pages, builds, memory."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Barrier, Event
from time import sleep
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from tests.show.web.conftest import ClientOf
from tieout import Workspace, building
from tieout.building import known_build, known_builds
from tieout.history.ledger import Ledger
from tieout.operate.people.accounts import Place, change_account
from tieout.operate.people.models import Account, LogEntry, Token
from tieout.operate.people.roles import Role
from tieout.operate.people.tokens import MOST, Asked, TokenError, account_of_token, make_token
from tieout.questions import opened
from tieout.show.web import errors, health, reader
from tieout.show.web.filters import Filters
from tieout.show.web.reader import kept, reader_of
from tieout.show.web.records import Records, kept_records
from tieout.show.web.turns import MAKERS
from tieout.warehouse import engine, lock
from tieout.warehouse.builds import build_path
from tieout.warehouse.engine import EngineError, bound_readers, reading
from tieout.warehouse.lock import BeingMadeError, making

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NIGHTLY = Asked("nightly", frozenset(), 30)


@pytest.fixture
def alice(web: Workspace, db: None) -> Account:  # noqa: ARG001 -- they are needed, not looked at
    cache.clear()
    return Account.objects.create_user("alice@marlow.example", role=Role.SALES)


# -- counts


def test_counts_of_signing_in_are_not_washed_out(alice: Account) -> None:
    """Two thousand others that are counted leave a count where it is."""
    del alice
    cache.set("counted", 5, 600)
    for number in range(2000):
        cache.set(f"other-{number}", 1, 600)
    assert cache.get("counted") == 5


def test_a_count_that_was_culled_starts_again(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = make_token(alice, NIGHTLY, datetime.now(UTC))
    monkeypatch.setattr("django.core.cache.backends.base.BaseCache.add", lambda *_, **__: False)
    assert Client().get("/api/v1/builds", headers={"Authorization": f"Bearer {text}"}).status_code == 200


def test_tokens_of_an_account_are_counted_together_and_are_few(alice: Account, settings: Settings) -> None:
    settings.API_RATE = 3
    texts = [make_token(alice, NIGHTLY, datetime.now(UTC))[1] for _ in range(MOST)]
    with pytest.raises(TokenError, match=f"{MOST} tokens that live"):
        make_token(alice, NIGHTLY, datetime.now(UTC))
    answers = [Client().get("/api/v1/builds", headers={"Authorization": f"Bearer {text}"}) for text in texts[:4]]
    assert answers[-1].status_code == 429


# -- tokens of somebody else


def test_whoever_was_away_has_no_token_that_lives(alice: Account) -> None:
    _, text = make_token(alice, NIGHTLY, NOW)
    for active in (False, True):
        change_account("admin", alice, Place("Alice", Role.SALES, None, active=active))
        alice.refresh_from_db()
    assert alice.is_active
    assert account_of_token(text, NOW) is None
    assert LogEntry.objects.filter(did="changed an account")[1].detail["tokens ended"] == 1


def test_an_administrator_ends_the_tokens_of_somebody(alice: Account, client_of: ClientOf) -> None:
    _, text = make_token(alice, NIGHTLY, datetime.now(UTC))
    assert client_of(Role.ADMIN).post(f"/people/accounts/{alice.pk}/tokens").status_code == 302
    assert account_of_token(text, datetime.now(UTC)) is None
    assert LogEntry.objects.get(did="ended tokens").detail == {"tokens": 1}


def test_whoever_may_make_no_token_any_more_ends_those_they_have(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    owner = Account.objects.get(role=Role.VIEWER)
    Account.objects.filter(pk=owner.pk).update(role=Role.SALES)
    token, _ = make_token(Account.objects.get(pk=owner.pk), NIGHTLY, datetime.now(UTC))
    Account.objects.filter(pk=owner.pk).update(role=Role.VIEWER)
    assert viewer.post(f"/people/tokens/{token.pk}/end")["Location"] == "/people"
    assert Token.objects.get(pk=token.pk).ended_at


# -- kept pages


@pytest.fixture
def pages(alice: Account, tmp_path_factory: pytest.TempPathFactory) -> reader.Reader:
    """A reader whose kept pages are their own."""
    mine, root = reader_of(alice), tmp_path_factory.mktemp("kept") / "w"
    whole, own = mine.workspace, Workspace(root)
    for folder in (root, own.cache):
        folder.mkdir(exist_ok=True)
    for entry in (*whole.root.iterdir(), *whole.cache.iterdir()):
        place = root / entry.relative_to(whole.root)
        if entry not in (whole.app, whole.cache, whole.cache / "pages"):
            place.symlink_to(entry)
    return replace(mine, workspace=own)


def made_of(mine: reader.Reader) -> list[str]:
    return [path.read_text() for path in (mine.workspace.cache / "pages").glob("*/*.page")]


def test_a_page_that_is_huge_is_not_kept(pages: reader.Reader) -> None:
    assert len(kept(pages, "huge", lambda: "x" * 1_000_001)) == 1_000_001
    assert kept(pages, "small", lambda: "small") == "small"
    assert made_of(pages) == ["small"]


def test_kept_pages_have_a_size_together(pages: reader.Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "ALL", 250)
    for number in range(4):
        kept(pages, str(number), lambda number=number: str(number) * 98)  # type: ignore[misc]
        for age, path in enumerate(sorted((pages.workspace.cache / "pages").glob("*/*.page"), key=os.path.getmtime)):
            os.utime(path, (1000 + age, 1000 + age))
    assert sorted(text[0] for text in made_of(pages)) == ["2", "3"]


def test_kept_pages_are_looked_through_once_in_a_while(pages: reader.Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Path] = []

    def look(root: Path) -> tuple[()]:
        looked.append(root)
        return ()

    monkeypatch.setattr(reader, "_pages", look)
    for number in range(20):
        kept(pages, str(number), lambda: "x" * 100)
    assert len(looked) == 1


def test_a_page_that_many_ask_for_is_made_once(pages: reader.Reader) -> None:
    asked, made = Barrier(6), list[int]()

    def make() -> str:
        made.append(1)
        sleep(0.1)
        return "the page"

    def ask(_: int) -> str:
        asked.wait(5)
        return kept(pages, "asked for by many", make)

    with ThreadPoolExecutor(6) as people:
        assert list(people.map(ask, range(6))) == ["the page"] * 6
    assert made == [1]


def test_a_page_that_takes_long_holds_up_nobody_else(pages: reader.Reader) -> None:
    kept(pages, "kept", lambda: "as it was")
    going_on, under_way = Event(), [Event() for _ in range(MAKERS)]

    def slow(number: int) -> str:
        under_way[number].set()
        assert going_on.wait(5)
        return "slow"

    with ThreadPoolExecutor(MAKERS + 1) as people:
        waiting = [people.submit(kept, pages, f"slow {one}", partial(slow, one)) for one in range(MAKERS)]
        assert all(one.wait(5) for one in under_way)
        assert kept(pages, "kept", lambda: "made anew") == "as it was"
        one_more = people.submit(kept, pages, "one more", lambda: "in its turn")
        assert wait([one_more], 0.1).not_done, "more are made at a time than there are turns"
        going_on.set()
        assert [one.result(5) for one in (*waiting, one_more)] == ["slow"] * MAKERS + ["in its turn"]


def test_a_page_that_failed_is_made_by_the_next(pages: reader.Reader) -> None:
    with pytest.raises(ZeroDivisionError):
        kept(pages, "fails", lambda: str(1 // 0))
    assert kept(pages, "fails", lambda: "well") == "well"
    (folder,) = (pages.workspace.cache / "pages").iterdir()
    assert [one.suffix for one in folder.iterdir()] == [".page"]


def test_nothing_of_a_build_is_kept_that_an_erasure_wrote_anew(pages: reader.Reader) -> None:
    """It has its name and other content: neither a page nor a list of it is given any more, and the pages are gone."""
    builds, filters = pages.workspace.builds, Filters("/records/bookings")
    whole = builds.resolve()
    builds.unlink()
    shutil.copytree(whole, builds)
    names = Records("Who", (), ())
    assert kept(pages, "who", lambda: "Ann") == "Ann"
    assert kept_records(pages, filters, lambda: names) is names
    file = build_path(pages.workspace, pages.build.key)
    shutil.copy(file, file.with_suffix(".aside"))
    file.with_suffix(".aside").replace(file)
    assert kept(pages, "who", lambda: "nobody") == "nobody"
    assert kept_records(pages, filters, lambda: replace(names, title="Nobody")).title == "Nobody"
    assert made_of(pages) == ["nobody"]


# -- what is made for a question


def test_between_two_pulls_there_is_one_build(marlow: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(marlow) as asked:
        facts, contract = asked.facts, asked.contract
    monkeypatch.setattr(building, "build", lambda *given: replace(facts, known_at=given[4]))
    pulled = sorted({pull.taken_at for pull in Ledger(marlow).pulls()})
    before, after = next(pair for pair in pairwise(pulled[5:]) if pair[1] - pair[0] > timedelta(minutes=1))
    moments = [before, before + timedelta(seconds=1), before + timedelta(seconds=31), after - timedelta(seconds=1)]
    assert {known_build(marlow, facts, contract, moment).known_at for moment in moments} == {before}
    assert len(set(known_builds(marlow, facts, moments))) == 1


def test_one_build_is_made_at_a_time(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)  # type: ignore[arg-type]
    monkeypatch.setattr(lock, "PATIENCE", 0.2)

    def second() -> None:
        with making(workspace):
            pass

    with making(workspace), ThreadPoolExecutor(1) as other, pytest.raises(BeingMadeError):
        other.submit(second).result()
    second()


def test_whoever_waits_too_long_is_told_to_ask_again() -> None:
    assert errors.told(BeingMadeError("soon")) == (503, "This is being worked out", "soon")


def test_one_question_has_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_bounds", engine.Bounds())
    bound_readers(1, "50MB")
    with reading() as bounded:
        assert bounded.execute("select current_setting('threads')").fetchall() == [(1,)]
        with pytest.raises(EngineError) as raised:
            bounded.execute("select list(i) from range(50_000_000) as t(i)").fetchall()
        with pytest.raises(EngineError):
            bounded.execute("set memory_limit = '10GB'")
    assert errors.told(raised.value)[:2] == (503, "This question is too large")


def test_probes_look_once_in_a_while(web: Workspace, db: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    looked: list[int] = []
    monkeypatch.setattr(health, "_found", (0.0, None, ""))

    def look() -> str:
        looked.append(1)
        return "readable"

    monkeypatch.setattr(health, "_look", look)
    for _ in range(5):
        assert Client().get("/readyz").json()["published"] == "readable"
    assert looked == [1]
    assert timedelta(seconds=health.SECONDS) < timedelta(seconds=10)
