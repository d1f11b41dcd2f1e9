"""identity.yaml: which value of a field survives where records are merged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Model

Survives = Literal["survivor", "newest", "oldest", "longest", "most_complete_record", "system"]


class Surviving(Model):
    """Whose value of a field stays; a gap is filled by the next in that order, and at last by the newest."""

    rule: Survives = "survivor"
    systems: tuple[str, ...] = ()


class Identity(Model):
    """By field of an account, whose value survives a merge; a field that is not named keeps the survivor's."""

    account: dict[str, Surviving] = Field(default_factory=dict)
