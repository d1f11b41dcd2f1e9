"""The funnel in small: eleven persons whose ways are worked by hand, then companies that tell less or otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracles.tiny import GONE, Life, Tiny, answered, dated, logged, stored
from tieout import Workspace
from tieout.measure.answers import Question, QuestionError
from tieout.measure.funnel.funnel import FunnelTerms, funnel
from tieout.measure.funnel.parts import Funnel
from tieout.questions import opened
from tieout.warehouse.builds import published
from tieout.warehouse.contents import read_findings

DAYS = ["2026-02-28", "2026-03-31", "2026-09-14"]
FEBRUARY, MAY = "2026-02-01..2026-02-28", "2026-05-01..2026-05-31"
STAGES = ("mql", "sal", "sql")


def met(lead: str, **changed: str) -> tuple[str, Life]:
    """A lead met on 2 February at nine."""
    return lead, [("2026-02-02T09:00", {"created": "2026-02-02T09:00", "source": "Webinar", **changed})]


LEADS: dict[str, Life] = dict([
    met("P1", account="A1", owner="U1"),  # the whole way, and a renewal after 168 days
    met("P2", owner="U2"),  # recycled on the 10th, an mql again in May, then an sql at once: two episodes, sal skipped
    met("P3a", email="one@x.example"),  # an mql; the other half of the person becomes the sql
    met("P3b", email="other@x.example", merged="P3a"),
    met("P4", source="Partner"),  # sal skipped
    met("P5"),  # an sql one hour after 90 days of 24 hours
    met("P6"),  # an sql exactly 90 days later: in local time an hour later, as clocks have changed
    met("P7"),  # thrown out as a lead, by a name of the contract
    met("P8"),  # told to be an sql two days before the mql
    met("P9", account="A9"),  # its deal is excluded
    met("P10", account="A10"),  # won on the 20th, re-opened in March
    met("P11", account="A11", source="Outbound"),  # never an mql: accepted, and an opportunity
])  # fmt: skip
TOLD = [
    ("P1", "lead", "2026-02-02T09:30", ""),  # a log that tells of its beginning: no sending back
    ("P1", "mql", "2026-02-03T09:00", ""), ("P1", "sal", "2026-02-05T09:00", ""), ("P1", "sql", "2026-02-10T09:00", ""),
    ("P2", "mql", "2026-02-04T09:00", ""), ("P2", "lead", "2026-02-10T09:00", "No budget"),
    ("P2", "mql", "2026-05-01T09:00", ""), ("P2", "sql", "2026-05-11T09:00", ""),
    ("P3a", "mql", "2026-02-06T09:00", ""), ("P3b", "sql", "2026-02-20T09:00", ""),
    ("P4", "mql", "2026-02-08T09:00", ""), ("P4", "sql", "2026-02-09T09:00", ""),
    ("P5", "mql", "2026-02-10T09:00", ""), ("P5", "sql", "2026-05-11T11:00", ""),
    ("P6", "mql", "2026-02-10T09:00", ""), ("P6", "sql", "2026-05-11T10:00", ""),
    ("P7", "Junk", "2026-02-11T09:00", "Student"),
    ("P8", "sql", "2026-02-12T09:00", ""), ("P8", "mql", "2026-02-14T09:00", ""),
    ("P9", "mql", "2026-02-13T09:00", ""),
    ("P10", "mql", "2026-02-13T09:00", ""), ("P10", "sql", "2026-02-13T09:00", ""),
    ("P11", "sal", "2026-02-16T09:00", ""),
    ("P1", "Meeting", "2026-02-04T09:00", ""),  # a stage that nobody has agreed on
    ("nobody", "mql", "2026-02-04T09:00", ""),  # a lead that is in no extract
]  # fmt: skip
DEALS: dict[str, Life] = {
    "D1": [
        ("2026-02-12T09:00", {"account": "A1", "lead": "P1", "stage": "Qualification"}),
        ("2026-03-01T09:00", {"stage": "Closed Won"}),
    ],
    "R1": [
        ("2026-07-01T09:00", {"account": "A1", "type": "renewal"}),
        ("2026-07-20T09:00", {"stage": "Closed Won"}),
    ],
    "D9": [("2026-02-15T09:00", {"account": "A9", "lead": "P9"})],
    "D10": [
        ("2026-02-14T09:00", {"account": "A10", "lead": "P10"}),
        ("2026-02-20T09:00", {"stage": "Closed Won"}),
        ("2026-03-10T09:00", {"stage": "Proposal"}),
    ],
    "D11": [("2026-02-18T09:00", {"account": "A11", "lead": "P11"})],
    "gone": [("2026-02-18T09:00", {"lead": "P4"}), ("2026-03-15T09:00", {GONE: "1"})],
}
LIFECYCLE = {
    "stages": [
        {"name": "lead"},
        {"name": "mql", "answer_within_hours": 24},
        {"name": "sal", "reasons": ["No budget"]},
        {"name": "sql"},
        {"name": "opportunity"},
        {"name": "customer"},
    ],
    "sent_back": {"disqualified": ["Junk"]},
}


USERS: dict[str, Life] = {
    "U1": [("2026-01-05T09:00", {"team": "SDR"})],
    "U2": [("2026-01-05T09:00", {"team": "SDR"}), ("2026-03-10T09:00", {GONE: "1"})],
}


def changes(told: list[tuple[str, str, str, str]]) -> dict[str, str]:
    """A log of changes of the lifecycle, in the order given."""
    rows = [dict(zip(("lead", "stage", "at", "reason"), row, strict=True)) for row in told]
    return logged("changes", "2026-09-14", rows)


def company(told: list[tuple[str, str, str, str]]) -> Tiny:
    """The eleven persons."""
    lives = {"leads": LEADS, "deals": DEALS, "users": USERS}
    exports = {name: text for kind, found in lives.items() for name, text in dated(kind, found, DAYS).items()}
    return Tiny(exports | changes(told), {"lifecycle": LIFECYCLE}, exclusions="opportunity,D9,test,Ann,,\n")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company(TOLD).refreshed(tmp_path_factory.mktemp("funnel"))


def counted(workspace: Workspace, terms: FunnelTerms, period: str, as_of: str | None = None, **question: Any) -> Funnel:  # noqa: ANN401
    """Count a funnel as of the end of a day."""
    moment = stored(as_of) if as_of else None
    with opened(workspace) as asked:
        return funnel(asked, Question(terms.metric.id, period, as_of=moment, **question), terms)


def steps(found: Funnel) -> dict[str, tuple[int, int]]:
    """How many reached each step, and how many were told to."""
    return {step.step: (step.reached, step.told) for step in found.whole.steps}


def rate(workspace: Workspace, metric: str, period: str, as_of: str | None = None) -> tuple[float | None, int]:
    row = answered(workspace, metric, as_of, period=period).total
    return (None if row.value is None else float(row.value), row.n)


# -- the eleven


def test_mqls_of_february(workspace: Workspace) -> None:
    """P1 to P6, P8 to P10: nine. P2 is another one in May."""
    assert rate(workspace, "mql.count", FEBRUARY) == (9, 9)
    assert rate(workspace, "mql.count", MAY) == (1, 1)


def test_mqls_to_sqls(workspace: Workspace) -> None:
    """Of nine, P1, P3, P4, P6, P8 and P10 in time; P5 is an hour late, P2 was sent back, P9's deal is left out."""
    assert rate(workspace, "mql_to_sql.cohort_90d", FEBRUARY) == (pytest.approx(6 / 9), 9)
    assert rate(workspace, "mql_to_sql.cohort_90d", MAY) == (1, 1)


