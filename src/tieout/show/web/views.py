"""The one view that shows rooms, and the two that keep open pages fresh. Every address is guarded here."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tieout.basics.calendars import PeriodError
from tieout.measure.answers import QuestionError
from tieout.operate.people.log import EXPORTED, note
from tieout.operate.people.roles import Right
from tieout.show.html.page import body_of
from tieout.show.terminal import clean
from tieout.show.web.bar import bar
from tieout.show.web.errors import problem, told
from tieout.show.web.exports import export
from tieout.show.web.files import FOR_GOOD, rules
from tieout.show.web.filters import FilterError, Filters, read_filters
from tieout.show.web.reader import Reader, kept, reader_of, stands
from tieout.show.web.rooms import NotHereError
from tieout.show.web.sight import hold_fields
from tieout.show.web.tabs import tabs_of
from tieout.warehouse.builds import NotPublishedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http.response import HttpResponseBase

    from tieout.operate.people.models import Account
    from tieout.show.web.records import Records
    from tieout.show.web.rooms import Room

Made = TypeVar("Made")
MISTAKES = (FilterError, QuestionError, PeriodError)
"""What a person can mend by another address."""


def guarded(right: Right) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let a view be seen only by those who are signed in and have the right."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded_view(request: HttpRequest, *given: object, **named: object) -> HttpResponseBase:
            if not account_of(request).may(right):
                raise PermissionDenied(right.value)
            return view(request, *given, **named)

        return cast("Callable[..., HttpResponseBase]", guarded_view)

    return guard


def account_of(request: HttpRequest) -> Account:
    """Give who asks; only for views that are guarded."""
    return cast("Account", request.user)


def room_view(room: Room, rooms: Sequence[Room] = ()) -> Callable[..., HttpResponseBase]:
    """Make the view of a room; among all `rooms` are those that stand beside it as tabs."""

    @require_safe
    @guarded(room.right)
    def view(request: HttpRequest, **named: str) -> HttpResponseBase:
        try:
            filters = read_filters(request.path, request.GET.dict(), room.all, named)
            hold_fields(filters.by, filters.where, personal=account_of(request).may(Right.PERSONAL))
            if room.records and filters["format"]:
                return taken_out(request, filters, room.records)
            reader, made = of_one_build(account_of(request), lambda reader: shown(reader, room, filters))
            context: dict[str, Any] = {"room": room, "page": made, "filters": filters, "build": reader.build}
            context |= {"bar": bar(reader, filters, room), "tabs": tabs_of(room, filters, rooms)}
            context |= room.context(reader, filters)
        except MISTAKES as error:
            return problem(request, 400, "This address leads to no page", str(error))
        except NotHereError as error:
            return problem(request, 404, error.title, str(error))
        except NotPublishedError as error:
            return problem(request, *told(error))
        if room.records and account_of(request).may(Right.EXPORT):
            files = {"CSV": "csv", "Excel": "xlsx"}
            context["files"] = {name: filters.link(format=kind, page=None) for name, kind in files.items()}
        return render(request, "web/room.html", context)

    return view


def of_one_build(account: Account, make: Callable[[Reader], Made]) -> tuple[Reader, Made]:
    """Make something of one build: where another one is published meanwhile, make it once more of that one."""
    reader = reader_of(account)
    made = make(reader)
    if not stands(reader):
        reader = reader_of(account)
        made = make(reader)
    return reader, made


def taken_out(request: HttpRequest, filters: Filters, make: Callable[[Reader, Filters], Records]) -> HttpResponseBase:
    """Give records as a file to whoever has the right to it, and note it. Raises FilterError or PermissionDenied."""
    account = account_of(request)
    if not account.may(Right.EXPORT):
        raise PermissionDenied(Right.EXPORT.value)
    reader, records = of_one_build(account, lambda reader: make(reader, filters))
    answer = export(reader, filters, records)
    note(request, EXPORTED, filters.link(), {"records": len(records.rows)})
    return answer


def shown(reader: Reader, room: Room, filters: Filters) -> dict[str, str]:
    """Give title and body of a page, made once for each build, address and pair of eyes."""

    def make() -> str:
        page = room.make(reader, filters)
        return f"{clean(page.title)}\n{body_of(page)}"  # a title is one line

    hour = f"{datetime.now(UTC):%Y-%m-%dT%H} " if room.hourly else ""
    name = f"{hour}{room.beside(reader, filters)}{filters.path}?{filters.query}"
    title, _, body = kept(reader, name, make).partition("\n")
    return {"title": title, "body": body}


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say whether the build that an open page shows is still the published one: nothing if it is."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    try:
        build = reader_of(account_of(request)).build
    except NotPublishedError:
        return HttpResponse(status=204)
    if request.GET.get("build") == build.key:
        return HttpResponse(status=204)
    return render(request, "web/fresh.html", {"build": build})


@require_safe
def style_sheet(request: HttpRequest) -> HttpResponse:
    """Give the one style sheet: for good under its own name, else for as long as it is the newest."""
    text, name = rules()
    etag, named = f'"{name}"', request.GET.get("v") == name
    headers = {"Cache-Control": FOR_GOOD if named else "no-cache", "ETag": etag}
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(text, content_type="text/css", headers=headers)
