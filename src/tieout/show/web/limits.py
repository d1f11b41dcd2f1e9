"""How much a request may bring: what is more is refused before anything reads or keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.show.web.errors import problem
from tieout.show.web.pages.sheet import UPLOAD_PATH
from tieout.show.web.sheets import LARGEST, too_large

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PLAIN = 1_200_000
"""What a form without a file may bring."""
ROUND_IT = 100_000
"""What a form with a sheet may bring beside it."""
PART = 65_536
THROWN_AWAY = 400_000_000
"""So much of a body is read and thrown away, so that a browser hears the answer; of more the connection is closed."""


def limit_bodies(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse bodies that are too large by what they say of themselves; no server reads more than that."""

    def limited(request: HttpRequest) -> HttpResponseBase:
        size = _size(request)
        most = LARGEST + ROUND_IT if request.path == UPLOAD_PATH else PLAIN
        if size <= most:
            return get_response(request)
        left = THROWN_AWAY
        while left > 0 and (part := request.read(PART)):
            left -= len(part)
        message = too_large(size) if request.path == UPLOAD_PATH else "The form is larger than any of this page is."
        return problem(request, 413, "That is too large", message)

    return limited


def _size(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
