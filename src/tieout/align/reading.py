"""The values of one part of a source view: each text is made plain once, in the relation that the part selects from."""

from __future__ import annotations

from sqlglot import exp

from tieout.contract.model import FieldMapping, SourceObject
from tieout.contract.typing_sql import Writing, cast, plain
from tieout.contract.vocabulary import Kind


class Reader:
    """Reads texts as their kinds; remembers the plain texts that the relation below has to give."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.plain: dict[tuple[str, Kind, Writing], tuple[str, exp.Expr]] = {}

    def read(self, raw: exp.Expr, kind: Kind, writing: Writing) -> exp.Expr:
        """Give the expression that reads a text as a kind of field."""
        if kind in {Kind.TEXT, Kind.FLAG} or isinstance(raw, exp.Null | exp.Literal):
            return cast(plain(raw, kind, writing), kind, self.zone)
        key = (raw.sql("duckdb"), kind, writing)
        if key not in self.plain:
            self.plain[key] = (f"_plain_{len(self.plain) + 1}", plain(raw, kind, writing))
        return cast(exp.column(self.plain[key][0]), kind, self.zone)

    def over(self, source: exp.Table) -> exp.Expr:
        """Give the relation with the plain texts beside its own columns."""
        if not self.plain:
            return source
        columns = [made.as_(name) for name, made in self.plain.values()]
        return exp.select(exp.Star(), *columns).from_(source).subquery("plain")


def writing_of(source: SourceObject, mapping: FieldMapping, *, changed: bool = False) -> Writing:
    """Say how a field is written: as its mapping says, else as its object does.

    What an expression or a constant gives has a decimal point. `changed`: a field history writes as its own object.
    """
    dates = source.dates if changed or mapping.dates is None else mapping.dates
    if changed:
        return Writing(dates, source.decimal)
    ours = mapping.sql is not None or mapping.constant is not None
    return Writing(dates, mapping.decimal or ("point" if ours else source.decimal))
