"""Series against a recount by hand: Marlow by month and segment, restated and as said then, and a tiny company."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.typed import Type, typing
from tests.oracles import marlow as recount
from tests.oracles.arithmetic import Tally, days, end_of_day, month
from tests.oracles.marlow import Deal, by
from tests.oracles.marlow_books import EVER, ZONE, Books, local
from tests.oracles.tiny import COMPANY, PIPELINE, Life, Tiny, dated
from tieout import Workspace, ask, refresh
from tieout.basics.calendars import PeriodError
from tieout.commands.result import Output
from tieout.commands.showing.series import SeriesGiven, show_series
from tieout.measure.answers import Question, QuestionError, Row
from tieout.measure.numbers.catalogue import METRICS
from tieout.over_time import Series, SeriesTerms, Way, series_of

FISCAL = {"2026-03-29": ("2026-02-01", "2026-04-30"), "2026-05-31": ("2026-05-01", "2026-07-31")}
FISCAL_QUARTERS = (("2025-11-01", "2026-01-31"), ("2026-02-01", "2026-04-30"))
EVENTS = [
    next(metric.id for metric in METRICS if metric.event and metric.fact == fact)
    for fact in ("created", "closed", "cycles", "leads", "revenue", "visits", "stays", "lead_required")
]
"""A number of each fact of what happens."""
BOTH: tuple[Way, ...] = ("restated", "said then")


def of(workspace: Workspace, metric: str, every: str, first: str, last: str | None, **terms: object) -> Series:
    ends = (date.fromisoformat(first), date.fromisoformat(last) if last else None)
    ways = terms.pop("ways", ("restated",))
    builds = terms.pop("builds", False)
    question = Question(metric, **terms)  # type: ignore[arg-type]
    return series_of(workspace, question, SeriesTerms(every, ends, ways, builds=bool(builds)))  # type: ignore[arg-type]


def values(found: Series, way: Way = "restated") -> list[object]:
    return [rows[0].value for rows in found.rows[way]]


def counted(rows: Iterable[Row]) -> dict[tuple[str, ...], Tally]:
    """The rows that count something, by slice."""
    return {tuple(row.by.values()): Tally(row.n, Decimal(row.value or 0)) for row in rows if row.n}


# -- Marlow


@pytest.fixture(scope="module")
def books(marlow: Workspace) -> Books:
    return Books(marlow.root)


def due(books: Books, day: str, known: datetime = EVER) -> list[Deal]:
    """The one pipeline number by hand: the deals of the fiscal quarter that holds the day."""
    when = end_of_day(day, ZONE)
    return recount.in_period(recount.qualified(recount.deals(books, when, known)), days(*FISCAL[day]), local(when))


def test_the_pipeline_of_marlow_day_by_day(marlow: Workspace, books: Books) -> None:
    found = of(marlow, "pipeline.open_qualified", "day", "2026-03-29", "2026-05-31", by=("segment",), ways=BOTH)
    places = {bucket.name: place for place, bucket in enumerate(found.buckets)}
    assert len(places) == 64
    for day in FISCAL:
        then = end_of_day(day, ZONE)
        assert counted(found.rows["restated"][places[day]]) == by(due(books, day), "segment"), day
        assert counted(found.rows["said then"][places[day]]) == by(due(books, day, then), "segment"), day


def test_the_bookings_of_marlow_by_month(marlow: Workspace, books: Books) -> None:
    found = of(marlow, "bookings", "month", "2026-03-01", "2026-04-30", by=("segment",), ways=BOTH)
    for place, name in enumerate(("2026-03", "2026-04")):
        then = end_of_day(str(month(name).last), ZONE)
        for way, when, known in (("restated", recount.NOW, EVER), ("said then", then, then)):
            won = recount.won(recount.deals(books, when, known), month(name))
            by_hand = by([replace(deal, value=recount.booked(books, deal)) for deal in won], "segment")
            assert counted(found.rows[way][place]) == by_hand, (name, way)  # type: ignore[index]


def test_what_was_created_at_marlow_by_quarter(marlow: Workspace, books: Books) -> None:
    found = of(marlow, "pipeline.created", "quarter", "2025-11-01", "2026-04-30", by=("team",))
    assert [bucket.name for bucket in found.buckets] == ["2026-Q4", "2027-Q1"]
    for rows, ends in zip(found.rows["restated"], FISCAL_QUARTERS, strict=True):
        assert counted(rows) == by(recount.created(books, days(*ends), recount.NOW), "team")


def test_each_value_is_what_a_question_answers(marlow: Workspace) -> None:
    """Whatever is counted in one statement is what asking bucket by bucket gives, rows and grades and all."""
    for metric in (*EVENTS, "bookings"):
        found = of(marlow, metric, "quarter", "2026-01-15", "2026-03-10", by=("segment",))
        assert [bucket.partial for bucket in found.buckets] == [True, True]
        for bucket, rows in zip(found.buckets, found.rows["restated"], strict=True):
            assert rows == ask(marlow, Question(metric, bucket.days, ("segment",))).rows, (metric, bucket.name)


# -- a company small enough to count in the head

LIVES: dict[str, Life] = {
    "one": [("2026-01-10T09:00", {"arr": "100", "close": "2026-04-20"}), ("2026-03-05T09:00", {"arr": "150"})],
    "two": [
        ("2026-02-20T09:00", {"arr": "30", "close": "2026-03-31", "type": "expansion"}),
        ("2026-03-20T09:00", {"stage": "Closed Won", "close": "2026-03-20"}),
    ],
    "late": [("2026-03-02T09:00", {"arr": "7", "close": "2026-04-30"})],
}
"""`late` is first seen in the export of 25 March: until then nobody knew of it."""
EXPORTS = ["2026-01-31", "2026-02-28", "2026-03-25", "2026-04-10"]
DEFINED = [
    {"stage": "Qualification", "types": ["new", "expansion"]},
    {"from": "2026-03-10", "types": ["new"], "reason": "Only new business", "approver": "Ada"},
]
SEGMENTS = [
    {"name": "Large", "when": "employees >= 200"},
    {"name": "Small", "when": "employees < 200"},
    {"name": "Large", "from": "2026-03-01", "when": "employees >= 100"},
]


def exports() -> dict[str, str]:
    early = {name: life for name, life in LIVES.items() if name != "late"}
    return dated("deals", early, EXPORTS[:2]) | dated("deals", LIVES, EXPORTS[2:])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    contract = {"pipeline": PIPELINE | {"definition": DEFINED}, "company": COMPANY | {"segments": SEGMENTS}}
    workspace = Tiny(exports(), contract).write(tmp_path_factory.mktemp("series"))
    refresh(workspace, datetime(2026, 4, 11, 8))
    return workspace


def test_a_state_at_the_end_of_each_month(tiny: Workspace) -> None:
    """Fiscal quarters begin in February: what closes in April is of the first one, which January is not in."""
    found = of(tiny, "pipeline.open_qualified", "month", "2026-01-01", None, ways=BOTH)
    assert [bucket.name for bucket in found.buckets] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    # January: of the quarter that ends with it nothing is due. February: 100 + 30. March: two is won; 150 + 7.
    assert values(found) == [0, 130, 157, 157]
    assert values(found, "said then") == [0, 130, 157, 157]
    assert [bucket.partial for bucket in found.buckets] == [False, False, False, True]


def test_as_said_then_nobody_knows_what_the_next_export_will_tell(tiny: Workspace) -> None:
    found = of(tiny, "pipeline.open_qualified", "day", "2026-03-01", "2026-03-10", ways=BOTH)
    # 100 + 30, from the 2nd 7 more, from the 5th 50 more; from the 10th no expansion.
    assert values(found) == [130, 137, 137, 137, 187, 187, 187, 187, 187, 157]
    # What became true on the 2nd and the 5th was heard on the 25th.
    assert values(found, "said then") == [130] * 9 + [100]


def test_a_period_is_held_all_along(tiny: Workspace) -> None:
    found = of(tiny, "pipeline.open_qualified", "month", "2026-01-01", "2026-03-31", period="2027-Q1")
    assert values(found) == [100, 130, 157]


def test_a_change_of_the_definition_and_of_a_segment_is_marked(tiny: Workspace) -> None:
    found = of(tiny, "pipeline.open", "day", "2026-02-15", "2026-03-15")
    assert [(str(mark.day), mark.kind) for mark in found.changes] == []
    found = of(tiny, "pipeline.open_qualified", "day", "2026-02-15", "2026-03-15", by=("segment",))
    assert [(str(mark.day), mark.kind, mark.text) for mark in found.changes] == [
        ("2026-03-01", "segments", "rules of segments changed"),
        ("2026-03-10", "definition", "definition changed: Only new business"),
    ]
    after = of(tiny, "pipeline.open_qualified", "day", "2026-03-11", "2026-03-15", by=("segment",))
    assert after.changes == ()


@pytest.mark.parametrize(
    ("metric", "way", "marked"),
    [
        ("pipeline.created", "restated", True),
        ("win_rate.closed.count", "restated", True),
        ("bookings", "restated", False),
        ("stages.visits", "restated", False),
        ("stages.visits", "said then", False),
        ("leads.new", "said then", False),
        ("revenue.realised", "said then", False),
        ("coverage.opening", "restated", True),
    ],
)
def test_a_definition_is_marked_only_where_it_changed_what_is_counted(
    tiny: Workspace, metric: str, way: Way, *, marked: bool
) -> None:
    """Restated, what happened is counted as of now: by one definition, but where that of the day is kept."""
    found = of(tiny, metric, "month", "2026-02-01", None, ways=(way,))
    assert any(mark.kind == "definition" for mark in found.changes) == marked


def test_the_definition_of_the_day_counts(tiny: Workspace) -> None:
    # The expansion of 30 is counted until 9 March, and is won on the 20th.
    found = of(tiny, "pipeline.open_qualified", "day", "2026-03-08", "2026-03-11")
    assert values(found) == [187, 187, 157, 157]


def test_before_history_there_is_a_gap_that_says_why(tiny: Workspace) -> None:
    found = of(tiny, "pipeline.open", "month", "2025-12-01", "2026-02-28", ways=BOTH)
    first = found.rows["restated"][0][0]
    assert (first.value, first.absent) == (None, "nothing is known of that time: history begins on 2026-01-10")
    then = found.rows["said then"][0][0]
    assert then.absent == "nothing was known then: the first pull was taken later"
    assert [mark.text for mark in found.changes] == ["history begins", "first pull"]


def test_the_first_pull_is_marked_whether_restated_stands_beside_or_not(tiny: Workspace) -> None:
    alone = of(tiny, "pipeline.open", "month", "2025-12-01", "2026-02-28", ways=("said then",))
    assert [mark.text for mark in alone.changes] == ["history begins", "first pull"]


def test_records_are_those_of_the_way_that_is_shown(tiny: Workspace) -> None:
    """On 10 March 150 and 7 are true, and 100 is what had been heard; then nothing had been heard in January."""
    terms = {"ways": ("said then",), "records": True}
    found = of(tiny, "pipeline.open_qualified", "day", "2026-03-10", "2026-03-10", **terms)
    assert [[(one["record"], one["value"]) for one in each] for each in found.records or ()] == [[("one", 100)]]
    assert values(found, "said then") == [100]
    none = of(tiny, "pipeline.open", "month", "2025-12-01", "2025-12-31", **terms)
    assert (none.records, none.rows["said then"][0][0].value) == (((),), None)
    lacking = of(tiny, "pipeline.created", "day", "2026-03-09", "2026-03-09", **terms)
    assert (lacking.records, lacking.rows["said then"][0][0].value) == (((),), None)
    with pytest.raises(QuestionError, match="What we said was said without its records"):
        of(tiny, "pipeline.open", "month", "2026-02-01", None, ways=("what we said",), records=True)


def test_what_happened_as_said_then_says_what_it_would_cost(tiny: Workspace) -> None:
    found = of(tiny, "pipeline.created", "month", "2026-02-01", "2026-03-10", ways=BOTH)
    # two in February, late in March; one in January.
    assert values(found) == [30, 7]
    reasons = [rows[0].absent or "" for rows in found.rows["said then"]]
    assert all("2 are lacking, each as long as a refresh" in reason for reason in reasons)
    made = of(tiny, "pipeline.created", "month", "2026-02-01", "2026-03-10", ways=BOTH, builds=True)
    # On 10 March nobody knew of `late`.
    assert values(made, "said then") == [30, 0]
    again = of(tiny, "pipeline.created", "month", "2026-02-01", "2026-03-10", ways=BOTH)
    assert again.rows == made.rows, "builds that are there are used"


def test_what_we_said_is_told_row_by_row(tmp_path: Path) -> None:
    workspace = Tiny(exports()).write(tmp_path)
    for name in [f"deals_{day}.csv" for day in EXPORTS[2:]]:
        (workspace.root / "exports" / name).rename(tmp_path / name)
    refresh(workspace, datetime(2026, 3, 2, 8))
    (tmp_path / "deals_2026-03-25.csv").rename(workspace.root / "exports/deals_2026-03-25.csv")
    refresh(workspace, datetime(2026, 3, 26, 8))
    found = of(
        workspace,
        "pipeline.open_qualified",
        "day",
        "2026-03-01",
        None,
        ways=("restated", "what we said"),
        by=("segment",),
    )
    said = {bucket.name: rows for bucket, rows in zip(found.buckets, found.rows["what we said"], strict=True)}
    first = "nothing had been said by then: the first figure was published on 2026-03-02"
    assert said["2026-03-01"][0].absent == first
    # The refresh of 2 March knew 130 as of 28 February, which stood until that of the 26th.
    assert [said[day][0].value for day in ("2026-03-02", "2026-03-25")] == [130, 130]
    assert [one.by for one in said["2026-03-02"]] == [{}, {"segment": "(unknown)"}]
    assert len({one.build for one in found.said}) == 2
    assert {(str(one.as_of.date()), one.value) for one in found.said if not one.slice} == {
        ("2026-03-01", Decimal("130.00")),
        ("2026-03-26", Decimal("157.00")),
    }


@pytest.mark.parametrize(
    ("metric", "terms", "words"),
    [
        ("pipeline.opne", {}, "Did you mean 'pipeline.open'"),
        ("pipeline.open", {"by": ("colour",)}, "not a dimension"),
        ("pipeline.open", {"lens": "nobody"}, "not a lens"),
        ("pipeline.open", {"where": "arr >"}, "'where'"),
        ("pipeline.open", {"ways": ("what we said",), "by": ("stage",)}, "by segment and by territory, not by stage"),
        ("pipeline.open", {"ways": ("what we said",), "where": "arr > 1"}, "without 'where'"),
        ("coverage.to_go", {"by": ("stage",)}, "Targets are by segment"),
    ],
)
def test_what_cannot_be_meant_is_said(tiny: Workspace, metric: str, terms: dict[str, object], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        of(tiny, metric, "month", "2026-01-01", None, **terms)
    with pytest.raises(PeriodError):
        of(tiny, "pipeline.open", "month", "2026-01-01", None, period="2026-Q9")


def test_a_number_that_is_asked_one_by_one_has_a_limit(tiny: Workspace) -> None:
    with pytest.raises(QuestionError, match=r"69 buckets would take long\. Allowed: 60"):
        of(tiny, "coverage.to_go", "day", "2026-02-01", None)


def test_the_page_leads_to_the_records_and_marks_what_changed(
    tiny: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed: Type = typing(Path(tiny.root), capsys.readouterr)
    words = ("show", "series", "pipeline.created", "--from", "2026-01-01", "--by", "segment", "--records")
    seen = typed(*words, "--html", str(tmp_path / "page.html"))
    assert (seen.status, seen.out) == (0, f"Written to {tmp_path / 'page.html'}.\n")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    # January 100, February 30, March 7, nothing in the first ten days of April.
    for place, told in enumerate(
        ("2026-01: 100.00, n 1", "2026-02: 30.00, n 1", "2026-03: 7.00, n 1", "2026-04: 0.00, n 0")
    ):
        assert re.search(rf'<a href="#records-{place}"><path aria-label="{told}', text), told
        assert f'id="records-{place}"' in text
    assert "definition changed: Only new business" in text
    assert "2026-04 partial" in re.sub("<[^>]+>", "", text)


def test_a_slice_that_appears_and_vanishes_is_nothing_before_and_after(tiny: Workspace, tmp_path: Path) -> None:
    found = of(tiny, "pipeline.open", "month", "2026-01-01", "2026-03-31", by=("type",))
    told = [{row.by.get("type"): row.value for row in rows} for rows in found.rows["restated"]]
    # two, the only expansion, is open from 20 February to 20 March.
    assert told == [{None: 100, "new": 100}, {None: 130, "new": 100, "expansion": 30}, {None: 157, "new": 157}]
    given = SeriesGiven("month", "2026-01-01", "2026-03-31")
    question = Question("pipeline.open", by=("type",))
    show_series(tiny, question, given, Output(file=tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for words in ("2026-01: 0.00, n 0", "2026-02: 30.00, n 1", "2026-03: 0.00, n 0"):
        assert f"<title>expansion, {words}</title>" in page


def test_typed(tiny: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    typed: Type = typing(Path(tiny.root), capsys.readouterr)
    words = ("show", "series", "pipeline.open_qualified", "--from", "2026-01-01")
    seen = typed(*words)
    assert seen.status == 0
    assert seen.out.splitlines()[0] == "pipeline.open_qualified: 157 on 2026-04-10, up 157 since 2026-01"
    line = next(line for line in seen.out.splitlines() if line.startswith("  2026-02"))
    assert line.split()[:3] == ["2026-02", "130.00", "2"]
    assert "2026-03-10: definition changed: Only new business" in seen.out
    assert max(map(len, seen.out.splitlines())) <= 80
    both = typed(*words, "--said-then", "--restated")
    line = next(line for line in both.out.splitlines() if line.startswith("  2026-02"))
    assert line.split() == ["2026-02", "130.00", "130.00", "0.00"]
    assert "as known now and as said then" in both.out
    assert "as said then" in typed(*words, "--said-then").out, "nothing else says in which way it is told"
    cut = typed(*words, "--to", "2026-03-15", "--records")
    assert "Partial: the value of 2026-03 is as of 2026-03-15, not of its end." in cut.out
    assert [line.split()[:3] for line in cut.out.splitlines() if " observed" in line and "fiscal" not in line][1:] == [
        ["2026-02", "one", "100.00"], ["2026-02", "two", "30.00"], ["2026-03", "late", "7.00"],
        ["2026-03", "one", "150.00"],
    ]  # fmt: skip
    document = typed(*words, "--json", "--records").document
    assert [one["restated"][0]["value"] for one in document["buckets"]] == [0, 130, 157, 157]
    assert sorted(one["record"] for one in document["buckets"][1]["records"]) == ["one", "two"]
    lines = typed(*words, "--csv", "--by", "type").out.splitlines()
    heads = "bucket,first_day,last_day,partial,way,type,value,n,interval_low,interval_high"
    assert lines[0] == f"{heads},observed,derived,assumed,missing,absent"
    assert lines[2] == "2026-02,2026-02-01,2026-02-28,false,restated,(all),130.00,2,,,1.0,,,,"
    graded = document["buckets"][1]["restated"][0]["grade"]
    assert graded == {"observed": 1}
    ends = [note for note in document["notes"] if note.startswith("At the end of a quarter")]
    assert [note.partition(")")[0] for note in ends] == ["At the end of a quarter (2026-01"]
    held = typed(*words, "--json", "--period", "2027-Q1").document
    assert not any(note.startswith("At the end of a quarter") for note in held["notes"])
    assert typed(*words, "--known-at", "2026-03-01", "--said-then").status == 2
