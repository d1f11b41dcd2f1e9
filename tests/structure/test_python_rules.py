"""The checkers of `python_rules` catch what they are for: a check that cannot fail is a defect."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.structure import python_rules as rules

Rule = Callable[[ast.Module], list[str]]

BAD: tuple[tuple[Rule, str], ...] = (
    (rules.prints, "def f():\n    print('here')"),
    (rules.clocks, "from datetime import datetime\nx = datetime.now()"),
    (rules.clocks, "import datetime as dt\nx = dt.datetime.now(dt.UTC)"),
    (rules.clocks, "from datetime import date as day\nx = day.today()"),
    (rules.clocks, "import time\nx = time.time()"),
    (rules.clocks, "from time import time\nx = time()"),
    (rules.clocks, "from datetime import datetime\nx = field(default_factory=datetime.utcnow)"),
    (rules.engines, "import duckdb\nx = duckdb.connect()"),
    (rules.engines, "import duckdb as engine\nx = engine.connect('file')"),
    (rules.engines, "from duckdb import connect\nx = connect()"),
    (rules.engines, "import duckdb\nx = duckdb.sql('select 1')"),
    (rules.deferred_imports, "def f():\n    from tieout.history import pulls"),
    (rules.deferred_imports, "def f():\n    import tieout.history"),
    (rules.builtin_raises, "raise ValueError('no')"),
    (rules.builtin_raises, "def f(x):\n    raise KeyError"),
    (rules.builtin_raises, "try:\n    raise ValueError('no')\nexcept KeyError:\n    tell()"),
    (rules.long_names, "def a_name_of_thirty_one_characters(): ..."),
    (rules.long_names, "class Stage:\n    def a_name_of_thirty_one_characters(self): ..."),
    (rules.undocumented, "def f(): ..."),
    (rules.undocumented, "class Stage:\n    '''A stage.'''\n    def leave(self): ..."),
    (rules.undocumented, "if True:\n    def f(): ..."),
)

GOOD: tuple[tuple[Rule, str], ...] = (
    (rules.prints, "def f(console):\n    console.print('here')"),
    (rules.clocks, "from datetime import datetime\nx = datetime(2026, 7, 6)"),
    (rules.clocks, "import time\nx = time.monotonic()"),
    (rules.clocks, "def f(now): return now.now()"),
    (rules.engines, "import duckdb\ndef f(connection: duckdb.DuckDBPyConnection): return connection.sql('select 1')"),
    (rules.engines, "def f(duckdb): return duckdb.connect()"),
    (rules.deferred_imports, "from tieout.history import pulls\ndef f():\n    import sqlglot"),
    (rules.builtin_raises, "class NoStageError(ValueError): ...\ndef f():\n    raise NoStageError"),
    (rules.builtin_raises, "try:\n    f()\nexcept KeyError:\n    raise"),
    (rules.builtin_raises, "@field_validator('name')\ndef check(cls, value):\n    raise ValueError('no')"),
    (rules.builtin_raises, "raise NotImplementedError"),
    (rules.builtin_raises, "try:\n    raise ValueError('no')\nexcept (KeyError, ValueError):\n    tell()"),
    (rules.long_names, "def _a_private_name_may_be_as_long_as_this(): ..."),
    (rules.long_names, "def a_name_of_just_thirty_letters(): ..."),
    (rules.undocumented, "def f():\n    '''Say.'''\n    def inner(): ..."),
    (rules.undocumented, "class _Hidden:\n    def f(self): ..."),
)


@pytest.mark.parametrize(("rule", "snippet"), BAD)
def test_a_bad_snippet_is_caught(rule: Rule, snippet: str) -> None:
    assert len(rule(ast.parse(snippet))) == 1


@pytest.mark.parametrize(("rule", "snippet"), GOOD)
def test_a_good_snippet_passes(rule: Rule, snippet: str) -> None:
    assert rule(ast.parse(snippet)) == []


def test_every_rule_has_both_kinds_of_snippet() -> None:
    written = {rules.prints, rules.clocks, rules.engines, rules.deferred_imports, rules.builtin_raises}
    written |= {rules.long_names, rules.undocumented}
    assert {rule for rule, _ in BAD} == {rule for rule, _ in GOOD} == written


def test_a_function_is_as_long_as_its_lines() -> None:
    tree = ast.parse("@cache\ndef f():\n    '''Say.'''\n    x = 1\n    return x\n\n\ny = 2")
    assert [rules.length(function) for function in rules.functions(tree)] == [4]
