"""Marketing's opportunity credits: which deal it claims for which lead."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tieout.demo.leads import lead_of
from tieout.demo.world import Deal, Record, World, moment, stamp


def add_claim(world: World, rng: Random, deal: Deal | None, day: date, worth: tuple[str, str] = ("", "")) -> Record:
    """Write one opportunity credit of marketing's, with the lead that it credits; `worth` where there is no deal."""
    record = Record(f"CR-{len(world.claims) + 1:06d}")
    lead = lead_of(world, rng, deal, day)
    at = moment(rng, day)
    if lead.born >= at:
        at = lead.born + timedelta(minutes=5)
    record.put(
        at,
        {
            "lead_id": lead.id,
            "opportunity_id": deal.id if deal else "",
            "credit_amount": f"{deal.tcv}.00" if deal else worth[0],
            "currency": deal.currency if deal else worth[1],
            "credited_at": stamp(at),
            "credited_by": "auto",
        },
    )
    world.claims.append(record)
    return record
