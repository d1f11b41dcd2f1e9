"""A recount of the BPI Challenge 2012 log: loops over the raw events, in UTC.

An application lives from A_SUBMITTED to its first ending event; its A_ events, by time and then by their number in the
log, are its stages. An event that happens at a moment has happened at that moment.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.oracles.arithmetic import Days, Tally, kaplan, tally

ZONE = "Europe/Amsterdam"
OPEN = ("A_SUBMITTED", "A_PARTLYSUBMITTED", "A_PREACCEPTED", "A_ACCEPTED", "A_FINALIZED")
WON = ("A_APPROVED", "A_REGISTERED", "A_ACTIVATED")
LOST = ("A_DECLINED", "A_CANCELLED")
QUALIFYING = "A_PREACCEPTED"
SECONDS_PER_DAY = 86_400


class Step(NamedTuple):
    """An A_ event: when, its number in the log, what; sorted, steps stand in the order in which they happened."""

    at: datetime
    number: int
    stage: str


@dataclass(frozen=True, slots=True)
class Application:
    """One application, its steps in order."""

    case: str
    amount: Decimal
    steps: tuple[Step, ...]

    @property
    def end(self) -> Step | None:
        """The first step that ends it; None where the log stops before."""
        return next((step for step in self.steps if step.stage not in OPEN), None)

    def entered(self, stage: str) -> datetime | None:
        """Give the first time it entered a stage."""
        return next((step.at for step in self.steps if step.stage == stage), None)

    def stage_at(self, moment: datetime) -> str | None:
        """Give the stage it was in at a moment; None before it began."""
        return next((step.stage for step in reversed(self.steps) if step.at <= moment), None)


def read(folder: Path) -> list[Application]:
    """Read the log into applications."""
    steps: dict[str, list[Step]] = defaultdict(list)
    amounts: dict[str, Decimal] = {}
    with gzip.open(folder / "bpi2012" / "events.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["activity"].startswith("A_"):
                at = datetime.fromisoformat(row["timestamp"]).astimezone(UTC)
                steps[row["case_id"]].append(Step(at, int(row["seq"]), row["activity"]))
                amounts[row["case_id"]] = Decimal(row["amount_req"])
    return [Application(case, amounts[case], tuple(sorted(found))) for case, found in steps.items()]


def happened_in(moment: datetime, period: Days) -> bool:
    """Say whether a moment lies on a local day of the period."""
    return period.holds(moment.astimezone(ZoneInfo(ZONE)).date())


def open_at(
    applications: Iterable[Application], moment: datetime, least: Decimal = Decimal(), most: Decimal = Decimal("inf")
) -> dict[str, Tally]:
    """Count the applications open at a moment that ask for `least` to `most`, and their amounts, by stage."""
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for one in applications:
        stage = one.stage_at(moment)
        if stage in OPEN and least <= one.amount <= most:
            amounts[stage].append(one.amount)
    return {stage: tally(found) for stage, found in amounts.items()}


def total(parts: dict[str, Tally]) -> Tally:
    """Add up the parts of a whole."""
    return Tally(sum(part.n for part in parts.values()), sum((part.amount for part in parts.values()), Decimal()))


def visits(applications: Iterable[Application], period: Days) -> dict[str, int]:
    """Count the stays in each stage that began in the period, ended or not."""
    return Counter(step.stage for one in applications for step in one.steps if happened_in(step.at, period))


def seconds_in(applications: Iterable[Application], stage: str) -> list[float]:
    """List how long each ended stay in a stage took."""
    return [
        (following.at - step.at).total_seconds()
        for one in applications
        for step, following in zip(one.steps, one.steps[1:], strict=False)
        if step.stage == stage
    ]


def ended(applications: Iterable[Application], period: Days) -> dict[str, list[Application]]:
    """List the applications that ended in the period, as 'won' and as 'lost'."""
    found: dict[str, list[Application]] = {"won": [], "lost": []}
    for application in applications:
        if (end := application.end) and happened_in(end.at, period):
            found["won" if end.stage in WON else "lost"].append(application)
    return found


def won_of_closed(applications: Iterable[Application], period: Days) -> tuple[int, int]:
    """Count won, and won or lost, of the applications that ended in the period and had reached the qualifying stage."""
    found = ended(applications, period)
    won, lost = (sum(one.entered(QUALIFYING) is not None for one in found[outcome]) for outcome in ("won", "lost"))
    return won, won + lost


def cycle_days(applications: Iterable[Application], period: Days, since: str = QUALIFYING) -> list[float]:
    """List the days from first entering a stage to the end, of the applications won in the period."""
    return [
        (one.end.at - begun).total_seconds() / SECONDS_PER_DAY
        for one in ended(applications, period)["won"]
        if one.end and (begun := one.entered(since))
    ]


def qualified(applications: Iterable[Application], period: Days) -> Tally:
    """Count the applications that first entered the qualifying stage in the period, and their amounts."""
    return tally(one.amount for one in applications if (at := one.entered(QUALIFYING)) and happened_in(at, period))


# -- where the pipeline came from and went


def counts(one: Application, moment: datetime) -> bool:
    """Say whether an application is in the pipeline: open, and in the qualifying stage or beyond."""
    return one.stage_at(moment) in OPEN[OPEN.index(QUALIFYING) :]


def waterfall(
    applications: Iterable[Application], start: datetime, end: datetime
) -> tuple[Tally, dict[str, Tally], Tally, dict[str, Tally]]:
    """Give opening, causes, closing, and what came and went in between, of the amounts that are not 0."""
    ends: tuple[list[Decimal], list[Decimal]] = ([], [])
    causes: dict[str, list[Decimal]] = defaultdict(list)
    memo: dict[str, list[Decimal]] = defaultdict(list)
    for one in applications:
        before, after = counts(one, start), counts(one, end)
        for place, counted in enumerate((before, after)):
            ends[place].extend([one.amount] if counted else [])
        came = "created" if one.stage_at(start) is None else "qualified"
        went = "won" if one.stage_at(end) in WON else "lost"
        passed = any(counts(one, step.at) for step in one.steps if start < step.at <= end)
        if after and not before:
            causes[came].append(one.amount)
        elif before and not after:
            causes[went].append(-one.amount)
        elif passed and not before:
            memo[f"{came} and {went}"].append(one.amount)
    told = [
        {cause: tally(amount for amount in kept if amount) for cause, kept in kind.items()} for kind in (causes, memo)
    ]
    return tally(ends[0]), told[0], tally(ends[1]), told[1]


# -- stages


def reached(application: Application, stage: str) -> datetime | None:
    """Give the first time an application was in a stage, in a later one, or won."""
    beyond = (*OPEN[OPEN.index(stage) :], *WON)
    return next((step.at for step in application.steps if step.stage in beyond), None)


def went_on(applications: Iterable[Application], stage: str, period: Days) -> tuple[int, int, int]:
    """Count, of those that reached a stage in the period, who went on, who is still open, and all of them."""
    cohort = [one for one in applications if (at := reached(one, stage)) and happened_in(at, period)]
    beyond = (*OPEN[OPEN.index(stage) + 1 :], *WON)
    on = {one.case for one in cohort if any(step.stage in beyond for step in one.steps)}
    still = [one for one in cohort if one.case not in on and one.end is None]
    return len(on), len(still), len(cohort)


def stalled(applications: Iterable[Application], moment: datetime) -> dict[str, Decimal]:
    """Give the open applications that have been in their stage for longer than nine of ten stays in it."""
    every = list(applications)
    found = {}
    for stage in OPEN:
        spans = []
        for one in every:
            for number, step in enumerate(one.steps):
                if step.stage == stage:
                    after = one.steps[number + 1].at if number + 1 < len(one.steps) else None
                    spans.append((((after or moment) - step.at).total_seconds(), after is not None))
        bound = kaplan(spans, Fraction(9, 10))
        for one in every:
            last = one.steps[-1]
            if last.stage == stage and bound is not None and (moment - last.at).total_seconds() > bound:
                found[one.case] = one.amount
    return found
