"""Views that people keep: a name for an address, one's own or one's team's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from tieout.operate.people.models import SavedView
from tieout.operate.people.roles import Right

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tieout.operate.people.models import Account

MOST = 50
"""So many views a person keeps."""


class ViewError(Exception):
    """A view that cannot be kept; the message says why and what to do."""


def views_of(account: Account) -> QuerySet[SavedView]:
    """Give what somebody finds: their own views, and those of their team."""
    teams = Q(team=account.team) if account.team else Q(pk__in=[])
    return SavedView.objects.filter(Q(owner=account) | teams).select_related("owner", "team")


def keep_view(account: Account, name: str, address: str, *, for_team: bool) -> SavedView:
    """Keep an address under a name; one's own view of this name is renewed. Raises ViewError."""
    if not name or len(name) > 80 or len(address) > 2000:
        message = f"A name has 1 to 80 characters, an address at most 2,000. Given: {len(name)} and {len(address):,}."
        raise ViewError(message)
    if not name.isprintable():
        message = "A name is one line of text; this holds characters that nobody sees. Type it anew."
        raise ViewError(message)
    if for_team and not (account.team and account.may(Right.TEAM_VIEWS)):
        message = "Views of a team are kept by those who lead a function and belong to a team. Keep it for yourself."
        raise ViewError(message)
    known = SavedView.objects.filter(owner=account)
    if known.exclude(name=name).count() >= MOST:
        message = f"You keep {MOST} views, which is the most. Delete one first."
        raise ViewError(message)
    told = {"address": address, "team": account.team if for_team else None}
    view, _ = SavedView.objects.update_or_create(owner=account, name=name, defaults=told)
    return view


def end_view(account: Account, pk: int) -> SavedView | None:
    """Delete a view of one's own, or of one's team for who may keep some; None where there is none such."""
    mine = Q(owner=account)
    if account.team and account.may(Right.TEAM_VIEWS):
        mine |= Q(team=account.team)
    view = SavedView.objects.filter(mine, pk=pk).first()
    if view is None:
        return None
    view.delete()
    return view
