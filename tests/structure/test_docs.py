"""The docs name everything that people meet: commands, findings, keys of the contract, dependencies."""

from __future__ import annotations

import importlib
import re
import tomllib

import pytest
import typer

from tests.structure.codes import collect
from tests.structure.reference import Section, commands, headed_codes, invented_keys, missing_keys, quoted, sections
from tests.structure.tree import ROOT, files, modules, name, parsed
from tieout.contract.model import Contract

REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def page() -> list[Section]:
    """All pages of the reference as one."""
    pages = sorted(REFERENCE.glob("*.md"))
    assert pages, "docs/reference/ has no pages yet"
    return [section for path in pages for section in sections(path.read_text(encoding="utf-8"))]


def typed_commands() -> set[str]:
    """List the commands of the program as people type them."""
    cli = importlib.import_module("tieout.cli")
    app = next(value for value in vars(cli).values() if isinstance(value, typer.Typer))
    return set(commands(typer.main.get_command(app), "tieout"))


def test_every_command_has_its_heading(page: list[Section]) -> None:
    headed = {quoted(section.heading) for section in page}
    assert sorted(typed_commands() - headed) == []


def test_no_heading_names_a_command_that_is_gone(page: list[Section]) -> None:
    headed = {words for section in page if (words := quoted(section.heading)).startswith("tieout ")}
    assert sorted(headed - typed_commands()) == []


def test_every_finding_code_can_be_read_from_the_source() -> None:
    codes = collect((name(path), parsed(path)) for path in modules())
    assert codes.unreadable == []
    assert codes.known


def test_every_finding_code_has_its_heading(page: list[Section]) -> None:
    codes = collect((name(path), parsed(path)) for path in modules())
    assert sorted(codes.known - headed_codes(page)) == []


def test_no_heading_in_the_findings_is_gone() -> None:
    codes = collect((name(path), parsed(path)) for path in modules())
    findings = sections((REFERENCE / "findings.md").read_text(encoding="utf-8"))
    assert sorted(headed_codes(findings) - codes.known) == []


def test_every_key_of_the_contract_has_its_entry(page: list[Section]) -> None:
    assert missing_keys(Contract, page) == []


def test_no_entry_names_a_key_that_is_gone(page: list[Section]) -> None:
    assert invented_keys(Contract, page) == []


def test_every_dependency_says_why() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!package)([a-z][\w., -]+?) \| \S", text, re.MULTILINE)
    told = {package for row in rows for package in row.split(", ")}
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert told == {re.split(r"[<>=!~\[; ]", line)[0] for line in asked}


def test_links_between_pages_lead_somewhere() -> None:
    lost = [
        f"{name(path)}: {target}"
        for path in files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert lost == []
