"""The application on a real PostgreSQL, as a team runs it; people are told when it is gone, and it comes back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psycopg

from tests.show.web.conftest import PASSWORD, served
from tieout import Workspace

if TYPE_CHECKING:
    from tests.show.web.postgres import Postgres


def test_signing_in_reading_and_a_database_that_goes_away(
    marlow: Workspace, postgres: Postgres, tmp_path: Path
) -> None:
    with served(marlow, tmp_path, "--database", postgres.url) as server:
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        sign_in(browser, server.address)
        status, page = ask(browser, f"{server.address}/pipeline")
        assert status == 200
        assert "viewer@marlow.example" in page
        assert not (server.workspace.app / "tieout.db").exists()
        kept_and_restored(server.workspace, postgres, tmp_path)
        postgres.stop()
        status, page = ask(browser, f"{server.address}/pipeline")
        assert status == 503
        assert "The database of the application cannot be used just now" in page
        assert "a-secret-of-tests" not in page
        assert "127.0.0.1" not in page
        status, told = ask(browser, f"{server.address}/readyz")
        assert (status, json.loads(told)["database"]) == (503, "unreachable")
        assert ask(browser, f"{server.address}/healthz")[0] == 200
        postgres.start()
        assert ask(browser, f"{server.address}/pipeline")[0] == 200
        assert ask(browser, f"{server.address}/readyz")[0] == 200


def kept_and_restored(workspace: Workspace, postgres: Postgres, folder: Path) -> None:
    """Keep what people decided, and restore it into another database of the server.

    The database that is kept is named by a file alone, as a container is told a secret.
    """
    file, secret = str(folder / "kept.tar.gz"), folder / "database"
    secret.write_text(f"{postgres.url}\n", encoding="utf-8")
    tieout("backup", file, "--workspace", str(workspace.root), TIEOUT_DATABASE_FILE=str(secret))
    second = postgres.another("second")
    tieout("restore", file, str(folder / "restored"), "--database", second)
    accounts = "select email, role, password from people_account order by email"
    with psycopg.connect(postgres.url) as old, psycopg.connect(second) as new:
        assert new.execute(accounts).fetchall() == old.execute(accounts).fetchall() != []
    assert not (folder / "restored" / "app" / "rows.json").exists()
    assert "accounts already" in tieout("restore", file, str(folder / "again"), "--database", second, status=1)


def tieout(*words: str, status: int = 0, **told: str) -> str:
    """Run a command in a process of its own, which sees no settings of the tests; give what it says."""
    run = [sys.executable, "-c", "from tieout.cli import main; raise SystemExit(main())", *words]
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("DJANGO_", "TIEOUT_SECRET"))}
    done = subprocess.run(run, capture_output=True, text=True, env=clean | told, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def ask(browser: OpenerDirector, address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    """Give status and text of an address."""
    request = Request(address, urlencode(form).encode() if form else None, {"Referer": address})
    try:
        with browser.open(request) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def sign_in(browser: OpenerDirector, address: str) -> None:
    """Sign in as a viewer by the form."""
    login = f"{address}/accounts/login/"
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', ask(browser, login)[1])
    assert found
    form = {
        "csrfmiddlewaretoken": found[1],
        "login": "viewer@marlow.example",
        "password": PASSWORD,
        "next": "/pipeline",
    }
    assert ask(browser, login, form)[0] == 200
