"""Criteria answer true, false or unknown as DuckDB evaluates them, and hold nothing but what is allowed."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tieout.contract.criteria import expression_columns, parse_criterion, parse_expression
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS, Kind

COLUMNS = {**OPPORTUNITY_COLUMNS, "at": Kind.TIME}

RECORD = """
    create table o as select 'R1' as record, 'SaaS' as industry, 'Closed Won' as stage, 150 as employees,
      10.50::decimal(18, 2) as arr, date '2026-07-01' as close_date, true as accepted, null::varchar as team,
      timestamp '2026-07-01 10:00' as "at", 0.0::double as probability, 'ÄÖ' as region, 'it''s "new"' as type,
      null::date as reason_date, null::boolean as flag
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(RECORD)
        yield connection


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("industry = 'saas'", True),
        ("industry <> 'SAAS'", False),
        ("'SAAS' = industry", True),
        ("team = 'x'", None),
        ("not team = 'x'", None),
        ("team is null", True),
        ("team is not null", False),
        ("team = 'x' or industry = 'SAAS'", True),
        ("team = 'x' and industry = 'other'", False),
        ("team = 'x' and industry = 'saas'", None),
        ("industry in ('SAAS', 'x')", True),
        ("industry not in ('fintech')", True),
        ("team in ('x')", None),
        ("stage like 'closed%'", True),
        ("stage ilike '%WON'", True),
        ("stage not like 'C_osed%'", False),
        ("region = 'äö'", True),
        ("type = 'IT''S \"New\"'", True),
        ("employees >= 100 and arr < 11", True),
        ("employees between 151 and 200", False),
        ("arr * 2 - 1 = 20", True),
        ("arr / probability > 1", None),
        ("abs(-employees) % 100 = 50", True),
        ("round(arr, 0) = 11", True),
        ("close_date >= '2026-07-01'", True),
        ("close_date > '2026-07-01'", False),
        ("close_date between '2026-06-01' and '2026-06-30'", False),
        ("close_date in ('2026-07-01')", True),
        ("at < '2026-07-01 10:30'", True),
        ("at < '2026-07-01'", False),
        ("accepted", True),
        ("not accepted", False),
        ("accepted = false", False),
        ("accepted is not true", False),
        ("coalesce(team, 'None') = 'NONE'", True),
        ("coalesce(close_date, '2026-01-01') > '2026-06-30'", True),
        ("nullif(industry, 'SAAS') is null", True),
        ("length(trim(industry)) = 4", True),
        ("upper(industry) = lower(industry)", True),
        ("concat(industry, '-', stage) = 'saas-closed won'", True),
        ("industry || stage like 'saasc%'", True),
        ("\"INDUSTRY\" = 'saas'", True),
        ("(industry) in (('SaaS'))", True),
    ],
)
def test_answers(engine: duckdb.DuckDBPyConnection, text: str, answer: bool | None) -> None:  # noqa: FBT001
    criterion, findings = parse_criterion(text, COLUMNS, "contract/lenses.yaml:1")
    assert findings == ()
    assert criterion is not None
    for sql in (f"select {criterion.sql()} from o", f'select {criterion.sql("p q")} from o as "p q"'):
        assert engine.execute(sql).fetchall() == [(answer,)]


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("industri = 'x'", "criterion.column", "industry"),
        ('industry = "saas"', "criterion.column", None),
        ("o.industry = 'x'", "criterion.column", None),
        ("employees = '100'", "criterion.type", None),
        ("industry > 5", "criterion.type", None),
        ("accepted > 1", "criterion.type", None),
        ("employees like '1%'", "criterion.type", None),
        ("lower(employees) = 'x'", "criterion.type", None),
        ("arr + stage > 1", "criterion.type", None),
        ("coalesce(arr, 'x') = 1", "criterion.type", None),
        ("close_date = 'soon'", "criterion.type", None),
        ("close_date = '2026-02-30'", "criterion.type", None),
        ("close_date > at", "criterion.type", None),
        ("team = null", "criterion.null", None),
        ("team in ('a', null)", "criterion.null", None),
        ("industry", "criterion.not_boolean", None),
        ("arr + 1", "criterion.not_boolean", None),
        ("industry and accepted", "criterion.not_boolean", None),
        ("not arr", "criterion.not_boolean", None),
        ("", "criterion.empty", None),
        ("   ", "criterion.empty", None),
        ("accepted and", "criterion.syntax", None),
        ("accepted)", "criterion.syntax", None),
        ("accepted; drop table o", "criterion.statement", None),
        ("accepted;", "criterion.statement", None),
        ("accepted -- and more", "criterion.comment", None),
        ("accepted /* and more */", "criterion.comment", None),
        ("lowr(industry) = 'x'", "criterion.function", "lower"),
        ("read_csv('/etc/passwd') is null", "criterion.function", None),
        ("len(industry) = 1", "criterion.function", "length"),
        ("getenv('HOME') = 'x'", "criterion.function", None),
        ("sum(arr) > 1", "criterion.function", None),
        ("arr = (select 1)", "criterion.subquery", None),
        ("select 1", "criterion.subquery", None),
        ("arr in (select 1)", "criterion.form", None),
        ("cast(arr as integer) = 1", "criterion.cast", None),
        ("arr::integer = 1", "criterion.cast", None),
        ("close_date > date '2026-01-01'", "criterion.cast", None),
        ("close_date > current_date", "criterion.form", None),
        ("arr = ?", "criterion.form", None),
        ("arr = $1", "criterion.form", None),
        ("case when accepted then true end", "criterion.form", None),
        ("industry ~ 'x'", "criterion.form", None),
        ("arr is distinct from 1", "criterion.form", None),
        ("*", "criterion.form", None),
        ("[1, 2] = arr", "criterion.form", None),
        ("x -> y", "criterion.form", None),
        ("(" * 5_000 + "accepted" + ")" * 5_000, "criterion.deep", None),
        ("not " * 4_000 + "accepted", "criterion.deep", None),
        ("+".join(["arr"] * 3_000) + " > 1", "criterion.deep", None),
        ("industry in (" + ", ".join(["'x'"] * 9_000) + ")", "criterion.too_long", None),
    ],
)
def test_what_is_not_allowed_is_one_finding(text: str, code: str, nearest: str | None) -> None:
    criterion, findings = parse_criterion(text, COLUMNS, "contract/lenses.yaml:7")
    assert criterion is None
    assert [(finding.code, finding.nearest, finding.place) for finding in findings] == [
        (code, nearest, "contract/lenses.yaml:7")
    ]


