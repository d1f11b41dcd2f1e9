"""Where deals and customers came from: the precedence of source classes, conversion of leads, revenue by source."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.oracles.tiny import GONE, Fields, Life, Tiny, answered, dated, logged, once, records, slices
from tieout import Workspace

DAYS = ["2026-03-31", "2026-07-31", "2026-08-15", "2026-08-31", "2026-09-30"]
QUARTER = "2027-Q3"
CREATED = datetime(2026, 8, 10, 12)
CONTACT = datetime(2026, 8, 5, 12)
QUALIFIED = f"{CREATED:%Y-%m-%dT%H:%M}"
Lives = dict[str, Life]


def became(name: str, arr: int, **fields: str) -> Life:
    """A deal of an account of its own that was opened on 20 July and became pipeline on 10 August."""
    opened = {"account": name, "stage": "Discovery", "arr": str(arr), "close": "2026-12-01", **fields}
    return [("2026-07-20T12:00", opened), (QUALIFIED, {"stage": "Qualification"})]


def event(account: str, function: str, at: datetime, **fields: str) -> Fields:
    """Somebody in touch with an account."""
    return {"account": account, "by_function": function, "at": f"{at:%Y-%m-%dT%H:%M:%S}", **fields}


CLASSES = {
    "override": "partner",
    "touch": "marketing",
    "touch 90 days before": "marketing",
    "touch before that": "partner",
    "touch after sales": "sales",
    "touch and no sales": "marketing",
    "touch after creation": "sales",
    "touch by a lead": "marketing",
    "machine of sales": "marketing",
    "lead before deal": "marketing",
    "deal alone": "partner",
    "unknown, by its owner": "sales",
    "source changed since": "partner",
    "nothing": "(unknown)",
}
AMOUNTS = {name: 1_000 * 2**place for place, name in enumerate(CLASSES)}
"""Each amount is more than all before it, so that no two ways of counting give one sum."""
TERMS: dict[str, Fields] = {
    "override": {"override": "partner", "lead": "webinar", "source": "Webinar"},
    "touch": {"lead": "outbound", "source": "Outbound"},
    "touch before that": {"source": "Partner"},
    "touch after sales": {"source": "Outbound"},
    "touch after creation": {"owner": "S1"},
    "lead before deal": {"lead": "webinar", "source": "Partner"},
    "deal alone": {"source": "partner", "owner": "S1"},
    "unknown, by its owner": {"source": "unknown", "owner": "S1"},
    "nothing": {"owner": "C1"},
}
EVENTS = [
    event("override", "marketing", CONTACT - timedelta(days=1)),
    event("override", "sales", CONTACT),
    event("touch", "marketing", CONTACT - timedelta(days=87)),
    event("touch", "sales", CONTACT),
    event("touch 90 days before", "marketing", CONTACT - timedelta(days=90)),
    event("touch 90 days before", "sales", CONTACT),
    event("touch before that", "marketing", CONTACT - timedelta(days=90, seconds=1)),
    event("touch before that", "sales", CONTACT),
    event("touch after sales", "marketing", CONTACT + timedelta(days=1)),
    event("touch after sales", "sales", CONTACT),
    event("touch and no sales", "marketing", CREATED - timedelta(days=1)),
    event("touch after creation", "marketing", CREATED + timedelta(seconds=1)),
    event("touch by a lead", "sales", CONTACT),
    event("", "marketing", CONTACT - timedelta(days=2), lead="toucher"),
    event("machine of sales", "sales", CONTACT - timedelta(days=9), automated="true"),
    event("machine of sales", "marketing", CONTACT - timedelta(days=2)),
    event("machine of sales", "sales", CONTACT),
    event("machine of marketing", "marketing", CONTACT - timedelta(days=2), automated="true"),
]


def sourced() -> Lives:
    """Deals of each way to a source class, and some that wait for a decision."""
    lives = {name: became(name, AMOUNTS[name], **TERMS.get(name, {})) for name in CLASSES}
    lives["source changed since"] = [
        *became("source changed since", AMOUNTS["source changed since"], source="Partner"),
        ("2026-08-20T12:00", {"source": "Webinar"}),
    ]
    return lives


WAITING: Lives = {
    "machine of marketing": [*became("machine of marketing", 1, segment="waiting")],
    "lead changed since": [*became("lead changed since", 1, segment="waiting", lead="turncoat")],
}


def won(account: str, at: str = "2026-03-10T12:00", **fields: str) -> Life:
    """A deal qualified on 10 January and won later."""
    begun = {"account": account, "close": at[:10], "segment": "won", **fields}
    return [("2026-01-10T12:00", begun), (at, {"stage": "Closed Won"})]


WON: Lives = {
    "D1": won("K1", lead="L1"),
    "D1 again": won("K1", at="2026-07-10T12:00", lead="L1", type="expansion"),
    "D2": won("K2"),
    "D3": won("K3", lead="L3"),
    "deleted later": [*won("K4", lead="L4"), ("2026-08-20T12:00", {GONE: "1"})],
    "merged": won("K5", lead="L5", merged="D1"),
    "excluded": won("K6", lead="L6"),
    "sister": won("sister", lead="L7"),
    "open again": [*won("K8", lead="L8"), ("2026-07-10T12:00", {"stage": "Qualification", "close": "2026-12-01"})],
    "first, no lead": won("old", at="2026-01-20T12:00"),
    "later, a lead": won("old", at="2026-07-10T12:00", lead="L9", type="expansion"),
}
LEADS: Lives = {
    **{f"L{n}": once(source="Webinar") for n in (1, 4, 5, 6, 7, 8, 9)},
    "L2": once(source="Webinar"),
    "L3": once(source="unknown"),
    "L10": once(source=""),
    "L11": once(source="Outbound"),
    "L12": once(source="Webinar", merged="L1"),
    "L13": once(source="Webinar"),
    "linked by the lead": once(source="Partner", deal="D2"),
    "webinar": [("2026-06-01T09:00", {"source": "Webinar"})],
    "outbound": [("2026-06-01T09:00", {"source": "Outbound"})],
    "toucher": [("2026-06-01T09:00", {"account": "touch by a lead"})],
    "turncoat": [("2026-06-01T09:00", {"source": "Outbound"}), ("2026-08-20T12:00", {"source": "Webinar"})],
}
INVOICES = [
    {"account": "K1", "amount": "100", "at": "2026-09-01"},
    {"account": "K1", "amount": "-30", "at": "2026-09-30T23:30"},
    {"account": "K1", "amount": "7", "at": "2026-10-01T00:30"},
    {"account": "nobody", "amount": "200", "at": "2026-09-01"},
    {"account": "K3", "amount": "1000", "at": "2026-09-01", "currency": "EUR"},
    {"account": "old", "amount": "5000", "at": "2026-09-01"},
]
COHORT = "2026-01"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    lives = sourced() | WAITING | WON
    names = {str(life[0][1]["account"]) for life in lives.values()}
    blurred: Lives = {
        "seen late": [("2026-07-06T12:00", {"segment": "blurred", "created": "2026-01-05", "close": "2026-12-01"}),
                      ("2026-08-15T12:00", {"stage": "Proposal"})],
        "seen": [("2026-07-06T12:00", {"segment": "blurred", "close": "2026-12-01"}),
                 ("2026-08-15T12:00", {"stage": "Proposal"})],
    }  # fmt: skip
    exports = (
        dated("deals", lives | blurred, ["2026-01-15", "2026-01-31", *DAYS])
        | dated("accounts", {name: once() for name in sorted(names)}, DAYS[:1])
        | dated("users", {"S1": once(role="SDR"), "C1": once(role="Clerk")}, DAYS[:1])
        | dated("leads", LEADS, DAYS)
        | logged("activities", "2026-09-30", EVENTS)
        | logged("invoices", "2026-10-15", INVOICES)
    )
    exclusions = "opportunity,excluded,a test,RevOps,,\naccount,sister,a sister,RevOps,,\n"
    merges = "lead,L13,L1,entered twice,RevOps,\n"
    return Tiny(exports, {}, exclusions, merges).refreshed(tmp_path_factory.mktemp("sourcing"))


# -- source classes

NOT_WAITING = "segment is null"


@pytest.mark.parametrize("name", list(CLASSES))
def test_the_first_rule_that_tells_gives_the_class(company: Workspace, name: str) -> None:
    found = answered(company, "pipeline.created", period=QUARTER, by=("source_class",), records=True).records or ()
    assert {row["source_class"] for row in found if row["record"] == name} == {CLASSES[name]}


def test_each_deal_has_one_class_and_the_shares_sum_to_one(company: Workspace) -> None:
    answer = answered(company, "contribution.sourced", period=QUARTER, by=("source_class",), where=NOT_WAITING)
    whole = sum(AMOUNTS.values())
    shares = {name: float(row.value or 0) for name, row in slices(answer).items()}
    expected = {
        kind: sum(AMOUNTS[name] for name in CLASSES if CLASSES[name] == kind) / whole for kind in CLASSES.values()
    }
    assert shares == pytest.approx(expected)
    assert sum(shares.values()) == pytest.approx(1)
    assert (answer.total.n, answer.total.value) == (len(CLASSES), pytest.approx(expected["marketing"]))


def test_the_open_pipeline_has_the_same_classes(company: Workspace) -> None:
    terms = {"period": "2027-Q4", "where": NOT_WAITING}
    sourced_then = answered(company, "contribution.sourced", period=QUARTER, where=NOT_WAITING).total
    still_open = answered(company, "contribution.open", "2026-09-30", **terms).total
    assert (still_open.n, still_open.value) == (sourced_then.n, pytest.approx(sourced_then.value))


def test_what_a_machine_sent_is_no_touch(company: Workspace) -> None:
    rows = slices(
        answered(
            company,
            "pipeline.created",
            period=QUARTER,
            by=("source_class",),
            where="account_id = 'machine of marketing'",
        )
    )
    assert set(rows) == {"(unknown)"}


def test_a_class_is_locked_when_the_pipeline_is_created(company: Workspace) -> None:
    rows = slices(
        answered(
            company, "pipeline.created", period=QUARTER, by=("source_class",), where="account_id = 'lead changed since'"
        )
    )
    assert set(rows) == {"sales"}


# -- conversion of leads


def test_leads_without_those_merged_away(company: Workspace) -> None:
    rows = slices(answered(company, "leads.new", period=COHORT, by=("source",)))
    assert {source: row.value for source, row in rows.items()} == {
        "Webinar": 8, "(unknown)": 2, "Outbound": 1, "Partner": 1,
    }  # fmt: skip
    assert answered(company, "leads.new", period="2024-Q1").total.value == 0


def test_the_raw_source_stands_beside_the_unknown(company: Workspace) -> None:
    rows = slices(answered(company, "leads.new", period=COHORT, by=("source_raw",)))
    assert {source: rows[source].value for source in ("unknown", "(unknown)")} == {"unknown": 1, "(unknown)": 1}


def test_a_lead_is_won_once_however_many_deals_it_won(company: Workspace) -> None:
    found = answered(company, "conversion.lead_to_won", "2026-09-30", period=COHORT, records=True).records or ()
    hits = {row["record"] for row in found if row["hit"]}
    assert {"L1", "L3", "L9", "linked by the lead"} <= hits
    assert not hits & {"L2", "L4", "L5", "L6", "L8", "L10", "L11"}
    assert len(found) == 12


def test_a_deal_that_was_opened_again_had_been_won_until_then(company: Workspace) -> None:
    for day, won_then in (("2026-07-09", True), ("2026-07-10", False)):
        found = answered(company, "conversion.lead_to_won", day, period=COHORT, records=True).records or ()
        assert {row["hit"] for row in found if row["record"] == "L8"} == {won_then}


def test_a_deal_that_was_deleted_later_had_been_won_until_then(company: Workspace) -> None:
    found = answered(company, "conversion.lead_to_won", "2026-07-31", period=COHORT, records=True).records or ()
    assert {row["hit"] for row in found if row["record"] == "L4"} == {True}


def test_a_deal_of_an_excluded_account_is_no_win(company: Workspace) -> None:
    found = answered(company, "conversion.lead_to_won", "2026-09-30", period=COHORT, records=True).records or ()
    assert {row["hit"] for row in found if row["record"] == "L7"} == {False}


def test_a_young_cohort_is_flagged_and_an_old_one_is_not(company: Workspace) -> None:
    assert answered(company, "conversion.lead_to_won", "2026-09-30", period=COHORT).total.immature is False
    assert answered(company, "conversion.lead_to_won", "2026-07-15", period="2026-06").total.immature is True


# -- revenue


def test_revenue_by_the_source_of_the_lead_that_became_the_customer(company: Workspace) -> None:
    rows = slices(answered(company, "revenue.realised", period="2026-09", by=("source",), where="account_id <> 'old'"))
    assert {source: (row.value, row.n) for source, row in rows.items()} == {
        "Webinar": (Decimal(70), 2),
        "(unknown)": (Decimal(1_100), 1),
        "(no lead)": (Decimal(200), 1),
    }


def test_revenue_of_everybody(company: Workspace) -> None:
    assert answered(company, "revenue.realised", period="2026-09").total.value == Decimal(70 + 200 + 1_100 + 5_000)
    assert answered(company, "revenue.realised", "2026-09-15", period="2026-09").total.value == Decimal(6_400)


def test_who_was_a_customer_before_its_lead_came_without_a_lead(company: Workspace) -> None:
    rows = slices(answered(company, "revenue.realised", period="2026-09", by=("source",), where="account_id = 'old'"))
    assert set(rows) == {"(no lead)"}


# -- stays whose beginning nobody saw


def test_a_stay_is_measured_from_entering_to_leaving(company: Workspace) -> None:
    assert "seen" in records(company, "stages.time.mean", period=QUARTER, where="segment = 'blurred'")


def test_a_stay_that_began_in_the_dark_is_not_measured(company: Workspace) -> None:
    assert records(company, "stages.time.mean", period=QUARTER, where="segment = 'blurred'") == {"seen"}