def test_who_skips_sal_has_reached_it(workspace: Workspace) -> None:
    assert rate(workspace, "mql_to_sal.cohort_90d", FEBRUARY) == (pytest.approx(6 / 9), 9)
    assert steps(counted(workspace, FunnelTerms(), FEBRUARY)) == {
        "mql": (9, 9), "sal": (6, 1), "sql": (6, 6), "opportunity": (2, 2), "won": (1, 1), "renewal": (0, 0),
    }  # fmt: skip


def test_leads_to_qualified_opportunities(workspace: Workspace) -> None:
    """Of eleven persons P1, P10 and P11; P9's deal is excluded, the deal of P4 was deleted."""
    assert rate(workspace, "lead_to_opportunity", FEBRUARY) == (pytest.approx(3 / 11), 11)


def test_persons_over_all_their_episodes(workspace: Workspace) -> None:
    """P2 is an sql by its second episode. P11 is no mql, and beyond. The renewal comes 168 days after the contact."""
    found = counted(workspace, FunnelTerms(start="lead"), FEBRUARY)
    assert steps(found) == {
        "lead": (11, 11), "mql": (10, 9), "sal": (9, 2), "sql": (9, 8), "opportunity": (3, 3), "won": (1, 1),
        "renewal": (1, 1),
    }  # fmt: skip
    assert found.whole.steps[0].stopped == {"recycled": 0, "disqualified": 1, "lost": 0, "open": 0}


