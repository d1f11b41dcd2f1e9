"""YAML written for people: plain where it can be, quoted where it must, with the reason behind each line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_À-ÿ][\wÀ-ÿ./$-]*( [\wÀ-ÿ./$()-]+)*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "none", "y", "n", "t", "f"})
WIDTH = 118


def scalar(value: object) -> str:
    """Write one value, so that it is read back as the same text or number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    text = str(value)
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS and not text.endswith(":"):
        return text
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else json.dumps(text)


def flow(value: Any) -> str:  # noqa: ANN401 - any value of a contract
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def line(indent: int, key: str, value: object, comment: str = "", *, off: bool = False) -> list[str]:
    """Write `key: value  # comment`; a long comment goes above, and a line that is `off` is one itself."""
    sign = "# " if off else ""
    head = f"{' ' * indent}{sign}{scalar(key)}: {flow(value)}"
    if not comment:
        return [head]
    told = " ".join(comment.split())
    if len(head) + len(told) + 4 <= WIDTH:
        return [f"{head}  # {told}"]
    return [*comments(indent, told), head]


def comments(indent: int, text: str) -> list[str]:
    """Write a comment over as many lines as it needs."""
    lines: list[str] = []
    for word in " ".join(text.split()).split(" "):
        if lines and len(lines[-1]) + len(word) < WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{' ' * indent}# {word}")
    return lines
