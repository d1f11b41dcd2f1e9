"""Answer a request to the API: hold it to what is allowed, make its document once for each build, give a part of it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import simplejson
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone

from tieout.basics.findings import nearest
from tieout.basics.wording import Surface, names_in
from tieout.measure.answers import QuestionError, UnknownNameError
from tieout.operate.people.log import EXPORTED, note
from tieout.operate.people.roles import Right
from tieout.show.as_json import dumps
from tieout.show.web.api.seeing import part, seen
from tieout.show.web.errors import problem_json
from tieout.show.web.reader import kept
from tieout.show.web.sight import hold_fields, may_open
from tieout.show.web.turns import turn
from tieout.version import VERSION

if TYPE_CHECKING:
    from django.http import HttpRequest
    from ninja import Schema
    from pydantic.fields import FieldInfo

    from tieout.show.web.api.access import Visitor
    from tieout.show.web.api.addresses import Address
    from tieout.show.web.reader import Reader

LONGEST = 500
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
PAGING = frozenset({"limit", "offset"})


class RefusedError(Exception):
    """A request that is not answered as it was made, with the problem that says why."""

    def __init__(self, problem: HttpResponse) -> None:
        super().__init__(problem.status_code)
        self.problem = problem


def answer(
    request: HttpRequest, visitor: Visitor, address: Address, asked: Schema, parts: dict[str, str]
) -> HttpResponse:
    """Answer a request of somebody who is known.

    1. Hold it to how often, to what it takes, to the rights. 2. Say that nothing is new, where that is so. 3. Make the
    document, or take it as it was made before. 4. Leave out what is not for these eyes. 5. Give one part of its list.
    """
    _hold(request, visitor, address, asked, parts)
    reader = visitor.reader()
    by = names_in(getattr(asked, "by", None))
    hold_fields(by, getattr(asked, "where", None), personal=reader.eyes.personal)
    if "record" in parts and not may_open(reader, parts["record"]):
        raise RefusedError(_nowhere(parts["record"]))
    exact = address.exact and not getattr(asked, "what_we_said", False)
    etag = _etag(reader, request) if exact else None
    if etag and _known(request, etag):
        return HttpResponseNotModified(headers={**HEADERS, "ETag": etag})
    document = _document(reader, address, asked, parts, exact=exact)
    headers = dict(HEADERS) | ({"ETag": etag} if etag else {})
    limit, offset = getattr(asked, "limit", None), getattr(asked, "offset", 0)
    if limit is not None:
        document, total = part(document, limit, offset)
        links = _links(request, limit, offset, total)
        headers |= {"Link": links} if links else {}
    if takes_out(asked):
        note(visitor.account, EXPORTED, request.path, {"by": "api", **document.get("paging", {})}, request)
    return HttpResponse(dumps(document), content_type="application/json", headers=headers)


def _hold(request: HttpRequest, visitor: Visitor, address: Address, asked: Schema, parts: dict[str, str]) -> None:
    """Refuse what cannot be answered. Raises RefusedError."""
    if wait := visitor.waits():
        problem = problem_json(429, "Too many requests", f"Wait {wait} seconds.")
        problem["Retry-After"] = str(wait)
        raise RefusedError(problem)
    if Right.READ not in visitor.rights:
        raise RefusedError(problem_json(403, "This token may not read", f"It takes the right to {Right.READ.value}."))
    if takes_out(asked) and Right.EXPORT not in visitor.rights:
        raise RefusedError(
            problem_json(403, "Records are not for you", f"They take the right to {Right.EXPORT.value}.")
        )
    names = taken(address.takes)
    for name, text in (*request.GET.items(), *parts.items()):
        if name not in names and name not in parts:
            raise RefusedError(unknown(UnknownNameError(_no_name(name, names), name[:60], names, nearest(name, names))))
        if "\x00" in str(text) or len(str(text)) > LONGEST:
            message = f"'{name[:60]}' is {len(str(text)):,} characters long, or holds one that no text has."
            raise RefusedError(problem_json(400, "This cannot be read", message))


def takes_out(asked: Schema) -> bool:
    """Say whether single records are asked for: that takes the right, and is written down."""
    return bool(getattr(asked, "records", False) or getattr(asked, "deals", False))


def taken(schema: type[Schema]) -> tuple[str, ...]:
    """Give what an address takes, as it is written in one."""
    fields: dict[str, FieldInfo] = schema.model_fields
    return tuple(field.alias or name for name, field in fields.items())


def _no_name(name: str, names: tuple[str, ...]) -> str:
    near = nearest(name, names)
    hint = f" Did you mean '{near}'?" if near else ""
    return f"This address takes no '{name[:60]}'. It takes: {', '.join(names) or 'nothing'}.{hint}"


def unknown(error: UnknownNameError, status: int = 400) -> HttpResponse:
    """Say what was given, what is allowed, and the nearest."""
    told = {"given": error.given, "allowed": list(error.allowed), "nearest": error.nearest}
    return problem_json(status, "There is no such name", error.said(Surface.API), **told)


def _nowhere(record: str) -> HttpResponse:
    return problem_json(404, "There is no such record", f"Nothing is known of '{record[:60]}', or you may not open it.")


def _document(reader: Reader, address: Address, asked: Schema, parts: dict[str, str], *, exact: bool) -> dict[str, Any]:
    def make() -> str:
        return dumps(seen(reader, simplejson.loads(dumps(_made(reader, address, asked, parts)), use_decimal=True)))

    given = {name: value for name, value in asked.model_dump().items() if name not in PAGING}
    name = f"api {VERSION} {address.path} {simplejson.dumps([parts, given], sort_keys=True)}"
    name += f" {timezone.now():%Y-%m-%dT%H}" if address.hourly else ""
    if exact or address.hourly:
        text = kept(reader, name, make)
    else:
        with turn():
            text = make()
    document: dict[str, Any] = simplejson.loads(text, use_decimal=True)
    return document


def _made(reader: Reader, address: Address, asked: Schema, parts: dict[str, str]) -> dict[str, Any]:
    try:
        return address.make(reader, asked, **parts)
    except UnknownNameError as error:
        raise RefusedError(unknown(error, 404 if error.given == parts.get("metric") else 400)) from error
    except QuestionError as error:
        if "record" in parts:
            raise RefusedError(_nowhere(parts["record"])) from error
        raise


def _etag(reader: Reader, request: HttpRequest) -> str:
    query = "&".join(sorted(f"{name}={text}" for name, text in request.GET.items()))
    told = "\x00".join((VERSION, reader.build.key, request.path, query, str(reader.eyes)))
    return f'"{sha256(told.encode()).hexdigest()[:32]}"'


def _known(request: HttpRequest, etag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return etag in given or "*" in given


def _links(request: HttpRequest, limit: int, offset: int, total: int) -> str:
    """Give the ways to the other parts of a list, as RFC 8288 writes them."""
    places = {"first": 0, "prev": max(offset - limit, 0), "next": offset + limit}
    wanted = {
        name: place
        for name, place in places.items()
        if total > limit and (name == "first" or (name == "prev" and offset) or (name == "next" and place < total))
    }
    told = []
    for name, place in wanted.items():
        query = request.GET.copy()
        query["limit"], query["offset"] = str(limit), str(place)
        told.append(f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="{name}"')
    return ", ".join(told)
