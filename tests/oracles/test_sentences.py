"""What waterfalls, stages and clocks say is wrong: pipeline of the last minute, inflated pipeline, weak hand-offs."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.oracles.tiny import PIPELINE, Life, Tiny, dated
from tieout import Workspace
from tieout.measure.answers import Question, Row
from tieout.measure.clocks.table import ClockRow
from tieout.measure.diagnosis.sentences import weak_handoffs
from tieout.measure.numbers.clock_facts import CLASSES
from tieout.measure.numbers.clock_waits import Lasting
from tieout.measure.stages.stages import stages
from tieout.questions import opened
from tieout.waterfall import WaterfallAsked, waterfall

DAYS = ["2026-07-31", "2026-08-31", "2026-09-30", "2026-10-20"]


def pipeline() -> dict[str, Any]:
    """Stale is whose close date has passed; a Proposal asks for a source."""
    terms: dict[str, Any] = deepcopy(PIPELINE) | {"stale": {"past_due": True}}
    terms["stages"][2]["evidence"] = [{"name": "source", "when": "source is not null"}]
    return terms


def deal(day: str, **fields: str) -> Life:
    """A proposal worth 100 from a day on; it closes in November."""
    usual = {"arr": "100", "close": "2026-11-15", "stage": "Proposal", "source": "Partner"}
    return [(f"{day}T12:00", usual | fields)]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One deal of June, four of 10 August, six of 20 September; two of them are past due and three without a source."""
    lives = {"old": deal("2026-06-08")}
    lives |= {f"early {number}": deal("2026-08-10", source="Partner" if number else "") for number in range(4)}
    lives |= {
        f"late {number}": deal("2026-09-20", close="2026-10-01" if number < 2 else "2026-11-15") for number in range(6)
    }
    lives["late 4"] = lives["late 5"] = deal("2026-09-20", source="")
    return Tiny(dated("deals", lives, DAYS), {"pipeline": pipeline()}).refreshed(tmp_path_factory.mktemp("sentences"))


def last_minute(workspace: Workspace, first: str, last: str) -> list[str]:
    made = waterfall(workspace, WaterfallAsked(first, last, closing="any"))
    return [note for note in made.notes if "last minute" in note]


def test_what_was_created_at_the_last_minute_is_said(workspace: Workspace) -> None:
    """Six of ten were created in the last 14 of 61 days, in which less than half of twice as many would be."""
    (told,) = last_minute(workspace, "2026-07-31", "2026-09-30")
    assert told.startswith(
        "Of 1,000.00 USD of pipeline created since 2026-08-01, 600.00 USD (60.0%) was created in the last 14 days"
    )


@pytest.mark.parametrize(
    "days",
    [
        ("2026-07-31", "2026-10-20"),  # the last fortnight brought nothing
        ("2026-08-31", "2026-09-30"),  # 30 days are too few to have a last minute
        ("2026-06-15", "2026-08-15"),  # all came in the last fortnight, but four are too few
    ],
)
def test_nothing_is_said_where_nothing_is_wrong(workspace: Workspace, days: tuple[str, str]) -> None:
    assert last_minute(workspace, *days) == []


def test_an_inflated_pipeline_is_said(workspace: Workspace) -> None:
    """On 20 October two of eleven deals are past due, and three have no source."""
    with opened(workspace) as asked:
        (told,) = stages(asked, Question("")).diagnoses
    assert told.startswith(
        "Of 1,100.00 USD of open qualified pipeline 200.00 (18.2%) is stale by the contract and 300.00 (27.3%) lacks "
        "the evidence that its stage asks for"
    )


def clock(breached: int, verdict: str | None = None, **classes: int) -> ClockRow:
    """Forty hand-offs due, some of them breached."""
    told = dict.fromkeys(CLASSES, 0) | {name.replace("_", " "): n for name, n in classes.items()}
    row = Row({}, 1 - breached / 40, 40, verdict=verdict)
    return ClockRow({}, 40, 40, 40 - breached, 0, 0, 0, 0, told, row, Lasting(0, 0, {}, mixed=False))


def test_what_most_breaches_have_in_common_is_said() -> None:
    told = weak_handoffs(clock(16, assignment_delay=9, human_delay=7)) or ""
    assert told.startswith("9 of 16 breaches are of the class assignment delay: nobody who could answer owned them")
    assert "followed up late" in (weak_handoffs(clock(10, "below the band", human_delay=10)) or "")


@pytest.mark.parametrize(
    "row",
    [
        clock(9, human_delay=9),  # too few
        clock(20, human_delay=9, system_delay=6, bad_data=5),  # no class has half of them
        clock(12, "healthy", human_delay=12),
    ],
)
def test_of_few_mixed_or_agreed_breaches_nothing_is_said(row: ClockRow) -> None:
    assert weak_handoffs(row) is None
