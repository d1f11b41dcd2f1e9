"""What these eyes may see of single records: which they may open, and personal data, masked or not.

Totals are the same for everyone, so nothing here is asked for a figure: only pages and exports that name records do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.contract.criteria import CRITERION, expression_columns
from tieout.contract.expressions import read_tree
from tieout.contract.vocabulary import PERSONAL
from tieout.measure.answers import QuestionError
from tieout.measure.row_rules import closed_records
from tieout.questions import opened
from tieout.show import figures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tieout.show.web.reader import Eyes, Reader

MASK = "\N{BULLET}" * 6
MASKED = "Personal data is masked for your role; an administrator can change that."
PRIVATE = {
    "opportunity": PERSONAL | {"name"},
    "account": PERSONAL,
    "lead": PERSONAL | {"domain", "landing_page"},
    **dict.fromkeys(("contact", "activity", "campaign", "user", "person"), PERSONAL),
}
"""The one table of fields that may tell who a person is; the name of a deal is often that of a person."""
ALL_PRIVATE = frozenset[str]().union(*PRIVATE.values())
CLOSED_FINDING = "about a record that you may not open"


@dataclass(frozen=True, slots=True)
class Seen:
    """Some records as somebody may see them: those to be opened, in the order given, and how many more there are."""

    records: tuple[str, ...]
    hidden: int

    @property
    def words(self) -> str:
        """What is said of those that are hidden, or nothing."""
        return f"{figures.count(self.hidden)} more you may not open: your team's rule over records." * bool(self.hidden)


def seen(reader: Reader, records: Iterable[str]) -> Seen:
    """Sort out which records of a list may be opened; a list, a chart's links and an export all ask here."""
    given = tuple(records)
    closed = closed_to(reader, given)
    kept = tuple(record for record in given if record not in closed)
    return Seen(kept, len(given) - len(kept))


def closed_to(reader: Reader, records: Iterable[str], entity: str | None = None) -> frozenset[str]:
    """Give those of some records that these eyes may not open: deals, accounts or leads, or nobody knows which."""
    if not reader.eyes.rows:
        return frozenset()
    with opened(reader.workspace, reader.build) as asked:
        return closed_records(asked, reader.eyes.rows, records, entity)


def may_open(reader: Reader, record: str, entity: str | None = None) -> bool:
    """Say whether these eyes may open one record."""
    return record not in closed_to(reader, (record,), entity)


def record_of(place: str) -> str:
    """Give the record that the place of a finding names ("crm.opportunities 0061x"), or nothing."""
    return place.partition(" ")[2]


def hold_fields(by: Iterable[str], where: str | None, *, personal: bool) -> None:
    """Refuse to slice by personal fields, or to ask for them, who may not see them: both tell what is under the mask.

    Raises QuestionError.
    """
    if personal:
        return
    tree, _ = read_tree(where, CRITERION) if where else (None, [])
    told = (*by, *(expression_columns(tree) if tree else ()))
    named = {name.casefold() for name in told} & ALL_PRIVATE
    if named:
        message = f"'{min(named)}' is personal data: you may neither slice by it nor ask for its values."
        raise QuestionError(message)


def masked(text: str, eyes: Eyes) -> str:
    """Give personal data (names of people, addresses, phones, subjects) to those who may see it, dots to the others.

    Nothing of the text shows through, not even its length.
    """
    return text if eyes.personal or not text else MASK
