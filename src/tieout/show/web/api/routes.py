"""The API as django-ninja takes it: its addresses from the table, its description, its errors."""

from __future__ import annotations

import json
import re
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, ValidationError

from tieout.basics.calendars import PeriodError
from tieout.basics.findings import nearest
from tieout.basics.wording import Surface, WordedError
from tieout.measure.answers import QuestionError, UnknownNameError
from tieout.show.web.api import given
from tieout.show.web.api.access import Visitor, visitor_of
from tieout.show.web.api.addresses import ADDRESSES, Address
from tieout.show.web.api.answering import RefusedError, answer, unknown
from tieout.show.web.errors import problem_json
from tieout.version import VERSION
from tieout.warehouse.builds import NotPublishedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ninja.openapi.schema import OpenAPISchema

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "request"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request": {"type": "string", "description": "The id of the request."},
        "given": {"description": "What was given."},
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "What is allowed."},
        "nearest": {"type": ["string", "null"], "description": "What may have been meant."},
    },
}
STATUSES = {
    400: "What was given cannot be meant.",
    401: "No token, or none that opens anything.",
    403: "The token or the role lacks a right.",
    404: "There is no such number or record.",
    429: "Too many requests in a minute; Retry-After says when.",
    503: "Nothing is published, or the database cannot be used.",
}
RESPONSES: dict[int, dict[str, Any]] = {
    200: {"description": "The document.", "content": {"application/json": {"schema": {"type": "object"}}}},
    304: {"description": "Nothing is new: the ETag was given as If-None-Match."},
    **{
        status: {"description": told, "content": {"application/problem+json": {"schema": PROBLEM}}}
        for status, told in STATUSES.items()
    },
}
ABOUT = (
    "The documents of the command line with --json, answered from the published build. Figures are the same for "
    "everybody; records and personal data are given as far as the token and its owner may see them."
)

api = NinjaAPI(
    title="Tieout",
    version=VERSION,
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    auth=visitor_of,
    urls_namespace="api",
    openapi_extra={
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    },
)


QUERY: Any = Query()  # type: ignore[type-arg]


def _view(address: Address) -> Callable[..., HttpResponse]:
    """Make the view of an address, with a signature that its description is made of."""

    def view(request: HttpRequest, asked: given.Nothing | None = None, **parts: str) -> HttpResponse:
        visitor: Visitor = request.auth  # type: ignore[attr-defined]
        return answer(request, visitor, address, asked or given.Nothing(), parts)

    parameters = [Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)]
    parameters += [Parameter(name, Parameter.KEYWORD_ONLY, annotation=str) for name in address.parts]
    if address.takes is not given.Nothing:
        parameters.append(Parameter("asked", Parameter.KEYWORD_ONLY, annotation=Annotated[address.takes, QUERY]))
    view.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    view.__doc__ = address.summary
    return view


for _address in ADDRESSES:
    api.get(
        _address.path,
        summary=_address.summary,
        operation_id=re.sub(r"\W+", "_", _address.path).strip("_"),
        openapi_extra={"responses": RESPONSES},
    )(_view(_address))


# -- errors


@api.exception_handler(RefusedError)
def _refused(_request: HttpRequest, error: RefusedError) -> HttpResponse:
    return error.problem


@api.exception_handler(AuthenticationError)
def _nobody(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    problem = problem_json(401, "Nobody is known by this", "Give a token that lives: Authorization: Bearer tieout_...")
    problem["WWW-Authenticate"] = "Bearer"
    return problem


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Tell of the first thing that was given wrongly."""
    first = error.errors[0]
    name = str(first["loc"][-1])
    value = request.GET.get(name)
    allowed = re.findall(r"'([^']*)'", str(first.get("ctx", {}).get("expected", "")))
    near = nearest(str(value), allowed) if allowed else None
    hint = f" Did you mean '{near}'?" if near else ""
    told = f" Allowed: {', '.join(allowed)}." if allowed else ""
    message = f"{name}: {first['msg'].rstrip('.')}.{told if not allowed else ''}{hint}"
    more = {"given": value[:60] if value is not None else None, "allowed": allowed, "nearest": near}
    return problem_json(400, f"'{name}' cannot be meant", message, **more)


@api.exception_handler(UnknownNameError)
def _unknown(_request: HttpRequest, error: UnknownNameError) -> HttpResponse:
    return unknown(error)


@api.exception_handler(QuestionError)
@api.exception_handler(PeriodError)
def _question(_request: HttpRequest, error: WordedError) -> HttpResponse:
    return problem_json(400, "This cannot be answered", error.said(Surface.API))


@api.exception_handler(NotPublishedError)
def _unpublished(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem_json(503, "Nothing is published yet", "`tieout refresh` publishes numbers.")


# -- the description


def description() -> OpenAPISchema:
    """Give the OpenAPI document."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation["responses"] = {str(status): told for status, told in RESPONSES.items()}
    return schema


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document; it holds nothing of the workspace."""
    return HttpResponse(
        json.dumps(description(), indent=1), content_type="application/json", headers={"Cache-Control": "max-age=3600"}
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Tell a person what there is: the table of addresses, without a script."""
    return render(request, "web/api.html", {"paths": description()["paths"], "about": ABOUT})
