"""An export loaded twice, or out of order, gives the figures of loading it once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracles.tiny import NOW, Fields
from tests.wrong_numbers.company import AS_OF, QUARTER, Figures, company, exports, figures
from tieout import Workspace, bridge, refresh
from tieout.ends import BridgeTerms, read_end

ASKED = ("2026-08-25", AS_OF)
STATES = {"pipeline.open", "pipeline.open_qualified", "pipeline.past_due", "bookings"}


Everything = tuple[Figures, Figures, list[tuple[str, str, str]]]


def everything(workspace: Workspace) -> Everything:
    """All figures restated, those of states as said then, and a bridge."""
    restated = figures(workspace, ASKED)
    others = {key[0] for key in restated} - STATES
    said = figures(workspace, ASKED, but=others, said_then=True)
    made = bridge(workspace, read_end("agreed@2026-07-31"), read_end(f"agreed@{AS_OF}"), BridgeTerms(QUARTER))
    return restated, said, sorted((p.record, p.cause, str(p.amount)) for p in made.postings)


@pytest.fixture(scope="module")
def loaded_once(small: Workspace) -> Everything:
    found = everything(small)
    assert found[0] != found[1]
    assert found[2]
    return found


def lay(workspace: Workspace, files: Fields, suffix: str = "") -> None:
    """Put exports into the folder."""
    for name, text in files.items():
        (workspace.root / "exports" / name.replace(".csv", f"{suffix}.csv")).write_text(text, encoding="utf-8")


def test_refreshing_again_changes_nothing(loaded_once: Everything, small_copy: Workspace) -> None:
    for _ in range(2):
        assert refresh(small_copy, NOW).after is not None
    assert everything(small_copy) == loaded_once


def test_the_same_exports_under_other_names_change_nothing(loaded_once: Everything, small_copy: Workspace) -> None:
    lay(small_copy, exports(), "_copy")
    assert refresh(small_copy, NOW).after is not None
    assert everything(small_copy) == loaded_once


def test_exports_out_of_order_give_the_same_figures(loaded_once: Everything, tmp_path: Path) -> None:
    workspace, order = company().write(tmp_path), (2, 0, 3, 1)
    for path in (workspace.root / "exports").iterdir():
        path.unlink()
    days = sorted({name[-14:-4] for name in exports()})
    assert len(days) == len(order)
    for place in order:
        lay(workspace, {name: text for name, text in exports().items() if name[-14:-4] == days[place]})
        refresh(workspace, NOW)
    assert everything(workspace) == loaded_once


def test_half_of_the_exports_first_and_all_of_them_later(loaded_once: Everything, tmp_path: Path) -> None:
    workspace = company().write(tmp_path)
    late = [path for path in (workspace.root / "exports").iterdir() if not path.name.startswith("deals")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in late}
    for path in late:
        path.unlink()
    refresh(workspace, NOW)
    lay(workspace, texts)
    refresh(workspace, NOW)
    assert everything(workspace) == loaded_once
