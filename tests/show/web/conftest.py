"""The application on Marlow: clients of every role for quick tests, a real server for those with a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from django.test import Client

from tests.show.web.browsing import Browsing, started
from tests.show.web.postgres import Postgres, binaries
from tieout import Workspace
from tieout.operate.people.models import Account
from tieout.operate.people.roles import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import Settings

PASSWORD = "a-long-one-for-tests"
ClientOf = Callable[[Role], Client]


@pytest.fixture
def web(marlow: Workspace, settings: Settings) -> Workspace:
    """Marlow, as the application in this process sees it."""
    settings.WORKSPACE = marlow
    return marlow


@pytest.fixture
def client_of(web: Workspace, db: None) -> ClientOf:  # noqa: ARG001 -- they are needed, not looked at
    """Give a client that is signed in as somebody of a role."""

    def signed_in(role: Role) -> Client:
        email = f"{role.value}@marlow.example"
        account = Account.objects.filter(email=email).first() or Account.objects.create_user(email, PASSWORD, role=role)
        client = Client()
        client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where it is, and on which workspace."""

    address: str
    workspace: Workspace


@pytest.fixture(scope="session")
def server(marlow: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application as `tieout serve` runs it, on Marlow, with an account for each role (PASSWORD)."""
    with served(marlow, tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, one for the whole run."""
    with started() as found:
        yield found


@pytest.fixture(scope="session")
def states() -> dict[Role, Any]:
    """The cookies of whoever has signed in to the server before, so that a run signs in once for each role."""
    return {}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, one for the whole run."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    with Postgres(programs) as found:
        yield found


@pytest.fixture(scope="session")
def team_server(marlow: Workspace, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application as a team runs it: what people decide is in PostgreSQL."""
    folder = tmp_path_factory.mktemp("team")
    with served(marlow, folder, "--database", postgres.another("team")) as found:
        yield found


@pytest.fixture(scope="session")
def team_states() -> dict[Role, Any]:
    """The cookies of whoever has signed in to the team's server."""
    return {}


@pytest.fixture(params=["sqlite", "postgres"])
def page_on(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Browsing]:
    """Open pages as `page_of` does, of the embedded default and of a team's installation."""
    team = request.param == "postgres"
    server: Server = request.getfixturevalue("team_server" if team else "server")
    browsing = Browsing(browser, server.address, PASSWORD, request.getfixturevalue("team_states" if team else "states"))
    yield browsing
    browsing.close()


@pytest.fixture
def page_of(server: Server, browser: Browser, states: dict[Role, Any]) -> Iterator[Browsing]:
    """Open pages of the server: `page_of(Role.VIEWER).goto("/")`; `page_of()` is signed in as nobody."""
    browsing = Browsing(browser, server.address, PASSWORD, states)
    yield browsing
    browsing.close()


def linked(workspace: Workspace, root: Path) -> Path:
    """Make a workspace whose files are those of another, but for `app/`, which is its own."""
    root.mkdir()
    for entry in workspace.root.iterdir():
        if entry.name != "app":
            (root / entry.name).symlink_to(entry)
    return root


class served:  # noqa: N801 -- used as a function
    """Serve a workspace: its files are shared, `app/` is its own. Ends the server that it started."""

    def __init__(self, workspace: Workspace, folder: Path, *options: str) -> None:
        self.root, self.options = linked(workspace, folder / "workspace"), options

    def __enter__(self) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        workspace = Workspace(self.root)
        run = [
            sys.executable,
            "-c",
            "from tieout.cli import main; main()",
            "serve",
            str(self.root),
            "--port",
            port,
            "--workers",
            "1",
            "--no-warm",
            *self.options,
        ]
        log = self.root.with_suffix(".log")
        with log.open("w") as output:
            self.process = subprocess.Popen(run, stdout=output, stderr=output, env=os.environ)
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                with urlopen(f"{address}/style.css"):
                    break
            except OSError:
                assert self.process.poll() is None, log.read_text()
                time.sleep(0.1)
        else:
            raise AssertionError(log.read_text())
        make = [sys.executable, "-c", ACCOUNTS, str(self.root), PASSWORD, *(role.value for role in Role), *self.options]
        subprocess.run(make, check=True)
        return Server(address, workspace)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


ACCOUNTS = """
import sys
from pathlib import Path
from tieout import Workspace
from tieout.show.web.running import Served, prepare
root, password, *rest = sys.argv[1:]
database = rest[rest.index("--database") + 1] if "--database" in rest else None
prepare(Workspace(Path(root)), Served(database=database))
from tieout.operate.people.models import Account
for role in rest[:8]:
    Account.objects.create_user(f"{role}@marlow.example", password, role=role)
"""
