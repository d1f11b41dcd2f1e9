"""What happened to a record between two moments of one lens: the causes of a waterfall.

The rank at each end says by which facet the lens rejected the record; with the states at both ends that names the
movement. A record that the earlier definition would still treat alike moved because the definition did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.measure.bridge.slices import MOVED
from tieout.measure.lens_sql import RANK

if TYPE_CHECKING:
    from tieout.measure.bridge.records import End

MOVEMENTS = (
    "created", "late history", "qualified", "pulled in", "pushed in", "dated", "re-opened", "restored", "unmerged",
    "amount up", "amount down", "basis", "stage", "probability", "rate", "type", "category", "criteria unknown",
    "several claims", "moved in", "moved out", *MOVED, "calendar", "definition", "exclusion", "past due", "pushed out",
    "pulled out", "undated", "disqualified", "deleted", "merged", "duplicate", "lost", "won",
)  # fmt: skip
"""The movements in their fixed order."""


def movement_sql(left: End, right: End, late: str = "late history") -> str:
    """Give the expression of the cause of a record that only one end counts; columns of the bridge's `pairs`.

    `late` is what a difference at one moment is called that is neither identity nor a register.
    """
    through_left = "(through_rank = 0)"
    restated = left.view.moment.as_of == right.view.moment.as_of
    reorganized = left.view.as_is != right.view.as_is
    kept = () if not restated else (*IDENTITY, *(ORGANIZED if reorganized else ()))
    came = _came(kept, late, restated=restated, since=f"timestamp '{left.view.moment.as_of}'")
    went = _went(kept, late, restated=restated)
    return f"""case
      when left_rank = 0 and {through_left} then 'definition'
      when left_rank = 0 then {went}
      when {through_left} then {came}
      else 'definition' end"""


def _came(kept: tuple[str, ...], late: str, *, restated: bool, since: str) -> str:
    heard = f"l.record is not null or coalesce(r.created_at <= {since}, false)"
    born = f"'{late}'" if restated else f"case when {heard} then 'late history' else 'created' end"
    arms = {
        "exists": born,
        "deleted": f"'{late}'" if restated else "'restored'",
        "merged": "'unmerged'",
        "duplicate": "'unmerged'",
        "excluded": "'exclusion'",
        "type": "'type'",
        "stage": "case when l.outcome <> 'open' then 're-opened' else 'qualified' end",
        "accepted": "'qualified'",
        "category": "'category'",
        "criteria unknown": "'criteria unknown'",
        "close date": """case when l.closed_on is null then 'dated'
          when l.closed_on > r.closed_on then 'pulled in' else 'pushed in' end""",
        "past due": "'pushed in'",
        "slice": "'moved in'",
    }
    return _by_rank("left_rank", arms, kept, late if restated else None)


def _went(kept: tuple[str, ...], late: str, *, restated: bool) -> str:
    arms = {
        "exists": "'late history'",
        "deleted": "'deleted'",
        "merged": "'merged'",
        "duplicate": "'duplicate'",
        "excluded": "'exclusion'",
        "type": "'type'",
        "stage": "case r.outcome when 'won' then 'won' when 'lost' then 'lost' else 'disqualified' end",
        "accepted": "'disqualified'",
        "category": "'category'",
        "criteria unknown": "'criteria unknown'",
        "close date": """case when r.closed_on is null then 'undated'
          when r.closed_on < l.closed_on then 'pulled out' else 'pushed out' end""",
        "past due": "'past due'",
        "slice": "'moved out'",
    }
    return _by_rank("through_rank", arms, kept, late if restated else None)


IDENTITY = ("merged", "duplicate", "deleted", "excluded")
ORGANIZED = ("accepted", "criteria unknown", "slice")
"""Facets whose criteria may look at the organization, which is another one where one end is as it was."""


def _by_rank(rank: str, arms: dict[str, str], kept: tuple[str, ...], late: str | None) -> str:
    """Between two states of one moment, all but identity and registers is `late`; over time there is none."""
    chosen = {name: cause if late is None or name in kept else f"'{late}'" for name, cause in arms.items()}
    whens = " ".join(f"when {RANK[name]} then {cause}" for name, cause in chosen.items())
    return f"case {rank} {whens} else '{late or 'late history'}' end"
