"""Pages of the reference that list what the source holds: numbers, tables, facets, the ledger, entities, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields

import pytest

from tests.structure.tree import ROOT, SOURCE
from tieout.align.align import align
from tieout.align.contract_tables import create_contract_tables
from tieout.align.steps import step_texts
from tieout.contract.model import Band, Contract
from tieout.contract.vocabulary import (
    ACCOUNT_COLUMNS,
    ENTITIES,
    FIELD_HISTORY,
    FIELD_HISTORY_FIELDS,
    LEAD_COLUMNS,
    LEAD_TOLD,
    OPPORTUNITY_COLUMNS,
    Kind,
)
from tieout.history.ledger import Pull
from tieout.measure.bridge.bridge import CAUSES
from tieout.measure.bridge.movements import MOVEMENTS
from tieout.measure.numbers.catalogue import METRICS, Metric
from tieout.measure.numbers.clock_facts import CLOCK_DIMENSIONS
from tieout.measure.numbers.facts import LEAD_DIMENSIONS, OPPORTUNITY_DIMENSIONS, REVENUE_DIMENSIONS, TIME_DIMENSIONS
from tieout.measure.numbers.funnel_facts import FUNNEL_COLUMNS, FUNNEL_DIMENSIONS
from tieout.measure.said import COLUMNS as SAID
from tieout.warehouse.engine import memory

REFERENCE = ROOT / "docs" / "reference"
NAME = re.compile(r"`([^`]+)`")


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def flat(text: str) -> str:
    """Give a text without its line breaks, so that wrapping does not matter."""
    return " ".join(text.split())


def under(text: str, heading: str) -> str:
    """Give what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading '{heading}'"
    return found[1]


def row_of(text: str, first: str) -> str:
    """Give the rest of the table row that begins with a cell."""
    found = re.search(rf"^\| {re.escape(first)} \| (.*) \|$", text, re.MULTILINE)
    assert found, f"no row '{first}'"
    return found[1]


def rows(text: str) -> list[str]:
    """Give the names that table rows begin with."""
    return re.findall(r"^\| `?([^`|]+?)`? \|", text, re.MULTILINE)


# -- numbers


def terms(metric: Metric) -> str:
    """Tell a number's terms as its entry does."""
    told = [f"Unit: {metric.unit}", f"owner: {metric.owner}", f"better: {metric.better}", metric.cadence]
    told += [f"band {_band(metric.band)}"] if metric.band else []
    told += [f"verdict from n {metric.minimum_n}"] if metric.minimum_n else []
    told += ["quarter of as-of by default" if metric.needs_period else "up to as-of unless a period is given"]
    return "; ".join(told) + "."


def _band(band: Band) -> str:
    told = [f"{word} {getattr(band, word):g}" for word in ("low", "high", "breach") if getattr(band, word) is not None]
    return ", ".join(told)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_a_number_has_its_entry(metric: Metric) -> None:
    entry = flat(under(page("numbers.md"), f"`{metric.id}`"))
    assert metric.question in entry
    assert metric.formula in entry
    assert terms(metric) in entry


def test_numbers_stand_in_the_order_of_the_catalogue() -> None:
    assert re.findall(r"^### `([^`]+)`$", page("numbers.md"), re.MULTILINE) == [metric.id for metric in METRICS]


@pytest.mark.parametrize(
    ("first", "dimensions"),
    [
        ("opportunities", OPPORTUNITY_DIMENSIONS),
        ("leads", LEAD_DIMENSIONS),
        ("episodes in the funnel", FUNNEL_DIMENSIONS),
        ("hand-offs", CLOCK_DIMENSIONS),
        ("revenue", REVENUE_DIMENSIONS),
        ("all of them", TIME_DIMENSIONS),
    ],
)
def test_dimensions_are_listed(first: str, dimensions: Mapping[str, str]) -> None:
    assert NAME.findall(row_of(page("numbers.md"), first)) == list(dimensions)


# -- tables


