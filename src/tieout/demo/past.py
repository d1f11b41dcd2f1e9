"""Three years of closed business: the customers before them, then every deal that was won, lost or thrown out since.

Nothing here may count in the quarter under review: every deal is closed before its last month end (2026-08-31), and no
claim is dated in it. That quarter is laid record by record in `plant.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tieout.demo.accounts import any_segment, new_account, price, segment_of
from tieout.demo.claims import add_claim
from tieout.demo.deals import Opening, Terms, advance, close, new_deal, terms
from tieout.demo.finance import Contract, inherit, sign
from tieout.demo.world import Deal, Record, World, between, moment, stream, workday

LAST_CLOSE = date(2026, 8, 24)
MONTHS = tuple(date(2023 + (9 + month) // 12, (9 + month) % 12 + 1, 1) for month in range(35))
LEGACY = 502
CLAIMED = {"Outbound": 0.08, "Partner": 0.15}
"""The share of deals that marketing claims, where it is not three in four."""
RENEWED_FROM = 30000
"""Smaller contracts renew by themselves, without an opportunity."""


def lay_past(world: World) -> list[Contract]:
    """Make the customers of old, then each month's closed deals, then the renewals; give the contracts that run."""
    rng = stream("past")
    contracts = [_legacy(world, rng) for _ in range(LEGACY)]
    lost: list[Record] = []
    for index, first in enumerate(MONTHS):
        wins = 9 + index * 9 // len(MONTHS)
        for number in range(wins + wins * 31 // 10):
            deal = _new_business(world, rng, first, lost, won=number < wins)
            if deal.won:
                contracts.append(sign(world, rng, deal))
            else:
                lost.append(deal.account)
        expansions = [_expansion(world, rng, first) for _ in range(4)]
        contracts += [sign(world, rng, deal) for deal in expansions if deal]
    _renewals(world, rng, contracts)
    _peculiar(world, rng)
    return contracts


def _legacy(world: World, rng: Random) -> Contract:
    segment = any_segment(rng)
    first = between(rng, date(2021, 2, 1), date(2023, 6, 30))
    account = new_account(world, rng, segment, first)
    arr = price(rng, segment)
    ends = between(rng, date(2023, 11, 1), date(2026, 6, 30))
    return inherit(world, rng, account, terms(rng, arr), ends)


def _close_day(rng: Random, first: date) -> date:
    """Draw a day of the month; the last week of a quarter is busier."""
    last = workday((first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    late = first.month % 3 == 1 and rng.random() < 0.35
    day = between(rng, max(workday(last - timedelta(days=7)), first) if late else first, last)
    return min(day, LAST_CLOSE)


def _worth(rng: Random, segment: str, account: Record) -> Terms:
    euro = account.versions[0][1]["Region__c"] == "EMEA" and rng.random() < 0.6
    return terms(rng, price(rng, segment), "EUR" if euro else "USD")


def _new_business(world: World, rng: Random, first: date, lost: list[Record], *, won: bool) -> Deal:
    segment = any_segment(rng)
    closed = _close_day(rng, first)
    cycle = max(9, round(rng.lognormvariate(4.27 if won else 4.05, 0.42)))
    opened = workday(closed - timedelta(days=cycle + rng.randint(3, 18)))
    again = [account for account in lost[:-60] if account.born.date() < opened - timedelta(days=120)]
    if again and rng.random() < 0.12:
        account = rng.choice(again[-200:])
        lost.remove(account)
        segment = segment_of(account)
    else:
        account = new_account(world, rng, segment, opened - timedelta(days=rng.randint(2, 60)))
    deal = new_deal(world, rng, account, Opening("new", segment, opened, _worth(rng, segment, account)))
    _run(world, rng, deal, closed, won=won)
    return deal


def _run(world: World, rng: Random, deal: Deal, closed: date, *, won: bool) -> None:
    """Take a deal to its end: stages, a push or two of the close date, perhaps another amount."""
    opened = deal.record.born.date()
    depth = 3 if won else rng.choices((0, 1, 2, 3), (9, 43, 32, 16))[0]
    stages = ["Qualification", "Proposal", "Negotiation"][:depth]
    if depth > 1 and rng.random() < 0.06:
        stages.remove("Proposal" if depth > 2 else "Qualification")
        world.trap("a stage skipped", deal.id)
    hoped = workday(opened + timedelta(days=rng.randint(45, 100)))
    deal.record.versions[0][1]["CloseDate"] = str(hoped)
    middle = workday(opened + (closed - opened) // 2)
    advance(rng, deal, stages[:1], middle)
    if hoped < closed and middle > deal.record.versions[-1][0].date():
        deal.record.put(moment(rng, middle), {"CloseDate": str(workday(closed + timedelta(days=rng.randint(0, 30))))})
    if stages and rng.random() < 0.25:
        _another_amount(rng, deal)
    if len(stages) > 1 and rng.random() < 0.05:
        stages += ["Qualification", "Proposal"]
        world.trap("a stage entered twice", deal.id)
    advance(rng, deal, stages[1:], closed)
    unqualified = not won and not depth
    close(
        rng, deal, max(closed, deal.record.versions[-1][0].date()), won=won, stage="Disqualified" if unqualified else ""
    )


def _another_amount(rng: Random, deal: Deal) -> None:
    worth = terms(rng, round(deal.arr * rng.choice((7, 8, 9, 11, 12, 13)) / 1000) * 100, deal.currency)
    at = deal.record.versions[-1][0] + timedelta(minutes=rng.randint(3, 9))
    deal.record.put(at, {"ARR__c": f"{worth.arr}.00", "ACV__c": f"{worth.acv}.00", "TCV__c": f"{worth.tcv}.00"})
    deal.arr, deal.acv, deal.tcv, deal.months = worth.arr, worth.acv, worth.tcv, worth.months


def _expansion(world: World, rng: Random, first: date) -> Deal | None:
    """Sell more to a customer; give the deal when it was won."""
    closed = _close_day(rng, first)
    account = rng.choice(list(world.customers.values())[: max(50, len(world.customers) - 40)])
    opened = workday(closed - timedelta(days=rng.randint(20, 70)))
    if account.born.date() > opened - timedelta(days=90):
        return None
    segment = segment_of(account)
    worth = terms(rng, max(2000, price(rng, segment) * 45 // 100 // 100 * 100))
    deal = new_deal(world, rng, account, Opening("expansion", segment, opened, worth))
    won = rng.random() < 0.45
    _run(world, rng, deal, closed, won=won)
    return deal if won else None


def _renewals(world: World, rng: Random, contracts: list[Contract]) -> None:
    """Renew or lose each contract whose term ended, again and again, until the quarter under review."""
    for contract in contracts:
        while contract.ends <= LAST_CLOSE - timedelta(days=20) and not contract.cancelled:
            stays = rng.random() < 0.9
            if contract.worth.arr >= RENEWED_FROM and contract.ends >= date(2023, 12, 1):
                _renewal(world, rng, contract, stays=stays)
            if stays:
                contract.renew(rng)
            else:
                contract.cancel(rng)


def _renewal(world: World, rng: Random, contract: Contract, *, stays: bool) -> None:
    opened = workday(contract.ends - timedelta(days=rng.randint(80, 120)))
    segment = segment_of(contract.account)
    deal = new_deal(world, rng, contract.account, Opening("renewal", segment, opened, contract.worth))
    deal.record.versions[0][1]["CloseDate"] = str(workday(contract.ends))
    advance(rng, deal, ("Qualification", "Proposal"), contract.ends - timedelta(days=20))
    close(rng, deal, workday(contract.ends + timedelta(days=rng.randint(-12, 14))), won=stays)
    if contract.ends + timedelta(days=7) < (deal.closed_on or contract.ends):
        world.trap("a renewal signed after its term had ended", deal.id)


def _peculiar(world: World, rng: Random) -> None:
    """Re-open some lost deals, delete and restore others: all long before the quarter under review."""
    quiet = [
        deal
        for deal in world.deals
        if not deal.won and deal.closed_on and date(2024, 6, 1) < deal.closed_on < date(2026, 3, 1)
    ]
    for number, deal in enumerate(rng.sample(quiet, 24)):
        back = workday((deal.closed_on or LAST_CLOSE) + timedelta(days=rng.randint(9, 40)))
        deal.record.put(
            moment(rng, back),
            {
                "StageName": "Proposal",
                "Win_Likelihood__c": "0.5",
                "ForecastCategoryName": "Best Case",
                "Loss_Reason__c": "",
            },
        )
        deal.record.put(moment(rng, back), {"CloseDate": str(workday(back + timedelta(days=45)))})
        close(rng, deal, workday(back + timedelta(days=rng.randint(30, 70))), won=False)
        world.trap("a deal re-opened after it was lost" + (", then lost again" if number else ""), deal.id)
    for deal in rng.sample([d for d in quiet if d.kind == "new"], 14):
        day = (deal.closed_on or LAST_CLOSE) + timedelta(days=rng.randint(20, 60))
        deal.record.gone.append((day, date(2099, 1, 1)))
        world.trap("a closed deal deleted later", deal.id)


def claim_past(world: World) -> None:
    """Let marketing claim nearly half of the closed new business, some twice, and some that never became a deal."""
    rng = stream("claims")
    before = date(2026, 7, 31)
    for deal in [
        deal for deal in world.deals if deal.closed_on and deal.closed_on <= LAST_CLOSE and deal.kind == "new"
    ]:
        born = deal.record.born.date()
        if deal.lead or born > date(2026, 7, 20) or rng.random() > CLAIMED.get(deal.record.now["LeadSource"], 0.75):
            continue
        for _ in range(1 if rng.random() < 0.9 else 2):
            add_claim(world, rng, deal, min(workday(born + timedelta(days=rng.randint(0, 6))), before))
    for _ in range(160):
        add_claim(
            world, rng, None, between(rng, date(2023, 11, 1), before), (f"{price(rng, any_segment(rng))}.00", "USD")
        )
    for claim in rng.sample([claim for claim in world.claims if claim.born.date() < date(2026, 3, 1)], 20):
        claim.gone.append((between(rng, date(2026, 3, 2), date(2026, 9, 15)), date(2099, 1, 1)))
        world.trap("a claim withdrawn by marketing", claim.id)
