"""Rules over company, lifecycle, pipeline, lenses, numbers and plan: a function is a rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from tieout.basics.findings import Level
from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import AGREED
from tieout.contract.places import Fault, Path, shorten
from tieout.contract.rulebook import Rule, Rulebook, each, folded, known, unique
from tieout.contract.vocabulary import LEAD_TOLD, OPPORTUNITY_COLUMNS, Kind

COMPANY, LIFECYCLE, PIPELINE = "company.yaml", "lifecycle.yaml", "pipeline.yaml"
LENSES, NUMBERS, PLAN = "lenses.yaml", "numbers.yaml", "plan.yaml"


def stage_names(book: Rulebook) -> list[str]:
    """List every name of every stage, as it is first spelled."""
    names = [name for stage in book.contract.pipeline.stages for name in (stage.name, *stage.also)]
    return list({folded(name): name for name in reversed(names)}.values())[::-1]


def a_calendar_is_there(book: Rulebook) -> Iterator[Fault]:
    """A company has at least one calendar, whose name has no sign that a command could take for another."""
    calendars = book.contract.company.calendars
    if not calendars:
        yield book.fault(
            (COMPANY, "calendars"), "calendar.none", "There is no calendar.", "Name one, or delete the key."
        )
    for name in calendars:
        yield from plain_name(book, (COMPANY, "calendars", name), name, "calendar")


def plain_name(
    book: Rulebook, path: Path, name: str, what: str, pattern: str = r"\w[\w .&+-]{0,59}"
) -> Iterator[Fault]:
    """Hold a name that is used on the command line and in file names to plain letters."""
    if not re.fullmatch(pattern, name) or name != name.strip():
        message = f"The {what} name '{shorten(name)}' has signs that a name cannot have, or is too long."
        yield book.fault(path, "name.form", message, "Use letters, digits, '-' and '_', at most 60.", given=name)


def criterion(book: Rulebook, path: Path, text: str | None, columns: dict[str, Kind]) -> Iterator[Fault]:
    """Report what is wrong with a condition, if there is one."""
    if text is not None:
        _, findings = parse_criterion(text, columns, book.places.place(path))
        yield from (Fault(path, finding) for finding in findings)


def lifecycle_stages_differ(book: Rulebook) -> Iterator[Fault]:
    """Each stage of the lifecycle has names of its own, those under `also` included, and there is at least one."""
    stages = book.contract.lifecycle.stages
    names: list[tuple[Path, str]] = []
    for index, stage in enumerate(stages):
        names.append(((LIFECYCLE, "stages", index, "name"), stage.name))
        names += each((LIFECYCLE, "stages", index, "also"), stage.also)
    yield from unique(book, names, "lifecycle.duplicate", "lifecycle stage")
    if not stages and book.whole(LIFECYCLE, "stages"):
        remedy = "Name the stages, or delete the key."
        yield book.fault((LIFECYCLE, "stages"), "lifecycle.none", "There is no lifecycle stage.", remedy)


def lifecycle_criteria_hold(book: Rulebook) -> Iterator[Fault]:
    """The criterion of a lifecycle stage is a condition over leads; words belong into `meaning`."""
    for index, stage in enumerate(book.contract.lifecycle.stages):
        yield from criterion(book, (LIFECYCLE, "stages", index, "when"), stage.when, LEAD_TOLD)


def stages_are_told_apart(book: Rulebook) -> Iterator[Fault]:
    """No two stages share a name, those under `also` included."""
    names: list[tuple[Path, str]] = []
    for index, stage in enumerate(book.contract.pipeline.stages):
        names.append(((PIPELINE, "stages", index, "name"), stage.name))
        names += each((PIPELINE, "stages", index, "also"), stage.also)
    yield from unique(book, names, "stage.duplicate", "stage")


def a_stage_is_open(book: Rulebook) -> Iterator[Fault]:
    """At least one stage is open, or nothing could ever be open pipeline."""
    if book.whole(PIPELINE, "stages") and not any(stage.outcome == "open" for stage in book.contract.pipeline.stages):
        remedy = "Name the stages of open opportunities."
        yield book.fault((PIPELINE, "stages"), "stage.none_open", "There is no open stage.", remedy)


def types_and_categories_differ(book: Rulebook) -> Iterator[Fault]:
    """Types and forecast categories are named once each."""
    pipeline = book.contract.pipeline
    yield from unique(book, each((PIPELINE, "types"), pipeline.types), "type.duplicate", "type")
    yield from unique(book, each((PIPELINE, "categories"), pipeline.categories), "category.duplicate", "category")


def definitions_follow_in_time(book: Rulebook) -> Iterator[Fault]:
    """The first definition holds from the beginning; each later one says from when, after the one before."""
    entries = book.contract.pipeline.definition
    if entries and entries[0].from_:
        message = "The first definition holds from the beginning, so its 'from' says nothing."
        path: Path = (PIPELINE, "definition", 0, "from")
        yield book.fault(path, "definition.first_from", message, "Delete it.", level=Level.WARNING)
    for index, entry in enumerate(entries):
        if index and entry.from_ is None and book.intact(PIPELINE, "definition", index):
            message = f"Definition {index + 1} does not say from when it holds."
            yield book.fault((PIPELINE, "definition", index), "definition.no_from", message, "Add 'from: DATE'.")
    dated = [(index, entry.from_) for index, entry in enumerate(entries) if index and entry.from_]
    for (_, earlier), (index, later) in pairwise(dated):
        if later <= earlier:
            message = f"The definition from {later} stands after the one from {earlier}."
            remedy = "Sort definitions by date, one for a day."
            yield book.fault((PIPELINE, "definition", index, "from"), "definition.order", message, remedy, given=later)


def definitions_use_known_words(book: Rulebook) -> Iterator[Fault]:
    """A definition's qualifying stage is an open stage; its types and categories are those of the pipeline."""
    pipeline = book.contract.pipeline
    outcomes = {folded(name): stage.outcome for stage in pipeline.stages for name in (stage.name, *stage.also)}
    for index, entry in enumerate(pipeline.definition):
        path: Path = (PIPELINE, "definition", index)
        if entry.stage is not None and book.whole(PIPELINE, "stages"):
            yield from known(book, [((*path, "stage"), entry.stage)], stage_names(book), "stage.unknown", "stage")
            if outcomes.get(folded(entry.stage), "open") != "open":
                message = (
                    f"The qualifying stage '{shorten(entry.stage)}' is not an open stage, so nothing would qualify."
                )
                yield book.fault((*path, "stage"), "definition.closed_stage", message, "Name an open stage.")
        yield from _types_and_omitted(book, path, entry.types, entry.omitted)


