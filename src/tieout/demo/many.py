"""Records with several causes at once: every posting worked by hand, written down as a constant with its arithmetic.

A case gives the looks of the record (a row of the recipe table), its amounts "ARR/ACV/TCV" today and, after "<", at the
last month end, then what each lens counts it at, then the postings. Plan rate 1.08, spot 1.15, difference 0.07;
Qualification 0.25, Proposal 0.5, Negotiation 0.75. The order of causes decides: the first that rejects is the cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.demo.recipes import Recipe, read

CASES = """
1 excluded renewal in EUR, claimed | renewal | Proposal | aug | oct | in | excluded | excluded | - | excluded | excluded
  EUR 20000/20000/60000 | 36
  values marketing 69000.00
  agreed>marketing excluded 69000.00 ; 60,000 x 1.15; excluded comes before type
  marketing>sales excluded -69000.00 ; the same
  marketing>finance excluded -69000.00 ; the same

1 excluded renewal in EUR, claimed | renewal | Negotiation | aug | oct | in | excluded | excluded | - | excluded | excluded
  EUR 15500/15500/31000 | 24
  values marketing 35650.00
  agreed>marketing excluded 35650.00 ; 31,000 x 1.15
  marketing>sales excluded -35650.00 ; the same
  marketing>finance excluded -35650.00 ; the same

1 deleted, omitted, in discovery, claimed twice | new | Discovery | aug | oct | 2 | deleted, omitted | deleted | - | deleted | deleted
  EUR 12000/12000/24000 | 24
  values marketing 55200.00
  agreed>marketing deleted 55200.00 ; 2 claims of 24,000 x 1.15 = 27,600; one posting, since agreed counts none of it
  marketing>sales deleted -55200.00 ; the same
  marketing>finance deleted -55200.00 ; gone since 25 August, before the month end

1 deleted, omitted, in discovery, claimed twice | new | Discovery | aug | oct | 2 | deleted, omitted | deleted | - | deleted | deleted
  EUR 9100/9100/18200 | 24
  values marketing 41860.00
  agreed>marketing deleted 41860.00 ; 2 x (18,200 x 1.15 = 20,930)
  marketing>sales deleted -41860.00 ; the same
  marketing>finance deleted -41860.00 ; the same

1 merged renewal, past due, claimed | renewal | Proposal | aug | sep | in | merged | merged | - | merged | merged
  USD 21000/21000/42000 | 24
  values marketing 42000.00
  agreed>marketing merged 42000.00 ; merged comes before type and past due
  marketing>sales merged -42000.00 ; the same
  marketing>finance merged -42000.00 ; the same

1 merged renewal, past due, claimed | renewal | Negotiation | aug | sep | in | merged | merged | - | merged | merged
  USD 19800/19800/19800 | 12
  values marketing 19800.00
  agreed>marketing merged 19800.00 ; as above
  marketing>sales merged -19800.00 ; the same
  marketing>finance merged -19800.00 ; the same

1 renewal in November, not accepted, other amount | renewal | Negotiation | old | nov | none | amount, not accepted | type | slice | accepted | -
  EUR 30000/30000/60000 < 24000/24000/48000 | 24
  values finance 38880.00
  agreed>finance type 38880.00 ; month end TCV 48,000 x 0.75 = 36,000 x 1.08; type comes before calendar
  marketing>finance slice 38880.00 ; no claim
  sales>finance accepted 38880.00 ; sales counts renewals, so accepted is its first

1 renewal in November, not accepted, other amount | renewal | Negotiation | old | nov | none | amount, not accepted | type | slice | accepted | -
  EUR 12000/12000/24000 < 10000/10000/20000 | 24
  values finance 16200.00
  agreed>finance type 16200.00 ; 20,000 x 0.75 = 15,000 x 1.08
  marketing>finance slice 16200.00 ; no claim
  sales>finance accepted 16200.00 ; as above