def test_several_mistakes_are_several_findings() -> None:
    _, findings = parse_criterion("foo = 1 and baz = 2 and foo = 3", COLUMNS, "p:1")
    assert sorted(finding.given or "" for finding in findings) == ["baz", "foo"]
    _, findings = parse_criterion("employees = 'a' or close_date = 'b' or team = null", COLUMNS, "p:1")
    assert [finding.code for finding in findings] == ["criterion.type", "criterion.type", "criterion.null"]


def test_a_long_chain_of_conditions_is_fine(engine: duckdb.DuckDBPyConnection) -> None:
    criterion, _ = parse_criterion(" or ".join(f"record = 'r{n}'" for n in range(900)), COLUMNS, "p:1")
    assert criterion is not None
    assert engine.execute(f"select {criterion.sql()} from o").fetchall() == [(True,)]


def test_columns_are_those_of_the_vocabulary_sorted() -> None:
    criterion, _ = parse_criterion("STAGE = 'x' and \"Industry\" is null or stage = 'y'", COLUMNS, "p:1")
    assert criterion is not None
    assert criterion.columns == ("industry", "stage")
    assert criterion.text == "STAGE = 'x' and \"Industry\" is null or stage = 'y'"


@pytest.mark.parametrize(
    ("text", "columns", "value"),
    [
        ("case when Kind = 'A' then 'new' else Kind end", ("Kind",), "new"),
        ("split_part(\"Full Name\", ' ', 2)", ("Full Name",), "Lovelace"),
        ("regexp_extract(\"Full Name\", '^(\\w+)', 1)", ("Full Name",), "Ada"),
        ("try_cast(Cents as decimal(18, 2)) / 100 > 12", ("Cents",), True),
        ("Kind || '-' || lower(\"Full Name\")", ("Full Name", "Kind"), "A-ada lovelace"),
    ],
)
def test_expressions_over_an_export(text: str, columns: tuple[str, ...], value: object) -> None:
    tree, findings = parse_expression(text, "contract/sources.yaml:3")
    assert findings == ()
    assert tree is not None
    assert expression_columns(tree) == columns
    record = "(select 'A' as \"Kind\", 'Ada Lovelace' as \"Full Name\", '1234' as \"Cents\")"
    with duckdb.connect() as connection:
        assert connection.execute(f"select {tree.sql('duckdb')} from {record}").fetchall() == [(value,)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cast(a as integer)", "criterion.cast"),
        ("try_cast(a as blob)", "criterion.cast"),
        ("regexp_replace(a, 'b', 'c')", "criterion.function"),
        ("(select 1)", "criterion.subquery"),
        ("case " * 30, "criterion.deep"),
        ("a; b", "criterion.statement"),
    ],
)
def test_expressions_that_are_not_allowed(text: str, code: str) -> None:
    tree, findings = parse_expression(text, "p:1")
    assert tree is None
    assert [finding.code for finding in findings] == [code]
