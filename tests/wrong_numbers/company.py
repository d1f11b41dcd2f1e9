"""A small company with something of everything, and every number of the catalogue asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import product
from typing import Any

from tests.oracles.tiny import GONE, Fields, Life, Tiny, dated, logged, once, stored
from tieout import Workspace
from tieout.measure.answers import Question
from tieout.measure.numbers.ask import ask
from tieout.measure.numbers.catalogue import METRICS
from tieout.questions import opened

DAYS = ["2026-07-31", "2026-08-15", "2026-08-31", "2026-09-15"]
AS_OF, QUARTER = "2026-09-15", "2027-Q3"
BEGUN = "2026-07-06T12:00"
LEADS_ONLY = {"leads.new", "conversion.lead_to_won"}


def deal(arr: int, close: str = "2026-10-15", **fields: str) -> Life:
    """An open deal."""
    return [(BEGUN, {"arr": str(arr), "close": close, **fields})]


def closed(arr: int, stage: str, **fields: str) -> Life:
    """A deal closed on 20 August."""
    return [*deal(arr, **fields), ("2026-08-20T12:00", {"stage": stage, "close": "2026-08-20"})]


DEALS: dict[str, Life] = {
    "plain": deal(1_000, account="A1", owner="U1", lead="L1", source="Webinar"),
    "euro": deal(2_000, account="A2", owner="U2", currency="EUR", source="Partner"),
    "alone": deal(4_000),
    "past due": deal(8_000, close="2026-09-01", account="A1", owner="U1"),
    "moved": [*deal(16_000, account="A2", owner="U1"), ("2026-08-10T12:00", {"owner": "U2", "stage": "Proposal"})],
    "won": closed(32_000, "Closed Won", account="A1", owner="U1", lead="L1"),
    "lost": closed(64_000, "Closed Lost", account="A2", owner="U2", lead="L2"),
    "created": [
        ("2026-08-01T12:00", {"stage": "Discovery", "arr": "128000", "close": "2026-12-01", "account": "A1"}),
        ("2026-08-10T12:00", {"stage": "Qualification", "owner": "U1"}),
    ],
    "excluded": deal(256_000, account="A3"),
    "merged": deal(512_000, account="A1", merged="plain"),
    "double": deal(1_024_000, account="A1"),
    "gone": [*deal(2_048_000, account="A1"), ("2026-08-20T12:00", {GONE: "1"})],
    "renewal": deal(4_096_000, account="A1", type="renewal"),
}
ACCOUNTS: dict[str, Life] = {
    "A1": [("2026-01-05", {"employees": "150", "name": "One"}), ("2026-08-10T12:00", {"employees": "250"})],
    "A2": once(employees="50", name="Two"),
    "A3": once(employees="20", name="Three"),
}
USERS: dict[str, Life] = {"U1": once(team="East", role="Field"), "U2": once(team="West", role="SDR")}
LEADS: dict[str, Life] = {
    "L1": once(source="Webinar", email="a@one.example", account="A1", deal="plain"),
    "L2": once(source="Partner", email="b@two.example", account="A2", deal="lost"),
    "L3": once(),
}
TARGETS: dict[str, Life] = {"T1": once(segment="Large", amount="50000"), "T2": once(segment="Small", amount="20000")}
CLAIMS: dict[str, Life] = {"K1": once(lead="L1", deal="plain")}
EVENTS = [
    {"account": "A1", "by_function": "marketing", "at": "2026-07-01T12:00"},
    {"account": "A1", "by_function": "sales", "at": "2026-07-05T12:00", "deal": "plain"},
]
INVOICES = [
    {"account": "A1", "amount": "100", "at": "2026-09-01"},
    {"account": "A2", "amount": "70", "at": "2026-09-02", "currency": "EUR"},
    {"account": "", "amount": "9", "at": "2026-09-03"},
]
EXCLUSIONS = "opportunity,excluded,a test,RevOps,,\n"
MERGES = "opportunity,double,plain,entered twice,RevOps,\n"


def exports() -> Fields:
    """The company's exports."""
    return (
        dated("deals", DEALS, DAYS)
        | dated("accounts", ACCOUNTS, DAYS)
        | dated("users", USERS, DAYS)
        | dated("leads", LEADS, DAYS)
        | dated("targets", TARGETS, DAYS[:1])
        | dated("claims", CLAIMS, DAYS[-1:])
        | logged("activities", AS_OF, EVENTS)
        | logged("invoices", AS_OF, INVOICES)
    )


def company(**contract: Any) -> Tiny:  # noqa: ANN401 - parts of a contract
    """The company, with parts of its contract."""
    return Tiny(exports(), contract, EXCLUSIONS, MERGES)


Figures = dict[tuple[str, str, tuple[str, ...]], tuple[object, int, str | None]]


def figures(workspace: Workspace, days: Iterable[str] = (AS_OF,), but: Iterable[str] = (), **terms: Any) -> Figures:  # noqa: ANN401
    """Every number of the catalogue, whole and by segment, as of some days: value, n, and why there is none."""
    found: Figures = {}
    with opened(workspace) as build:
        for day, metric in product(days, METRICS):
            if metric.id in but:
                continue
            asked = Question(metric.id, as_of=stored(day), period=QUARTER, **{"by": ("segment",), **terms})
            for row in ask(build, asked).rows:
                value = row.value if isinstance(row.value, Decimal) or row.value is None else round(row.value, 9)
                found[metric.id, day, tuple(row.by.values())] = (value, row.n, row.absent)
    return found
