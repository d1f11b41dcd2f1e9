"""Whatever stands twice counts nothing twice."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.oracles import tiny
from tests.oracles.tiny import PIPELINE, Fields, Tiny, answered, dated, logged, once
from tests.wrong_numbers.company import (
    AS_OF,
    CLAIMS,
    DAYS,
    EVENTS,
    EXCLUSIONS,
    INVOICES,
    LEADS,
    LEADS_ONLY,
    MERGES,
    QUARTER,
    Figures,
    company,
    exports,
    figures,
)
from tieout import Workspace, refresh


@pytest.fixture(scope="module")
def plain(small: Workspace) -> Figures:
    return figures(small)


def twice(export: str) -> str:
    """Every row of an export twice, and once more with other values and an older time of change."""
    rows = list(csv.DictReader(io.StringIO(export)))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    older = [dict.fromkeys(row, "9") | {"id": row["id"], "modified": "2025-12-01"} for row in rows]
    writer.writerows([*older, *rows, *rows])
    return out.getvalue()


def crowded() -> Tiny:
    """The company with everything twice, and more leads, claims, activities and register rows on the same deals."""
    full = {
        name: twice(text)
        for name, text in exports().items()
        if name.partition("_")[0] not in {"activities", "invoices"}
    }
    leads = LEADS | {
        "L8": once(source="Partner", email="a@one.example", account="A1", deal="plain"),
        "L9": once(source="Outbound", email="A@one.example ", account="A1", deal="won"),
    }
    claims = CLAIMS | {f"K{n}": once(lead="L8", deal="plain") for n in range(2, 5)}
    more: Fields = (
        dated("leads", leads, DAYS)
        | dated("claims", claims, DAYS[-1:])
        | logged("activities", AS_OF, [*EVENTS, *EVENTS, *EVENTS])
        | logged("invoices", AS_OF, INVOICES)
        | {f"invoices_{AS_OF}-again.csv": logged("invoices", AS_OF, INVOICES)[f"invoices_{AS_OF}.csv"]}
    )
    exclusions = EXCLUSIONS * 2 + "account,A3,a sister,RevOps,,\nopportunity,excluded,a test,RevOps,2026-01-01,\n"
    merges = MERGES * 2 + "opportunity,merged,plain,entered twice,RevOps,\n"
    return Tiny(full | more, {}, exclusions, merges)


def test_rows_that_stand_twice_count_once(plain: Figures, tmp_path: Path) -> None:
    found = figures(crowded().refreshed(tmp_path), but=LEADS_ONLY)
    assert found == {key: row for key, row in plain.items() if key[0] not in LEADS_ONLY}


def test_the_numbers_are_the_ones_added_by_hand(plain: Figures) -> None:
    assert plain["pipeline.open", AS_OF, ()] == (
        Decimal(1_000 + 2_200 + 4_000 + 8_000 + 16_000 + 128_000 + 4_096_000),
        7,
        None,
    )
    assert plain["pipeline.open_qualified", AS_OF, ()] == (Decimal(1_000 + 2_200 + 4_000 + 16_000), 4, None)
    assert plain["pipeline.past_due", AS_OF, ()] == (Decimal(8_000), 1, None)
    assert plain["pipeline.created", AS_OF, ()] == (Decimal(128_000), 1, None)
    assert plain["bookings", AS_OF, ()] == (Decimal(32_000), 1, None)
    assert plain["win_rate.closed.count", AS_OF, ()] == (0.5, 2, None)
    assert plain["leads.new", AS_OF, ()] == (0, 0, None)
    assert plain["revenue.realised", AS_OF, ()] == (Decimal(100 + 77 + 9), 3, None)


def test_several_claims_change_only_the_number_that_counts_claims(tmp_path: Path) -> None:
    claims = dated("claims", CLAIMS | {f"K{n}": once(lead="L1", deal="plain") for n in (2, 3)}, DAYS[-1:])
    lenses = {"marketing": {"grain": "claim"}}
    workspace = Tiny(exports() | claims, {"lenses": lenses}, EXCLUSIONS, MERGES).refreshed(tmp_path)
    assert answered(workspace, "pipeline.open_qualified", AS_OF, period=QUARTER).total.n == 4
    credited = answered(workspace, "pipeline.open_qualified", AS_OF, period=QUARTER, lens="marketing").total
    assert (credited.value, credited.n) == (Decimal(3_000), 3)


@pytest.mark.parametrize(
    "rates",
    ["plan,USD,2025-02-01,1\nspot,USD,2025-02-01,1\n", "plan,GBP,2025-02-01,1.3\nspot,EUR,2026-08-01,1.3\n"],
    ids=["the base currency", "other rates"],
)
def test_more_rates_change_nothing(plain: Figures, tmp_path: Path, rates: str) -> None:
    workspace = company().write(tmp_path)
    register = workspace.contract / "rates.csv"
    register.write_text(register.read_text() + rates)
    assert_same_or_refused(workspace, plain)


@pytest.mark.parametrize(
    "part",
    [
        {"types": ["new", "New", "expansion", "renewal"]},
        {"source_class": PIPELINE["source_class"] | {"sources": {"Webinar": "marketing", "webinar ": "partner"}}},
        {
            "source_class": PIPELINE["source_class"]
            | {"created_by": {"SDR": "sales", "sdr": "marketing", "Field": "sales"}}
        },
        {"stages": [*PIPELINE["stages"], {"name": "qualification", "probability": 0.3}]},
        {"definition": [{"omitted": ["Omitted", "omitted"], "types": ["new", "NEW", "expansion"]}]},
    ],
    ids=["types", "sources", "roles", "stages", "definition"],
)
def test_a_name_that_stands_twice_in_the_contract_counts_nothing_twice(
    plain: Figures, tmp_path: Path, part: dict[str, Any]
) -> None:
    assert_same_or_refused(company(pipeline=PIPELINE | part).write(tmp_path), plain)


def assert_same_or_refused(workspace: Workspace, plain: Figures) -> None:
    """A contract is refused with an error, or counts every deal once."""
    report = refresh(workspace, tiny.NOW)
    if report.after is None:
        assert any(finding.level == "error" for finding in report.findings)
        return
    found = figures(workspace)
    counted = {key: row[1] for key, row in found.items()}
    assert counted == {key: row[1] for key, row in plain.items()}
    for metric in ("pipeline.open", "pipeline.open_qualified", "pipeline.created", "bookings", "revenue.realised"):
        assert found[metric, AS_OF, ()] == plain[metric, AS_OF, ()]
