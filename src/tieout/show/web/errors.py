"""What people are told when there is no page: one design for all of them, and nothing of what went on inside."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from tieout.show.as_json import dumps
from tieout.show.terminal import clean
from tieout.show.web.logs import log_error, request_id
from tieout.warehouse.builds import NotPublishedError
from tieout.warehouse.engine import EngineError
from tieout.warehouse.lock import BeingMadeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

DAMAGED = ("IOException", "SerializationException", "FatalException", "InternalException")
"""What the engine raises where a file is damaged or gone; anything else is a mistake of ours."""
TOO_LARGE = "OutOfMemoryException"
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class Told(NamedTuple):
    """An error as a person is told it."""

    status: int
    title: str
    message: str


OURS = Told(500, "Something went wrong here", "")


def problem(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    """Say what happened and what to do."""
    if for_machines(request):
        return problem_json(status, title, message)
    given = {"title": clean(title), "message": clean(message), "status": status, "filters": bool(request.GET)}
    return render(request, "web/problem.html", given, status=status)


def for_machines(request: HttpRequest) -> bool:
    """Say whether a program asks: it is told in JSON."""
    return request.path.startswith("/api/")


def problem_json(status: int, title: str, detail: str, **more: object) -> HttpResponse:
    """Give an error as RFC 9457 writes it, with the id of the request."""
    document = {"type": "about:blank", "title": title, "status": status, **({"detail": detail} if detail else {})}
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "30"} if status == 503 else {})
    body = dumps(document | {"request": request_id()} | more)
    return HttpResponse(body, status=status, content_type="application/problem+json", headers=headers)


# -- what Django calls


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Tell that a request cannot be read, or is too large."""
    if isinstance(exception, TOO_MUCH):
        most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000} MB beside files"
        return plain(request, Told(413, "That is too large", f"A form may hold {most}. Nothing of it was kept."))
    message = "Nothing was changed. Go back, and follow a link or a button."
    return plain(request, Told(400, "This request cannot be read", message))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Tell which right is missing."""
    needed = str(exception)
    takes = f"It takes the right to {needed}. " if needed else ""
    return problem(
        request, 403, "Your role may not do this", f"{takes}Who gives rights here: an administrator, under People."
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- as Django calls it
    """Tell that a form is too old or came from elsewhere."""
    message = "Nothing was changed. Go back, load the page again and send it once more; cookies must be allowed."
    return problem(request, 403, "This form is too old, or came from elsewhere", message)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- as Django calls it
    """Tell that nothing is here."""
    return problem(request, 404, "There is no such page", "Nothing is at this address. A link may have been cut short.")


def failed(request: HttpRequest) -> HttpResponse:
    """Tell that it cannot be answered now: why, if that helps a person, else only the id of the request."""
    error = sys.exc_info()[1]
    if error is not None:
        log_error(error)
    return plain(request, told(error))


def told(error: BaseException | None) -> Told:
    """Choose what is said of an error that nobody caught."""
    if isinstance(error, OperationalError | InterfaceError):
        message = "Published figures are as they were, and nothing that was saved is lost. Try again in a minute."
        return Told(503, "The database of the application cannot be used just now", message)
    if isinstance(error, NotPublishedError):
        return Told(
            503,
            "Nothing is published yet",
            "The first `tieout refresh` publishes numbers; `tieout work` does so by itself.",
        )
    if isinstance(error, BeingMadeError):
        return Told(503, "This is being worked out", str(error))
    if isinstance(error, EngineError) and type(error).__name__ == TOO_LARGE:
        message = "It takes more memory than one question may have here. Ask for less: a shorter period, fewer slices."
        return Told(503, "This question is too large", message)
    if isinstance(error, EngineError) and type(error).__name__ in DAMAGED:
        message = "The ledger is not touched by this: `tieout refresh` makes them again."
        return Told(503, "The published numbers cannot be read", message)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Told(503, "The disk is full", "Nothing was changed. Whoever runs this has to make room.")
    return OURS


def plain(request: HttpRequest, this: Told) -> HttpResponse:
    """Give an answer that needs neither the database nor who asks."""
    if for_machines(request):
        return problem_json(*this)
    page = get_template("web/failed.html").render({**this._asdict(), "request_id": request_id()})
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "30"} if this.status == 503 else {})
    return HttpResponse(page, status=this.status, headers=headers)


class NotAllowed:
    """Gives an answer that says only which methods are allowed the page that all errors have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or (response.content and not for_machines(request)):
            return response
        allow = response.headers.get("Allow", "")
        page = plain(request, Told(405, "This address does not take that", f"It takes {allow}. Nothing was changed."))
        page["Allow"] = allow
        return page
