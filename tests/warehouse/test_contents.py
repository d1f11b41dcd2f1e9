"""What a build carries beside its facts can be searched: an erasure has to find a person there."""

from __future__ import annotations

from tieout.basics.findings import Finding, Level
from tieout.history.erasure.needles import Needles
from tieout.history.erasure.proof import _relation_tells
from tieout.warehouse.contents import store_findings
from tieout.warehouse.engine import memory


def test_a_name_in_a_finding_is_found_whatever_its_letters() -> None:
    with memory() as engine:
        store_findings(engine, [Finding("x", Level.NOTE, "place", "message", "remedy", given="José Müller - renewal")])
        assert _relation_tells(engine, "findings", Needles(names=frozenset({"jose muller"})))
        assert not _relation_tells(engine, "findings", Needles(names=frozenset({"nora field"})))