1 EUR, two claims, other amount | new | Proposal | aug | oct | 2 | amount | - | - | - | -
  EUR 20000/22000/44000 < 16000/16000/32000 | 24
  values agreed 21600.00 marketing 101200.00 sales 23760.00 finance 17280.00
  agreed>marketing basis 25920.00 ; (44,000 - 20,000) x 1.08
  agreed>marketing rate 3080.00 ; 44,000 x 0.07
  agreed>marketing several claims 50600.00 ; the second claim: 44,000 x 1.15
  agreed>sales basis 2160.00 ; (22,000 - 20,000) x 1.08
  agreed>finance freshness -4320.00 ; (16,000 - 20,000) x 1.08
  agreed>finance basis 17280.00 ; (32,000 - 16,000) x 1.08
  agreed>finance probability -17280.00 ; (16,000 - 32,000) x 1.08
  marketing>sales several claims -50600.00 ; the second claim
  marketing>sales basis -25300.00 ; (22,000 - 44,000) x 1.15
  marketing>sales rate -1540.00 ; 22,000 x 0.07
  marketing>finance several claims -50600.00 ; the second claim
  marketing>finance freshness -13800.00 ; (32,000 - 44,000) x 1.15
  marketing>finance probability -18400.00 ; (16,000 - 32,000) x 1.15
  marketing>finance rate -1120.00 ; 16,000 x 0.07
  sales>finance freshness -6480.00 ; (16,000 - 22,000) x 1.08
  sales>finance basis 17280.00 ; (32,000 - 16,000) x 1.08
  sales>finance probability -17280.00 ; (16,000 - 32,000) x 1.08

1 EUR, two claims, other amount | new | Negotiation | aug | oct | 2 | amount | - | - | - | -
  EUR 30000/31000/62000 < 24000/24000/48000 | 24
  values agreed 32400.00 marketing 142600.00 sales 33480.00 finance 38880.00
  agreed>marketing basis 34560.00 ; (62,000 - 30,000) x 1.08
  agreed>marketing rate 4340.00 ; 62,000 x 0.07
  agreed>marketing several claims 71300.00 ; 62,000 x 1.15
  agreed>sales basis 1080.00 ; 1,000 x 1.08
  agreed>finance freshness -6480.00 ; (24,000 - 30,000) x 1.08
  agreed>finance basis 25920.00 ; (48,000 - 24,000) x 1.08
  agreed>finance probability -12960.00 ; (36,000 - 48,000) x 1.08
  marketing>sales several claims -71300.00 ; the second claim
  marketing>sales basis -35650.00 ; (31,000 - 62,000) x 1.15
  marketing>sales rate -2170.00 ; 31,000 x 0.07
  marketing>finance several claims -71300.00 ; the second claim
  marketing>finance freshness -16100.00 ; (48,000 - 62,000) x 1.15
  marketing>finance probability -13800.00 ; (36,000 - 48,000) x 1.15
  marketing>finance rate -2520.00 ; 36,000 x 0.07
  sales>finance freshness -7560.00 ; (24,000 - 31,000) x 1.08
  sales>finance basis 25920.00 ; (48,000 - 24,000) x 1.08
  sales>finance probability -12960.00 ; (36,000 - 48,000) x 1.08

1 excluded, type not filled in, EUR, claimed | unknown | Proposal | aug | oct | in | excluded | excluded | - | excluded | excluded
  EUR 13000/13000/26000 | 24
  values marketing 29900.00
  agreed>marketing excluded 29900.00 ; 26,000 x 1.15; excluded comes before criteria unknown
  marketing>sales excluded -29900.00 ; the same
  marketing>finance excluded -29900.00 ; the same

1 excluded, type not filled in, EUR, claimed | unknown | Negotiation | aug | oct | in | excluded | excluded | - | excluded | excluded
  EUR 14400/14400/14400 | 12
  values marketing 16560.00
  agreed>marketing excluded 16560.00 ; 14,400 x 1.15
  marketing>sales excluded -16560.00 ; the same
  marketing>finance excluded -16560.00 ; the same

1 duplicate in discovery, acceptance not filled in | new | Discovery | aug | oct | in | duplicate, acceptance blank | duplicate | - | duplicate | duplicate
  USD 11000/11000/33000 | 36
  values marketing 33000.00
  agreed>marketing duplicate 33000.00 ; duplicate comes before stage
  marketing>sales duplicate -33000.00 ; and before criteria unknown
  marketing>finance duplicate -33000.00 ; the same

1 duplicate in discovery, acceptance not filled in | new | Discovery | aug | oct | in | duplicate, acceptance blank | duplicate | - | duplicate | duplicate
  EUR 10500/10500/21000 | 24
  values marketing 24150.00
  agreed>marketing duplicate 24150.00 ; 21,000 x 1.15
  marketing>sales duplicate -24150.00 ; the same
  marketing>finance duplicate -24150.00 ; the same

1 partner deal not accepted, EUR, claimed | new | Proposal | aug | oct | in | not accepted, partner | - | - | accepted | -
  EUR 18000/18000/36000 | 24
  values agreed 19440.00 marketing 41400.00 finance 19440.00
  agreed>marketing basis 19440.00 ; (36,000 - 18,000) x 1.08
  agreed>marketing rate 2520.00 ; 36,000 x 0.07
  agreed>sales accepted -19440.00 ; accepted comes before slice
  agreed>finance basis 19440.00 ; (36,000 - 18,000) x 1.08
  agreed>finance probability -19440.00 ; (18,000 - 36,000) x 1.08
  marketing>sales accepted -41400.00 ; 36,000 x 1.15
  marketing>finance probability -20700.00 ; (18,000 - 36,000) x 1.15
  marketing>finance rate -1260.00 ; 18,000 x 0.07
  sales>finance accepted 19440.00 ; 18,000 x 1.08

