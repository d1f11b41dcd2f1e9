"""The rules of segments and territories compiled: what each told state of an account is by every run of rules.

The view has one list for segments and one for territories; their n-th entry is the answer of the n-th run, which the
table `placing_rules` gives its time. A list, because a told state does not know yet how long it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from tieout.contract.criteria import parse_criterion
from tieout.contract.placing import placing_periods
from tieout.contract.vocabulary import ACCOUNT_COLUMNS

if TYPE_CHECKING:
    from tieout.contract.model import Contract


def ruled_accounts(contract: Contract) -> str:
    """Compile the view of accounts as told, with their segment and territory by every run of rules."""
    runs = placing_periods(contract)
    segments = ", ".join(_first_that_holds(run.segments).sql("duckdb") for run in runs)
    territories = ", ".join(
        _first_that_holds(run.territories, place).sql("duckdb") for place, run in enumerate(runs, start=1)
    )
    return f"""select a.*, [{territories}] as rule_territories
      from (select s.*, [{segments}] as rule_segments from source_account as s) as a"""


def _first_that_holds(rules: Iterable[tuple[str, str]], place: int | None = None) -> exp.Expr:
    """Give the first name whose criterion holds; unknown where one before it cannot be told.

    With `place` the column `segment` is the segment by that run's rules, else the one that the system told.
    """
    case = exp.Case()
    for name, when in rules:
        criterion, _ = parse_criterion(when, ACCOUNT_COLUMNS, name)
        if criterion is None:
            continue
        tree = criterion.tree.copy() if place is None else _by_rule(criterion.tree, place)
        case = case.when(exp.Is(this=exp.paren(tree.copy()), expression=exp.null()), exp.null())
        case = case.when(tree, exp.Literal.string(name))
    return case if case.args.get("ifs") else exp.cast(exp.null(), "varchar")


def _by_rule(tree: exp.Expr, place: int) -> exp.Expr:
    def ruled(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name == "segment":
            return exp.maybe_parse(f"coalesce(rule_segments[{place}], segment)", dialect="duckdb")
        return node

    return tree.copy().transform(ruled)
