"""Keyed hashes: two addresses can be told to be the same one without either being kept.

The key lies beside the ledger, readable by its owner alone. Who has a published file but not the key can neither read
an address in it nor try addresses against it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.expressions import replace_placeholders

from tieout.history.ledger import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

    from tieout.basics.workspace import Workspace

BLOCK = 64
SPACES = " \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What the engine's trim takes for spaces: the separators of Unicode, but neither tabs nor line ends."""

_EMAIL = "lower(nullif(trim(:x), ''))"
_HMAC = "sha256(concat(:o, sha256(concat(:i, :x))))"


def key_path(workspace: Workspace) -> Path:
    """Give the place of the key of keyed hashes."""
    return workspace.ledger / "key"


def hash_key(workspace: Workspace) -> str:
    """Give the workspace's key, made when it is first needed. Raises LedgerError where it is damaged."""
    path = key_path(workspace)
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return _make(path)
    except ValueError:
        text = ""
    key = text.strip()
    if len(key) != BLOCK or set(key) - set("0123456789abcdef"):
        message = f"'{path}' is not the key that was written there. Restore it from a backup of the ledger."
        raise LedgerError(message)
    return key


def _make(path: Path) -> str:
    """Write a new key aside and link it into place: of two processes that make one at once, both use the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".key.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(BLOCK // 2) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        aside.unlink(missing_ok=True)
    return path.read_text("ascii").strip()


def email_of(text: str | None) -> str | None:
    """Give an address as it is compared: without spaces around it, in small letters; None for none."""
    return "".join(_small(letter) for letter in (text or "").strip(SPACES)) or None


def _small(letter: str) -> str:
    """Give one letter as the engine does, one for one: the dotted capital I and a final sigma would differ."""
    return "i" if letter == "\u0130" else letter.lower()


def email_sql(raw: exp.Expr) -> exp.Expr:
    """Spell what `email_of` does as SQL. Addresses are compared in this form and no other."""
    return replace_placeholders(parse_one(_EMAIL, dialect="duckdb"), x=raw)


def keyed(key: str, text: str) -> str:
    """Give the keyed hash of a text: HMAC-SHA-256 over hexadecimal digests, so that SQL can say the same."""
    inner, outer = _pads(key)
    return _sha(outer + _sha(inner + text))


def keyed_sql(key: str, value: exp.Expr) -> exp.Expr:
    """Spell `keyed` of a value as SQL; null stays null."""
    inner, outer = (exp.Literal.string(pad) for pad in _pads(key))
    made = replace_placeholders(parse_one(_HMAC, dialect="duckdb"), x=value.copy(), i=inner, o=outer)
    return exp.Case().when(exp.Is(this=value.copy(), expression=exp.null()), exp.null()).else_(made)


@lru_cache(8)
def _pads(key: str) -> tuple[str, str]:
    """Derive the two keys of an HMAC from the one that is kept."""
    return tuple(hmac.new(key.encode(), name, hashlib.sha256).hexdigest() for name in (b"inner", b"outer"))  # type: ignore[return-value]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
