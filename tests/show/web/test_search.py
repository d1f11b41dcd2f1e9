"""The search box: an engine that stays open finds what one that is opened for it finds, and stays open no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout import Workspace
from tieout.measure.finding import Found, by_name, make_ready, names_ready
from tieout.measure.names import names_of
from tieout.questions import opened
from tieout.show.web import search
from tieout.show.web.reader import Eyes, reader_with
from tieout.show.web.search import hits_of
from tieout.warehouse.engine import Connection


def test_names_that_are_ready_are_those_of_the_build(marlow: Workspace) -> None:
    with opened(marlow) as asked:
        plain = {text: by_name(asked, text, 40) for text in ("a", "in", "Über", "gmbh", "labs renewal", "zzz")}
        make_ready(asked.engine)
        assert {text: by_name(asked, text, 40, ready=True) for text in plain} == plain
        assert len(plain["in"]) == 80
        some = plain["in"][:5] + plain["in"][-5:]
        named = names_ready(asked, some)
        for entity in ("account", "opportunity"):
            records = [one.record for one in some if one.entity == entity]
            assert {key[1]: name for key, name in named.items() if key[0] == entity} == names_of(
                asked.engine, entity, records
            )
        assert names_ready(asked, [Found("lead", some[0].record)]) == {}, "the name of another kind of record"


@pytest.mark.usefixtures("web")
def test_the_engine_stays_open_until_there_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, made = tmp_path / "build", list[int]()
    file.write_text("one")

    def ready(engine: Connection) -> None:
        made.append(1)
        make_ready(engine)

    monkeypatch.setattr("tieout.warehouse.builds.build_path", lambda *_: file)
    monkeypatch.setattr(search, "make_ready", ready)
    reader = reader_with(Eyes(personal=True))
    first = [hits_of(reader, "labs", 5) for _ in range(3)]
    assert (made, first[0]) == ([1], first[2])
    (tmp_path / "other").write_text("another, as an erasure writes it")
    (tmp_path / "other").replace(file)
    assert hits_of(reader, "labs", 5) == first[0]
    assert len(made) == 2
