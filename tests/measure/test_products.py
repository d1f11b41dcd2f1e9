"""Amounts at rates and weights: short numbers and long ones give the same cents, those of Python's decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tieout.contract.model import Lens
from tieout.measure.lens_sql import RATES, converted_sql, native_sql

ENGINE = duckdb.connect()
CENT = Decimal("0.01")
AMOUNTS = st.decimals(Decimal("-1e12"), Decimal("1e12"), places=2) | st.decimals(-500, 500, places=2)
NUMBERS = st.decimals(Decimal("0.000001"), Decimal(150), places=6) | st.decimals(Decimal("0.0001"), 2, places=12)


def rounded(product: Decimal) -> Decimal:
    return product.quantize(CENT, ROUND_HALF_UP)


@settings(max_examples=60)
@given(st.lists(AMOUNTS, min_size=1), NUMBERS)
@example([Decimal("0.01"), Decimal("-0.01"), Decimal("99999999.99"), Decimal("100000000.00")], Decimal("0.5"))
@example([Decimal("0.03"), Decimal("-99999999.99"), Decimal("-100000000.00")], Decimal("99.999999"))
@example([Decimal("1.00")], Decimal(100))
def test_an_amount_at_a_rate_is_rounded_to_the_cent(amounts: list[Decimal], rate: Decimal) -> None:
    ENGINE.execute("create or replace temp table exchange_rates as select cast(? as decimal(24, 12)) as rate", [rate])
    short = converted_sql("u.arr", "r.rate", "r.short_rate")
    sql = f"""select {short}, {converted_sql("u.arr", "r.rate")}
      from (select unnest(cast($amounts as decimal(18, 2)[])) as arr) as u, {RATES} as r"""
    expected = [(rounded(amount * rate),) * 2 for amount in amounts]
    assert ENGINE.execute(sql, {"amounts": amounts}).fetchall() == expected


@settings(max_examples=60)
@given(st.lists(AMOUNTS, min_size=1), st.decimals(0, 1, places=6))
@example([Decimal("9999999.99"), Decimal("10000000.00"), Decimal("-0.01")], Decimal("0.5"))
def test_a_weighted_amount_is_rounded_to_the_cent(amounts: list[Decimal], weight: Decimal) -> None:
    lens = Lens(basis="arr", weighting="stage")
    sql = f"""select {native_sql("u", lens)}
      from (select unnest(cast($amounts as decimal(18, 2)[])) as arr, {weight}::double as stage_probability) as u"""
    found = [row[0] for row in ENGINE.execute(sql, {"amounts": amounts}).fetchall()]
    assert found == [rounded(amount * weight) for amount in amounts]
