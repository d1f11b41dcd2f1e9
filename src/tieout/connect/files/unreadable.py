"""The one error of a file: it is no table that can be read."""

from __future__ import annotations

AGAIN = "Export it again, whole."


class UnreadableError(Exception):
    """A file that cannot be read as a table at all; the message says why, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy
