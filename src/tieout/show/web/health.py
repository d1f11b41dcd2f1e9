"""Whether the process is alive and whether it can answer people: for machines, without signing in, without details.

They stand before everything else: a probe names no host that is allowed, and comes without https.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error, connection
from django.http import JsonResponse

from tieout.questions import opened
from tieout.warehouse.builds import NotPublishedError
from tieout.warehouse.engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class Health:
    """Answers /healthz (the process is alive) and /readyz (the database and the published numbers can be read)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, or hand on."""
        if request.path == "/healthz":
            return JsonResponse({"alive": True}, headers={"Cache-Control": "no-store"})
        if request.path == "/readyz":
            told = {"database": _database(), "published": _published()}
            ready = told == {"database": "reachable", "published": "readable"}
            headers = {"Cache-Control": "no-store"}
            return JsonResponse({"ready": ready, **told}, status=200 if ready else 503, headers=headers)
        return self.get_response(request)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        connection.close()
        return "unreachable"
    return "reachable"


SECONDS = 3
"""What was found stands so long: probes come often, and looking opens the published file."""
_found: tuple[float, object, str] = (0.0, None, "")


def _published() -> str:
    """Look whether the published numbers can be read, or give what was found a moment ago."""
    global _found  # noqa: PLW0603 -- one answer for all probes of the process
    until, workspace, told = _found
    if monotonic() >= until or workspace != settings.WORKSPACE:
        told = _look()
        _found = (monotonic() + SECONDS, settings.WORKSPACE, told)
    return told


def _look() -> str:
    try:
        with opened(settings.WORKSPACE) as asked:
            asked.engine.execute("select count(*) from findings").fetchall()
    except NotPublishedError:
        return "nothing is published"
    except (EngineError, OSError, ValueError):
        return "unreadable"
    return "readable"
