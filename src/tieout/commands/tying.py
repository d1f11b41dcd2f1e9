"""`tieout tie`: a team's own list or total, tied out to the agreed number."""

from __future__ import annotations

from decimal import Decimal

from tieout.basics.workspace import Workspace
from tieout.commands.result import FOUND, OK, Form, Output, Result, page
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.sheets.amounts import amount_of, amount_step, decimal_mark
from tieout.measure.sheets.grid import SheetError
from tieout.measure.sheets.kept import keep as keep_matches
from tieout.show.as_json import dumps
from tieout.show.found import found_json, found_page
from tieout.show.tied import rows_csv, tied_csv, tied_json, tied_page
from tieout.tying import Reported, find, tie

CENT = Decimal("0.01")


def read_total(text: str | None) -> tuple[Decimal | None, Decimal]:
    """Read the figure that a team reports, and how exactly it is given: 8.4M to 0.1M. Raises SheetError."""
    if text is None:
        return None, CENT
    amount = amount_of(text, decimal_mark([text]))
    if amount is None:
        message = f"'{text}' is no amount. Allowed: 8.4M, 840K, 8412300, 8,412,300.00 or 8.412.300,00."
        raise SheetError(message)
    exact = max(CENT, amount_step(text, decimal_mark([text])) or CENT)
    return amount.quantize(CENT), exact


def find_behind(
    workspace: Workspace, reported: Reported, begin: tuple[EndAsked, BridgeTerms], output: Output
) -> Result:
    """Propose the lens behind a team's figure."""
    found = find(workspace, reported, *begin)
    if output.form is Form.JSON:
        return Result(dumps(found_json(found)))
    return page(found_page(output.terminal, found))


def tie_out_sheet(
    workspace: Workspace,
    reported: Reported,
    begin: tuple[EndAsked, BridgeTerms],
    output: Output,
    *,
    records: bool = False,
    keep: bool = False,
) -> Result:
    """Tie a team's figure out; status 1 should anything ever stay unexplained."""
    tied = tie(workspace, reported, *begin)
    status = FOUND if tied.bridge.residual else OK
    written = None
    if keep and tied.kept:
        keep_matches(tied.kept, [reading.match for reading in tied.readings])
        written = tied.kept
    match output.form:
        case Form.JSON:
            return Result(dumps(tied_json(tied, records=records)), status)
        case Form.CSV:
            return Result(rows_csv(tied) if records and tied.sheet else tied_csv(tied), status)
        case Form.TEXT:
            return page(tied_page(output.terminal, tied, records=records, written=written), status)