def test_where_mqls_stop(workspace: Workspace) -> None:
    """P2 was recycled; P5 and P9 are still open."""
    found = counted(workspace, FunnelTerms(step="sal"), FEBRUARY)
    assert found.whole.steps[0].stopped == {"recycled": 1, "disqualified": 0, "lost": 0, "open": 2}
    assert {(one.ended_by, one.reason): one.n for one in found.reasons} == {
        ("open", None): 2,
        ("recycled", "No budget"): 1,
    }


def test_a_win_counts_while_it_stands(workspace: Workspace) -> None:
    """P10 was won on 20 February and re-opened on 10 March; P1 was won on 1 March."""
    won = {
        day: steps(counted(workspace, FunnelTerms(), FEBRUARY, day))["won"][0] for day in ("2026-02-28", "2026-03-05")
    }
    assert won == {"2026-02-28": 1, "2026-03-05": 2}


def test_nothing_later_than_as_of_is_known(workspace: Workspace) -> None:
    """As of 9 February only P1, P2, P3 and P4 are mqls, and P4 alone is an sql."""
    found = counted(workspace, FunnelTerms(), FEBRUARY, "2026-02-09")
    assert steps(found)["mql"] == (4, 4)
    assert steps(found)["sql"] == (1, 1)
    assert found.whole.immature


def test_flow(workspace: Workspace) -> None:
    """In May one mql (P2), and three of the mqls reach sql: P2, P5 and P6."""
    assert rate(workspace, "mql_to_sql.flow", MAY) == (3, 1)
    assert steps(counted(workspace, FunnelTerms("flow"), MAY))["sql"] == (3, 3)


def test_qualified_to_opportunity(workspace: Workspace) -> None:
    """Sqls of February: P1, P3, P4, P8, P10. P1 and P10 have a deal."""
    assert rate(workspace, "qualified_to_opportunity", FEBRUARY) == (pytest.approx(2 / 5), 5)


def test_of_marketing(workspace: Workspace) -> None:
    """Nine came by webinar; P1, P2, P3, P5, P6, P8 and P10 reached sql within 180 days. Nobody tells who was worked."""
    assert rate(workspace, "quality.sourced", FEBRUARY) == (pytest.approx(7 / 9), 9)
    row = answered(workspace, "quality.worked", period=FEBRUARY).total
    assert (row.value, row.absent) == (
        None,
        "no activity by a human of sales touches an mql: nobody knows which were worked",
    )


