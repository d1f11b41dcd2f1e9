"""quality.yaml, and what pipeline.yaml asks of a deal: required fields, evidence for a stage, when a deal is stale."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Model

Severity = Literal["error", "warning", "note"]


class Evidence(Model):
    """What must be there for a stage to be believed: activities, a condition, or both.

    `activity` lists kinds of activity of the deal, of which one must have happened, `within_days` before as-of where
    given; machines' activities do not count. `when` is a condition over opportunities.
    """

    name: str
    activity: tuple[str, ...] = ()
    within_days: int | None = Field(default=None, ge=0)
    when: str | None = None


class StaleDays(Model):
    """After how many days without a change, or without an activity, a deal is stale."""

    unchanged_days: int | None = Field(default=None, ge=0)
    inactive_days: int | None = Field(default=None, ge=0)


class Stale(StaleDays):
    """When an open deal is stale: any of these that is given; `stages` sets other days for some stages.

    `past_due`: its close date has passed. `pushed`: its close date was moved to a later day so many times.
    """

    past_due: bool = False
    pushed: int | None = Field(default=None, ge=1)
    stages: dict[str, StaleDays] = Field(default_factory=dict)


class FieldRule(Model):
    """What is agreed about one field of an entity: its owner, whether it must be filled, how it is written.

    `allowed` lists its values; `format` is a regular expression for the whole value; `consistent` finds values that are
    another one spelled otherwise; `same_as` names a field (`account.name`) whose spelling is the right one.
    """

    owner: str | None = None
    required: bool = False
    allowed: tuple[str, ...] = ()
    format: str | None = None
    consistent: bool = False
    same_as: str | None = None
    severity: Severity = "warning"
    remedy: str | None = None


class RecordRule(Model):
    """A rule over the records of an entity: of those that `where` names, each must meet `must`."""

    of: str = "opportunity"
    where: str | None = None
    must: str
    owner: str | None = None
    severity: Severity = "warning"
    meaning: str | None = None
    remedy: str | None = None


class Quality(Model):
    """What the data must be like: fields by `entity.field`, rules by name, industries by vertical."""

    fields: dict[str, FieldRule] = Field(default_factory=dict)
    rules: dict[str, RecordRule] = Field(default_factory=dict)
    verticals: dict[str, tuple[str, ...]] = Field(default_factory=dict)
