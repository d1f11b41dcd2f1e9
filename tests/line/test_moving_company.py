"""Every slice both ways, and every bridge of slices, for a company whose people, accounts and territories move."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import pytest

from tests.line.moving_company import write
from tieout import Workspace, refresh
from tieout.contract.model import Company
from tieout.ends import BridgeTerms, EndAsked, read_end
from tieout.measure.answers import Bridge, Question, QuestionError
from tieout.questions import ask, bridge
from tieout.show.as_csv import bridge_csv
from tieout.show.as_json import bridge_json
from tieout.show.bridge import bridge_page
from tieout.show.terminal import Terminal

JUNE, LATE_JULY, NOW = datetime(2026, 6, 26), datetime(2026, 7, 26), datetime(2026, 8, 5, 6)
THIRD, SECOND = "2026-Q3", "2026-Q2"
Sums = dict[str, int]


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Refresh the company once; tests only read it."""
    workspace = Workspace(write(tmp_path_factory.mktemp("moving") / "company"))
    report = refresh(workspace, datetime(2026, 8, 6, 8))
    assert {finding.code for finding in report.findings} == {"owner.left", "owner.no_team"}
    return workspace


def slices(
    workspace: Workspace, metric: str, by: str, period: str | None, as_of: datetime | None, *, as_is: bool
) -> Sums:
    """Ask a number by one dimension; the slices must add up to the whole."""
    answer = ask(workspace, Question(metric, period, (by,), as_of, org="as-is" if as_is else "as-was"))
    found = {row.by[by]: int(row.value or 0) for row in answer.rows[1:]}
    assert sum(found.values()) == int(answer.total.value or 0)
    return found


STATES = [
    ("team", JUNE, {"West": 100, "East": 210}, {"Enterprise": 100, "East": 150, "(unknown)": 60}),
    ("team", NOW, {"Enterprise": 100, "East": 170, "(unknown)": 60}, {"Enterprise": 100, "East": 170, "(unknown)": 60}),
    ("manager", JUNE, {"M1": 310}, {"M2": 100, "M1": 150, "(unknown)": 60}),
    ("owner", JUNE, {"U1": 100, "U2": 80, "U3": 130}, {"U1": 100, "U2": 150, "U3": 60}),
    ("segment", JUNE, {"Enterprise": 170, "Small": 140}, {"Enterprise": 280, "Small": 30}),
    ("segment", LATE_JULY, {"Enterprise": 190, "Small": 140}, {"Enterprise": 300, "Small": 30}),
    ("territory", JUNE, {"Americas": 170, "Europe": 140}, {"Americas": 170, "Europe": 110, "Iberia": 30}),
    ("territory", NOW, {"Americas": 190, "Europe": 110, "Iberia": 30}, {"Americas": 190, "Europe": 110, "Iberia": 30}),
    ("region", JUNE, {"US": 310}, {"US": 250, "(unknown)": 60}),
]


@pytest.mark.parametrize(("by", "as_of", "was", "now"), STATES)
def test_open_pipeline(moving: Workspace, by: str, as_of: datetime, was: Sums, now: Sums) -> None:
    metric = "pipeline.open_qualified"
    assert slices(moving, metric, by, THIRD, as_of, as_is=False) == was
    assert slices(moving, metric, by, THIRD, as_of, as_is=True) == now


