"""A sheet of one's own tied out: the upload, the bridge from a lens to it, each row beside its record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tieout.measure.sheets.grid import SheetError
from tieout.operate.people.log import UPLOADED, note
from tieout.operate.people.roles import Right
from tieout.postings import sheet_postings
from tieout.show import figures
from tieout.show.findings import told
from tieout.show.html.page import Cell, Head, Page, Section, Table
from tieout.show.terminal import clean
from tieout.show.web.errors import problem
from tieout.show.web.filters import LONGEST, FilterError
from tieout.show.web.pages.tie_out import COMMON, Asked, asked_of, bridge_page, form, listed, postings_page
from tieout.show.web.records import Records, kept_records
from tieout.show.web.rooms import Room
from tieout.show.web.sheets import Kept, RefusedError, find, keep, without_path
from tieout.show.web.sight import masked
from tieout.show.web.views import guarded
from tieout.tying import Reported, matches_digest, tie

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from tieout.measure.sheets.relation import Reading
    from tieout.show.web.filters import Filters
    from tieout.show.web.reader import Reader
    from tieout.tying import Tied

PATH, RECORDS_PATH, UPLOAD_PATH = "/tie-out/sheet", "/tie-out/sheet/records", "/tie-out/upload"
TAKES = ("sheet", "a", "a_as_of", "a_known_at", "a_contract")
FEW = 50
"""So many rows that need a person are named."""


@require_POST
@guarded(Right.UPLOAD)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take a sheet, note who brought it, and lead to its tie-out."""
    files = request.FILES.getlist("sheet")
    if len(files) != 1 or not files[0].name:
        return problem(request, 400, "No sheet was given", "Choose a file, then press the button again.")
    file = files[0]
    try:
        kept = keep(settings.WORKSPACE, str(file.name), file.chunks(), file.size or 0)
    except RefusedError as error:
        return problem(request, 400, "This sheet was not taken", str(error))
    note(request, UPLOADED, kept.name, {"digest": kept.digest})
    asked = {name: request.POST.get(name, "")[:LONGEST] for name in (*TAKES[1:], *COMMON)}
    given = {"sheet": kept.digest} | {name: text for name, text in asked.items() if text}
    return redirect(f"{PATH}?{urlencode(given)}")


def sheet_page(reader: Reader, filters: Filters) -> Page:
    """Give the page of a sheet that is tied out."""
    kept = find(reader.workspace, filters["sheet"])
    asked = _ends(reader, filters)
    with _called(kept):
        tied = tie(reader.workspace, _reported(kept), asked.ends[0], asked.terms, reader.build)
    page = bridge_page(reader, tied.bridge, filters, RECORDS_PATH)
    return replace(page, sections=(*page.sections, _rows(tied, reader)), notes=_findings(tied))


def sheet_records(reader: Reader, filters: Filters) -> Records:
    """Give the postings between a lens and a sheet."""

    def make() -> Records:
        kept = find(reader.workspace, filters["sheet"])
        asked = _ends(reader, filters)
        with _called(kept):
            asking = asked.ends[0], asked.terms
            found = sheet_postings(reader.workspace, _reported(kept), *asking, filters["cause"], reader.build)
        return listed(reader, found)

    return kept_records(reader, filters, make, _matches(reader, filters))


def _records_page(reader: Reader, filters: Filters) -> Page:
    return postings_page(reader, filters, sheet_records(reader, filters), PATH)


def _form(reader: Reader, filters: Filters) -> dict[str, object]:
    kept = find(reader.workspace, filters["sheet"])
    told = {"sheet": kept.name, "digest": kept.digest, "action": PATH, "builds": []}
    return form(reader, filters) | told


def _matches(reader: Reader, filters: Filters) -> str:
    """Tell the matches that a person confirmed: they stand in a file of their own, which may be written any time."""
    return matches_digest(reader.workspace, _reported(find(reader.workspace, filters["sheet"])))


def _ends(reader: Reader, filters: Filters) -> Asked:
    if filters.where:
        message = "A sheet has no slices: what it lists is all of it. Leave out segment, team, owner and where."
        raise FilterError(message)
    return asked_of(reader, filters)


def _reported(kept: Kept) -> Reported:
    return Reported(kept.file, name=kept.name)


@contextmanager
def _called(kept: Kept) -> Iterator[None]:
    """Call the sheet by its name in what goes wrong with it."""
    try:
        yield
    except SheetError as error:
        raise FilterError(without_path(str(error), kept.file, kept.name)) from error


def _findings(tied: Tied) -> tuple[str, ...]:
    if not tied.findings:
        return ()
    said = (f"{finding.message} {finding.remedy}" for finding in tied.findings)
    return (f"{told(tied.findings)}:", *map(clean, said))


def _rows(tied: Tied, reader: Reader) -> Section:
    """Say what became of the rows, and name those that need a person."""
    needing = [one for one in tied.readings if one.match.status.value != "matched"]
    matched = len(tied.readings) - len(needing)
    said = f"{figures.counted(matched, 'row')} of {figures.count(len(tied.readings))} matched to records"
    if not needing:
        return Section("Rows of the sheet", notes=(f"{said}.",))
    currency = reader.contract.company.currency
    heads = [
        Head("row"),
        Head("", right=False),
        Head(f"amount, {currency}"),
        Head("status", right=False),
        Head("why", right=False),
    ]
    rows = [_row(one, reader) for one in needing[:FEW]]
    note = f"the first {FEW} of {len(needing)}" if len(needing) > FEW else ""
    table = Table("Rows that need a person", heads, rows, note=note)
    return Section("Rows of the sheet", tables=(table,), notes=(f"{said}.",))


def _row(one: Reading, reader: Reader) -> list[Cell | str]:
    match = one.match
    label = masked(clean(match.row.label), reader.eyes)
    return [str(match.row.number), label, figures.money(one.value), match.status.value, clean(match.reason)]


SHEET = Room(
    "tie-out-sheet", "A sheet tied out", PATH, sheet_page, right=Right.UPLOAD, takes=TAKES, common=COMMON, bar=(),
    above="web/tie_out.html", below="web/tie_out_ways.html", context=_form, records=sheet_records, listed=False,
    beside=_matches,
)  # fmt: skip
SHEET_RECORDS = Room(
    "tie-out-sheet-records", "Records of a sheet", RECORDS_PATH, _records_page, right=Right.UPLOAD,
    takes=(*TAKES, "cause"), common=COMMON, bar=(), records=sheet_records, beside=_matches,
)  # fmt: skip
