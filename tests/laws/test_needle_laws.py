"""Laws of the search for a person: what the engine lets through is never less than what counts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.history.erasure.needles import Needles
from tieout.warehouse.engine import memory

NEEDLES = Needles(
    emails=frozenset({"jo.o'neill+x@one.example", "zoë@two.example"}),
    phones=frozenset({"155550134", "5550199"}),
    profiles=frozenset({"in/jo-oneill"}),
    names=frozenset({"jo o'neill", "zoe de la mer", "o'neill jo"}),
)
SPELLINGS = [
    *("Jo.O'Neill+X@One.example", "jo.o'neill+x%40one.example", "ZOË@two.example", "zoe\u0308@TWO.example"),
    *("(15) 555-0134", "+1 555.50134", "1555\u00a05 0134", "15/55/50134", "555 0199", "5 5 5 0 1 9 9"),
    *(
        "Jo O'Neill",
        "JO,  O'NEILL",
        "O'Neill\u00a0Jo",
        "Zoë de la\tMer",
        "ZOE\u0308 DE LA MER",
        "linkedin.com/in/Jo-ONeill",
    ),
    *sorted(NEEDLES.digests),
]
AROUND = [
    "",
    " ",
    "  ",
    ",",
    "-",
    ".",
    "/",
    "\n",
    "\u00a0",
    "x",
    "9",
    "(",
    "mailto:",
    "'s",
    "ß",
    "Łukasz",
    "\u0301",
    "\U0001f600",
]
texts = st.lists(st.sampled_from(AROUND) | st.sampled_from(SPELLINGS), max_size=4).map("".join)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=30))
def test_the_engine_lets_through_every_row_that_tells_somebody(rows: list[tuple[str, str]]) -> None:
    with memory() as engine:
        engine.execute("create table rows (number integer, a varchar, b varchar)")
        engine.executemany("insert into rows values (?, ?, ?)", [(at, *row) for at, row in enumerate(rows)])
        found = engine.execute(f"select number from rows where {NEEDLES.sql(['a', 'b'])}").fetchall()
    let_through = {number for (number,) in found}
    assert {at for at, row in enumerate(rows) if any(map(NEEDLES.holds, row))} <= let_through


def test_columns_are_searched_apart_and_empty_ones_do_no_harm() -> None:
    rows = [("Jo", "O'Neill"), (None, "call 1 (555) 501-34"), ("Jo Oneill", ""), ("jo,  o'neill", None)]
    rows += [("1555", "50134"), ("", None)]
    with memory() as engine:
        engine.execute("create table rows (number integer, a varchar, b varchar)")
        engine.executemany("insert into rows values (?, ?, ?)", [(at, *row) for at, row in enumerate(rows)])
        found = engine.execute(f"select number from rows where {NEEDLES.sql(['a', 'b'])} order by 1").fetchall()
    assert found == [(1,), (3,)]
    assert [at for at, row in enumerate(rows) if any(NEEDLES.holds(text) for text in row if text)] == [1, 3]


def test_every_spelling_counts() -> None:
    assert [text for text in SPELLINGS if not NEEDLES.holds(text)] == []
