"""The contract: what the teams agreed, as frozen values. Every key has a default; the smallest contract is a page.

Loading (`load.py`) turns YAML and registers into these; nothing here reads a file or a clock.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """The base of every part: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


# -- company.yaml


class Calendar(Model):
    """A fiscal calendar of months; its year begins on the first of `start_month` and is named by its end."""

    start_month: int = Field(default=1, ge=1, le=12)


class Segment(Model):
    """A segment of accounts: the first whose criterion holds is the account's segment."""

    name: str
    when: str


class Company(Model):
    """Who the contract is for: base currency, time zone, calendars (the first is the default), segments."""

    name: str = "Our company"
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    time_zone: str = "UTC"
    calendars: dict[str, Calendar] = Field(default_factory=lambda: {"calendar": Calendar()})
    segments: tuple[Segment, ...] = ()
    rates: str = "rates.csv"


# -- sources.yaml

Mode = Literal["full", "delta", "log"]


class FieldMapping(Model):
    """How one of our fields is read from an export.

    A column (or the first present of several), an SQL expression over the export's columns, or a constant; then
    `values` renames what is found, and `unknown` lists values that mean "not known" (empty always does).
    """

    column: str | tuple[str, ...] | None = None
    sql: str | None = None
    constant: str | None = None
    values: dict[str, str | None] = Field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    owner: str | None = None


class ColumnEvent(Model):
    """A column that holds the time of an event: at `at`, the fields of `set` take the given constant values."""

    at: str
    set: dict[str, str]


class SourceObject(Model):
    """One object of a system: which files hold it, how complete an extract is, what it means and how it is read.

    `mode`: a `full` extract holds all records (absence means deleted), `delta` the changed ones, `log` events that are
    never taken back. `key` is the column or columns that identify a record (an event, in a log). `modified` is the
    record's own modified time; `at` the time of a log's event; `sequence` orders events that share a time.
    """

    entity: str | None = None
    files: str | tuple[str, ...]
    mode: Mode = "full"
    key: str | tuple[str, ...] = ()
    modified: str | None = None
    at: str | None = None
    sequence: str | None = None
    where: str | None = None
    fields: dict[str, FieldMapping] = Field(default_factory=dict)
    events: tuple[ColumnEvent, ...] = ()
    assume: tuple[str, ...] = ()
    of: str | None = None
    tracked: dict[str, str] = Field(default_factory=dict)
    dates: Literal["iso", "dmy", "mdy"] = "iso"
    taken_at: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    owner: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns, one or several."""
        return (self.key,) if isinstance(self.key, str) else self.key

    @property
    def patterns(self) -> tuple[str, ...]:
        """The file patterns, one or several, relative to the system's path."""
        return (self.files,) if isinstance(self.files, str) else self.files


class System(Model):
    """An outside system: where its exports are, and its objects."""

    kind: Literal["files"] = "files"
    path: str = "."
    label: str | None = None
    owner: str | None = None
    objects: dict[str, SourceObject] = Field(default_factory=dict)


# -- lifecycle.yaml


class LifecycleStage(Model):
    """A stage of a person's way to being a customer: its criterion, who owns it, how soon it is answered."""

    name: str
    owner: str | None = None
    meaning: str | None = None
    when: str | None = None
    required: tuple[str, ...] = ()
    answer_within_hours: float | None = Field(default=None, gt=0)
    reasons: tuple[str, ...] = ()


class Lifecycle(Model):
    """The stages of the lead lifecycle, in order. It is another machine than the stages of an opportunity."""

    stages: tuple[LifecycleStage, ...] = tuple(
        LifecycleStage(name=name) for name in ("lead", "mql", "sal", "sql", "opportunity", "customer", "renewal")
    )


# -- pipeline.yaml

Basis = Literal["arr", "acv", "tcv"]
Rates = Literal["plan", "spot"]
Outcome = Literal["open", "won", "lost", "disqualified"]


class Stage(Model):
    """A stage of an opportunity, in order; `also` lists other names the systems use for it."""

    name: str
    also: tuple[str, ...] = ()
    outcome: Outcome = "open"
    probability: float | None = Field(default=None, ge=0, le=1)
    meaning: str | None = None


class Definition(Model):
    """The agreed pipeline number. The first entry holds from the beginning, a later one names `from` and what changes.

    A state uses the entry in force at as-of, an event the one in force when it happened. `restate` applies a change to
    the past as well.
    """

    from_: date | None = Field(default=None, alias="from")
    restate: bool = False
    stage: str | None = None
    types: tuple[str, ...] | None = None
    omitted: tuple[str, ...] | None = None
    basis: Basis | None = None
    rates: Rates | None = None
    reason: str | None = None
    approver: str | None = None


