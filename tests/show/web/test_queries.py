"""How many queries to the operational database each room takes, as numbers: one more is seen, and has to be meant.

Written again by: TIEOUT_QUERY_COUNTS=write python -m pytest tests/show/web/test_queries.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.show.web.conftest import ClientOf
from tieout.operate.people.roles import Role
from tieout.show.web.registry import ROOMS

FILE = Path(__file__).with_name("query_counts.json")


def test_each_room_takes_as_many_queries_as_are_written(client_of: ClientOf) -> None:
    revops, counts = client_of(Role.REVOPS), dict[str, int]()
    for room in ROOMS:
        if "<" not in room.path:
            with CaptureQueriesContext(connection) as seen:
                answer = revops.get(room.path)
            assert answer.status_code in {200, 400, 404}, room.path  # some need something to be said first
            counts[room.path] = len(seen)
    if os.environ.get("TIEOUT_QUERY_COUNTS") == "write":
        FILE.write_text(json.dumps(counts, indent=1) + "\n")
    assert counts == json.loads(FILE.read_text())