@pytest.fixture(scope="module")
def built() -> dict[str, list[str]]:
    """Build an empty contract over no exports: every table with its columns."""
    with memory() as engine:
        align(engine, Contract(), (), "")
        found = engine.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_name not like 'source_%' or table_name like 'source_class%'"
            " order by table_name, ordinal_position"
        ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column in found:
        tables.setdefault(table, []).append(column)
    return tables


def test_every_table_has_its_entry() -> None:
    headed = re.findall(r"^### `([^`]+)`$", page("tables.md"), re.MULTILINE)
    assert sorted(headed) == sorted(step_texts())


@pytest.mark.parametrize("table", sorted(step_texts()))
def test_an_entry_says_what_a_row_is(table: str) -> None:
    entry = flat(under(page("tables.md"), f"`{table}`"))
    header = step_texts()[table].splitlines()[0].partition(": ")[2]
    assert entry.lower().startswith(header.lower())


@pytest.mark.parametrize("table", sorted(step_texts()))
def test_an_entry_lists_the_columns(table: str, built: dict[str, list[str]]) -> None:
    entry = flat(under(page("tables.md"), f"`{table}`"))
    assert NAME.findall(entry.partition("Columns: ")[2].partition(". ")[0]) == built[table]


def test_tables_of_the_contract_are_listed(built: dict[str, list[str]]) -> None:
    with memory() as engine:
        create_contract_tables(engine, Contract())
        names = [row[0] for row in engine.execute("select table_name from information_schema.tables").fetchall()]
    text = under(page("tables.md"), "Tables of the contract")
    for name in names:
        assert NAME.findall(row_of(text, name).rpartition(" | ")[2]) == built[name]
    assert sorted(set(rows(text)) - {"table", "---"}) == sorted(names)


# -- lenses


def test_causes_stand_in_their_order() -> None:
    text = page("lenses.md")
    listed = rows(under(text, "Membership")) + rows(under(text, "Amount"))
    assert [name for name in listed if name not in {"cause", "---"}] == list(CAUSES)


def test_movements_stand_in_their_order() -> None:
    listed = rows(under(page("lenses.md"), "Movements"))
    assert [name for name in listed if name not in {"cause", "---"}] == list(MOVEMENTS)


# -- the ledger


@pytest.mark.parametrize(
    ("heading", "names"),
    [("The manifest", [field.name for field in fields(Pull)]), ("What we said", list(SAID))],
)
def test_columns_of_the_ledger_are_listed(heading: str, names: Iterable[str]) -> None:
    listed = rows(under(page("ledger.md"), heading))
    assert [name for name in listed if name not in {"key", "column", "---"}] == list(names)


# -- entities and conditions


def kinds(columns: Mapping[str, Kind]) -> str:
    return ", ".join(f"`{name}`" + ("" if kind is Kind.TEXT else f" {kind.value}") for name, kind in columns.items())


@pytest.mark.parametrize(("entity", "columns"), [*ENTITIES.items(), (FIELD_HISTORY, FIELD_HISTORY_FIELDS)])
def test_the_fields_of_an_entity_are_listed(entity: str, columns: Mapping[str, Kind]) -> None:
    assert row_of(under(page("contract.md"), "Entities"), entity) == kinds(columns)


@pytest.mark.parametrize(
    ("over", "columns"),
    [
        ("accounts", ACCOUNT_COLUMNS),
        ("leads", LEAD_COLUMNS),
        ("what is told of a lead", LEAD_TOLD),
        ("episodes in the funnel", FUNNEL_COLUMNS),
        ("opportunities", OPPORTUNITY_COLUMNS),
    ],
)
def test_the_columns_of_a_condition_are_listed(over: str, columns: Mapping[str, Kind]) -> None:
    assert row_of(under(page("contract.md"), "Conditions"), over) == kinds(columns)


def test_the_folders_of_the_source_are_the_steps_of_the_line() -> None:
    text = (ROOT / "docs" / "explanation" / "one-line.md").read_text(encoding="utf-8")
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(re.findall(r"^ *([a-z]+)/", text, re.MULTILINE))
