"""Marlow's funnel counted again in plain loops: each person's events one after another, told by the exports alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from tests.oracles.arithmetic import Days
from tests.oracles.marlow import NOW, runs
from tests.oracles.marlow_books import EVER, Books, Row, local, midnight, moment, read
from tests.oracles.marlow_sources import CLASSES, Sources

STEPS = ("lead", "mql", "sal", "sql", "opportunity", "won", "renewal")
QUALIFIED = ("Qualification", "Proposal", "Negotiation", "Closed Won")


@dataclass(frozen=True, slots=True)
class Wins:
    """A deal that came from a lead: when it was opened and qualified, while it was won, when it was lost."""

    record: str
    account: str
    opened: datetime
    qualified: datetime | None
    won: tuple[tuple[datetime, datetime], ...]
    lost: datetime | None


@dataclass(slots=True)
class Episode:
    """One way of a person: the first entry into each step that an event tells, and how it ended."""

    contact: datetime | None = None
    told: dict[str, datetime] = field(default_factory=dict)
    deals: list[Wins] = field(default_factory=list)
    ended: tuple[datetime, str, str] | None = None
    open: bool = True
    lead: str = ""
    entered: datetime = EVER


@dataclass(frozen=True, slots=True)
class Way:
    """An episode as of a moment: when each step was told, when it or a later one was reached, how it ended."""

    episode: Episode
    told: dict[str, datetime]
    reached: dict[str, datetime]
    qualified: datetime | None
    ended: tuple[datetime, str, str] | None


@dataclass(frozen=True)
class People:
    """Every person's episodes."""

    books: Books
    sources: Sources

    @cached_property
    def keys(self) -> dict[str, str]:
        """The person of each lead: its address, two addresses being one person where a lead is merged into another."""
        leads = self.sources.every_lead
        key = {lead: row["Email"].strip().casefold() or lead for lead, row in leads.items()}
        joined = {key[lead]: key[row["merged_into"]] for lead, row in leads.items() if row["merged_into"] in leads}
        return {lead: joined.get(mine, mine) for lead, mine in key.items()}

    @cached_property
    def deals(self) -> dict[str, list[Wins]]:
        """The deals of each person."""
        found: dict[str, dict[str, Wins]] = defaultdict(dict)
        for lead, records in self.sources.links.items():
            for record in records:
                if lead in self.keys and (deal := self._deal(self.surviving(record))):
                    found[self.keys[lead]][deal.record] = deal
        return {person: list(deals.values()) for person, deals in found.items()}

    def surviving(self, record: str) -> str:
        """Give the deal that a deal was merged into, by its system or by the register, or itself."""
        while into := self.books.rows[record][-1].told["MergedInto__c"] or self.registered.get(record):
            record = into
        return record

    @cached_property
    def registered(self) -> dict[str, str]:
        """The doubles of the register with the deals they are doubles of."""
        entries = read(self.books.folder / "contract/merges.csv")
        return {entry["id"]: entry["into"] for entry in entries if entry["object"] == "opportunity"}

    def _deal(self, record: str) -> Wins | None:
        last = self.books.life(record)[-1]
        if last.gone or last.row is None or last.row["Type"] == "renewal":
            return None
        assert not self.books.merged(record)
        opened = min(moment(change.told["CreatedDate"]) for change in self.books.rows[record])
        reached = [s.at for s in self.books.life(record) if s.row and s.row["StageName"] in QUALIFIED and not s.gone]
        spans, lost = [], None
        parts = runs(self.books, record, lambda state: (state.row and state.row["StageName"], state.gone))
        ends = [part[0].at for part in parts[1:]] + [EVER]
        for part, end in zip(parts, ends, strict=True):
            stage = part[0].row["StageName"] if part[0].row and not part[0].gone else ""
            if stage == "Closed Won":
                spans.append((part[0].at, end))
            if stage in ("Closed Lost", "Disqualified") and end == EVER:
                lost = part[0].at
        return Wins(record, last.row["AccountId"], opened, min(reached, default=None), tuple(spans), lost)

    @cached_property
    def renewals(self) -> dict[str, list[datetime]]:
        """When renewals of each account were won for good."""
        found: dict[str, list[datetime]] = defaultdict(list)
        for record in self.books.rows:
            last = self.books.life(record)[-1]
            row = last.row
            if not row or last.gone or row["Type"] != "renewal" or row["StageName"] != "Closed Won":
                continue
            if self.books.merged(record) or self.books.excluded({record, row["AccountId"]}, NOW):
                continue
            closing = runs(self.books, record, lambda state: (state.row and state.row["StageName"], state.gone))[-1]
            found[row["AccountId"]].append(closing[0].at)
        return found

    @cached_property
    def events(self) -> dict[str, list[tuple[datetime, int, str, object]]]:
        """The events of each person, in no order: when, what goes first of those at one time, what, and of what."""
        found: dict[str, list[tuple[datetime, int, str, object]]] = defaultdict(list)
        for lead, row in self.sources.every_lead.items():
            found[self.keys[lead]].append((moment(row["created_at"]), 0, "lead", lead))
        for row in self.books.last("marketing/lifecycle_changes", "change_id").values():
            place = STEPS.index(row["new_stage"])
            kind = row["new_stage"] if place else "back"
            found[self.keys[row["lead_id"]]].append((moment(row["changed_at"]), place or 9, kind, row))
        for person, deals in self.deals.items():
            for deal in deals:
                found[person].append((deal.opened, 4, "deal", deal))
                found[person] += [(since, 5, "win", deal) for since, _ in deal.won]
                found[person] += [(deal.lost, 9, "loss", deal)] if deal.lost else []
        return found

    @cached_property
    def episodes(self) -> list[Episode]:
        """Every episode."""
        return [episode for events in self.events.values() for episode in self._lived(events)]

    def _lived(self, events: list[tuple[datetime, int, str, object]]) -> Iterator[Episode]:
        now = Episode()
        for at, _, kind, told in sorted(events, key=lambda event: event[:3]):
            if kind == "lead":
                now.contact = now.contact or at
                now.lead = now.lead or str(told)
            elif kind == "back" and len(now.told) + len(now.deals):
                assert isinstance(told, dict)
                now.ended = now.ended or (at, self._status(told["lead_id"], at), told["reason"])
                now.open = False
            elif kind == "loss":
                now.ended, now.open = now.ended or (at, "lost", ""), False
            elif kind == "win":
                now.open = False
            elif kind in (*STEPS[1:4], "opportunity", "deal"):
                assert now.open or kind == "opportunity" or (kind == "deal" and told in now.deals), "nobody comes again"
                if kind == "deal":
                    assert isinstance(told, Wins)
                    now.deals.append(told)
                else:
                    now.told.setdefault(kind, at)
                if kind == "mql":
                    assert isinstance(told, dict)
                    now.lead, now.entered = told["lead_id"], at
        now.entered = min(now.entered, max(now.entered, EVER)) if now.told.get("mql") else now.contact or EVER
        yield now

    def _status(self, lead: str, at: datetime) -> str:
        """Say how a lead was sent back: by its status then."""
        return "disqualified" if self.state(lead, at)["status"] == "disqualified" else "recycled"

    @cached_property
    def lives(self) -> dict[str, list[tuple[datetime, Row]]]:
        """The states of each lead as the monthly exports of changes tell them."""
        found: dict[str, list[tuple[datetime, Row]]] = defaultdict(list)
        previous: datetime | None = None
        for heard, rows in self.books.exports("marketing/leads"):
            for row in rows:
                changed = moment(row["updated_at"])
                inside = changed <= heard and (previous is None or changed > previous)
                found[row["lead_id"]].append((changed if inside else heard, row))
            previous = heard
        return found

    def state(self, lead: str, at: datetime) -> Row:
        """Give a lead's state at a moment; the first known one is taken to have held before."""
        passed = [row for since, row in self.lives[lead] if since <= at]
        return passed[-1] if passed else self.lives[lead][0][1]

    # -- as of a moment

    @cached_property
    def known(self) -> dict[datetime, list[Way]]:
        """The episodes as of the moments that were asked about."""
        return {}

    def ways(self, when: datetime) -> Iterator[Way]:
        """Give every episode as of a moment."""
        if when not in self.known:
            self.known[when] = list(self._ways(when))
        yield from self.known[when]

    def _ways(self, when: datetime) -> Iterator[Way]:
        for episode in self.episodes:
            told = {step: at for step, at in episode.told.items() if at <= when}
            if episode.contact and episode.contact <= when:
                told["lead"] = episode.contact
            qualified = None
            for deal in episode.deals:
                if self.books.excluded({deal.record, deal.account}, when):
                    continue
                self._add(told, "opportunity", deal.opened, when)
                if deal.qualified and deal.qualified <= when:
                    qualified = min(qualified or EVER, deal.qualified)
                for since, until in deal.won:
                    if since <= when < until:
                        self._add(told, "won", since, when)
                        again = [at for at in self.renewals.get(deal.account, []) if at > since]
                        self._add(told, "renewal", min(again, default=EVER), when)
            reached = {
                step: min(later)
                for place, step in enumerate(STEPS)
                if (later := [told[one] for one in STEPS[place:] if one in told])
            }
            ended = episode.ended if episode.ended and episode.ended[0] <= when else None
            if told:
                yield Way(episode, told, reached, qualified, ended)

    @staticmethod
    def _add(told: dict[str, datetime], step: str, at: datetime, when: datetime) -> None:
        if at <= when:
            told[step] = min(told.get(step, EVER), at)

    # -- slices

    def source(self, way: Way) -> str:
        """Give the source of the lead that entered."""
        return self.state(way.episode.lead, way.episode.entered)["lead_source"] or "(unknown)"

    def owner(self, way: Way) -> str:
        """Give who owned the lead that entered, then."""
        return self.state(way.episode.lead, way.episode.entered)["owner_id"] or "(unknown)"

    def band(self, way: Way) -> str:
        """Give the band of the score then."""
        score = int(self.state(way.episode.lead, way.episode.entered)["score"])
        return "Sales" if score >= 8 else "Nurture" if score >= 6 else "Marketing"

    def segment(self, way: Way) -> str:
        """Give the segment of the lead's account then."""
        return self.books.segment(self.sources.homes.get(way.episode.lead, ""), way.episode.entered)

    def is_marketing(self, way: Way) -> bool:
        """Say whether marketing sourced it."""
        return CLASSES.get(self.source(way)) == "marketing"

    @cached_property
    def touches(self) -> dict[str, list[datetime]]:
        """When a human of sales touched each person."""
        return self._activities("sales")

    @cached_property
    def marketing(self) -> dict[str, list[datetime]]:
        """When marketing touched each person."""
        return self._activities("marketing")

    def _activities(self, team: str) -> dict[str, list[datetime]]:
        found: dict[str, list[datetime]] = defaultdict(list)
        emails = {self.sources.every_lead[lead]["Email"].strip().casefold(): key for lead, key in self.keys.items()}
        leads_of = {row["Id"]: row["Lead__c"] for _, rows in self.books.exports("crm/opportunities") for row in rows}
        for row in self.books.last("crm/activities", "Id").values():
            if row["Team"] != team or row["IsAutomated"] == "true":
                continue
            if team == "sales" and row["Direction"] == "inbound" and row["ActivityType"] != "meeting":
                continue  # it came in: nobody worked for it
            contact = self.sources.contacts.get(row["ContactId"])
            address = contact["Email"].strip().casefold() if contact else ""
            person = self.keys.get(row["LeadId"]) or emails.get(address)
            if team == "sales":
                person = person or self.keys.get(leads_of.get(row["OpportunityId"], ""))
            if person:
                found[person].append(moment(row["ActivityDateTime"]))
        if team == "marketing":
            for row in self.books.last("marketing/touches", "touch_id").values():
                found[self.keys[row["lead_id"]]].append(moment(row["touched_at"]))
        return found

    def touched(self, way: Way, when: datetime) -> datetime | None:
        """Give the first touch by a human of sales at or after the mql."""
        since = way.told["mql"]
        person = self.keys[way.episode.lead]
        return min((at for at in self.touches.get(person, []) if since <= at <= when), default=None)


Hit = Callable[[Way], bool]


def in_time(at: datetime | None, since: datetime, days: int) -> bool:
    """Say whether something came within so many days of 24 hours."""
    return at is not None and at <= since + timedelta(days=days)


def rates(
    ways: Iterator[Way], step: str, period: Days, hit: Hit, *keys: Callable[[Way], str]
) -> dict[tuple[str, ...], tuple[int, int]]:
    """Count hits and all of a cohort of those told to have entered a step; the total stands under ()."""
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    for way in ways:
        if step in way.told and period.holds(local(way.told[step])):
            for key in {(), tuple(of(way) for of in keys)}:
                hits, n = found.get(key, (0, 0))
                found[key] = (hits + hit(way), n + 1)
    return found


def month_of(step: str) -> Callable[[Way], str]:
    """Give the function that tells the month of a cohort."""
    return lambda way: f"{local(way.told[step]):%Y-%m}"


__all__ = ["STEPS", "People", "Way", "in_time", "midnight", "month_of", "rates"]
