"""Marlow's hand-offs counted again from its exports in plain loops: deadlines, first touches, outcomes, hours."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from holidays import country_holidays

from tests.oracles.marlow_books import ZONE, Books, Row, moment
from tests.oracles.marlow_sources import Sources

NEW_YORK = ZoneInfo(ZONE)
PLACES = {name: place for place, name in enumerate(("lead", "mql", "sal", "sql", "opportunity", "customer"))}
OPENS, CLOSES = 9, {0: 18, 1: 18, 2: 18, 3: 18, 4: 17}
OWN = {date(2025, 12, 24), date(2026, 12, 24)}
HOUR = timedelta(hours=1)
MQL, SAL = 8 * HOUR, 120 * HOUR


@cache
def public() -> set[date]:
    """The holidays of New York."""
    return set(country_holidays("US", subdiv="NY", years=range(2023, 2028)))


@cache
def shift(day: date) -> tuple[datetime, datetime] | None:
    """Give what is worked on a day at Marlow, in UTC."""
    closes = CLOSES.get(day.weekday())
    if closes is None or day in OWN or day in public():
        return None
    start, end = (datetime.combine(day, time(hour), NEW_YORK) for hour in (OPENS, closes))
    return start.astimezone(ZoneInfo("UTC")), end.astimezone(ZoneInfo("UTC"))


def due_at(start: datetime, within: timedelta) -> datetime:
    """Walk from day to day until the time is used up."""
    day, left = start.astimezone(NEW_YORK).date(), within
    while True:
        if span := shift(day):
            since = max(start, span[0])
            if since < span[1]:
                if span[1] - since >= left:
                    return since + left
                left -= span[1] - since
        day += timedelta(days=1)


def worked(start: datetime, end: datetime) -> timedelta:
    """Add up what is worked between two moments, day by day."""
    total, day = timedelta(), start.astimezone(NEW_YORK).date()
    while day <= end.astimezone(NEW_YORK).date():
        if span := shift(day):
            total += max(min(end, span[1]) - max(start, span[0]), timedelta())
        day += timedelta(days=1)
    return total


@dataclass(frozen=True)
class Over:
    """A lead handed over, and what became of it as of a moment."""

    lead: str
    stage: str
    started: datetime
    due: datetime
    outcome: str
    answered: datetime | None
    waited: timedelta
    ended: bool
    source: str
    score: float | None

    @property
    def month(self) -> str:
        """The calendar month in which it began."""
        return f"{self.started.astimezone(NEW_YORK):%Y-%m}"


@dataclass(frozen=True)
class Clocks:
    """The hand-offs of leads to sales."""

    books: Books

    @cached_property
    def sources(self) -> Sources:
        """Leads and contacts as last told, and the account of each lead."""
        return Sources(self.books)

    @cached_property
    def persons(self) -> dict[tuple[str, str], str]:
        """Give lead and contact records the person they are: those who share an address are one."""
        found = {}
        for entity, rows in (("lead", self.sources.every_lead), ("contact", self.sources.contacts)):
            for key, row in rows.items():
                found[entity, key] = row["Email"].strip().casefold() or f"{entity}:{key}"
        return found

    @cached_property
    def touches(self) -> dict[str, list[datetime]]:
        """Give each person the human touches of sales, in order."""
        leads_of = {row["Id"]: row["Lead__c"] for _, rows in self.books.exports("crm/opportunities") for row in rows}
        found: dict[str, list[datetime]] = defaultdict(list)
        for _, rows in self.books.exports("crm/activities"):
            for row in rows:
                keys = [("lead", row["LeadId"]), ("contact", row["ContactId"])]
                keys.append(("lead", leads_of.get(row["OpportunityId"], "")))
                person = next((self.persons[key] for key in keys if key in self.persons), None)
                if person and row["Team"] == "sales" and _human(row):
                    found[person].append(moment(row["ActivityDateTime"]))
        return {person: sorted(times) for person, times in found.items()}

    @cached_property
    def first(self) -> datetime:
        """The first touch of all: who was handed over before it may have been touched."""
        return min(times[0] for times in self.touches.values())

    @cached_property
    def stays(self) -> dict[str, list[tuple[datetime, str]]]:
        """Give each lead the stages it entered, in order."""
        found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for _, rows in self.books.exports("marketing/lifecycle_changes"):
            for row in rows:
                found[row["lead_id"]].append((moment(row["changed_at"]), row["new_stage"]))
        return {lead: sorted(told, key=lambda one: (one[0], PLACES[one[1]])) for lead, told in found.items()}

    @cached_property
    def told(self) -> dict[str, list[tuple[datetime, Row]]]:
        """Give each lead its rows as they were told, in order."""
        found: dict[str, list[tuple[datetime, Row]]] = defaultdict(list)
        for _, rows in self.books.exports("marketing/leads"):
            for row in rows:
                found[row["lead_id"]].append((moment(row["updated_at"]), row))
        return found

    def over(self, now: datetime) -> list[Over]:
        """Give the hand-offs of mqls and sals as of a moment."""
        excluded = {row["id"] for row in self.books.register if row["object"] == "account"}
        every, homes = self.sources.every_lead, self.sources.homes
        found = []
        for lead, stays in self.stays.items():
            if every[lead]["merged_into"] or homes.get(lead) in excluded:
                continue
            for place, (started, stage) in enumerate(stays):
                if stage in {"mql", "sal"} and started <= now and (place == 0 or stays[place - 1][1] != stage):
                    found.append(self._one(lead, stage, started, stays[place + 1 :], now))
        return found

    def _one(self, lead: str, stage: str, started: datetime, later: list[tuple[datetime, str]], now: datetime) -> Over:
        ended = next((at for at, name in later if PLACES[name] <= PLACES[stage]), None)
        moved = next((at for at, name in later if PLACES[name] > PLACES[stage]), None)
        times = self.touches.get(self.persons["lead", lead], [])
        answers = [at for at in times if at >= started and (ended is None or at < ended)][:1]
        if stage == "sal" and moved and (ended is None or moved < ended):
            answers.append(moved)
        answered = min((at for at in answers if at <= now), default=None)
        due = due_at(started, MQL) if stage == "mql" else started + SAL
        unseen = started < self.first and (answered is None or answered > due)
        until = answered or min(now, ended or now)
        waited = worked(started, until) if stage == "mql" else until - started
        row = next((row for at, row in self.told[lead] if at >= started), self.told[lead][-1][1])
        return Over(
            lead=lead,
            stage=stage,
            started=started,
            due=due,
            outcome="unknown" if unseen else _outcome(answered, due, ended, now),
            answered=answered,
            waited=waited,
            ended=answered is not None,
            source=row["lead_source"] or "(unknown)",
            score=float(row["score"]) if row["score"] else None,
        )


def _human(row: Row) -> bool:
    meeting = row["ActivityType"] == "meeting"
    return row["IsAutomated"] != "true" and (row["Direction"] == "outbound" or meeting)


def _outcome(answered: datetime | None, due: datetime, ended: datetime | None, now: datetime) -> str:
    if answered and answered <= due:
        return "kept"
    if ended and ended <= min(due, now):
        return "withdrawn"
    return "breached" if due <= now else "running"
