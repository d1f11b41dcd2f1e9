"""Laws of money: original times rate is base to the cent, record by record, and the currencies add up to the whole."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from tieout.measure.lens_sql import converted_sql
from tieout.warehouse.engine import memory

CENT = Decimal("0.01")
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)
RATES = st.decimals(Decimal("0.000000000001"), 999_999, places=12)
CURRENCIES = st.dictionaries(st.sampled_from(["EUR", "GBP", "JPY", "KWD"]), RATES, min_size=1)


@st.composite
def books(draw: st.DrawFn) -> tuple[dict[str, Decimal], list[tuple[str, Decimal]]]:
    """Rates of some currencies, the base currency among them, and records in them."""
    rates = draw(CURRENCIES) | {"USD": Decimal(1)}
    return rates, draw(st.lists(st.tuples(st.sampled_from(sorted(rates)), AMOUNTS), min_size=1, max_size=30))


@given(books())
def test_original_times_rate_is_base(found: tuple[dict[str, Decimal], list[tuple[str, Decimal]]]) -> None:
    rates, records = found
    with memory() as engine:
        engine.execute("create table r (place integer, currency varchar, amount decimal(18, 2), rate decimal(24, 12))")
        rows = [[place, name, str(amount), str(rates[name])] for place, (name, amount) in enumerate(records)]
        engine.executemany("insert into r values (?, ?, ?, ?)", rows)
        told = engine.execute(f"select {converted_sql('amount', 'rate')} from r order by place").fetchall()
        sums = engine.execute(f"select currency, sum({converted_sql('amount', 'rate')}) from r group by all").fetchall()
    expected = [(amount * rates[name]).quantize(CENT, ROUND_HALF_UP) for name, amount in records]
    assert [value for (value,) in told] == expected
    by_hand: dict[str, Decimal] = defaultdict(Decimal)
    for (name, _), value in zip(records, expected, strict=True):
        by_hand[name] += value
    assert dict(sums) == by_hand
    assert sum(value for _, value in sums) == sum(expected)
