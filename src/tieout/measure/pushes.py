"""When the close date of a deal was pushed or pulled: the one definition for waterfalls, slip rates and staleness.

An open deal is compared with the close date that it had when it was last open. So what comes with a closing is neither
a push nor a pull, and to be re-opened is none either, unless the date is another one than before the closing.
"""

from __future__ import annotations


def date_before_sql(outcome: str, order: str) -> str:
    """Give the close date that a state is compared with: a column beside `record` and `close_date` of its states."""
    return f"lag(close_date) over (partition by record, {outcome} = 'open' order by {order})"


def pushed_sql(outcome: str, before: str) -> str:
    """Give the test of a state whose close date is a later day than the one before."""
    return f"({outcome} = 'open' and close_date > {before})"


def pulled_sql(outcome: str, before: str) -> str:
    """Give the test of a state whose close date is an earlier day than the one before."""
    return f"({outcome} = 'open' and close_date < {before})"
