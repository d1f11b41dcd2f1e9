"""`tieout tie`: a team's own list or total, tied out to the agreed number."""

from __future__ import annotations

from decimal import Decimal

from tieout.basics.workspace import Workspace
from tieout.commands.result import FOUND, OK, Form, Output, Result, page
from tieout.measure.sheets.amounts import amount_of, decimal_mark
from tieout.measure.sheets.grid import SheetError
from tieout.measure.sheets.kept import keep as keep_matches
from tieout.questions import BridgeTerms, EndAsked
from tieout.show.as_json import dumps
from tieout.show.tied import rows_csv, tied_csv, tied_json, tied_page
from tieout.tying import Reported, tie


def read_total(text: str | None) -> Decimal | None:
    """Read the figure that a team reports: 8.4M, 8,412,300.00. Raises SheetError."""
    if text is None:
        return None
    amount = amount_of(text, decimal_mark([text]))
    if amount is None:
        message = f"'{text}' is no amount. Allowed: 8.4M, 840K, 8412300, 8,412,300.00 or 8.412.300,00."
        raise SheetError(message)
    return amount.quantize(Decimal("0.01"))


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
