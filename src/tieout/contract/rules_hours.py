"""Rules over working hours, absences, hand-offs and commitments: one function is one rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tieout.basics.findings import Level
from tieout.basics.hours import HoursError, joined, parse_hours
from tieout.contract.handoffs import begins_of, handoffs_of
from tieout.contract.model import WorkingHours
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook, folded, known
from tieout.contract.rules_pipeline import LIFECYCLE, criterion
from tieout.contract.vocabulary import LEAD_COLUMNS

COMPANY = "company.yaml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def hours_can_be_read(book: Rulebook) -> Iterator[Fault]:
    """Hours are written 09:00-17:00, those of one day do not overlap, and some day is worked."""
    for index, entry in enumerate(book.contract.company.working_hours):
        at: Path = (COMPANY, "working_hours", index)
        for weekday, written in zip(WEEKDAYS, entry.days, strict=True):
            parts = []
            for text in written:
                try:
                    parts.append(parse_hours(text))
                except HoursError as error:
                    yield book.fault((*at, weekday), "hours.form", str(error), "Mend the hours.", given=text)
            if len(joined(parts)) < len(parts):
                message = f"The hours of {weekday} overlap or touch."
                yield book.fault((*at, weekday), "hours.overlap", message, "Write them as one, or apart.")
        if not any(entry.days) and book.intact(*at):
            message = f"The entry for {whose(entry)} has no hours on any day, so its clocks would never run."
            yield book.fault(at, "hours.none", message, "Give the hours of the days that are worked.")


def whose(entry: WorkingHours) -> str:
    """Say whose hours an entry has."""
    if entry.user or entry.team:
        return f"user '{shorten(entry.user)}'" if entry.user else f"team '{shorten(entry.team or '')}'"
    return "everybody else"


def hours_are_of_one(book: Rulebook) -> Iterator[Fault]:
    """An entry is of a team or of a user, and later entries of the same follow in time."""
    seen: dict[tuple[str, str], int] = {}
    entries = book.contract.company.working_hours
    for index, entry in enumerate(entries):
        at: Path = (COMPANY, "working_hours", index)
        if entry.team and entry.user:
            message = "The entry names a team and a user."
            yield book.fault(at, "hours.both", message, "Make two entries of it, or delete one of the keys.")
            continue
        key = ("user", entry.user) if entry.user else ("team", folded(entry.team or ""))
        if (first := seen.get(key)) is not None:
            earlier = entries[first].from_
            if entry.from_ is None or (earlier and entry.from_ <= earlier):
                line = book.places.line((COMPANY, "working_hours", first))
                where = f" in line {line}" if line else ""
                message = f"The entry for {whose(entry)} does not begin after the one{where}."
                yield book.fault(at, "hours.order", message, "Add 'from: DATE', later than that of the one before.")
        seen[key] = index


def holidays_are_known(book: Rulebook) -> Iterator[Fault]:
    """Public holidays are named by a country or its subdivision, as DE or US-CA."""
    entries = book.contract.company.working_hours
    if not any(entry.holidays for entry in entries):
        return
    from holidays import list_supported_countries  # noqa: PLC0415 - it costs a tenth of a second

    countries = list_supported_countries()
    for index, entry in enumerate(entries):
        for number, code in enumerate(entry.holidays):
            country, _, region = code.strip().partition("-")
            at: Path = (COMPANY, "working_hours", index, "holidays", number)
            if country not in countries:
                message = f"'{shorten(code)}' is no country whose holidays are known."
                remedy = "Use a code of ISO 3166 such as DE, or list the days under 'closed'."
                yield book.fault(at, "holiday.country", message, remedy, given=country, allowed=countries)
            elif region and region not in countries[country]:
                message = f"'{shorten(region)}' is no subdivision of {country} whose holidays are known."
                remedy = f"Use one of its codes, or {country} alone."
                allowed = countries[country]
                yield book.fault(at, "holiday.region", message, remedy, given=region, allowed=allowed)


def absences_end_in_order(book: Rulebook) -> Iterator[Fault]:
    """An absence does not end before it begins."""
    file = book.contract.company.absences
    for index, row in enumerate(book.contract.absences):
        if row.to < row.from_:
            message = f"The absence of '{shorten(row.user)}' ends on {row.to}, before it begins on {row.from_}."
            yield book.fault((file, index), "absence.dates", message, "Mend one of the dates.")


def business_hours_are_said(book: Rulebook) -> Iterator[Fault]:
    """A hand-off that is answered in business hours needs working hours of the company."""
    if book.contract.company.working_hours or not book.whole(COMPANY, "working_hours"):
        return
    for index, stage in enumerate(book.contract.lifecycle.stages):
        if stage.hours == "business":
            message = f"'{shorten(stage.name)}' is answered in business hours, but nobody's working hours are said."
            remedy = "Add 'working_hours' to company.yaml, or write 'hours: elapsed'."
            yield book.fault((LIFECYCLE, "stages", index, "hours"), "hours.missing", message, remedy)


def teams_have_hours(book: Rulebook) -> Iterator[Fault]:
    """Each team that answers in business hours has working hours, its own or those of everybody else."""
    entries = book.contract.company.working_hours
    if not entries or any(not (entry.team or entry.user) for entry in entries):
        return
    teams = {folded(entry.team): entry.team for entry in entries if entry.team}
    for index, stage in enumerate(book.contract.lifecycle.stages):
        team = next((one.team for one in handoffs_of(book.contract.lifecycle) if one.stage == stage.name), None)
        if stage.hours == "business" and team and folded(team) not in teams:
            message = f"'{shorten(team)}' answers '{shorten(stage.name)}' in business hours and has no working hours."
            remedy = "Add an entry for the team, or one without 'team' for everybody else."
            path: Path = (LIFECYCLE, "stages", index, "hours")
            allowed = list(teams.values())
            yield book.fault(path, "hours.team", message, remedy, given=team, allowed=allowed, level=Level.WARNING)


def deals_are_answered_by_touch(book: Rulebook) -> Iterator[Fault]:
    """A hand-off that begins with a deal is answered by a touch: no later stage of a person answers it."""
    for index, stage in enumerate(book.contract.lifecycle.stages):
        if stage.answer != "touch" and begins_of(book.contract.lifecycle, stage) != "stage":
            message = f"'{shorten(stage.name)}' begins with a deal, so that only a touch answers it."
            path: Path = (LIFECYCLE, "stages", index, "answer")
            yield book.fault(path, "handoff.answer", message, "Write 'answer: touch', or delete the key.")


def answer_times_are_in_order(book: Rulebook) -> Iterator[Fault]:
    """Times to answer that hold from a day on are in the order of their days, and another one holds before them."""
    for index, stage in enumerate(book.contract.lifecycle.stages):
        at: Path = (LIFECYCLE, "stages", index)
        if stage.answer_times and stage.answer_within_hours is None and book.intact(*at):
            first = stage.answer_times[0].from_
            message = f"Nothing says how soon '{shorten(stage.name)}' is answered before {first}."
            remedy = "Add 'answer_within_hours': what was agreed before that day."
            yield book.fault((*at, "answer_times"), "answer_time.before", message, remedy)
        for place, (earlier, later) in enumerate(pairwise(stage.answer_times), start=1):
            if later.from_ <= earlier.from_:
                message = f"The time to answer from {later.from_} stands after the one from {earlier.from_}."
                path: Path = (LIFECYCLE, "stages", index, "answer_times", place, "from")
                yield book.fault(path, "answer_time.order", message, "Sort them by date.", given=later.from_)


def commitments_hold(book: Rulebook) -> Iterator[Fault]:
    """A commitment is about a hand-off there is, its quality a condition over leads, and later ones say from when."""
    lifecycle = book.contract.lifecycle
    names = [one.stage for one in handoffs_of(lifecycle) if one.begins == "stage"]
    for index, entry in enumerate(lifecycle.commitments):
        at: Path = (LIFECYCLE, "commitments", index)
        if entry.handoff and book.whole(LIFECYCLE, "stages"):
            yield from known(book, [((*at, "handoff"), entry.handoff)], names, "handoff.unknown", "hand-off of leads")
        yield from criterion(book, (*at, "quality"), entry.quality, LEAD_COLUMNS)
        if index and entry.from_ is None and book.intact(*at):
            message = f"Commitment {index + 1} does not say from when it holds."
            yield book.fault(at, "commitment.no_from", message, "Add 'from: DATE'.")
    dated = [(index, entry.from_) for index, entry in enumerate(lifecycle.commitments) if entry.from_]
    for (_, earlier), (index, later) in pairwise(dated):
        if later <= earlier:
            message = f"The commitment from {later} stands after the one from {earlier}."
            path: Path = (LIFECYCLE, "commitments", index, "from")
            yield book.fault(path, "commitment.order", message, "Sort commitments by date.", given=later)


HOURS_RULES: tuple[Rule, ...] = (
    hours_can_be_read,
    hours_are_of_one,
    holidays_are_known,
    absences_end_in_order,
    business_hours_are_said,
    teams_have_hours,
    deals_are_answered_by_touch,
    answer_times_are_in_order,
    commitments_hold,
)
"""Every rule over hours and hand-offs."""
