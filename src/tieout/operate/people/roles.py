"""The written table of roles and rights: the only place that says who may do what."""

from __future__ import annotations

from enum import Enum

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is here; each function has a lead."""

    VIEWER = "viewer", "Viewer"
    CONTRIBUTOR = "contributor", "Contributor"
    MARKETING = "marketing-lead", "Marketing lead"
    SALES = "sales-lead", "Sales lead"
    FINANCE = "finance-lead", "Finance lead"
    SUCCESS = "cs-lead", "Customer success lead"
    REVOPS = "revops", "Revenue operations"
    ADMIN = "admin", "Administrator"


class Right(Enum):
    """One thing that a role may or may not do."""

    READ = "read every page and every total"
    PERSONAL = "see names, addresses and other personal data; masked for everybody else, in exports too"
    EXPORT = "take records out as files"
    UPLOAD = "tie out a sheet of one's own"
    OWN_VIEWS = "save views of one's own"
    TEAM_VIEWS = "save views for one's team"
    TOKENS = "make tokens for the API, of no more than one's own rights"
    AUDIT = "read the log of sign-ins, exports and changes"
    PEOPLE = "invite people, change roles and teams, end sessions"


_EVERYBODY = frozenset({Right.READ, Right.OWN_VIEWS})
_WORKING = _EVERYBODY | {Right.EXPORT, Right.UPLOAD, Right.TOKENS, Right.PERSONAL}
_LEADING = _WORKING | {Right.TEAM_VIEWS}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _EVERYBODY,
    Role.CONTRIBUTOR: _WORKING,
    Role.MARKETING: _LEADING,
    Role.SALES: _LEADING,
    Role.FINANCE: _LEADING - {Right.PERSONAL},
    Role.SUCCESS: _LEADING,
    Role.REVOPS: _LEADING | {Right.AUDIT},
    Role.ADMIN: _LEADING | {Right.AUDIT, Right.PEOPLE},
}
