"""The recipes of the quarter under review: how a planted record looks, how many there are, and who counts it.

Columns of TABLE: how many; name; type; stage at the last month end > stage today; when it was opened; close date at month
end > today; claims; twist; then the verdicts of the agreed lens, marketing, sales and finance: "-" it counts, otherwise the
cause by which it does not ("x/y": x, but y against finance).

`late` is Proposal or Negotiation. Opened: `old` May to July, `aug`, `sep` (after the month end). Close dates: `jul` June or
July, `aug`, `sep` up to the 21st (both past today), `oct` from 22 September to 31 October, `nov`, `far` December or January.
Claims: `none`, `in` the period, `old` before it; a number is how many in the period.
"""

from __future__ import annotations

from dataclasses import dataclass

TABLE = """
24 plain                          | new       | late          | old | oct     | none | -               | -               | slice      | -                | -
11 plain, expansion               | expansion | late          | old | oct     | none | -               | -               | slice      | -                | -
10 claimed in August              | new       | late          | aug | oct     | in   | -               | -               | -          | -                | -
 7 claimed before the quarter     | new       | late          | old | oct     | old  | -               | -               | close date | -                | -
 7 claimed twice                  | new       | late          | old | oct     | 2    | -               | -               | -          | -                | -
 3 claimed three times            | new       | late          | aug | oct     | 3    | -               | -               | -          | -                | -
11 early                          | new       | Qualification | old | oct     | none | -               | -               | slice      | stage            | -
 7 early and claimed              | new       | Qualification | aug | oct     | in   | -               | -               | -          | stage            | -
 4 opened in September            | new       | > late        | sep | oct     | none | -               | -               | slice      | -                | exists
 8 opened and claimed in September| new       | > late        | sep | oct     | in   | -               | -               | -          | -                | exists
10 opened in September, early     | new       | > Qualification | sep | oct   | in   | -               | -               | -          | stage            | exists
 7 became a proposal in September | new       | Qualification > Proposal | old | oct | none | -          | -               | slice      | -                | -
 5 qualified in September         | new       | Discovery > Qualification | old | oct | none | -         | -               | slice      | stage            | stage
 3 skipped to proposal            | new       | Discovery > Proposal | old | oct | none | -              | -               | slice      | -                | stage
 8 another amount since           | new       | late          | old | oct     | none | amount          | -               | slice      | -                | -
 4 another amount since, claimed  | new       | late          | aug | oct     | in   | amount          | -               | -          | -                | -
 5 pulled in                      | new       | late          | old | far > oct | none | -             | -               | slice      | -                | close date
 7 pushed to winter               | new       | late          | old | oct > far | none | -             | close date      | slice      | close date       | -
 4 pushed to November             | new       | late          | old | oct > nov | none | -             | close date/calendar | slice  | close date/calendar | -
14 November                       | new       | late          | old | nov     | none | -               | close date/calendar | slice  | close date/calendar | -
 6 November, claimed              | new       | late          | aug | nov     | in   | -               | close date/calendar | -      | close date/calendar | -
50 past due since August          | new       | late          | old | aug     | none | -               | past due        | slice      | -                | calendar
11 past due since September       | new       | late          | old | sep     | none | -               | past due        | slice      | -                | -
 4 past due, early                | new       | Qualification | old | sep     | none | -               | past due        | slice      | stage            | -
 4 past due and claimed           | new       | late          | aug | sep     | in   | -               | past due        | -          | -                | -
30 renewal                        | renewal   | late          | old | oct     | none | -               | type            | slice      | -                | -
 5 renewal in November            | renewal   | late          | old | nov     | none | -               | type            | slice      | close date/calendar | -
 4 type not filled in             | unknown   | late          | aug | oct     | in   | -               | criteria unknown | -         | criteria unknown | criteria unknown
 4 source not known               | new       | late          | old | oct     | none | no source       | -               | slice      | criteria unknown | -
 3 source not known, claimed      | new       | late          | aug | oct     | in   | no source       | -               | -          | criteria unknown | -
 4 acceptance not filled in       | new       | late          | old | oct     | none | acceptance blank | -              | slice      | criteria unknown | -
 5 not accepted by sales          | new       | late          | old | oct     | none | not accepted    | -               | slice      | accepted         | -
 4 not accepted, claimed          | new       | late          | aug | oct     | in   | not accepted    | -               | -          | accepted         | -
 7 partner deal                   | new       | late          | old | oct     | none | partner         | -               | slice      | slice            | -
 6 excluded                       | new       | late          | aug | oct     | in   | excluded        | excluded        | -          | excluded         | excluded
 3 excluded with its account      | new       | late          | aug | oct     | in   | account excluded | excluded       | -          | excluded         | excluded
 4 deleted in August              | new       | late          | aug | oct     | in   | deleted         | deleted         | -          | deleted          | deleted
 3 deleted in September, claimed  | new       | late          | aug | oct     | in   | deleted since   | deleted         | -          | deleted          | -
 3 deleted in September           | new       | late          | old | oct     | none | deleted since   | deleted         | slice      | deleted          | -
 3 deleted and restored           | new       | late          | old | oct     | none | restored        | -               | slice      | -                | deleted
 6 merged away                    | new       | late          | aug | oct     | in   | merged          | merged          | -          | merged           | merged
 4 duplicate                      | new       | late          | aug | oct     | in   | duplicate       | duplicate       | -          | duplicate        | duplicate
 5 category omitted               | new       | late          | aug | oct     | in   | omitted         | category        | -          | category         | category
 9 discovery, claimed             | new       | Discovery     | aug | oct     | in   | -               | stage           | -          | stage            | stage
 4 discovery in September         | new       | > Discovery   | sep | oct     | in   | -               | stage           | -          | stage            | exists
 6 won in August, claimed         | new       | Closed Won    | old | aug     | in   | -               | stage           | -          | stage            | stage
 3 won since, claimed             | new       | Negotiation > Closed Won | aug | oct > sep | in | -        | stage           | -          | stage            | -
 6 won since                      | new       | Negotiation > Closed Won | old | oct > sep | none | -      | stage           | slice      | stage            | -
 7 lost since                     | new       | late > Closed Lost | old | oct > sep | none | -            | stage           | stage      | stage            | -
 7 claimed for next quarter       | new       | late          | aug | far     | in   | -               | close date      | -          | close date       | close date
 3 re-opened in July              | new       | late          | old | oct     | none | re-opened       | -               | slice      | -                | -
 3 exclusion ran out              | new       | late          | old | oct     | none | expired         | -               | slice      | -                | -
 3 no category                    | new       | late          | old | oct     | none | no category     | -               | slice      | -                | -
 3 no ACV or TCV said             | new       | late          | old | oct     | none | only ARR        | -               | slice      | -                | -
 4 owner not known                | new       | late          | old | oct     | none | no owner        | -               | slice      | -                | -
 3 owner has left                 | new       | late          | old | oct     | none | owner left      | -               | slice      | -                | -
30 discovery                      | new       | Discovery     | old | oct     | none | -               | stage           | slice      | stage            | stage
36 for next quarter               | new       | late          | old | far     | none | -               | close date      | slice      | close date       | close date
 9 renewal for next quarter       | renewal   | Qualification | old | far     | none | -               | type            | slice      | stage            | close date
 8 past due since summer          | new       | late          | old | jul     | none | -               | close date      | slice      | close date       | close date
 4 test deal                      | new       | late          | old | oct     | none | excluded        | excluded        | slice      | excluded         | excluded
 3 lost and claimed               | new       | Closed Lost   | old | aug     | in   | -               | stage           | stage      | stage            | stage
 3 zero amount                    | new       | Qualification | old | far     | none | zero            | close date      | slice      | stage            | close date
 3 amount missing                 | new       | Discovery     | old | oct     | none | missing         | stage           | slice      | stage            | stage
"""

