"""What every part of the contract is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Mode = Literal["full", "delta", "log"]
Basis = Literal["arr", "acv", "tcv"]
Rates = Literal["plan", "spot"]
Outcome = Literal["open", "won", "lost", "disqualified"]


class Model(BaseModel):
    """The base of every part: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
