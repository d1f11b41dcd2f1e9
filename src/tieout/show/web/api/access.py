"""Who asks the API, as far as what, and how often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from structlog.contextvars import bind_contextvars

from tieout.operate.people.models import Account
from tieout.operate.people.roles import RIGHTS, Right, Role
from tieout.operate.people.tokens import account_of_token
from tieout.show.web.reader import Reader, reader_of

if TYPE_CHECKING:
    from django.http import HttpRequest

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and with which rights."""

    account: Account
    rights: frozenset[Right]

    def reader(self) -> Reader:
        """Give the published build as this visitor may see it: a token may show less than its owner sees."""
        reader = reader_of(self.account)
        personal = reader.eyes.personal and Right.PERSONAL in self.rights
        return replace(reader, eyes=replace(reader.eyes, personal=personal))

    def waits(self) -> int:
        """Count a request; give the seconds to wait where there were too many in this minute, else 0.

        All tokens of an account count together: making another one gives nobody more.
        """
        now = int(timezone.now().timestamp())
        key = f"api:{self.account.pk}:{now // MINUTE}"
        cache.add(key, 0, 2 * MINUTE)
        try:
            count = cache.incr(key)
        except ValueError:  # it was culled in between
            cache.set(key, count := 1, 2 * MINUTE)
        return MINUTE - now % MINUTE if count > settings.API_RATE else 0


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Give who asks: by a token, else, since nothing can be changed here, by the session of a browser."""
    given = request.headers.get("Authorization")
    if given is None:
        account = request.user
        if not isinstance(account, Account) or not account.is_active:
            return None
        return Visitor(account, RIGHTS[Role(account.role)])
    kind, _, text = given.partition(" ")
    found = account_of_token(text.strip(), timezone.now()) if kind.lower() == "bearer" else None
    if found is None:
        return None
    owner, rights = found
    bind_contextvars(who=owner.pk, by="token")
    return Visitor(owner, rights)