HAPPENED = [
    ("bookings", "team", {"West": 200}, {"Enterprise": 200}),
    ("bookings", "manager", {"M1": 200}, {"M2": 200}),
    ("pipeline.created", "team", {"West": 100, "East": 210}, {"Enterprise": 100, "East": 150, "(unknown)": 60}),
    ("pipeline.created", "segment", {"Enterprise": 170, "Small": 140}, {"Enterprise": 280, "Small": 30}),
    ("pipeline.created", "territory", {"Americas": 170, "Europe": 140}, {"Americas": 170, "Europe": 110, "Iberia": 30}),
    ("stages.visits", "team", {"West": 2, "East": 4}, {"Enterprise": 2, "East": 3, "(unknown)": 1}),
    ("stages.visits", "owner", {"U1": 2, "U2": 2, "U3": 2}, {"U1": 2, "U2": 3, "U3": 1}),
    ("leads.new", "team", {"West": 1}, {"Enterprise": 1}),
    ("leads.new", "segment", {"Small": 1}, {"Enterprise": 1}),
    ("revenue.realised", "segment", {"Small": 10}, {"Enterprise": 10}),
]


@pytest.mark.parametrize(("metric", "by", "was", "now"), HAPPENED)
def test_what_happened(moving: Workspace, metric: str, by: str, was: Sums, now: Sums) -> None:
    assert slices(moving, metric, by, SECOND, None, as_is=False) == was
    assert slices(moving, metric, by, SECOND, None, as_is=True) == now


def test_filters_use_the_same_organization(moving: Workspace) -> None:
    def total(metric: str, org: str, where: str, period: str = SECOND) -> int:
        question = Question(metric, period, as_of=JUNE, org="as-is" if org == "as-is" else "as-was", where=where)
        return int(ask(moving, question).total.value or 0)

    assert total("pipeline.open_qualified", "as-was", "team = 'West'", THIRD) == 100
    assert total("pipeline.open_qualified", "as-is", "team = 'West'", THIRD) == 0
    assert total("pipeline.created", "as-was", "segment = 'Enterprise'") == 170
    assert total("pipeline.created", "as-is", "segment = 'Enterprise'") == 280
    assert total("bookings", "as-was", "manager_id = 'M2'") == 0
    assert total("bookings", "as-is", "manager_id = 'M2'") == 200
    assert total("leads.new", "as-was", "territory = 'Europe'") == 1


def test_as_is_is_of_now_whatever_was_known_then(moving: Workspace) -> None:
    """What happened is counted in a build that knew of June only; the organization is that of August all the same."""
    found = {}
    for metric in ("pipeline.created", "leads.new", "revenue.realised"):
        question = Question(metric, SECOND, ("segment",), known_at=JUNE, org="as-is")
        found[metric] = {row.by["segment"]: int(row.value or 0) for row in ask(moving, question).rows[1:]}
    assert found == {
        "pipeline.created": {"Enterprise": 280, "Small": 30},
        "leads.new": {"Enterprise": 1},
        "revenue.realised": {"Enterprise": 10},
    }


# -- bridges


Lines = dict[str, dict[str, int]]

OVER_TIME: list[tuple[str, Lines]] = [
    (
        "team",
        {
            "West": {"team moved": -100},
            "Enterprise": {"team moved": 100},
            "East": {"amount up": 20, "team moved": -60},
            "(unknown)": {"team moved": 60},
        },
    ),
    ("owner", {"U1": {}, "U2": {"owner moved": 70, "amount up": 20}, "U3": {"owner moved": -70}}),
    ("segment", {"Enterprise": {"segment moved": 110, "amount up": 20}, "Small": {"segment moved": -110}}),
    (
        "territory",
        {"Americas": {"amount up": 20}, "Europe": {"territory moved": -30}, "Iberia": {"territory moved": 30}},
    ),
]

AT_ONE_MOMENT: list[tuple[str, Lines]] = [
    (
        "team",
        {
            "West": {"team moved": -100},
            "Enterprise": {"team moved": 100},
            "East": {"team moved": -60},
            "(unknown)": {"team moved": 60},
        },
    ),
    ("owner", {"U1": {}, "U2": {"owner moved": 70}, "U3": {"owner moved": -70}}),
    ("manager", {"M1": {"manager moved": -160}, "M2": {"manager moved": 100}, "(unknown)": {"manager moved": 60}}),
    ("segment", {"Enterprise": {"segment moved": 110}, "Small": {"segment moved": -110}}),
]


