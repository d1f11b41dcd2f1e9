from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.recount import Marlow


@pytest.fixture(scope="session")
def marlow(marlow_files: Path) -> Marlow:
    return Marlow(marlow_files)
