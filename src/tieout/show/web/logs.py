"""One JSON line for each request and each error: no personal data, no filters, no text of a query.

A path is told as the route that it matched, since an id of a record can be somebody's address; an error by its kind and
where it came about, since its message can hold what somebody typed.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import PurePath
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from django.db import connections
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""A request id that a server in front has given."""
REQUESTS, ERRORS = logging.getLogger("tieout.requests"), logging.getLogger("tieout.errors")
DEEPEST = 12


def log_settings() -> dict[str, Any]:
    """Give the settings of `logging`: one JSON line for each event, to standard error."""
    lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    }
    told, silent = {"handlers": ["lines"], "propagate": False}, {"handlers": ["none"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": lines},
        "handlers": {
            "lines": {"class": "logging.StreamHandler", "formatter": "lines"},
            "none": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["lines"], "level": "ERROR"},
        "loggers": {
            "tieout": told | {"level": "INFO"},
            "gunicorn.error": told | {"level": "WARNING"},
            "django": told | {"level": "ERROR"},
            "django.request": silent,
            "django.security": silent,
        },
    }


def request_id() -> str:
    """Give the id of the request that is being answered."""
    return str(get_contextvars().get("request", ""))


class RequestLog:
    """Give each request an id, and write a line when it is answered. Stands before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        given = request.headers.get(HEADER, "")
        clear_contextvars()
        bind_contextvars(request=given if GIVEN.fullmatch(given) else uuid4().hex)
        request.request_id = request_id()  # type: ignore[attr-defined]
        start, count = perf_counter(), _Count()
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(count))
            response = self.get_response(request)
        response[HEADER] = request_id()
        user = getattr(request, "_cached_user", None)
        told: dict[str, Any] = {"who": user.pk} if user is not None and user.pk else {}
        told |= {"method": request.method, "path": _route(request), "status": response.status_code}
        told |= {"ms": round((perf_counter() - start) * 1000, 1), "queries": count.queries}
        REQUESTS.info("request", extra=told)
        return response


class _Count:
    """Counts the queries to the operational database."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401 -- as Django calls it
        self.queries += 1
        return execute(*given)


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None:
        return f"/{match.route}"
    first, *rest = request.path.removeprefix("/").split("/")
    return f"/{first[:40]}" + ("/..." if rest and any(rest) else "")


def log_error(error: BaseException) -> None:
    """Write down what kind of error came about, and where."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    where = [f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    told = {"kind": type(error).__name__, "where": where}
    ERRORS.error("error", extra=told | ({"cause": type(cause).__name__} if cause else {}))
