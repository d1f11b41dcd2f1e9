"""Why each end of a bridge counts a record or not: its state as the end sees it, and the facet that decides.

A bridge says what the difference is; this says of one record what both ends look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tieout.measure.bridge.slices import Slicing
from tieout.measure.lens_sql import FACETS, LensView, units_sql
from tieout.measure.quality.checks import owner_of
from tieout.measure.run_sql import rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tieout.contract.criteria import Criterion
    from tieout.contract.model import Contract
    from tieout.measure.answers import Posting, Side
    from tieout.measure.bridge.records import End
    from tieout.warehouse.engine import Connection

FIELDS = (
    "outcome", "stage", "type", "category", "accepted", "source", "segment", "closed_on", "created_on", "claimed_on",
    "amount", "probability", "currency", "rate", "rate_on", "into_record", "account_id", "owner_id",
)  # fmt: skip
"""What is told of a record, in the order in which it is read."""
LOOKED = {
    "merged": ("into_record",), "duplicate": ("into_record",), "type": ("type",),
    "accepted": ("accepted",), "stage": ("outcome", "stage"), "category": ("category",), "past due": ("closed_on",),
}  # fmt: skip
"""The fields that a facet looks at; those of a close date and of a slice depend on the lens."""
DATES = {"close_date": "closed_on", "created_at": "created_on", "claimed_at": "claimed_on", "none": "closed_on"}
AMOUNTS = ("amount", "probability", "currency", "rate")
MOVED = {
    "basis": ("amount",), "probability": ("probability",), "stage": ("stage", "probability"),
    "rate": ("rate",), "several claims": ("claimed_on",),
}  # fmt: skip
"""The fields by which a step of the walk moves; every other step may move any amount."""
NOT_LISTED = "not in the sheet"
OUTSIDE = "outside"
"""The facet of what an end counts, but not within the condition of both."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A unit (a record, or a claim on it) as one end sees it.

    `facet` is the first that rejects it, None where it is counted; `value` what it counts with, None where that is not
    known. `fields` are its state. Of a team's own list only the row is known. A `lone` unit is a claim, or a row of a
    list, without a deal.
    """

    record: str
    unit: str
    facet: str | None
    value: Decimal | None
    fields: dict[str, Any] = field(default_factory=dict)
    claimed: bool = True
    lone: bool = False

    @property
    def counted(self) -> bool:
        """Whether it is in the end's figure."""
        return self.facet is None


def verdicts(
    engine: Connection, end: End, postings: Iterable[Posting], where: Criterion | None = None
) -> list[Verdict | None]:
    """Give for each posting how an end sees what is posted; None where nothing at all is told of it there."""
    wanted = list(postings)
    found: dict[str, list[Verdict]] = {}
    for one in _reported(engine, wanted) if end.reported else _seen(engine, end, {one.record for one in wanted}, where):
        found.setdefault(one.record, []).append(one)
    claims = bool(end.reported) or end.view.lens.grain == "claim"
    return [_of(posting, found.get(posting.record, []), end, claims=claims) for posting in wanted]


def _of(posting: Posting, units: list[Verdict], end: End, *, claims: bool) -> Verdict | None:
    """Choose the unit that is posted: the claim that is named, else the record's first, as bridges order them."""
    if claims and posting.unit:
        mine = [one for one in units if one.unit == posting.unit]
        units = mine or units
    if units:
        return units[0]
    return Verdict(posting.record, posting.record, NOT_LISTED, None) if end.reported else None


def _seen(engine: Connection, end: End, records: Iterable[str], where: Criterion | None) -> list[Verdict]:
    _sought(engine, end, records)
    sql, parameters = units_sql(replace(end.view, among="told_of"), end.contract, "a")
    weight = {"stage": "stage_probability", "record": "probability"}.get(end.view.lens.weighting)
    read = {"amount": end.view.lens.basis or "arr", "probability": weight or "null"}
    columns = ", ".join(f"{read.get(name, name)} as {name}" for name in FIELDS)
    told = rows(
        engine,
        f"""select record, unit, rank, value, claimed, lone, {Slicing(where=where).inside_sql()}, {columns} from ({sql})
          where record in (select record from temp.told_of) order by record, rank = 0 desc, rank desc, unit""",
        parameters,
    )
    return [
        Verdict(
            record, unit, FACETS[rank - 1] if rank else None if inside else OUTSIDE,
            value if not rank and inside else None, dict(zip(FIELDS, state, strict=True)), bool(claimed), lone,
        )
        for record, unit, rank, value, claimed, lone, inside, *state in told
    ]  # fmt: skip