def test_dimensions_of_episodes(workspace: Workspace) -> None:
    found = counted(workspace, FunnelTerms(), FEBRUARY, by=("source_class", "month"))
    assert {tuple(part.by.values()): part.n for part in found.parts if part.by} == {
        ("marketing", "2026-02"): 8, ("partner", "2026-02"): 1,
    }  # fmt: skip
    only = counted(workspace, FunnelTerms(), FEBRUARY, where="owner_id = 'U1'")
    assert only.whole.n == 1


def test_findings(workspace: Workspace) -> None:
    found = {one.code: (one.given, one.count) for one in read_findings(workspace, published(workspace))}
    assert found["lifecycle.stage_unknown"] == ("Meeting", 1)
    assert found["lifecycle.lead_unknown"] == ("nobody", 1)
    assert found["lifecycle.disordered"] == ("P8", 1)
    assert found["lifecycle.reason_unknown"] == ("Student", 1)
    assert found["lifecycle.owner_left"] == ("U2", 1)  # who had left in March got an mql in May


def test_what_is_not_there_is_said(workspace: Workspace) -> None:
    with pytest.raises(QuestionError, match="Allowed: mql, sal"):
        counted(workspace, FunnelTerms(step="lead"), FEBRUARY)
    with pytest.raises(QuestionError, match="'sorce' is not a dimension"):
        counted(workspace, FunnelTerms(), FEBRUARY, by=("sorce",))
    assert counted(workspace, FunnelTerms(), "2025-02").absent == "nobody became an mql in 2025-02"
    assert counted(workspace, FunnelTerms(), "2027-02").absent == "the period has not begun"


def test_a_cohort_of_one(workspace: Workspace) -> None:
    found = counted(workspace, FunnelTerms(), MAY)
    assert steps(found)["sql"] == (1, 1)
    day = found.between[0]  # nothing tells of sal, and P2 is beyond it
    assert (day.start, day.end, day.n, day.ended, day.median) == ("mql", "sql", 1, 1, 10)
    row = answered(workspace, "mql_to_sql.cohort_90d", period=MAY).total
    assert row.verdict == "too few records for a verdict (n below 10)"


# -- too few: who does not fit, who is not touched


def test_why_too_few_mqls_become_sqls(tmp_path: Any) -> None:  # noqa: ANN401
    """Ten mqls, one sql. Five have 500 people, two have 50, of three nobody knows. Sales has 24 hours.

    N0 to N4 fit. N0 is touched after 2 hours, N1 after exactly 24, N2 after 25, N3 by a machine only, N4 never, N5
    after an hour, N6 before it was an mql and never since; N7 to N9 after an hour. So N2, N3, N4 and N6 are late. Of
    those that fit and were touched in time, N0 and N1, N0 became an sql.
    """
    sizes = ["500"] * 5 + ["50"] * 2 + [""] * 3
    leads: dict[str, Life] = {
        f"N{n}": [("2026-02-02T09:00", {"created": "2026-02-02T09:00", "employees": size, "email": f"n{n}@x.example"})]
        for n, size in enumerate(sizes)
    }
    told = [(f"N{n}", "mql", "2026-02-03T09:00", "") for n in range(10)] + [("N0", "sql", "2026-02-20T09:00", "")]
    hours = {0: "03T11", 1: "04T09", 2: "04T10", 3: "03T10", 5: "03T10", 6: "03T08", 7: "03T10", 8: "03T10", 9: "03T10"}
    touches = [
        {"at": f"2026-02-{hour}:00", "lead": f"N{n}", "automated": "true" if n == 3 else "", "kind": "call"}
        for n, hour in hours.items()
    ]
    exports = dated("leads", leads, ["2026-09-14"]) | changes(told) | logged("activities", "2026-09-14", touches)
    workspace = Tiny(exports, {"lifecycle": LIFECYCLE, "audience": {"icp": "employees >= 200"}}).refreshed(tmp_path)
    found = counted(workspace, FunnelTerms(), FEBRUARY).split
    assert found is not None
    assert (found.outside.hits, found.outside.n) == (5, 10)
    assert (found.outside_known.hits, found.outside_known.n) == (2, 7)
    assert (found.late.hits, found.late.n) == (4, 10)
    assert (found.good.hits, found.good.n) == (1, 2)
    notes = " ".join(answered(workspace, "mql_to_sql.cohort_90d", period=FEBRUARY).notes)
    assert "50.0% (5 of 10) were not proven to fit" in notes
    assert "40.0% (4 of 10) of those due were not answered by sales within 24 hours" in notes


