"""How SQL is written: what a step's file may not contain, so that it means the same on DuckDB and on Spark.

Each rule takes a file's tree and yields the nodes that break it; its docstring says what to write instead, and is what
a person is told. `RULES` is the table of contents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError, UnsupportedError

Rule = Callable[[exp.Expr], Iterator[exp.Expr]]

INTEGERS = exp.DataType.INTEGER_TYPES
FLOATS = exp.DataType.FLOAT_TYPES
_SAFE_UNITS = {"DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"}
_SPANS = re.compile(r"to_(years|quarters|months|weeks|days|hours|minutes|seconds|milliseconds|microseconds)|age")
_DATE_ARITHMETIC = (exp.DateAdd, exp.DateSub, exp.DatetimeAdd, exp.DatetimeSub, exp.TimestampAdd, exp.TimestampSub,
                    exp.TsOrDsAdd, exp.AddMonths, exp.LastDay, exp.ToDays)  # fmt: skip
_WHOLE = (exp.Round, exp.Count, exp.CountIf, exp.Length, exp.DateDiff, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Year,
          exp.Month, exp.Day, exp.Quarter, exp.Predicate, exp.Connector, exp.Not, exp.Boolean, exp.Null)  # fmt: skip
_TRANSPARENT = (exp.Paren, exp.Cast, exp.Window, exp.Filter, exp.Sum, exp.Min, exp.Max, exp.Neg, exp.Abs)
_INEXACT = (exp.Div, exp.Ln, exp.Log, exp.Exp, exp.Pow, exp.Sqrt, exp.Avg)


def no_asof_join(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Join on stored from/to columns instead of ASOF or POSITIONAL."""
    return (join for join in tree.find_all(exp.Join) if join.method in {"ASOF", "POSITIONAL"})


