"""The postings of a bridge with how both ends see each record: what one counts and why the other does not."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.test_cli_tie import SALES
from tests.line.typed import Type
from tieout import Workspace
from tieout.ends import BridgeTerms, EndAsked
from tieout.measure.answers import QuestionError
from tieout.postings import Postings, Seen, postings, sheet_postings
from tieout.tying import Reported

AS_OF = "2026-07-20"
AGREED = EndAsked("agreed", AS_OF)


def of(found: Postings, record: str) -> list[Seen]:
    return [one for one in found.seen if one.posting.record == record]


def told(one: Seen) -> tuple[tuple[str | None, Decimal | None] | None, ...]:
    return tuple((end.facet, end.value) if end else None for end in (one.start, one.end))


def test_each_side_says_what_it_counts_and_by_what_it_does_not(ten_deals: Path) -> None:
    found = postings(Workspace(ten_deals), (AGREED, EndAsked("sales", AS_OF)), BridgeTerms())
    (renewal,) = of(found, "O9")
    assert told(renewal) == (("type", None), (None, Decimal("55000.00")))
    assert renewal.deciding == ("type",)
    assert renewal.start is not None
    assert renewal.start.fields["type"] == "renewal"
    (excluded,) = of(found, "O10")
    assert told(excluded) == (("excluded", None), (None, Decimal("25000.00")))


def test_what_both_count_differs_in_the_field_of_the_cause(ten_deals: Path) -> None:
    found = postings(Workspace(ten_deals), (AGREED, EndAsked("sales", AS_OF)), BridgeTerms())
    # 100,000 EUR ARR at 1.10 against 300,000 EUR TCV at 1.20: one step for the basis, one for the rate.
    assert [(one.posting.cause, one.posting.amount, one.deciding) for one in of(found, "O3")] == [
        ("basis", Decimal("220000.00"), ("amount",)),
        ("rate", Decimal("30000.00"), ("rate",)),
    ]
    assert told(of(found, "O3")[0]) == ((None, Decimal("110000.00")), (None, Decimal("360000.00")))


def test_a_claim_without_a_deal_is_unknown_to_the_agreed_number(ten_deals: Path) -> None:
    found = postings(Workspace(ten_deals), (AGREED, EndAsked("marketing", AS_OF)), BridgeTerms())
    (claim,) = of(found, "C3")
    assert told(claim) == (None, (None, Decimal("45000.00")))
    (second,) = (one for one in of(found, "O2") if one.posting.cause == "several claims")
    assert second.end is not None
    assert second.end.unit == "C2"
    (unclaimed, *_) = of(found, "O1")
    assert told(unclaimed) == ((None, Decimal("100000.00")), ("slice", None))
    assert unclaimed.deciding == ("claimed_on",)


def test_a_list_says_which_row_and_whose_record_it_lacks(ten_deals: Path, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(SALES.replace('O5,,"90,000"\n', 'O77,,"1,000"\n').replace("900,000", "811,000"))
    found = sheet_postings(Workspace(ten_deals), Reported(path), AGREED, BridgeTerms())
    (lacking,) = of(found, "O5")
    assert told(lacking) == ((None, Decimal("90000.00")), ("not in the sheet", None))
    (renewal,) = of(found, "O9")
    assert renewal.end is not None
    assert (renewal.end.unit, renewal.end.value) == ("row 10", Decimal("55000.00"))
    (unknown,) = (one for one in found.seen if one.posting.cause == "not in any system")
    assert unknown.start is None


def test_within_a_condition_only_its_records_are_posted(ten_deals: Path) -> None:
    """By hand: of the renewals O9 counts for sales and O10 does, too; the agreed number counts no renewal."""
    ends, terms = (AGREED, EndAsked("sales", AS_OF)), BridgeTerms(where="type = 'renewal'")
    found = postings(Workspace(ten_deals), ends, terms)
    assert {(one.posting.record, one.posting.cause, one.posting.amount) for one in found.seen} == {
        ("O9", "type", Decimal("55000.00")),
        ("O10", "excluded", Decimal("25000.00")),
    }
    assert found.bridge.where == "type = 'renewal'"


def test_what_leaves_a_condition_is_not_counted_within_it(ten_deals: Path) -> None:
    """By hand: O2 went from 50,000 to 80,000, out of what is below 60,000."""
    ends, terms = (EndAsked("agreed", "2026-07-06"), AGREED), BridgeTerms(where="arr < 60000")
    found = postings(Workspace(ten_deals), ends, terms)
    (left,) = of(found, "O2")
    assert (left.posting.cause, left.posting.amount) == ("slice moved", Decimal("-50000.00"))
    assert told(left) == ((None, Decimal("50000.00")), ("outside", None))
    assert left.deciding == ("amount",)


def test_a_line_that_there_is_not_is_named_with_those_there_are(ten_deals: Path) -> None:
    with pytest.raises(QuestionError, match=r"no line of this bridge.*Did you mean 'type'"):
        postings(Workspace(ten_deals), (AGREED, EndAsked("sales", AS_OF)), BridgeTerms(), "tipe")


@pytest.mark.parametrize("lens", ["marketing", "sales", "finance"])
def test_what_the_two_ends_say_is_what_is_posted(marlow: Workspace, lens: str) -> None:
    """The two verdicts are read apart from the bridge; together they must give its postings, record by record."""
    found = postings(marlow, (EndAsked("agreed"), EndAsked(lens)), BridgeTerms())
    assert sum(one.posting.amount for one in found.seen) == found.bridge.end.value - found.bridge.start.value
    steps = defaultdict[str, Decimal](Decimal)
    ends: dict[str, Decimal] = {}
    for one in found.seen:
        counted = [end for end in (one.start, one.end) if end and end.counted]
        if one.posting.cause == "several claims":
            continue
        steps[one.posting.record] += one.posting.amount
        values = [end.value if end and end.counted else Decimal(0) for end in (one.start, one.end)]
        ends[one.posting.record] = (values[1] or Decimal(0)) - (values[0] or Decimal(0))
        if len(counted) == 1:
            rejecting = one.end if counted[0] is one.start else one.start
            facet = rejecting.facet if rejecting else "exists"
            assert facet == ("close date" if one.posting.cause == "calendar" else one.posting.cause)
    single = {one.posting.record for one in found.seen} - {
        one.posting.record for one in found.seen if one.end and one.end.unit != one.posting.record
    }
    assert {record: steps[record] for record in single} == {record: ends[record] for record in single}
    assert lens == "marketing" or single == set(steps)


def test_the_lenses_are_written_as_a_page(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "lenses.html"
    assert typed("lenses", "--as-of", AS_OF, "--html", str(file)).status == 0
    page = file.read_text()
    assert "sales 900K, marketing 265K: all tied out to the agreed 510K" in page
    assert 'aria-label="sales: 900,000.00, 8 records"' in page
    assert page.count("<summary>Every step between, by its cause</summary>") == 1
