"""A passport asked again: the same figure from the same build, and what moved since, explained by a bridge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieout.building import archived_build
from tieout.contract.archive import NotArchivedError
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import Answer, Bridge, Question, QuestionError
from tieout.measure.numbers.question import metric_named
from tieout.questions import ask, bridge_builds, current

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace

CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A passport's answer made again, today's answer to the same question, and the bridge between their totals.

    `differing` names the slices whose remade value is not the one in the file (none, unless the file was edited or the
    program has changed). `bridge` is None where nothing moved or the number is none that a lens counts.
    """

    then: Answer
    now: Answer
    differing: tuple[str, ...]
    bridge: Bridge | None

    @property
    def reproduced(self) -> bool:
        """Whether the file's values came out again."""
        return not self.differing


def ask_again(workspace: Workspace, document: dict[str, Any]) -> AskedAgain:
    """Ask what a stored answer (the JSON of `tieout ask`) asked. Raises QuestionError where it is no such document."""
    question, position, contract = _read(document)
    try:
        facts = archived_build(workspace, position, contract)
    except (NotArchivedError, ValueError) as error:
        message = f"The build of this passport cannot be made again: {error}"
        raise QuestionError(message) from error
    then = ask(workspace, question, facts)
    now = ask(workspace, question)
    differing = tuple(_differing(document["rows"], then))
    bridge = None
    if metric_named(question.metric).fact == "units" and then.total.value != now.total.value:
        metric = metric_named(question.metric)
        end = EndAsked(question.lens or "agreed", _iso(question.as_of), _iso(question.known_at))
        terms = BridgeTerms(
            question.period, question.calendar, question.org == "as-is", metric=metric, where=question.where
        )
        made = bridge_builds(workspace, (end, facts), (end, current(workspace)), terms)
        explained = (made.start.value, made.end.value) == (then.total.value, now.total.value)
        bridge = made if explained else None
    return AskedAgain(then, now, differing, bridge)


def _read(document: dict[str, Any]) -> tuple[Question, int, str]:
    try:
        passport = document["passport"]
        question = Question(
            metric=document["metric"],
            period=document["period"],
            by=tuple(next((row["by"] for row in document["rows"] if row["by"]), {})),
            as_of=_moment(document["as_of"]),
            known_at=_moment(document["known_at"]) if document["known_at"] else None,
            calendar=passport["calendar"],
            org=passport["org"],
            rates=passport["rates"],
            where=passport["filters"],
            lens=passport.get("lens"),
        )
        return question, int(passport["position"]), str(passport["contract"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"The file is not an answer of `tieout ask --json` ({error!r} is missing or wrong). Give one that is."
        raise QuestionError(message) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat()}+00:00"


def _differing(rows: list[dict[str, Any]], answer: Answer) -> list[str]:
    made = {tuple(sorted(row.by.items())): row.value for row in answer.rows}
    return [
        ", ".join(row["by"].values()) or "total"
        for row in rows
        if not _same(row["value"], made.get(tuple(sorted(row["by"].items()))))
    ]


def _same(stored: Any, made: Decimal | float | None) -> bool:  # noqa: ANN401 - a JSON number or null
    if stored is None or made is None:
        return stored is None and made is None
    return abs(float(stored) - float(made)) <= CLOSE * max(1.0, abs(float(made)))
