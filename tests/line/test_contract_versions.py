"""A figure by one version of the contract and by another, and the bridge between them: by hand, in thousands."""

from __future__ import annotations

import shutil
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.ten_deals import CHANGED, EXCLUSIONS, SOURCES, write
from tieout import Workspace, bridge, refresh
from tieout.contract.archive import fingerprint
from tieout.contract.load import load_contract
from tieout.ends import BridgeTerms, read_end
from tieout.measure.answers import Bridge, QuestionError
from tieout.questions import current, opened
from tieout.show.bridge import said_of
from tieout.versions import Since, in_force_since, versions_of

BEFORE, NOW = datetime(2026, 7, 22, 8), datetime(2026, 7, 23, 8)
AT = "agreed@2026-07-20"


class Company:
    """The worked example: published by one contract on the 22nd, by another one, which bars O1, on the 23rd."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.before = self.published(BEFORE)
        write(workspace.root, pipeline=CHANGED)
        self.bar("opportunity,O1,not ours,RevOps,,\n")
        self.now = self.published(NOW)

    def bar(self, more: str) -> None:
        """Bar one more record."""
        (self.workspace.contract / "exclusions.csv").write_text(EXCLUSIONS + more)

    def published(self, at: datetime) -> str:
        """Publish, and give the contract that it was by."""
        report = refresh(self.workspace, at)
        assert report.after is not None, report.findings
        contract, _ = load_contract(self.workspace.contract)
        return fingerprint(contract)

    def between(self, start: str, end: str) -> Bridge:
        """Give a bridge, which always closes."""
        made = bridge(self.workspace, read_end(start), read_end(end), BridgeTerms("2026-Q3"))
        assert made.residual == Decimal("0.00")
        return made


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(Workspace(write(tmp_path_factory.mktemp("versions"))))


def told(made: Bridge) -> tuple[int, list[tuple[str, int, int]], int]:
    """Opening, lines, closing, in thousands."""
    lines = [(line.cause, int(line.amount / 1000), line.n) for line in made.lines]
    return int(made.start.value / 1000), lines, int(made.end.value / 1000)


def test_the_definition_before_a_change_and_after_it(company: Company) -> None:
    """O2 80, O3 110, O4 70, O5 90, O8 60 are in Qualification; none is in Proposal."""
    made = company.between(f"{AT}+contract:first", f"{AT}+contract:2026-08-01")
    assert told(made) == (410, [("definition", -410, 5)], 0)


def test_any_day_chooses_the_definition_that_holds_on_it(company: Company) -> None:
    assert told(company.between(f"{AT}+contract:2026-07-31", f"{AT}+contract:2026-08-15"))[1][0][0] == "definition"
    assert told(company.between(AT, f"{AT}+contract:2026-07-31")) == (410, [], 410)


def test_backwards_every_line_is_the_negative(company: Company) -> None:
    made = company.between(f"{AT}+contract:2026-08-01", f"{AT}+contract:first")
    assert told(made) == (0, [("definition", 410, 5)], 410)


def test_a_contract_that_was_in_use_before_counts_the_same_history_by_all_that_it_said(company: Company) -> None:
    """The contract of before does not bar O1, which is worth 100."""
    made = company.between(f"{AT}+contract:{company.before}", AT)
    assert told(made) == (510, [("exclusion", -100, 1)], 410)
    assert (made.start.contract, made.end.contract) == (company.before, company.now)
    back = company.between(AT, f"{AT}+contract:{company.before[:8]}")
    assert told(back) == (410, [("exclusion", 100, 1)], 510)


def test_one_lens_over_time_by_two_contracts(company: Company) -> None:
    """From 410 on the 6th, by the contract of before, to 410 on the 20th without O1."""
    made = company.between(f"agreed@2026-07-06+contract:{company.before}", AT)
    assert told(made)[0] == 410
    assert ("exclusion", -100, 1) in told(made)[1]
    assert told(made)[2] == 410


def test_what_another_mapping_reads_is_a_definition_and_was_not_heard_late(company: Company, tmp_path: Path) -> None:
    """O3 has a TCV of 300 beside an ARR of 100; nothing was pulled in between."""
    copied = copy(company)
    copied.workspace = Workspace(shutil.copytree(company.workspace.root, tmp_path / "remapped"))
    sources = SOURCES.lstrip().replace("        arr: arr\n", "        arr: tcv\n")
    (copied.workspace.contract / "sources.yaml").write_text(sources)
    copied.published(datetime(2026, 7, 24, 8))
    made = copied.between(f"{AT}+contract:{company.now}", AT)
    assert {line.cause for line in made.lines} == {"definition"}
    moved = {one.record: one.amount for one in made.postings}
    assert moved["O3"] == Decimal("220000.00")


def test_every_version_that_can_be_chosen_is_listed(company: Company) -> None:
    with opened(company.workspace) as asked:
        found = versions_of(company.workspace, asked.contract, current(company.workspace))
    assert [one.name for one in found] == ["first", "2026-08-01", company.before]
    assert (found[0].ends_on, found[1].starts_on) == (date(2026, 8, 1), date(2026, 8, 1))
    assert found[2].said == (BEFORE, BEFORE)


def test_a_contract_that_cannot_be_read_is_not_offered_and_says_so(company: Company) -> None:
    (company.workspace.ledger / "contracts" / "0123456789abcdef.json").write_text('{"a key of tomorrow": 1}')
    with opened(company.workspace) as asked:
        found = versions_of(company.workspace, asked.contract, current(company.workspace))
    assert "0123456789abcdef" not in [one.name for one in found]
    with pytest.raises(QuestionError, match="cannot be counted by"):
        company.between(f"{AT}+contract:012345", AT)


def test_since_when_a_part_of_the_contract_is_as_it_is(company: Company) -> None:
    """The definition of pipeline was changed on the 23rd, nothing about people ever was."""
    with opened(company.workspace) as asked:
        told = (company.workspace, current(company.workspace), asked.contract)
    assert in_force_since(*told, "pipeline") == Since(NOW, company.now, before=True)
    assert in_force_since(*told, "lifecycle") == Since(BEFORE, company.before, before=False)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("yesterday", "Allowed: first, the day of a definition"),
        ("2026-02-30", "is no version of the contract"),
        ("abcdef", "There is no contract 'abcdef'. Contracts that were in use: "),
    ],
)
def test_a_version_that_there_is_not(company: Company, version: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        company.between(f"{AT}+contract:{version}", AT)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("contract:first", "by the first definition"),
        ("contract:2026-08-01", "by the definition of 2026-08-01"),
        ("contract:0123456789abcdef", "by contract 01234567"),
        ("calendar:fiscal", "fiscal"),
        ("plan", "plan"),
    ],
)
def test_an_option_in_words(option: str, words: str) -> None:
    assert said_of(option) == words
