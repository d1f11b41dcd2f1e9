"""sources.yaml: systems, their objects, and how each field is read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tieout.contract.model.base import Mode, Model

Dates = Literal["iso", "dmy", "mdy", "ymd", "excel", "unix", "unix_ms"]
Decimal = Literal["point", "comma"]


class FieldMapping(Model):
    """How one of our fields is read from an export.

    A column (or the first present of several), an SQL expression over the export's columns, or a constant; then
    `values` renames what is found, and `unknown` lists values that mean "not known" (empty always does). `dates` and
    `decimal` say how this field is written, where it is not as the rest of the object. `minor`: the amount is in cents.
    """

    column: str | tuple[str, ...] | None = None
    sql: str | None = None
    constant: str | None = None
    values: dict[str, str | None] = Field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    dates: Dates | None = None
    decimal: Decimal | None = None
    minor: Literal["iso", "stripe"] | None = None
    owner: str | None = None


class ColumnEvent(Model):
    """A column that holds the time of an event: at `at`, the fields of `set` take the given constant values."""

    at: str
    set: dict[str, str]


class SourceObject(Model):
    """One object of a system: which files hold it, how complete an extract is, what it means and how it is read.

    `mode`: a `full` extract holds all records (absence means deleted), `delta` the changed ones, `log` events that are
    never taken back. `key` is the column or columns that identify a record (an event, in a log). `modified` is the
    record's own modified time; `at` the time of a log's event; `sequence` orders events that share a time.
    `every` is how often an extract is expected (`7 days`).
    """

    entity: str | None = None
    files: str | tuple[str, ...]
    mode: Mode = "full"
    key: str | tuple[str, ...] = ()
    modified: str | None = None
    at: str | None = None
    sequence: str | None = None
    where: str | None = None
    fields: dict[str, FieldMapping] = Field(default_factory=dict)
    events: tuple[ColumnEvent, ...] = ()
    assume: tuple[str, ...] = ()
    of: str | None = None
    tracked: dict[str, str] = Field(default_factory=dict)
    dates: Dates = "iso"
    decimal: Decimal = "point"
    taken_at: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: int | tuple[int, ...] | None = None
    owner: str | None = None
    every: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns, one or several."""
        return (self.key,) if isinstance(self.key, str) else self.key

    @property
    def header_rows(self) -> tuple[int, ...]:
        """The rows that name the columns, counted from 1; none where they are to be recognized."""
        return (self.header,) if isinstance(self.header, int) else self.header or ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The file patterns, one or several, relative to the system's path."""
        return (self.files,) if isinstance(self.files, str) else self.files


class System(Model):
    """An outside system: where its exports are, and its objects."""

    kind: Literal["files"] = "files"
    path: str = "."
    label: str | None = None
    owner: str | None = None
    objects: dict[str, SourceObject] = Field(default_factory=dict)
