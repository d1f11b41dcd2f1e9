"""What a bridge is asked: its two ends as a person writes them, and the terms that both share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.basics.findings import nearest
from tieout.measure.answers import Chosen, QuestionError

if TYPE_CHECKING:
    from tieout.contract.model import Rates
    from tieout.measure.numbers.catalogue import Metric


@dataclass(frozen=True, slots=True)
class EndAsked:
    """One end of a bridge as a person writes it: `LENS[@as-of][~known-at][+option]...`."""

    lens: str
    as_of: str | None = None
    known_at: str | None = None
    org: str | None = None
    rates: Rates | None = None
    calendar: str | None = None
    contract: str | None = None
    """The version of the contract that it is counted by, as `read_version` takes it; else the one in force."""

    @property
    def options(self) -> tuple[str, ...]:
        """What it asks for beside lens and moment, as it is written."""
        calendar = f"calendar:{self.calendar}" if self.calendar else None
        contract = f"contract:{self.contract}" if self.contract else None
        return tuple(option for option in (self.org, self.rates, calendar, contract) if option)


@dataclass(frozen=True, slots=True)
class BridgeTerms:
    """What both ends of a bridge share unless one says otherwise: period, calendar, organization; net or gross.

    `metric` is the number whose facets the lens has, `where` a condition that both ends are within, `by` the slices.
    `facets` are further facets of the lens, changed at both ends. `postings` is the most that are given of each cause,
    all by default, or those of one; `deals` asks how often each deal was changed.
    """

    period: str | None = None
    calendar: str | None = None
    as_is: bool = False
    gross: bool = False
    metric: Metric | None = None
    where: str | None = None
    by: tuple[str, ...] = ()
    facets: tuple[tuple[str, object], ...] = ()
    postings: int | Chosen | None = None
    deals: bool = False


OPTION = re.compile(
    r"\+(?:(?P<org>as-is|as-was)|(?P<rates>plan|spot)|calendar:(?P<calendar>[^@~+]+)|contract:(?P<contract>[^@~+]+))$"
)
OPTIONS = "+as-is, +as-was, +plan, +spot, +calendar:NAME, +contract:VERSION"


def read_end(text: str) -> EndAsked:
    """Read `LENS[@as-of][~known-at][+option]...`. Raises QuestionError."""
    left, chosen = text, dict[str, str]()
    while found := OPTION.search(left):
        for name, value in found.groupdict().items():
            if value and name in chosen:
                message = f"'{text}' asks for {value} and {chosen[name]}. Keep one of them."
                raise QuestionError(message)
            chosen |= {name: value} if value else {}
        left = left[: found.start()]
    rest, _, known_at = left.partition("~")
    lens, _, as_of = rest.partition("@")
    if not lens or (("@" in left) and not as_of) or (("~" in left) and not known_at):
        message = (
            f"'{text}' is not an end of a bridge. Allowed: LENS, LENS@AS-OF, LENS~KNOWN-AT, LENS@AS-OF~KNOWN-AT, each "
            f"with options after it ({OPTIONS})."
        )
        raise QuestionError(message)
    if "+" in (stray := f"{as_of}{known_at}") and (option := re.search(r"\+[A-Za-z].*", stray)):
        raise QuestionError(no_option(option[0]))
    rates: Rates | None = "spot" if chosen.get("rates") == "spot" else "plan" if "rates" in chosen else None
    return EndAsked(
        lens.strip(),
        as_of or None,
        known_at or None,
        chosen.get("org"),
        rates,
        chosen.get("calendar", "").strip() or None,
        chosen.get("contract", "").strip() or None,
    )


def no_option(given: str) -> str:
    """Say what an end of a bridge can ask for, and the nearest to what was given."""
    near = nearest(given, OPTIONS.split(", "))
    hint = f" Did you mean '{near}'?" if near else ""
    return f"'{given}' is no option of an end of a bridge. Allowed: {OPTIONS}.{hint}"
