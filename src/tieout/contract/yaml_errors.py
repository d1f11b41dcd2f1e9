"""What a YAML parser says, told in our own sentences with the line in which the mistake began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.contract.places import shorten

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a text cannot be read past a line."""

    code: str
    message: str
    remedy: str
    line: int


class StopReadingError(Exception):
    """The text cannot be read further; `stop` says why and where."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.message)
        self.stop = stop


_TOLD = (
    ("found character '\\t'", "There is a tab where a value should begin.", "Use spaces."),
    (
        "mapping values are not allowed",
        "There is a ': ' too many, or the line is indented wrongly.",
        "Put a text that holds ': ' in quotes.",
    ),
    ("found unexpected end of stream", "A quote is opened here and never closed.", "Close the quote."),
    ("cannot start any token", "A value begins with a sign that YAML keeps for itself.", "Put the value in quotes."),
    ("expected <block end>", "The line is indented unlike the lines around it.", "Indent it as its neighbors are."),
    ("could not find expected ':'", "A line has no ': ' between key and value.", "Write 'key: value'."),
    (
        "expected ',' or",
        "A list or part in brackets is opened here and never closed.",
        "Close the bracket, or put a comma between the values.",
    ),
    (
        "found unknown escape",
        "A backslash in double quotes stands before a letter it cannot change.",
        "Use single quotes.",
    ),
    (
        "expected the node content",
        "A value is missing here, or a bracket is never closed.",
        "Give the value, or close the bracket.",
    ),
)


def stopped(error: MarkedYAMLError, first: int) -> Stop:
    """Tell a parser's error; `first` is the number of lines before the text that it read."""
    problem = str(error.problem or "")
    context = str(error.context or "")
    inner = any(word in context for word in ("flow", "quoted"))
    mark = (error.context_mark if inner else None) or error.problem_mark or error.context_mark
    told = next(((message, remedy) for sign, message, remedy in _TOLD if sign in problem), None)
    message, remedy = told or (f"The line cannot be read as YAML: {shorten(problem)}.", "Mend the line.")
    return Stop("yaml.syntax", message, remedy, 1 + first + (mark.line if mark else 0))
