"""Run the application: its place beside the workspace, its tables, its server."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from tieout.basics.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Served:
    """How the application is served: where, by how many processes and threads, with which database."""

    host: str = "127.0.0.1"
    port: int = 8642
    workers: int = 2
    threads: int = 4
    database: str | None = None
    hosts: str | None = None
    https: bool = False

    @property
    def address(self) -> str:
        """Where people open it on this machine."""
        return f"{'https' if self.https else 'http'}://{self.host}:{self.port}/"


def prepare(workspace: Workspace, served: Served) -> None:
    """Make the folder of the application, its secret and its tables, and tell Django of them; safe to do again."""
    workspace.app.mkdir(mode=0o700, exist_ok=True)
    secret = workspace.app / "secret"
    if not (os.environ.get("TIEOUT_SECRET_KEY") or os.environ.get("TIEOUT_SECRET_KEY_FILE")):
        try:
            handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(48))
        os.environ["TIEOUT_SECRET_KEY_FILE"] = str(secret)
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

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


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


def serve(served: Served) -> None:
    """Serve until it is interrupted."""
    _Server(
        {
            "bind": f"{served.host}:{served.port}",
            "workers": served.workers,
            "threads": served.threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "loglevel": "warning",
        }
    ).run()
