"""The checker of `sql_rules` catches what it is for, and lets pass what is the same on both engines."""

from __future__ import annotations

import pytest
import sqlglot

from tests.structure import sql_rules as rules

BAD: tuple[tuple[rules.Rule, str], ...] = (
    (rules.no_asof_join, "select a from t asof join u on t.k = u.k and t.at >= u.at"),
    (rules.no_asof_join, "select a from t positional join u"),
    (rules.no_list_aggregate, "select list(a order by b) from t"),
    (rules.no_list_aggregate, "select array_agg(a) from t"),
    (rules.no_list_aggregate, "select first(a order by b) from t"),
    (rules.no_list_aggregate, "select histogram(a) from t"),
    (rules.no_arg_max, "select arg_max(a, b) from t"),
    (rules.no_arg_max, "select max_by(a, b) from t"),
    (rules.no_arg_max, "select arg_min(a, b) from t"),
    (rules.no_date_arithmetic, "select d + interval 1 month from t"),
    (rules.no_date_arithmetic, "select d - interval '7 days' from t"),
    (rules.no_date_arithmetic, "select a from t where d > e - interval (n) day"),
    (rules.no_date_arithmetic, "select d + to_days(7) from t"),
    (rules.no_date_arithmetic, "select d + to_months(1) from t"),
    (rules.no_date_arithmetic, "select last_day(d) from t"),
    (rules.no_date_arithmetic, "select date_trunc('quarter', d) from t"),
    (rules.no_date_arithmetic, "select age(d, e) from t"),
    (rules.no_long_date_diff, "select date_diff('month', d, e) from t"),
    (rules.no_long_date_diff, "select datediff('quarter', d, e) from t"),
    (rules.no_long_date_diff, "select date_diff('year', d, e) from t"),
    (rules.no_long_date_diff, "select date_sub('month', d, e) from t"),
    (rules.no_product, "select product(a) from t"),
    (rules.no_quantile_call, "select quantile_cont(a, 0.5) from t"),
    (rules.no_quantile_call, "select quantile_disc(a, 0.5) from t"),
    (rules.no_quantile_call, "select approx_quantile(a, 0.5) from t"),
    (rules.no_loose_parsing, "select try_strptime(a, '%d.%m.%Y') from t"),
    (rules.no_loose_parsing, "select strftime(d, '%Y-W%V') from t"),
    (rules.no_epoch, "select epoch(d - e) from t"),
    (rules.no_epoch, "select epoch_us(d) from t"),
    (rules.no_epoch, "select epoch_ms(d) from t"),
    (rules.no_epoch, "select extract(epoch from d) from t"),
    (rules.no_epoch, "select date_part('epoch', d) from t"),
    (rules.no_date_series, "select a from generate_series(d, e, interval 1 month) as s(a)"),
    (rules.no_date_series, "select a from range(date '2026-01-31', date '2026-05-01', n) as s(a)"),
    (rules.no_star_surgery, "select * replace (a + 1 as a) from t"),
    (rules.no_star_surgery, "select columns('a.*') from t"),
    (rules.no_union_by_name, "select a from t union all by name select a from u"),
    (rules.no_union_by_name, "select a from t union by name select a from u"),
    (rules.no_weekday_number, "select isodow(d) from t"),
    (rules.no_weekday_number, "select extract(isodow from d) from t"),
    (rules.no_weekday_number, "select date_part('isodow', d) from t"),
    (rules.no_weekday_number, "select dayofweek(d) from t"),
    (rules.no_pivot, "select a from (pivot t on b using sum(c))"),
    (rules.no_cast_to_integer, "select cast(a as integer) from t"),
    (rules.no_cast_to_integer, "select a::bigint from t"),
    (rules.no_cast_to_integer, "select try_cast(a as hugeint) from t"),
    (rules.no_cast_to_integer, "select cast(sum(a) as bigint) from t"),
    (rules.no_cast_to_integer, "select cast(a * 100 as bigint) from t"),
    (rules.no_cast_to_integer, "select cast(case when b then a else 0 end as bigint) from t"),
    (rules.no_cast_to_integer, "select cast(2.5 as int)"),
    (rules.no_cast_to_decimal, "select cast(cast(a as double) as decimal(18, 2)) from t"),
    (rules.no_cast_to_decimal, "select (a * b::double)::decimal(18, 2) from t"),
    (rules.no_cast_to_decimal, "select cast(avg(a) as decimal(18, 2)) from t"),
    (rules.no_cast_to_decimal, "select cast(coalesce(round(a, 2), exp(b)) as decimal(18, 2)) from t"),
    (rules.no_bare_division, "select a / b from t"),
    (rules.no_bare_division, "select cast(a as double) / nullif(b, 0) from t"),
    (rules.no_bare_division, "select cast(sum(a) as double) / sum(b) from t"),
    (rules.no_bare_division, "select sum(a) / nullif(sum(b), 0) from t"),
    (rules.no_bare_division, "select cast(a as double) / nullif(count(*), 0) from t group by a"),
    (rules.no_bare_logarithm, "select sum(ln(a)) from t"),
    (rules.no_bare_logarithm, "select log(a) from t"),
    (rules.no_clock_or_chance, "select a from t where d < current_date"),
    (rules.no_clock_or_chance, "select now() from t"),
    (rules.no_clock_or_chance, "select today() from t"),
    (rules.no_clock_or_chance, "select a from t order by random()"),
)