def _types_and_omitted(
    book: Rulebook, path: Path, types: tuple[str, ...] | None, omitted: tuple[str, ...] | None
) -> Iterator[Fault]:
    pipeline = book.contract.pipeline
    if book.whole(PIPELINE, "types"):
        yield from known(book, each((*path, "types"), types or ()), pipeline.types, "type.unknown", "type")
    if pipeline.categories and book.whole(PIPELINE, "categories"):
        words = each((*path, "omitted"), omitted or ())
        yield from known(book, words, pipeline.categories, "category.unknown", "forecast category")


def lens_names_are_free(book: Rulebook) -> Iterator[Fault]:
    """A lens has a plain name of its own, and none is called 'agreed', which is the agreed number itself."""
    lenses = book.contract.lenses
    yield from unique(book, (((LENSES, name), name) for name in lenses), "lens.duplicate", "lens")
    for name in lenses:
        yield from plain_name(book, (LENSES, name), name, "lens")
        if folded(name) == AGREED:
            message = f"'{shorten(name)}' is the agreed number itself; no lens can have this name."
            yield book.fault((LENSES, name), "lens.reserved", message, "Rename the lens.", given=name)


def lenses_use_known_words(book: Rulebook) -> Iterator[Fault]:
    """A lens names stages, types, categories and a calendar that there are."""
    for name, lens in book.contract.lenses.items():
        path: Path = (LENSES, name)
        given = [] if lens.stage is None else [((*path, "stage"), lens.stage)]
        listed = () if lens.stages in {None, "all"} else lens.stages or ()
        if book.whole(PIPELINE, "stages"):
            stages = chain(given, each((*path, "stages"), listed))
            yield from known(book, stages, stage_names(book), "stage.unknown", "stage")
        types = None if lens.types == "all" else lens.types
        yield from _types_and_omitted(book, path, types, lens.omitted)
        calendars = book.contract.company.calendars
        if lens.calendar is not None and lens.calendar not in calendars and book.whole(COMPANY, "calendars"):
            message = f"'{shorten(lens.calendar)}' is no calendar."
            remedy = "Use a calendar of company.yaml."
            where = (*path, "calendar")
            yield book.fault(where, "calendar.unknown", message, remedy, given=lens.calendar, allowed=calendars)


