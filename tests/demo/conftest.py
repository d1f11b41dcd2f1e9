from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo.recount import Marlow
from tieout.demo import make_marlow


@pytest.fixture(scope="session")
def marlow(tmp_path_factory: pytest.TempPathFactory) -> Marlow:
    folder: Path = tmp_path_factory.mktemp("marlow")
    make_marlow(folder)
    return Marlow(folder)