1 partner deal not accepted, EUR, claimed | new | Negotiation | aug | oct | in | not accepted, partner | - | - | accepted | -
  EUR 25000/26000/52000 | 24
  values agreed 27000.00 marketing 59800.00 finance 42120.00
  agreed>marketing basis 29160.00 ; (52,000 - 25,000) x 1.08
  agreed>marketing rate 3640.00 ; 52,000 x 0.07
  agreed>sales accepted -27000.00 ; accepted comes before slice
  agreed>finance basis 29160.00 ; (52,000 - 25,000) x 1.08
  agreed>finance probability -14040.00 ; (39,000 - 52,000) x 1.08
  marketing>sales accepted -59800.00 ; 52,000 x 1.15
  marketing>finance probability -14950.00 ; (39,000 - 52,000) x 1.15
  marketing>finance rate -2730.00 ; 39,000 x 0.07
  sales>finance accepted 42120.00 ; 39,000 x 1.08

1 early, acceptance not filled in, other amount | new | Qualification | old | oct | none | amount, acceptance blank | - | slice | stage | -
  USD 24000/24500/49000 < 16000/16000/32000 | 24
  values agreed 24000.00 finance 8000.00
  agreed>marketing slice -24000.00 ; no claim
  agreed>sales stage -24000.00 ; stage comes before criteria unknown
  agreed>finance freshness -8000.00 ; 16,000 - 24,000
  agreed>finance basis 16000.00 ; 32,000 - 16,000
  agreed>finance probability -24000.00 ; 8,000 - 32,000
  marketing>finance slice 8000.00 ; 32,000 x 0.25
  sales>finance stage 8000.00 ; the same

1 early, acceptance not filled in, other amount | new | Qualification | old | oct | none | amount, acceptance blank | - | slice | stage | -
  EUR 10000/10000/20000 < 12000/12000/24000 | 24
  values agreed 10800.00 finance 6480.00
  agreed>marketing slice -10800.00 ; no claim
  agreed>sales stage -10800.00 ; stage comes before criteria unknown
  agreed>finance freshness 2160.00 ; (12,000 - 10,000) x 1.08
  agreed>finance basis 12960.00 ; (24,000 - 12,000) x 1.08
  agreed>finance probability -19440.00 ; (6,000 - 24,000) x 1.08
  marketing>finance slice 6480.00 ; 6,000 x 1.08
  sales>finance stage 6480.00 ; the same

1 source not known, November, claimed | new | Proposal | aug | nov | in | no source | close date/calendar | - | criteria unknown | -
  USD 20000/20000/40000 | 24
  values marketing 40000.00 finance 20000.00
  agreed>marketing close date 40000.00 ; both use the fiscal calendar
  agreed>finance calendar 20000.00 ; November is in finance's quarter
  marketing>sales criteria unknown -40000.00 ; criteria unknown comes before close date
  marketing>finance probability -20000.00 ; 20,000 - 40,000
  sales>finance criteria unknown 20000.00 ; 40,000 x 0.5

1 source not known, November, claimed | new | Negotiation | aug | nov | in | no source | close date/calendar | - | criteria unknown | -
  EUR 16000/16000/32000 | 24
  values marketing 36800.00 finance 25920.00
  agreed>marketing close date 36800.00 ; 32,000 x 1.15
  agreed>finance calendar 25920.00 ; 24,000 x 1.08
  marketing>sales criteria unknown -36800.00 ; as above
  marketing>finance probability -9200.00 ; (24,000 - 32,000) x 1.15
  marketing>finance rate -1680.00 ; 24,000 x 0.07
  sales>finance criteria unknown 25920.00 ; 24,000 x 1.08

1 renewal pushed to November, other amount | renewal | Proposal | old | oct > nov | none | amount | type | slice | close date/calendar | -
  EUR 20000/20000/40000 < 18000/18000/36000 | 24
  values finance 19440.00
  agreed>finance type 19440.00 ; 36,000 x 0.5 = 18,000 x 1.08
  marketing>finance slice 19440.00 ; no claim
  sales>finance calendar 19440.00 ; sales counts renewals; November is in finance's quarter