GOOD = (
    "select a from t qualify row_number() over (partition by a order by b, c) = 1",
    "select a, count(*) filter (where b) from t group by all",
    "select last_value(a ignore nulls) over (order by b) from t",
    "select t.a, l.c from t left join lateral (select c from u where u.a = t.a order by c limit 1) as l on true",
    "select percentile_cont(0.5) within group (order by a) from t",
    "select date_diff('second', d, e), date_diff('day', d, e) from t",
    "select date_trunc('day', d), extract(year from d) from t",
    "select string_agg(a, ',' order by a) from t",
    "select d at time zone 'UTC' from t",
    "with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select n from r",
    "select md5(concat_ws('|', a, b)) from t",
    "select replace(a, 'x', 'y') from t",
    "select cast(sum(a) as double) / nullif(sum(b), 0) from t",
    "select sum(a) / cast(nullif(count(*), 0) as double) from t",
    "select a // 100, a % 100 from t",
    "select cast(round(a * 100) as bigint), round(a)::int from t",
    "select cast(count(*) as bigint), cast(a > b as integer), cast(row_number() over (order by a) as int) from t",
    "select cast(sum(case when a then 1 else 0 end) as bigint), cast(coalesce(count(a), 0) as int), 7::int from t",
    "select cast(null as bigint), cast(null as decimal(18, 2)) from t",
    "select cast(a as decimal(18, 2)) * b, cast(round(cast(a as double), 2) as decimal(18, 2)) from t",
    "select cast(round(sum(a) * exp(b), 2) as decimal(18, 2)) from t group by b",
    "select sum(ln(nullif(a, 0))) from t",
    "select a from t where d <= $as_of and seen_to > $known_at",
    "select a from range(1, 25) as s(a)",
    "select a from t union all select a from u",
    "select interval_name, epoch_name, now_open from t",
)


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_a_bad_query_breaks_its_rule(rule: rules.Rule, text: str) -> None:
    assert list(rule(sqlglot.parse_one(text, read="duckdb")))
    assert [told for told in rules.check_query(text) if told.startswith(rule.__name__)]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_query_passes(text: str) -> None:
    assert rules.check_query(text) == []


def test_every_rule_is_shown_to_fail_and_says_what_to_write() -> None:
    written = [value for key, value in vars(rules).items() if key.startswith("no_")]
    assert list(rules.RULES) == written
    assert {rule for rule, _ in BAD} == set(rules.RULES)
    assert [rule for rule in rules.RULES if not rule.__doc__] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select from where", "not DuckDB's SQL"),
        ("select a from t; select b from t", "a file is a single SELECT"),
        ("create table x as select a from t", "a file is a single SELECT"),
        ("delete from t", "a file is a single SELECT"),
        ("", "a file is a single SELECT"),
        ("select a from read_parquet(['a.parquet'], union_by_name = true)", "not on Spark"),
    ],
)
def test_what_is_no_query_for_both_is_caught(text: str, told: str) -> None:
    assert [line[: len(told)] for line in rules.check_query(text)] == [told]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "-- one row for each stay.",
        "-- stage_visits.sql: one row for each stay.",
        "-- align/other.sql: one row for each stay.",
        "-- align/stage_visits.sql: one row for each stay",
        "-- align/stage_visits.sql: stays of opportunities.",
        "-- align/stage_visits.sql: one row for .",
    ],
)
def test_a_file_without_its_header_is_caught(header: str) -> None:
    assert len(rules.check(f"{header}\nselect 1 as a", "align/stage_visits.sql")) == 1


def test_a_file_with_its_header_passes() -> None:
    text = "-- align/stage_visits.sql: one row for each stay.\n-- More words.\nselect 1 as a;\n"
    assert rules.check(text, "align/stage_visits.sql") == []
