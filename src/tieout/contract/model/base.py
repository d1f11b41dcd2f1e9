"""What every part of the contract is made of."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["full", "delta", "log"]
Basis = Literal["arr", "acv", "tcv"]
Rates = Literal["plan", "spot"]
Outcome = Literal["open", "won", "lost", "disqualified"]


class Model(BaseModel):
    """The base of every part: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Placing(Model):
    """A rule that places accounts, by name. The first entry of a name holds from the beginning, or from its own day.

    A later entry of the same name says from when it holds, and only what changes. An event uses the rule in force when
    it happened, a state the one in force at as-of. `restate` applies a change to the past as well.
    """

    name: str
    when: str | None = None
    from_: date | None = Field(default=None, alias="from")
    restate: bool = False
    reason: str | None = None
