"""How an option is called where somebody reads of it: on the command line, in the API, on a page or in a notebook.

What refuses a question names an option by `option("known_at")`; whoever shows the refusal says by which surface it is
read. So a message is written once and fits them all. Every surface reads the names that an option lists alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

_MARKED = re.compile("\ue000([a-z_]+)=([^\ue001]*)\ue001")
"""Two characters of private use hold an option in a text: no text of a person has them."""


class Surface(Enum):
    """Where a message is read; the value is how an option is called there."""

    WORDS = "'{words}'"
    COMMAND = "--{dashed}"
    API = "{name}"


def option(name: str, value: str = "") -> str:
    """Name an option in a message, and the value that it may be given."""
    return f"\ue000{name}={value}\ue001"


def worded(text: str, surface: Surface = Surface.WORDS) -> str:
    """Call the options of a message what they are called there."""

    def called(found: re.Match[str]) -> str:
        name, value = found.groups()
        whole = name + (f"={value}" if surface is Surface.API else f" {value}") if value else name
        return surface.value.format(name=whole, words=whole.replace("_", " "), dashed=whole.replace("_", "-"))

    return _MARKED.sub(called, text)


def names_in(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Give the names that an option lists, given one by one or with commas between; each once."""
    texts = (given,) if isinstance(given, str) else given or ()
    return tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",") if name.strip()))


class WordedError(ValueError):
    """Something that cannot be asked. Its text calls options by their words, `said` as a surface does."""

    def __init__(self, message: str) -> None:
        super().__init__(worded(message))
        self.message = message

    def said(self, surface: Surface) -> str:
        """Give the message as it is read there."""
        return worded(self.message, surface)