def no_list_aggregate(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Aggregate to a value, not to a list: the order is lost and nulls are dropped."""
    yield from tree.find_all(exp.ArrayAgg, exp.ArrayUniqueAgg, exp.ArrayConcatAgg)
    yield from (node for node in tree.find_all(exp.First, exp.Last) if isinstance(node.this, exp.Order))
    yield from _called(tree, "histogram|list_.*agg.*|array_.*agg.*|map_agg")


def no_arg_max(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Take the newest by row_number() over a total order: arg_max and max_by differ on nulls."""
    yield from tree.find_all(exp.ArgMax, exp.ArgMin)
    yield from _called(tree, "arg_(max|min)_null|(max|min)_by_null")


def no_date_arithmetic(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Read dates, month ends and periods from the calendar tables instead of computing them."""
    yield from tree.find_all(exp.Interval, *_DATE_ARITHMETIC)
    yield from _called(tree, _SPANS.pattern)
    truncations = tree.find_all(exp.DateTrunc, exp.TimestampTrunc)
    yield from (node for node in truncations if _unit(node) not in _SAFE_UNITS)


def no_long_date_diff(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Count months, quarters and years in the calendar tables: date_diff counts them in another way."""
    yield from (node for node in tree.find_all(exp.DateDiff, exp.TimestampDiff) if _unit(node) not in _SAFE_UNITS)
    yield from _called(tree, "date_?sub|months_between")


def no_product(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Add logarithms, guarding zero, instead of calling product()."""
    return _called(tree, "product")


def no_quantile_call(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Write percentile_cont(p) within group (order by x) instead of quantile_cont(x, p)."""
    percentiles = tree.find_all(exp.PercentileCont, exp.PercentileDisc)
    yield from (node for node in percentiles if not isinstance(node.parent, exp.WithinGroup))
    yield from tree.find_all(exp.Quantile, exp.ApproxQuantile)
    yield from _called(tree, ".*quantile.*")


def no_loose_parsing(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Type text where mappings are compiled: try_strptime fails on Spark, and codes of strftime differ."""
    yield from tree.find_all(exp.TimeToStr)
    yield from _called(tree, "try_strptime")


def no_epoch(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Use date_diff('second', ...) or the running totals of the working-time table instead of an epoch."""
    yield from tree.find_all(exp.TimeToUnix, exp.UnixToTime, exp.UnixSeconds, exp.UnixMillis, exp.UnixMicros)
    yield from _called(tree, "epoch.*")
    yield from _parts(tree, "epoch.*")


def no_date_series(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Join the calendar tables: a series of dates by an interval loses month ends."""
    series = tree.find_all(exp.GenerateSeries, exp.GenerateDateArray, exp.GenerateTimestampArray)
    return (node for node in series if node.find(exp.Interval) or _is_temporal(node.args.get("start")))


def no_star_surgery(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Name the columns: `* replace`, `* rename` and `columns()` do not exist on Spark."""
    yield from (star for star in tree.find_all(exp.Star) if star.args.get("replace") or star.args.get("rename"))
    yield from tree.find_all(exp.Columns)


def no_union_by_name(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Name the columns on both sides, in one order, instead of a union by name."""
    return (node for node in tree.find_all(exp.SetOperation) if node.args.get("by_name"))


def no_weekday_number(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Read the weekday from the calendar tables: engines begin the week on different days."""
    yield from tree.find_all(exp.DayOfWeek, exp.DayOfWeekIso)
    yield from _called(tree, "isodow|weekday|dayofweek|dayname")
    yield from _parts(tree, "(iso)?dow|weekday|dayofweek.*")


def no_pivot(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Write the columns as aggregates with `filter`: pivot differs between engines."""
    return tree.find_all(exp.Pivot)


def no_cast_to_integer(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Round before casting to an integer: 2.5 becomes 3 on DuckDB and 2 on Spark."""
    casts = (cast for cast in tree.find_all(exp.Cast) if cast.to.this in INTEGERS)
    return (cast for cast in casts if not _is_whole(cast.this))


def no_cast_to_decimal(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Round before casting a double to a decimal: 0.285 becomes 0.29 on one engine and 0.28 on the other."""
    casts = (cast for cast in tree.find_all(exp.Cast) if cast.to.this == exp.DType.DECIMAL)
    return (cast for cast in casts if _is_inexact(cast.this))


def no_bare_division(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Divide only aggregates: cast(sum(a) as double) / nullif(sum(b), 0). Split money by largest remainder."""
    return (node for node in tree.find_all(exp.Div) if not _is_fair_division(node))


def no_bare_logarithm(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Guard zero inside the logarithm: ln(nullif(x, 0))."""
    return (node for node in tree.find_all(exp.Ln, exp.Log) if not node.find(exp.Nullif))


def no_clock_or_chance(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Take the moment as a parameter or from a table: the same build must give the same rows tomorrow."""
    yield from tree.find_all(exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtimestamp, exp.Rand)
    yield from tree.find_all(exp.TableSample, exp.Uuid)
    yield from _called(tree, "now|today|get_current_.*|transaction_timestamp|random|uuid|gen_random_uuid")


RULES: tuple[Rule, ...] = (
    no_asof_join,
    no_list_aggregate,
    no_arg_max,
    no_date_arithmetic,
    no_long_date_diff,
    no_product,
    no_quantile_call,
    no_loose_parsing,
    no_epoch,
    no_date_series,
    no_star_surgery,
    no_union_by_name,
    no_weekday_number,
    no_pivot,
    no_cast_to_integer,
    no_cast_to_decimal,
    no_bare_division,
    no_bare_logarithm,
    no_clock_or_chance,
)


def check(text: str, place: str) -> list[str]:
    """Tell everything that is wrong with the SQL file at `place`, named from the package's folder."""
    return [*check_header(text, place), *check_query(text)]


def check_header(text: str, place: str) -> list[str]:
    """Tell whether the first line names the file and says what one row is."""
    first = text.splitlines()[0] if text.strip() else ""
    wanted = f"-- {place}: one row for "
    if first.startswith(wanted) and first.endswith(".") and len(first) > len(wanted) + 1:
        return []
    return [f"header: begin with '{wanted}...' and end the line with a full stop. Given: '{first}'"]


def check_query(text: str) -> list[str]:
    """Tell what keeps the text from being one query that both engines read alike."""
    try:
        trees = [tree for tree in sqlglot.parse(text, read="duckdb") if tree and not isinstance(tree, exp.Semicolon)]
    except SqlglotError as error:
        return [f"not DuckDB's SQL: {error}"]
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        return ["a file is a single SELECT, and its table carries the file's name"]
    return [*broken_rules(trees[0]), *_spark(trees[0])]


def broken_rules(tree: exp.Expr) -> list[str]:
    """Tell each broken rule, with what to write instead and where."""
    return [f"{rule.__name__}: {rule.__doc__} Given: {node.sql('duckdb')}" for rule in RULES for node in rule(tree)]


def _spark(tree: exp.Query) -> list[str]:
    try:
        carried = tree.sql("spark", unsupported_level=ErrorLevel.RAISE)
        sqlglot.parse_one(carried, read="spark")
    except UnsupportedError as error:
        return [f"not on Spark: {error}"]
    except SqlglotError as error:
        return [f"Spark would not parse it: {error}"]
    return []


def _called(tree: exp.Expr, pattern: str) -> Iterator[exp.Expr]:
    calls = tree.find_all(exp.Anonymous, exp.AnonymousAggFunc)
    return (call for call in calls if re.fullmatch(pattern, call.name.lower()))


def _parts(tree: exp.Expr, pattern: str) -> Iterator[exp.Expr]:
    extracts = ((node, node.name) for node in tree.find_all(exp.Extract))
    named = ((call, call.expressions[0].name) for call in _called(tree, "date_?part") if call.expressions)
    return (node for node, part in (*extracts, *named) if re.fullmatch(pattern, part.lower()))


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return unit.name.upper() if isinstance(unit, exp.Expr) else "DAY"


def _is_temporal(node: object) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in exp.DataType.TEMPORAL_TYPES


def _is_whole(node: exp.Expr) -> bool:
    if isinstance(node, _WHOLE):
        return True
    if isinstance(node, exp.Literal):
        return node.is_int
    if isinstance(node, exp.Case):
        branches = [branch.args["true"] for branch in node.args["ifs"]]
        return all(_is_whole(branch) for branch in [*branches, node.args.get("default") or exp.null()])
    if isinstance(node, exp.Coalesce):
        return all(_is_whole(part) for part in (node.this, *node.expressions))
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _is_whole(node.left) and _is_whole(node.right)
    return isinstance(node, _TRANSPARENT) and _is_whole(node.this)


def _is_inexact(node: exp.Expr) -> bool:
    parts = node.walk(prune=lambda part: isinstance(part, exp.Round | exp.Predicate))
    return any(
        isinstance(part, _INEXACT) or (isinstance(part, exp.Cast) and part.to.this in FLOATS)
        for part in parts
        if not isinstance(part, exp.Round)
    )


def _is_fair_division(node: exp.Div) -> bool:
    below = _bare(node.right)
    guarded = isinstance(below, exp.Nullif) and bool(below.find(exp.AggFunc))
    is_double = any(cast.to.this == exp.DType.DOUBLE for cast in node.find_all(exp.Cast))
    return guarded and is_double and bool(node.left.find(exp.AggFunc))


def _bare(node: exp.Expr) -> exp.Expr:
    return _bare(node.this) if isinstance(node, exp.Paren | exp.Cast) else node
