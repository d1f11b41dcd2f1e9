"""Every address of the application. A test walks them all, by every role."""

from __future__ import annotations

from django.urls import include, path

from tieout.show.web.api.routes import about, api, openapi
from tieout.show.web.pages.sheet import UPLOAD_PATH, upload
from tieout.show.web.people.urls import urlpatterns as people
from tieout.show.web.registry import ROOMS
from tieout.show.web.saved import view_end, views
from tieout.show.web.search import search, suggest
from tieout.show.web.views import live, room_view, style_sheet

handler400 = "tieout.show.web.errors.bad_request"
handler403 = "tieout.show.web.errors.forbidden"
handler404 = "tieout.show.web.errors.not_found"
handler500 = "tieout.show.web.errors.failed"
urlpatterns = [
    *(path(room.path.removeprefix("/"), room_view(room, ROOMS), name=room.name) for room in ROOMS),
    path("search", search, name="search"),
    path("search/suggest", suggest, name="suggest"),
    path(UPLOAD_PATH.removeprefix("/"), upload, name="upload"),
    path("views", views, name="views"),
    path("views/<int:pk>/end", view_end, name="view-end"),
    path("live", live, name="live"),
    path("style.css", style_sheet, name="style"),
    path("api/v1/openapi.json", openapi, name="openapi"),
    path("api/v1/docs", about, name="api-docs"),
    path("api/v1/", api.urls),
    *people,
    path("accounts/", include("allauth.urls")),
]