FILLERS = """
 0 qualified lately               | new       | Discovery > Qualification | old | oct | none | -         | -               | slice      | stage            | stage
 0 past due, August               | new       | late          | old | aug     | none | -               | past due        | slice      | -                | calendar
 0 November, Proposal             | new       | Proposal      | old | nov     | none | -               | close date/calendar | slice  | close date/calendar | -
"""
"""Records that one lens alone counts; their last amounts make the totals exact. Marketing's are claims without a deal."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One row of the table."""

    count: int
    name: str
    kind: str
    stage0: str
    stage: str
    opened: str
    due0: str
    due: str
    claims: str
    twist: str
    verdicts: dict[str, str]


def read(table: str) -> list[Recipe]:
    """Read a table of recipes."""
    return [_recipe(text) for text in table.strip().splitlines()]


def _recipe(text: str) -> Recipe:
    first, *cells = (cell.strip() for cell in text.split("|"))
    count, name = first.split(" ", 1)
    kind, stages, opened, dues, claims, twist, *verdicts = cells
    stage0, arrow, stage = (part.strip() for part in stages.partition(">"))
    due0, _, due = (part.strip() for part in dues.partition(">"))
    causes = ["" if verdict == "-" else verdict for verdict in verdicts]
    by_lens = dict(zip(("agreed", "marketing", "sales", "finance"), causes, strict=True))
    twist = "" if twist == "-" else twist
    kind = "" if kind == "unknown" else kind
    return Recipe(int(count), name, kind, stage0, stage if arrow else stage0, opened, due0, due or due0, claims, twist, by_lens)
