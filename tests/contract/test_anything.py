"""Whatever stands in the folder, loading answers with a contract that keeps every rule, and never raises."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.basics.findings import Level
from tieout.contract.criteria import parse_criterion, parse_expression
from tieout.contract.load import FILES, load_contract
from tieout.contract.rules import check
from tieout.contract.shape import keys_of
from tieout.contract.starter import starter_texts
from tieout.contract.vocabulary import ENTITIES, OPPORTUNITY_COLUMNS

NAMES = st.sampled_from([*FILES, "rates.csv", "exclusions.csv", "merges.csv"])
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from(
    ["name", "stages", "definition", "from", "stage", "types", "fields", "objects", "files", "key", "entity", "values",
     "slice", "when", "segments", "calendars", "start_month", "2026-01-01", "all", "new", "true", "1.5", "~", "log",
     "Qualification", "opportunity", "employees > 1", "crm", "band", "low", "freshness", "days", "mode", "column",
     "sql"]
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(WORDS, st.text(max_size=8), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, st.text(max_size=5)), inner)),
    max_leaves=30,
)


def holds(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        contract, findings = load_contract(folder)
        assert [fault for fault in check(contract) if fault.finding.level is Level.ERROR] == []
        assert all(finding.sentence() and finding.place and finding.remedy for finding in findings)


@QUICK
@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=4))
def test_any_bytes(files: dict[str, bytes]) -> None:
    holds(files)


@QUICK
@given(st.dictionaries(NAMES, st.text(max_size=200), max_size=4))
def test_any_text(files: dict[str, str]) -> None:
    holds({name: text.encode("utf-8", "surrogatepass") for name, text in files.items()})


@QUICK
@given(st.dictionaries(st.sampled_from(sorted(FILES)), VALUES, max_size=4))
def test_any_structure(files: dict[str, Any]) -> None:
    holds({name: flow(value).encode("utf-8", "surrogatepass") for name, value in files.items()})


@QUICK
@given(st.data())
def test_any_value_under_the_right_key(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    wanted = FILES[name]
    keys = sorted(keys_of(wanted)) if hasattr(wanted, "model_fields") else ["crm", "sales"]
    holds(
        {name: flow(data.draw(st.dictionaries(st.sampled_from(keys), VALUES, min_size=1))).encode("utf-8", "replace")}
    )


@QUICK
@given(st.sampled_from(sorted(starter_texts())), st.integers(0, 4_000), st.integers(0, 40), st.text(max_size=6))
def test_a_good_contract_with_a_piece_cut_out_or_put_in(name: str, start: int, length: int, put: str) -> None:
    texts = dict(starter_texts())
    texts[name] = texts[name][:start] + put + texts[name][start + length :]
    holds({file: text.encode("utf-8", "surrogatepass") for file, text in texts.items()})


SQL = st.lists(
    st.sampled_from(
        [*OPPORTUNITY_COLUMNS, *ENTITIES, "and", "or", "not", "(", ")", "=", "<", "in", "like", "between", "null", "is",
         "'x'", "1", "+", "-", "/", ",", "coalesce(", "nullif(", "lower(", "round(", "case", "when", "then", "end", "[",
         "{", "::", "select", "from", ";", "--", "'", '"', "2026-01-01", "try_cast(", "as", "x ->", "*", "."]
    ),
    max_size=14,
).map(" ".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(SQL, st.text(max_size=40)))
def test_any_expression(text: str) -> None:
    criterion, findings = parse_criterion(text, OPPORTUNITY_COLUMNS, "p:1")
    assert (criterion is None) == bool(findings)
    if criterion:
        assert set(criterion.columns) <= set(OPPORTUNITY_COLUMNS)
        assert criterion.sql("o")
    tree, findings = parse_expression(text, "p:1")
    assert (tree is None) == bool(findings)


def flow(value: object) -> str:
    """Write a value as YAML in brackets and double quotes, or bare where it is a bare word."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "null" if value is None else str(value).lower()
