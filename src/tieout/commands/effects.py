"""`tieout effects`: what exclusions and merges do to the headline numbers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tieout.basics.calendars import parse_moment
from tieout.basics.workspace import Workspace
from tieout.commands.result import Form, Output, Result, page
from tieout.measure.effects import effects_of
from tieout.questions import opened
from tieout.show.as_json import dumps
from tieout.show.effects import effects_csv, effects_json, effects_page


def show_effects(
    workspace: Workspace, period: str | None, as_of: str | None, output: Output, *, records: bool = False
) -> Result:
    """Show every headline with and without the registers, and what each entry does."""
    with opened(workspace) as asked:
        company = asked.contract.company
        moment = parse_moment(as_of, ZoneInfo(company.time_zone)) if as_of else None
        effects = effects_of(asked, period, moment)
    match output.form:
        case Form.JSON:
            return Result(dumps(effects_json(effects, company.currency)))
        case Form.CSV:
            return Result(effects_csv(effects))
        case Form.TEXT:
            return page(effects_page(output.terminal, effects, company, records=records))
