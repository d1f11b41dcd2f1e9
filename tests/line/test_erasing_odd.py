"""Erasures of odd addresses, beside odd files, after a kill, and of several who share an address."""

from __future__ import annotations

import gzip
import lzma
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.history.erasure_company import EXPORTS, NOW, lay, left, write
from tests.line.test_erasing import MARIA, built, erased, pulled_again, small
from tieout import Workspace, refresh
from tieout.erasing import Done, erase, plan_erasure
from tieout.history.erasure.plan import Plan, plan_path
from tieout.measure.answers import QuestionError
from tieout.show.erasure import plan_page
from tieout.show.terminal import Terminal

__all__ = ["built", "small"]


@pytest.mark.parametrize("email", ["sean.o'brien@acme.example", "info@m\u00fcller.example"])
def test_an_address_of_any_signs_does_not_come_back(tmp_path: Path, email: str) -> None:
    # With another id and another name: only the address tells that it is him.
    head = "lead_id,first,last,email,phone,company,source,account,deal,created,updated\n"
    before = f"{head}L9,Sean,Quirke,{email},,Acme,Webinar,,,2026-05-03,2026-06-01\n"
    after = (
        f"{head}L77,S.,Q.,{email},,Acme,Webinar,,,2026-05-03,2026-07-15\n"
        f"L78,Nora,Field,nora@bell.example,,Bell {email.upper()} called,Webinar,,,2026-05-03,2026-07-15\n"
        f"broken,mail {email} now\n"
    )
    workspace = write(tmp_path / "small", EXPORTS | {"marketing/leads_2026-07-06T0600.csv": before})
    pulled_again(workspace)
    assert erased(workspace, email).proven
    lay(workspace.root, {"marketing/leads_2026-07-20T0600.csv": after})
    pulled_again(workspace)
    told = (email.partition("@")[0] + "@",)
    assert [name for name in left(workspace.root, told) if not name.startswith("exports/")] == []


def test_what_cannot_be_read_stops_neither_the_erasure_nor_what_follows(small: Workspace) -> None:
    packed = gzip.compress(b"Maria Gomez, maria.gomez@acme.example\n" * 2000)
    (small.root / "half.csv.gz").write_bytes(packed[: len(packed) // 2])
    (small.root / "spoiled.csv.gz").write_bytes(packed[:12] + b"\xff" * 40)
    (small.root / "none.csv.gz").write_bytes(b"\x1f\x8b\x00\x00 is not packed")
    with zipfile.ZipFile(small.root / "locked.zip", "w") as book:
        book.writestr("list.csv", "maria.gomez@acme.example\n")
    locked = bytearray((small.root / "locked.zip").read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (small.root / "locked.zip").write_bytes(bytes(locked).replace(b"maria.gomez@", b"0123456789a@"))
    (small.root / "list.csv.xz").write_bytes(lzma.compress(b"maria.gomez@acme.example\n" * 2000))
    done = erased(small)
    names = ["half.csv.gz", "list.csv.xz", "locked.zip", "none.csv.gz", "spoiled.csv.gz"]
    assert done.certificate["proof"]["unread"] == names
    assert not done.proven
    assert not plan_path(small).exists()
    assert refresh(small, NOW + timedelta(days=1)).after is not None


def test_what_a_killed_refresh_left_is_deleted(built: Workspace) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    spill = built.cache / "spill" / f"{process.pid}-0123"
    spill.mkdir(parents=True)
    (spill / "duckdb_temp_block-1.block").write_bytes(b"what no search can read")
    (built.builds / f".0123456789abcdef.{process.pid}.0123.tmp").write_bytes(b"\0" * 8 + b"DUCK, torn")
    assert erased(built).proven
    assert not spill.exists()


def test_a_plan_that_would_erase_several_who_share_an_address_says_so(small: Workspace) -> None:
    def page(who: str) -> str:
        plan = plan_erasure(small, who, NOW, {})
        assert isinstance(plan, Plan)
        return " ".join(plan_page(Terminal(), plan))

    both = "".join(
        f"003{sign},{name},info@bell.example,,CEO,,A2,2026-05-01,2026-06-01,,yes\n"
        for sign, name in (("X", "Anna,Schmidt"), ("Y", "Bob,Jones"))
    )
    lay(small.root, {"crm/contacts_2026-07-14T0600.csv": EXPORTS["crm/contacts_2026-07-13T0600.csv"] + both})
    pulled_again(small)
    assert "These names have no word in common" in page("Anna Schmidt")
    assert "no word in common" not in page(MARIA)
    with pytest.raises(QuestionError, match=r"Anna Schmidt.*--yes --plan [0-9a-f]+"):
        erase(small, "Anna Schmidt", NOW, {})
    assert "Bob" in "".join(path.read_text("utf-8") for path in (small.root / "exports/crm").glob("*.csv"))
    plan = plan_erasure(small, "Anna Schmidt", NOW, {})
    assert isinstance(plan, Plan)
    assert isinstance(erase(small, "Anna Schmidt", NOW, {}, plan.digest), Done)