class SourceClass(Model):
    """How an opportunity's source class is decided, once, when its pipeline is created.

    The order is fixed: an approved override; the first marketing touch within `touch_days` before the first sales
    contact; the lead's source; who created it; else unknown. `sources` maps lead sources to classes.
    """

    touch_days: int = Field(default=90, ge=0)
    sources: dict[str, str] = Field(default_factory=dict)
    marketing: str = "marketing"
    created_by: dict[str, str] = Field(default_factory=dict)


class Pipeline(Model):
    """Opportunity stages, the agreed definition through time, and the registers beside it."""

    stages: tuple[Stage, ...] = (
        Stage(name="Discovery", probability=0.1),
        Stage(name="Qualification", probability=0.25),
        Stage(name="Proposal", probability=0.5),
        Stage(name="Negotiation", probability=0.75),
        Stage(name="Closed Won", outcome="won", probability=1),
        Stage(name="Closed Lost", outcome="lost", probability=0),
    )
    categories: tuple[str, ...] = ()
    types: tuple[str, ...] = ("new", "expansion", "renewal")
    definition: tuple[Definition, ...] = (Definition(),)
    source_class: SourceClass = SourceClass()
    exclusions: str = "exclusions.csv"
    merges: str = "merges.csv"


# -- lenses.yaml


class Freshness(Model):
    """How old the data is that a team works from: some days behind, or the last end of a month."""

    days: int = Field(default=0, ge=0)
    last: Literal["month_end"] | None = None


class Lens(Model):
    """How a team counts today: each facet is the agreed one unless it is given.

    Membership: `grain` counts opportunities or marketing's claims; `deleted`, `merged` and `exclusions` say whether
    such records are still counted; `types`, `accepted` (a criterion), `outcomes`, `stage` (at least) or `stages`
    (exactly these), `omitted` (forecast categories left out); `date_field` must lie in the period (`none`: any date);
    `past_due` counts open deals whose date has passed; `calendar`; `slice` is a criterion.
    Amount: `freshness`, `basis`, `weighting` by stage or by the record's own probability, `rates`.
    """

    owner: str | None = None
    question: str | None = None
    grain: Literal["opportunity", "claim"] = "opportunity"
    deleted: bool = False
    merged: bool = False
    exclusions: bool = True
    types: tuple[str, ...] | Literal["all"] | None = None
    accepted: str | None = None
    outcomes: tuple[Outcome, ...] = ("open",)
    stage: str | None = None
    stages: tuple[str, ...] | Literal["all"] | None = None
    omitted: tuple[str, ...] | None = None
    date_field: Literal["close_date", "created_at", "claimed_at", "none"] = "close_date"
    past_due: bool = False
    calendar: str | None = None
    slice: str | None = None
    freshness: Freshness = Freshness()
    basis: Basis | None = None
    weighting: Literal["none", "stage", "record"] = "none"
    rates: Rates | None = None


# -- numbers.yaml, plan.yaml


class Band(Model):
    """Where a number is healthy: from `low` to `high`; outside is a warning, below `breach` a breach."""

    low: float | None = None
    high: float | None = None
    breach: float | None = None


class NumberTerms(Model):
    """What the contract adds to a number of the catalogue."""

    owner: str | None = None
    band: Band | None = None
    minimum_n: int | None = Field(default=None, ge=0)


class Plan(Model):
    """The terms of the plan of record's targets: what they count, so that a coverage compares like with like."""

    types: tuple[str, ...] = ("new", "expansion")
    basis: Basis = "arr"
    rates: Rates = "plan"


# -- the registers


class Rate(Model):
    """What one unit of `currency` is worth in the base currency, from a day on."""

    kind: Rates
    currency: str
    from_: date = Field(alias="from")
    rate: Decimal = Field(gt=0)


class Exclusion(Model):
    """A record left out of every agreed figure, with the reason, its owner, and the day it runs out."""

    object: Literal["opportunity", "account"] = "opportunity"
    id: str
    reason: str
    owner: str
    from_: date | None = Field(default=None, alias="from")
    expires: date | None = None


class Merge(Model):
    """A record that is a duplicate of another."""

    object: Literal["opportunity", "lead"] = "opportunity"
    id: str
    into: str
    reason: str
    owner: str
    expires: date | None = None


class Contract(Model):
    """The whole agreement, with its registers."""

    company: Company = Company()
    sources: dict[str, System] = Field(default_factory=dict)
    lifecycle: Lifecycle = Lifecycle()
    pipeline: Pipeline = Pipeline()
    lenses: dict[str, Lens] = Field(default_factory=dict)
    numbers: dict[str, NumberTerms] = Field(default_factory=dict)
    plan: Plan = Plan()
    rates: tuple[Rate, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    merges: tuple[Merge, ...] = ()
