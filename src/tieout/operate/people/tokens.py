"""Secrets that open something: tokens of the API and links of invitations. Only their digests are kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from tieout.operate.people.models import Account, Token
from tieout.operate.people.roles import RIGHTS, Right, Role

PREFIX = "tieout_"
SCOPES = (Right.READ, Right.PERSONAL, Right.EXPORT)
"""What a token can be for; all of them only as far as its owner has the right at the time of use."""
DAYS = (7, 30, 90, 365)
"""How long a token may live."""
MOST = 20
"""So many tokens of an account live at once."""
_LONGEST = 200
_SEEN = timedelta(minutes=1)


class TokenError(Exception):
    """A token that cannot be made; the message says why and what is allowed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A token as somebody asks for it."""

    name: str
    scopes: frozenset[Right]
    days: int


def digest_of(text: str) -> str:
    """Give what is kept of a secret. It has 256 bits of chance in it, so a plain digest cannot be turned back."""
    return sha256(text.encode()).hexdigest()


def make_token(owner: Account, asked: Asked, now: datetime) -> tuple[Token, str]:
    """Make a token and give its text, which nobody can see again. Raises TokenError."""
    name = asked.name.strip()
    if not name or len(name) > 80:
        message = f"A token needs a name of 1 to 80 characters; this has {len(name)}."
        raise TokenError(message)
    if asked.days not in DAYS:
        message = f"A token lives {', '.join(map(str, DAYS))} days, not {asked.days}."
        raise TokenError(message)
    if beyond := [right for right in asked.scopes if right not in SCOPES or not owner.may(right)]:
        message = f"A token has no more rights than its owner: not to {'; '.join(right.value for right in beyond)}."
        raise TokenError(message)
    if Token.objects.filter(owner=owner, ended_at=None, expires_at__gt=now).count() >= MOST:
        message = f"You have {MOST} tokens that live, which is the most. End one first."
        raise TokenError(message)
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        owner=owner,
        name=name,
        start=text[:12],
        digest=digest_of(text),
        scopes=sorted(right.name for right in asked.scopes | {Right.READ}),
        made_at=now,
        expires_at=now + timedelta(days=asked.days),
    )
    token.save()
    return token, text


def account_of_token(text: str, now: datetime) -> tuple[Account, frozenset[Right]] | None:
    """Give whose token this is and the rights it carries now, or nothing if it opens nothing (any more).

    The rights are those that it was made for and that its owner still has.
    """
    if not text.startswith(PREFIX) or len(text) > _LONGEST:
        return None
    token = Token.objects.select_related("owner", "owner__team").filter(digest=digest_of(text)).first()
    if token is None or token.ended_at is not None or token.expires_at <= now or not token.owner.is_active:
        return None
    # A line for each minute of use is enough, and spares a write for each request.
    if token.used_at is None or now - token.used_at >= _SEEN:
        Token.objects.filter(pk=token.pk).update(used_at=now)
    granted = frozenset(right for right in SCOPES if right.name in token.scopes)
    return token.owner, granted & RIGHTS[Role(token.owner.role)]


def end_token(owner: Account, pk: int, now: datetime) -> Token | None:
    """End a token of one's own; nothing if there is none that lives."""
    ended = Token.objects.filter(pk=pk, owner=owner, ended_at=None).update(ended_at=now)
    return Token.objects.get(pk=pk) if ended else None


def end_tokens(owner: Account, now: datetime) -> int:
    """End all tokens of an account; give how many lived."""
    return Token.objects.filter(owner=owner, ended_at=None).update(ended_at=now)
