"""The search box: any record by id or name, any number, any page. It finds nothing that its reader may not open."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tieout.basics.findings import nearest
from tieout.measure.finding import LONGEST, Found, by_id, by_name, make_ready, names_ready
from tieout.measure.names import names_of
from tieout.measure.numbers.catalogue import METRICS
from tieout.operate.people.roles import Right
from tieout.questions import opened
from tieout.show.terminal import clean
from tieout.show.web.errors import problem
from tieout.show.web.errors import told as said
from tieout.show.web.reader import reader_of
from tieout.show.web.records import record_path
from tieout.show.web.registry import PLACES, ROOMS
from tieout.show.web.sight import closed_to
from tieout.show.web.views import account_of, guarded
from tieout.warehouse.builds import NotPublishedError
from tieout.warehouse.engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from tieout.measure.numbers.question import Asked
    from tieout.show.web.reader import Reader
    from tieout.show.web.rooms import Place, Room

FEW, MANY = 5, 25
"""So many of each kind are suggested while somebody types, and shown on the page."""
SPARE = 8
"""So many times as many records are looked at, since some may be closed to the reader."""
CALLED = {"opportunity": "deal"} | {one: one for one in ("account", "lead", "contact", "activity", "campaign", "user")}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: what it is called, what it is, where it is."""

    text: str
    what: str
    way: str


def hits_of(reader: Reader, text: str, most: int) -> dict[str, list[Hit]]:
    """Find pages, numbers and records; what a reader sees masked is not looked through for them."""
    words = text[:LONGEST].lower().split()
    if not words:
        return {}
    places: tuple[Room | Place, ...] = (*(room for room in ROOMS if room.group), *PLACES)
    pages = [Hit(place.title, "page", place.path) for place in places if _all_in(words, place.title)]
    numbers = [metric for metric in METRICS if _all_in(words, f"{metric.id} {metric.question}")]
    numbers.sort(key=lambda metric: (not metric.id.startswith(words[0]), len(metric.id)))
    told = [Hit(metric.id, metric.question, f"/glossary/{metric.id}") for metric in numbers[:most]]
    found = {"Records": _records(reader, text, most), "Numbers": told, "Pages": pages[:most]}
    return {kind: hits for kind, hits in found.items() if hits}


def _all_in(words: list[str], text: str) -> bool:
    return all(word in text.lower() for word in words)


def _records(reader: Reader, text: str, most: int) -> list[Hit]:
    named = ("account", "opportunity") if reader.eyes.personal else ("account",)
    with _ready(reader) as asked:
        found = [*by_id(asked, text, most * SPARE), *by_name(asked, text, most * SPARE, named, ready=True)]
        closed = {kind: closed_to(reader, (one.record for one in found if one.entity == kind), kind) for kind in CALLED}
        mine = [one for one in found if one.record not in closed[one.entity]]
        several: dict[tuple[str, str], Found] = {(one.entity, one.record): one for one in mine}
        told = list(several.values())[:most]
        names = _names(asked, [one for one in told if one.entity in named])
    return [
        Hit(
            clean(f"{one.record} {names.get((one.entity, one.record)) or ''}".strip())[:120],
            CALLED[one.entity],
            record_path(one.entity, one.record),
        )
        for one in told
    ]


def _names(asked: Asked, found: Sequence[Found]) -> dict[tuple[str, str], str]:
    """Give the newest name of each of some deals and accounts that ever had one."""
    names = {(one.entity, one.record): one.name for one in found if one.name}
    if unnamed := [one for one in found if not one.name]:
        names |= names_ready(asked, unnamed)
    for entity in {one.entity for one in unnamed}:
        wanted = [one.record for one in unnamed if one.entity == entity and (entity, one.record) not in names]
        if wanted:
            names |= {(entity, record): name for record, name in names_of(asked.engine, entity, wanted).items()}
    return names


_LOCK, _OPEN = Lock(), ExitStack()
_kept: tuple[object, Asked] | None = None


@contextmanager
def _ready(reader: Reader) -> Iterator[Asked]:
    """Give the build to whoever searches, one at a time: its engine stays open until there is another file.

    A search is asked at every letter that is typed, and opening a build takes longer than looking through it.
    """
    global _kept  # noqa: PLW0603 -- one for the process
    with _LOCK:
        file = (reader.workspace, reader.build, reader.mark)
        if _kept is None or _kept[0] != file:
            _kept = None
            _OPEN.close()
            asked = _OPEN.enter_context(opened(reader.workspace, reader.build))
            make_ready(asked.engine)
            _kept = (file, asked)
        try:
            yield _kept[1]
        except EngineError:
            _kept = None  # the next one opens it anew
            raise


@require_safe
@guarded(Right.READ)
def search(request: HttpRequest) -> HttpResponseBase:
    """Show what was found; the id of one record leads straight to it."""
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST].strip()
    told = clean(text)
    try:
        reader = reader_of(account_of(request))
        found = hits_of(reader, text, MANY)
    except NotPublishedError as error:
        return problem(request, *said(error))
    records = found.get("Records", [])
    if records and records[0].text.split(" ")[0].lower() == text.lower() and "bare" not in request.GET:
        return redirect(records[0].way)
    near = nearest(text, [metric.id for metric in METRICS]) if text and not found else None
    return render(
        request, "web/search.html", {"found": found, "text": told, "near": near, "personal": reader.eyes.personal}
    )


@require_safe
@guarded(Right.READ)
def suggest(request: HttpRequest) -> HttpResponseBase:
    """Give what is found so far, for the list below the box."""
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST].strip()
    try:
        found = hits_of(reader_of(account_of(request)), text, FEW) if text else {}
    except NotPublishedError:
        found = {}
    return render(request, "web/found.html", {"found": found, "text": text})
