"""What the environment says, itself or by a file that it names: a secret need not stand in a list of processes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def given(name: str, env: Mapping[str, str] = os.environ) -> str:
    """Give the value of a variable, else the content of the file that NAME_FILE names, else nothing."""
    file = env.get(f"{name}_FILE")
    return env.get(name) or (Path(file).read_text(encoding="utf-8").strip() if file else "")