# -- a contract without a log, with other names, with a step less


def test_a_criterion_stands_for_a_log(tmp_path: Any) -> None:  # noqa: ANN401
    """The score rises to 60 on 20 February; recycled in March; 80 in April. Two episodes, the second has no sql."""
    life: Life = [
        ("2026-02-02T09:00", {"created": "2026-02-02T09:00", "score": "10", "status": "new"}),
        ("2026-02-20T09:00", {"score": "60"}),
        ("2026-03-02T09:00", {"status": "Sales qualified"}),
        ("2026-03-20T09:00", {"score": "10", "status": "Recycled"}),
        ("2026-04-10T09:00", {"score": "80", "status": "new"}),
    ]
    days = ["2026-02-10", "2026-02-28", "2026-03-10", "2026-03-31", "2026-09-14"]
    lifecycle = {
        "stages": [
            {"name": "Inquiry", "step": "lead"},
            {"name": "Warm", "step": "mql", "when": "score >= 50"},
            {"name": "Qualified", "step": "sql", "when": "status = 'sales qualified'"},
        ]
    }
    workspace = Tiny(dated("leads", {"L": life}, days), {"lifecycle": lifecycle}).refreshed(tmp_path)
    answer = answered(workspace, "mql_to_sql.cohort_90d", by=("month",))
    assert {row.by["month"]: (row.value, row.n) for row in answer.rows if row.by} == {
        "2026-02": (1, 1),
        "2026-04": (0, 1),
    }
    assert answer.total.grade == {"derived": 1}
    absent = answered(workspace, "mql_to_sal.cohort_90d").total.absent
    assert absent == "no stage of the lifecycle is the step sal (lifecycle.yaml, `step`)"
    found = counted(workspace, FunnelTerms(), FEBRUARY)
    assert steps(found)["sal"] == (1, 0)
    assert found.first_day == date(2026, 2, 1)


def test_a_renamed_stage_keeps_its_history(tmp_path: Any) -> None:  # noqa: ANN401
    """`mql` was called Hot until March; a stage between two is part of the earlier one; nobody is told to be sal."""
    leads = dict([met("A"), met("B")])
    told = [
        ("A", "Hot", "2026-02-03T09:00", ""), ("A", "Called", "2026-02-04T09:00", ""),
        ("B", "mql", "2026-02-05T09:00", ""), ("B", "sql", "2026-02-06T09:00", ""),
    ]  # fmt: skip
    stages = [{"name": "lead"}, {"name": "mql", "also": ["Hot"]}, {"name": "Called"}, {"name": "sal"}, {"name": "sql"}]
    exports = dated("leads", leads, ["2026-09-14"]) | changes(told)
    workspace = Tiny(exports, {"lifecycle": {"stages": stages}}).refreshed(tmp_path)
    assert rate(workspace, "mql.count", FEBRUARY) == (2, 2)
    assert rate(workspace, "mql_to_sql.cohort_90d", FEBRUARY) == (0.5, 2)
    absent = answered(workspace, "mql_to_sal.cohort_90d").total.absent
    assert absent == "nothing tells when anybody became sal: no change of the lifecycle, no criterion that a lead met"
    assert steps(counted(workspace, FunnelTerms(start="lead"), FEBRUARY))["sal"] == (1, 0)