1 renewal pushed to November, other amount | renewal | Negotiation | old | oct > nov | none | amount | type | slice | close date/calendar | -
  EUR 15000/15000/30000 < 14000/14000/28000 | 24
  values finance 22680.00
  agreed>finance type 22680.00 ; 28,000 x 0.75 = 21,000 x 1.08
  marketing>finance slice 22680.00 ; no claim
  sales>finance calendar 22680.00 ; as above

1 partner deal past due, EUR, other amount | new | Proposal | old | sep | none | amount, partner | past due | slice | slice | -
  EUR 10000/10000/20000 < 11000/11000/22000 | 24
  values finance 11880.00
  agreed>finance past due 11880.00 ; 22,000 x 0.5 = 11,000 x 1.08; not yet past due at the month end
  marketing>finance slice 11880.00 ; no claim
  sales>finance slice 11880.00 ; sales counts past due deals, but not the partners'

1 partner deal past due, EUR, other amount | new | Negotiation | old | sep | none | amount, partner | past due | slice | slice | -
  EUR 20000/20000/40000 < 22000/22000/44000 | 24
  values finance 35640.00
  agreed>finance past due 35640.00 ; 44,000 x 0.75 = 33,000 x 1.08
  marketing>finance slice 35640.00 ; no claim
  sales>finance slice 35640.00 ; as above

1 renewal deleted in September, EUR, claimed | renewal | Proposal | aug | oct | in | deleted since | deleted | - | deleted | -
  EUR 15000/15000/30000 | 24
  values marketing 34500.00 finance 16200.00
  agreed>marketing deleted 34500.00 ; 30,000 x 1.15; deleted comes before type
  agreed>finance deleted 16200.00 ; 15,000 x 1.08; it still existed at the month end
  marketing>sales deleted -34500.00 ; the same
  marketing>finance probability -17250.00 ; (15,000 - 30,000) x 1.15
  marketing>finance rate -1050.00 ; 15,000 x 0.07
  sales>finance deleted 16200.00 ; the same

1 renewal deleted in September, EUR, claimed | renewal | Negotiation | aug | oct | in | deleted since | deleted | - | deleted | -
  EUR 18000/18000/36000 | 24
  values marketing 41400.00 finance 29160.00
  agreed>marketing deleted 41400.00 ; 36,000 x 1.15
  agreed>finance deleted 29160.00 ; 27,000 x 1.08
  marketing>sales deleted -41400.00 ; the same
  marketing>finance probability -10350.00 ; (27,000 - 36,000) x 1.15
  marketing>finance rate -1890.00 ; 27,000 x 0.07
  sales>finance deleted 29160.00 ; the same

1 opened in September, omitted, type not filled in | unknown | > Proposal | sep | oct | in | omitted | category | - | category | exists
  EUR 13500/13500/27000 | 24
  values marketing 31050.00
  agreed>marketing category 31050.00 ; 27,000 x 1.15; category comes before criteria unknown
  marketing>sales category -31050.00 ; the same
  marketing>finance exists -31050.00 ; finance works from the month end

1 opened in September, omitted, type not filled in | unknown | > Negotiation | sep | oct | in | omitted | category | - | category | exists
  USD 18900/18900/18900 | 12
  values marketing 18900.00
  agreed>marketing category 18900.00 ; as above
  marketing>sales category -18900.00 ; the same
  marketing>finance exists -18900.00 ; the same
"""

@dataclass(frozen=True, slots=True)
class Case:
    """One record worked by hand."""

    recipe: Recipe
    currency: str
    today: tuple[int, int, int]
    before: tuple[int, int, int]
    months: int
    values: dict[str, Decimal]
    postings: tuple[tuple[str, str, Decimal, str], ...]


def cases() -> list[Case]:
    """Read the cases."""
    return [_case(block.splitlines()) for block in CASES.strip().split("\n\n")]


def _case(lines: list[str]) -> Case:
    looks, amounts, values, *postings = (text.strip() for text in lines)
    worth, _, months = amounts.partition("|")
    currency, worth = worth.split(" ", 1)
    today, _, before = worth.partition("<")
    words = values.split()[1:]
    counted = {lens: Decimal(amount) for lens, amount in zip(words[::2], words[1::2], strict=True)}
    return Case(
        read(looks)[0], currency, _three(today), _three(before or today), int(months), counted, tuple(_posting(text) for text in postings)
    )  # fmt: skip


def _three(text: str) -> tuple[int, int, int]:
    arr, acv, tcv = (int(part) for part in text.strip().split("/"))
    return arr, acv, tcv


def _posting(text: str) -> tuple[str, str, Decimal, str]:
    what, _, note = text.partition(";")
    bridge, *cause, amount = what.split()
    return bridge, " ".join(cause), Decimal(amount), note.strip()