def told(found: Bridge) -> dict[str, int]:
    return {line.cause: int(line.amount) for line in found.lines}


def cut(workspace: Workspace, start: str, end: str, by: str, *, gross: bool = False) -> Lines:
    """Bridge by slices; each must close, and together they must be the whole, line by line."""
    found = bridge(workspace, read_end(start), read_end(end), BridgeTerms(THIRD, by=(by,), gross=gross))
    closes(found)
    return {part.by[by]: told(part) for part in found.slices}


def closes(found: Bridge) -> None:
    """Hold every slice to closing at 0.00 and to adding up to the whole; moves cancel out."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in found.slices:
        assert part.residual == 0
        assert part.end.value - part.start.value == sum(line.amount for line in part.lines)
        for line in part.lines:
            sums[line.cause] += line.amount
    assert {cause: amount for cause, amount in sums.items() if amount} == {
        line.cause: line.amount for line in found.lines
    }
    for side in ("start", "end"):
        assert sum(getattr(part, side).value for part in found.slices) == getattr(found, side).value
        assert sum(getattr(part, side).n for part in found.slices) == getattr(found, side).n


@pytest.mark.parametrize("gross", [False, True])
@pytest.mark.parametrize(("by", "expected"), OVER_TIME)
def test_between_two_moments(moving: Workspace, by: str, expected: Lines, gross: bool) -> None:  # noqa: FBT001
    assert cut(moving, "agreed@2026-06-25", "agreed", by, gross=gross) == expected


@pytest.mark.parametrize(("by", "expected"), AT_ONE_MOMENT)
def test_between_as_it_was_and_as_it_is(moving: Workspace, by: str, expected: Lines) -> None:
    assert cut(moving, "agreed@2026-06-25", "agreed@2026-06-25+as-is", by) == expected


def test_backwards_every_slice_is_the_negative(moving: Workspace) -> None:
    for start, end in (("agreed@2026-06-25", "agreed"), ("agreed@2026-06-25+as-was", "agreed@2026-06-25+as-is")):
        there, back = cut(moving, start, end, "team"), cut(moving, end, start, "team")
        assert back == {name: {cause: -amount for cause, amount in lines.items()} for name, lines in there.items()}


@pytest.mark.parametrize(
    ("where", "values", "expected"),
    [
        ("segment = 'Enterprise'", (170, 300), {"segment moved": 110, "amount up": 20}),
        ("team = 'West'", (100, 0), {"team moved": -100}),
        ("owner_id = 'U2'", (80, 170), {"owner moved": 70, "amount up": 20}),
        ("territory = 'Iberia'", (0, 30), {"territory moved": 30}),
        ("arr > 80", (100, 190), {"amount up": 20, "slice moved": 70}),
    ],
)
def test_within_a_condition(moving: Workspace, where: str, values: tuple[int, int], expected: dict[str, int]) -> None:
    terms = BridgeTerms(THIRD, where=where)
    found = bridge(moving, EndAsked("agreed", "2026-06-25"), EndAsked("agreed"), terms)
    assert (int(found.start.value), int(found.end.value), found.residual) == (*values, 0)
    assert told(found) == expected
    for side, as_of in ((found.start, JUNE), (found.end, None)):
        question = Question("pipeline.open_qualified", THIRD, as_of=as_of, where=where)
        assert ask(moving, question).total.value == side.value


def test_slices_within_a_condition(moving: Workspace) -> None:
    """U1's deal is outside; U3's D5 comes to U2 inside the condition, so it leaves no slice of the whole's."""
    terms = BridgeTerms(THIRD, where="owner_id <> 'U1'", by=("segment",))
    found = bridge(moving, EndAsked("agreed", "2026-06-25"), EndAsked("agreed"), terms)
    closes(found)
    assert (int(found.start.value), int(found.end.value)) == (210, 230)
    assert {part.by["segment"]: (int(part.start.value), int(part.end.value)) for part in found.slices} == {
        "Enterprise": (70, 200),
        "Small": (140, 30),
    }


