"""The log of sign-ins, exports and changes: one function writes every line of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from tieout.operate.people.models import Account, LogEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNED_IN, SIGNED_OUT, REFUSED = "signed in", "signed out", "failed to sign in"
EXPORTED, UPLOADED = "exported", "uploaded"


def note(
    by: HttpRequest | Account | str,
    did: str,
    what: str = "",
    detail: Mapping[str, Any] | None = None,
    within: HttpRequest | None = None,
) -> None:
    """Write a line: who (a request, an account, or words), did what, to what; `detail` holds before and after.

    `within` is the request in which an account did it that the request itself does not know, as by a token.
    """
    who, request = str(by), str(getattr(within, "request_id", ""))
    if isinstance(by, HttpRequest):
        who = by.user.email if isinstance(by.user, Account) else "somebody"
        request = str(getattr(by, "request_id", ""))
    elif isinstance(by, Account):
        who = by.email
    LogEntry(who=who[:254], did=did[:40], what=what[:2000], detail=dict(detail or {}), request=request[:64]).save()
