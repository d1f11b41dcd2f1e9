"""Make the first pages of a new build before somebody asks: of every room, as everybody who has an account sees it.

A process of its own, which comes after the web workers where the machine is busy. It keeps pages as they do, so
whoever asks for one that is being made waits for that and makes no second one.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error, close_old_connections

from tieout.basics.calendars import PeriodError
from tieout.measure.answers import QuestionError
from tieout.operate.people.models import Account
from tieout.operate.people.roles import Right
from tieout.questions import current
from tieout.show.web.filters import Filters
from tieout.show.web.logs import log_error
from tieout.show.web.reader import eyes_of, reader_with, stands
from tieout.show.web.registry import ROOMS
from tieout.show.web.rooms import NotHereError
from tieout.show.web.views import shown
from tieout.warehouse.builds import NotPublishedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.show.web.reader import Eyes
    from tieout.show.web.rooms import Room

LOOK = 5.0
"""Seconds after which it looks whether there is another build, or somebody who sees something else."""
KINDER = 10
"""How far it lets the web workers go first."""


def keep_warm() -> None:
    """Make the first pages of each build, and each hour those that look at the clock, until its parent has ended."""
    parent, made = os.getppid(), None
    os.nice(KINDER)
    while os.getppid() == parent:
        with suppress(NotPublishedError, Error, OSError):
            now = current(settings.WORKSPACE).key, f"{datetime.now(UTC):%Y-%m-%dT%H}", eyes_there()
            if now != made:
                warm(now[2])
                made = now
        close_old_connections()
        time.sleep(LOOK)


def eyes_there() -> frozenset[Eyes]:
    """Give every way to see a page that somebody has: few, since it is by role and by the rule of a team."""
    return frozenset(eyes_of(one) for one in Account.objects.filter(is_active=True).select_related("team"))


def warm(eyes: Iterable[Eyes], rooms: Iterable[Room] = ROOMS) -> int:
    """Make the pages that rooms begin with; give how many. Another build ends it: that one's pages come next.

    Raises NotPublishedError.
    """
    count = 0
    for one in sorted(eyes, key=lambda one: (not one.personal, one.rows)):
        reader = reader_with(one)
        for room in rooms:
            if not _first(room):
                continue
            if not stands(reader):
                return count
            try:
                shown(reader, room, Filters(room.path))
                count += 1
            except (QuestionError, PeriodError, NotHereError):
                continue  # it needs something to be asked for
            except Exception as error:  # noqa: BLE001 -- whoever asks for this page is told; the others are made
                log_error(error)
    return count


def _first(room: Room) -> bool:
    """Say whether a room is one that people come to without having chosen anything."""
    return "<" not in room.path and room.right is Right.READ and bool(room.group or room.tab or room.ahead)