def _sought(engine: Connection, end: End, records: Iterable[str]) -> None:
    engine.execute(f"use {end.database}")
    engine.execute("create or replace temp table told_of as select unnest(?::varchar[]) as record", [list(records)])


def _reported(engine: Connection, postings: list[Posting]) -> list[Verdict]:
    records = [posting.record for posting in postings]
    sql = (
        "select record, unit, value, lone from temp.reported_units where list_contains($records, record) order by place"
    )
    return [
        Verdict(record, unit, None, value, {"amount": value}, lone=lone)
        for record, unit, value, lone in rows(engine, sql, {"records": records})
    ]


def deciding(
    cause: str,
    left: Verdict | None,
    right: Verdict | None,
    ends: tuple[End, End],
    where: Criterion | None = None,
) -> tuple[str, ...]:
    """Name the fields that make the difference: those that the rejecting facet looks at, else what differs in value."""
    for one, end in ((left, ends[0]), (right, ends[1])):
        if one and one.facet == OUTSIDE and where:
            read = {"amount": end.view.lens.basis or "arr", "closed_on": "close_date"}
            return tuple(name for name in FIELDS if read.get(name, name) in where.columns)
        if one and one.facet and not end.reported:
            return _looked(one, end.view)
    if left is None or right is None or not (left.counted and right.counted):
        return ()
    if any(end.reported for end in ends):
        return MOVED.get(cause, ("amount",))
    return tuple(name for name in MOVED.get(cause, AMOUNTS) if left.fields.get(name) != right.fields.get(name))


def _looked(one: Verdict, view: LensView) -> tuple[str, ...]:
    lens, facet = view.lens, one.facet or ""
    if facet == "criteria unknown":
        text = f"{lens.slice} {lens.accepted}".casefold()
        read = (*LOOKED["type"], *LOOKED["stage"], *(name for name in FIELDS if name in text))
        return tuple(name for name in dict.fromkeys(read) if one.fields.get(name) is None)
    if facet == "stage" and one.fields.get("outcome") in lens.outcomes:
        return ("stage",)
    if facet == "close date":
        return (DATES[lens.date_field],)
    if facet in ("slice", "accepted"):
        if not one.claimed:
            return ("claimed_on",)
        text = ((lens.slice if facet == "slice" else lens.accepted) or "").casefold()
        return tuple(name for name in FIELDS if name in text)
    return LOOKED.get(facet, ())


FIELD_OF = {
    "type": "type", "accepted": "accepted", "stage": "stage", "category": "category", "close date": "close_date",
    "past due": "close_date", "calendar": "close_date", "basis": "arr", "probability": "probability",
    "pushed out": "close_date", "pushed in": "close_date", "pulled in": "close_date", "pulled out": "close_date",
    "amount up": "arr", "amount down": "arr", "qualified": "stage", "won": "stage", "lost": "stage",
}  # fmt: skip
"""The field whose owner can settle a cause."""


def settled_by(contract: Contract, cause: str, ends: tuple[Side, Side]) -> str:
    """Name who can settle a cause: the owner of its field or register; else the owners of the two lenses."""
    if cause in {"excluded", "exclusion"}:
        owners = {entry.owner for entry in contract.exclusions}
    elif cause in {"merged", "duplicate", "unmerged"}:
        owners = {entry.owner for entry in contract.merges}
    else:
        owner = owner_of(contract, "opportunity", FIELD_OF[cause]) if cause in FIELD_OF else None
        owners = {owner} if owner else set()
    lenses = [contract.lenses.get(end.lens) for end in ends]
    return ", ".join(sorted(owners or {lens.owner for lens in lenses if lens and lens.owner}))
