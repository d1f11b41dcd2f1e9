"""What a model's own validators refuse is told at its place, as any other mistake is."""

from __future__ import annotations

from pydantic import BaseModel, field_validator

from tieout.contract.load import _validated
from tieout.contract.places import Places
from tieout.contract.shape import Shaper


class Even(BaseModel):
    number: int = 0

    @field_validator("number")
    @classmethod
    def is_even(cls, value: int) -> int:
        assert value % 2 == 0, "an odd number"
        return value


def test_a_validator_s_refusal_is_a_finding_and_the_default_stays() -> None:
    shaper = Shaper(Places({("plan.yaml", "number"): 4}))
    assert _validated(Even, {"number": 3}, ("plan.yaml",), shaper) == Even()
    (fault,) = shaper.faults
    assert (fault.finding.code, fault.finding.place, fault.finding.given) == (
        "value.refused",
        "contract/plan.yaml:4",
        "3",
    )
    assert "an odd number" in fault.finding.message
    assert _validated(Even, {"number": 4}, ("plan.yaml",), shaper) == Even(number=4)
