"""The deals that a team may not open: those that do not meet its criterion now, or of which it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.contract.criteria import parse_criterion
from tieout.contract.definitions import agreed_lens
from tieout.contract.vocabulary import OPPORTUNITY_COLUMNS
from tieout.measure.answers import QuestionError
from tieout.measure.lens_sql import LensView
from tieout.measure.moments import moment_of
from tieout.measure.run_sql import rows as fetch
from tieout.measure.states import parameters_of, states_sql

if TYPE_CHECKING:
    from tieout.measure.numbers.question import Asked


def closed_deals(asked: Asked, text: str) -> frozenset[str]:
    """Give the deals that do not meet a criterion as of the last thing heard. Raises QuestionError if it is none."""
    criterion, findings = parse_criterion(text, OPPORTUNITY_COLUMNS, "the team's rows")
    if criterion is None:
        raise QuestionError(" ".join(finding.sentence() for finding in findings))
    moment = moment_of(asked.facts.heard_until, None, asked.zone)
    view = LensView("rows", agreed_lens(asked.contract.pipeline, moment.day), moment, None)
    sql = f"""with at_moment as ({states_sql(view, "a")})
      select record from opportunity_versions
      except
      select u.record
      from (
        select s.*, c.class as source_class
        from at_moment as s left join source_classes as c on c.record = s.record
      ) as u
      where {criterion.sql("u")}"""
    return frozenset(row[0] for row in fetch(asked.engine, sql, parameters_of(view, "a")))
