"""Rules over lenses that are a team's own list or total: a function is a rule, its docstring says it."""

# ruff: noqa: D401 - a rule's docstring is the rule as people read it

from __future__ import annotations

from collections.abc import Iterator

from tieout.basics.calendars import PeriodError, parse_period
from tieout.contract.calendars import fiscal_calendar
from tieout.contract.places import Fault, shorten
from tieout.contract.rulebook import Rule, Rulebook

BESIDE = {"owner", "question", "reported"}
OF_A_LIST = ("sheet", "id", "name", "account", "amount", "currency", "decimal", "unit")


def a_report_has_no_facets(book: Rulebook) -> Iterator[Fault]:
    """A lens that is a team's own list or total has no facets: it counts by no rule."""
    for name, lens in book.contract.lenses.items():
        if lens.reported is not None:
            for key in sorted(lens.model_fields_set - BESIDE):
                message = f"The lens is what the team reports, so '{key}' cannot change what it counts."
                remedy = f"Delete '{key}', or 'reported'. To find the rules behind a list: tieout tie LIST --find."
                yield book.fault(("lenses.yaml", name, key), "lens.facets_of_report", message, remedy)


def a_report_has_a_figure(book: Rulebook) -> Iterator[Fault]:
    """A report has a list, a total or both, and tells of columns only where it has a list."""
    for name, lens in book.contract.lenses.items():
        path = ("lenses.yaml", name, "reported")
        if lens.reported is None or not book.intact(*path):
            continue
        if lens.reported.file is None and lens.reported.total is None:
            message = "The report has neither a list nor a total, so it has no figure."
            yield book.fault(path, "lens.report_empty", message, "Give 'file', or 'total'.")
        told = [key for key in OF_A_LIST if getattr(lens.reported, key) is not None]
        if lens.reported.file is None and told:
            message = f"'{told[0]}' tells how a list is read, and there is no list."
            yield book.fault((*path, told[0]), "lens.report_without_list", message, "Give 'file', or delete the key.")


def a_report_is_of_a_period(book: Rulebook) -> Iterator[Fault]:
    """A report is of a period of the first calendar."""
    calendars = book.contract.company.calendars
    if not calendars or not book.whole("company.yaml", "calendars"):
        return
    first = next(iter(calendars))
    for name, lens in book.contract.lenses.items():
        if lens.reported is not None:
            try:
                parse_period(lens.reported.period, fiscal_calendar(first, calendars[first]))
            except PeriodError as error:
                where = ("lenses.yaml", name, "reported", "period")
                given = shorten(lens.reported.period)
                yield book.fault(where, "lens.report_period", str(error), "Give the period of the list.", given=given)


REPORTED_RULES: tuple[Rule, ...] = (a_report_has_no_facets, a_report_has_a_figure, a_report_is_of_a_period)
