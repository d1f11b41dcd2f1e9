"""Saved views: kept from any page of the application, found in the frame of all."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods, require_POST

from tieout.operate.people.log import note
from tieout.operate.people.roles import Right
from tieout.operate.people.saved import ViewError, end_view, keep_view, views_of
from tieout.show.web.registry import ROOMS
from tieout.show.web.views import account_of, guarded

NAMES = {room.name for room in ROOMS}


@require_http_methods(["GET", "HEAD", "POST"])
@guarded(Right.OWN_VIEWS)
def views(request: HttpRequest) -> HttpResponse:
    """Show the views that somebody finds, and keep one more."""
    account = account_of(request)
    if request.method == "POST":
        name, address = request.POST.get("name", "").strip(), request.POST.get("address", "")
        try:
            view = keep_view(account, name, _page(address), for_team=request.POST.get("team") == "1")
        except ViewError as error:
            found = {"views": views_of(account), "wrong": str(error), "name": name[:80], "address": address[:2000]}
            return render(request, "web/views.html", found, status=400)
        note(request, "kept a view", view.name, {"address": view.address, "team": str(view.team or "")})
        messages.success(request, f"{view.name} is kept.")
        return HttpResponseRedirect(view.address)
    return render(request, "web/views.html", {"views": views_of(account)})


@require_POST
@guarded(Right.OWN_VIEWS)
def view_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view."""
    ended = end_view(account_of(request), pk)
    if ended is None:
        raise Http404
    note(request, "deleted a view", ended.name, {"address": ended.address})
    messages.success(request, f"{ended.name} is deleted.")
    return HttpResponseRedirect("/views")


def _page(address: str) -> str:
    """Give an address back if it is a page of the application and nothing else. Raises ViewError."""
    parts = urlsplit(address)
    local = (
        address.isprintable()
        and address.startswith("/")
        and not address.startswith("//")
        and not (parts.scheme or parts.netloc)
    )
    try:
        if local and resolve(parts.path).url_name in NAMES:
            return address
    except Resolver404:
        pass
    message = "Only a page of Tieout can be kept, such as /pipeline?segment=SMB. Open the page, then save it there."
    raise ViewError(message)
