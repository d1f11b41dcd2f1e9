"""Files of the program itself, each named with what is in it: a browser keeps it until there is another one."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

from tieout.show.html.theme import style

FRAME = Path(__file__).parent / "static" / "web" / "app.css"
FOR_GOOD = "public, max-age=31536000, immutable"


class NamedByContent(StaticFilesStorage):
    """Gives a file's address with a digest of it; nothing need be collected beforehand."""

    def url(self, name: str | None) -> str:
        """Give the address of a file."""
        return f"{super().url(name)}?v={_digest(name or '')}"


@cache
def _digest(name: str) -> str:
    found = finders.find(name)
    return digest(Path(found).read_bytes()) if isinstance(found, str) else ""


def digest(content: bytes) -> str:
    """Name a content."""
    return sha256(content).hexdigest()[:16]


@cache
def rules() -> tuple[str, str]:
    """Give the one style sheet with its digest: the tokens and rules of all pages, then the frame's."""
    text = style() + FRAME.read_text(encoding="utf-8")
    return text, digest(text.encode())