def test_a_lens_that_looks_at_teams(moving: Workspace) -> None:
    """The lens counts team West: D1 as it was in June, nothing as it is."""
    found = bridge(moving, read_end("west@2026-06-25"), read_end("west@2026-06-25+as-is"), BridgeTerms(THIRD))
    assert (told(found), found.residual) == ({"moved out": -100}, 0)
    other = bridge(moving, read_end("agreed@2026-06-25"), read_end("west@2026-06-25"), BridgeTerms(THIRD, by=("team",)))
    closes(other)
    assert {part.by["team"]: told(part) for part in other.slices} == {"East": {"slice": -210}, "West": {}}


def test_a_calendar_of_its_own(moving: Workspace) -> None:
    """By the calendar from February, 2026-Q3 is August to October 2025: nothing of it is open."""
    found = bridge(moving, read_end("agreed"), read_end("agreed+calendar:february"), BridgeTerms(THIRD))
    assert (told(found), found.residual) == ({"calendar": -330}, 0)


# -- what is typed and what is shown


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("agreed", EndAsked("agreed")),
        ("sales@2026-07-06~2026-07-13+as-is+spot", EndAsked("sales", "2026-07-06", "2026-07-13", "as-is", "spot")),
        ("agreed+calendar:fiscal year+as-was", EndAsked("agreed", org="as-was", calendar="fiscal year")),
        ("agreed@2026-07-06T10:00+02:00+plan", EndAsked("agreed", "2026-07-06T10:00+02:00", rates="plan")),
        ("A+B", EndAsked("A+B")),
    ],
)
def test_an_end_is_read(text: str, end: EndAsked) -> None:
    assert read_end(text) == end


@pytest.mark.parametrize("text", ["", "+as-is", "@2026-07-06", "agreed@+spot", "agreed~", "a+as-is+as-was", "x@2+no"])
def test_an_end_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(QuestionError):
        read_end(text)


@pytest.mark.parametrize(
    ("end", "terms", "words"),
    [
        ("agreed+as-si", BridgeTerms(), r"'\+as-si' is no option of an end.* Did you mean '\+as-is'"),
        ("agreed+calendar:no", BridgeTerms(), "'no' is not a calendar. Allowed: calendar, february"),
        ("agreed", BridgeTerms(by=("teem",)), "'teem' is not a dimension. Allowed: .* Did you mean 'team'"),
        ("agreed", BridgeTerms(where="teem = 1"), "'teem' is no column"),
    ],
)
def test_errors_name_what_is_allowed(moving: Workspace, end: str, terms: BridgeTerms, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        bridge(moving, read_end("agreed"), read_end(end), terms)


def test_the_page_the_json_and_the_table(moving: Workspace) -> None:
    terms = BridgeTerms(THIRD, by=("team",))
    found = bridge(moving, read_end("agreed@2026-06-25"), read_end("agreed@2026-06-25+as-is"), terms)
    page = "\n".join(bridge_page(Terminal(80), found, Company()))
    assert page.startswith("agreed and agreed as-is agree: 310")
    assert "team moved" in page
    assert all(len(line) <= 80 for line in page.splitlines())
    document = bridge_json(found, "USD", records=True)
    assert document["to"]["options"] == ["as-is"]
    assert [part["by"]["team"] for part in document["slices"]] == ["(unknown)", "East", "Enterprise", "West"]
    assert document["slices"][0]["postings"] == [
        {"record": "D6", "cause": "team moved", "amount": Decimal("60.00"), "unit": None}
    ]
    lines = bridge_csv(found).splitlines()
    assert lines[0] == "team,line,name,amount,n"
    assert "(all),from,agreed,310.00,5" in lines
    assert "West,cause,team moved,-100.00,1" in lines
