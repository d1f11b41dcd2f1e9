"""Why the application cannot be served."""

from __future__ import annotations


class ServingError(Exception):
    """The application cannot be served as it was asked to be; the message says what to do."""
