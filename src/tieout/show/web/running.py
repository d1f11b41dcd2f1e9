"""Run the application: its place beside the workspace, its tables, its server."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from tieout.show.web.logs import log_settings
from tieout.show.web.trouble import ServingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tieout.basics.workspace import Workspace

ENDS_WITHIN = 10
"""Seconds that requests under way have when the server is told to end."""


@dataclass(frozen=True, slots=True)
class Served:
    """How the application is served: where, by how many processes and threads, with which database."""

    host: str = "127.0.0.1"
    port: int = 8642
    workers: int = 2
    threads: int = 16
    database: str | None = None
    hosts: str | None = None
    https: bool = False


def address_of(served: Served, listening: socket.socket) -> str:
    """Give where people open it on this machine."""
    host = f"[{served.host}]" if ":" in served.host else served.host
    return f"{'https' if served.https else 'http'}://{host}:{listening.getsockname()[1]}/"


def listen(served: Served) -> socket.socket:
    """Take the port; 0 takes a free one. Raises ServingError where that cannot be."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            served.host, served.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(where)
            listening.listen(512)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        message = (
            f"{served.host}:{served.port} cannot be listened on: {error.strerror}. Another server may run there: give "
            "another --port, or 0 for one that is free."
        )
        raise ServingError(message) from error
    listening.set_inheritable(True)
    return listening


def prepare(workspace: Workspace, served: Served) -> None:
    """Make the folder of the application, its secret and its tables, and tell Django of them; safe to do again.

    Raises ServingError where the database cannot be used.
    """
    workspace.app.mkdir(mode=0o700, exist_ok=True)
    if not (os.environ.get("TIEOUT_SECRET_KEY") or os.environ.get("TIEOUT_SECRET_KEY_FILE")):
        os.environ["TIEOUT_SECRET_KEY_FILE"] = str(_secret(workspace.app / "secret"))
    os.environ["TIEOUT_WORKSPACE"] = str(workspace.root)
    if served.database:
        os.environ["TIEOUT_DATABASE"] = served.database
    if served.hosts:
        os.environ["TIEOUT_HOSTS"] = served.hosts
    if served.https:
        os.environ["TIEOUT_HTTPS"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tieout.show.web.settings"
    import django  # noqa: PLC0415 -- it reads the environment that was just made
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import Error, connection  # noqa: PLC0415

    try:
        django.setup()
    except ValueError as error:
        message = "The address of the database cannot be read. Allowed: postgres://USER:PASSWORD@HOST:PORT/NAME."
        raise ServingError(message) from error
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    except Error as error:
        raise ServingError(_unusable(connection.settings_dict, error)) from error
    finally:
        # Each worker opens its own: what is open before a fork is open in all of them.
        connection.close()


def _secret(file: Path) -> Path:
    """Make what sessions are signed with, unless it is there."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(secrets.token_urlsafe(48))
    return file


def _unusable(database: dict[str, Any], error: Exception) -> str:
    """Say which database cannot be used and why; its password is never told."""
    server = f"{database['HOST']}:{database['PORT'] or 5432}/" if database["HOST"] else ""
    why = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    for secret in filter(None, (database["PASSWORD"],)):
        why = why.replace(str(secret), "...")
    return (
        f"The database {server}{database['NAME']} cannot be used: {why}. The workspace and its figures are as they "
        "were. Start the database, or mend the address after --database or in TIEOUT_DATABASE."
    )


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our options; each worker loads the application for itself, after it was forked."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Give the application."""
        return cast("Callable[..., Any]", import_app("tieout.show.web.wsgi:application"))


def serve(served: Served, listening: socket.socket) -> None:
    """Serve until it is interrupted or told to end; requests under way are answered first."""
    _Server(
        {
            "bind": f"fd://{listening.fileno()}",
            "workers": served.workers,
            "threads": served.threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": ENDS_WITHIN,
            "control_socket_disable": True,
            "logconfig_dict": log_settings(),
        }
    ).run()


WORK = "from tieout.cli import main; raise SystemExit(main())"
WARM = """import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
from tieout.show.web.wsgi import application
from tieout.show.web.warming import keep_warm
keep_warm()
"""


@contextmanager
def helpers(workspace: Workspace, *, work: bool, warm: bool) -> Iterator[None]:
    """Run what is wanted beside what is done within: `tieout work`, and what makes pages before they are asked for.

    They end with this process in any case.
    """
    commands = [[WORK, "work", str(workspace.root)]] * work + [[WARM]] * warm
    environment = {**os.environ, "TIEOUT_PARENT": str(os.getpid())}
    beside = [subprocess.Popen([sys.executable, "-c", *command], env=environment) for command in commands]  # noqa: S603 -- ourselves
    try:
        yield
    finally:
        for one in beside:
            one.terminate()
        for one in beside:
            one.wait()