def lens_facets_agree(book: Rulebook) -> Iterator[Fault]:
    """The facets of a lens do not contradict one another."""
    for name, lens in book.contract.lenses.items():
        path: Path = (LENSES, name)
        if not book.intact(*path):
            continue
        if lens.stage is not None and lens.stages is not None:
            message = "'stage' (at least) and 'stages' (exactly these) are both given."
            yield book.fault((*path, "stages"), "lens.stage_twice", message, "Keep one of them.")
        if not lens.outcomes:
            message = "The lens counts no outcome, so it counts nothing."
            yield book.fault((*path, "outcomes"), "lens.no_outcome", message, "Name open, won, lost or disqualified.")
        if lens.grain != "claim" and lens.date_field == "claimed_at":
            message = "'claimed_at' is a date of claims, and the lens counts opportunities."
            yield book.fault((*path, "date_field"), "lens.date_field", message, "Use close_date, or 'grain: claim'.")
        if lens.freshness.days and lens.freshness.last:
            message = "'days' and 'last' are both given; a team works from one of them."
            yield book.fault((*path, "freshness"), "lens.freshness_twice", message, "Keep one of them.")


def lens_criteria_hold(book: Rulebook) -> Iterator[Fault]:
    """The criteria of a lens are conditions over opportunities."""
    for name, lens in book.contract.lenses.items():
        yield from criterion(book, (LENSES, name, "accepted"), lens.accepted, OPPORTUNITY_COLUMNS)
        yield from criterion(book, (LENSES, name, "slice"), lens.slice, OPPORTUNITY_COLUMNS)


def numbers_are_in_the_catalogue(book: Rulebook) -> Iterator[Fault]:
    """Terms are given for numbers that the catalogue has."""
    if book.metrics:
        for name in book.contract.numbers:
            if name not in book.metrics:
                message = f"'{shorten(name)}' is no number of the catalogue."
                remedy = "See `tieout ask --list`."
                allowed = sorted(book.metrics)
                yield book.fault((NUMBERS, name), "number.unknown", message, remedy, given=name, allowed=allowed)


def bands_are_not_empty(book: Rulebook) -> Iterator[Fault]:
    """A band goes from a lower to a higher value."""
    for name, terms in book.contract.numbers.items():
        band = terms.band
        if band and band.low is not None and band.high is not None and band.low > band.high:
            message = f"The band goes from {band.low} to {band.high}, so no value lies in it."
            yield book.fault((NUMBERS, name, "band"), "band.empty", message, "Give the lower value as 'low'.")


def plan_counts_known_types(book: Rulebook) -> Iterator[Fault]:
    """The plan's types are those of the pipeline."""
    if book.whole(PIPELINE, "types") and (PLAN, "types") in book.places.lines:
        types = each((PLAN, "types"), book.contract.plan.types)
        yield from known(book, types, book.contract.pipeline.types, "type.unknown", "type")


PIPELINE_RULES: tuple[Rule, ...] = (
    a_calendar_is_there,
    lifecycle_stages_differ,
    lifecycle_criteria_hold,
    stages_are_told_apart,
    a_stage_is_open,
    types_and_categories_differ,
    definitions_follow_in_time,
    definitions_use_known_words,
    lens_names_are_free,
    lenses_use_known_words,
    lens_facets_agree,
    lens_criteria_hold,
    numbers_are_in_the_catalogue,
    bands_are_not_empty,
    plan_counts_known_types,
)
"""Every rule over these files, in the order in which people read them."""
