"""Duplicates of a workspace or of a plain file: proposed for a person to accept or reject, never merged silently."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.align.align import feed_files
from tieout.align.duplicates.finding import THRESHOLD, Found, find_duplicates
from tieout.align.duplicates.held import OBJECTS, write_distinct, write_held
from tieout.align.duplicates.kinds import KINDS, Kind
from tieout.align.duplicates.plain import Recognized, is_day_first, recognize, write_given
from tieout.align.duplicates.reasons import Proposal, Rows, proposals_of
from tieout.basics.findings import nearest
from tieout.connect.files.load import TABLE, load
from tieout.connect.files.prepare import Reading, prepare
from tieout.contract.load import load_contract
from tieout.contract.register_rows import add_rows
from tieout.contract.writing import write_aside
from tieout.history.ledger import Ledger
from tieout.measure.answers import QuestionError
from tieout.warehouse.engine import identifier, memory
from tieout.warehouse.lock import writing

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.warehouse.engine import Connection

Progress = Callable[[str], None]
HEAD = ("cluster", "object", "id", "into", "probability", "name", "into_name", "agrees", "differs", "stays")
"""The columns of a file of proposals."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How duplicates are looked for: from which probability on, and which column of a file holds what."""

    threshold: float = THRESHOLD
    columns: Mapping[str, str] | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What was found, the merges that are proposed, and the records they concern."""

    kind: Kind
    found: Found
    proposals: tuple[Proposal, ...]
    rows: Rows
    recognized: Recognized | None = None
    file: Path | None = None


def in_file(path: Path, kind: Kind, terms: Terms) -> Listed:
    """Look for duplicates in a file of any kind that can be an export. Raises UnreadableError or QuestionError."""
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder, memory(spill=Path(folder)) as engine:
        reading = Reading(Path(folder), path.name)
        extract = load(engine, prepare(path, reading), reading)
        columns = tuple(extract.columns)
        told = ", ".join(f"{extract.column(name)} as {identifier(name)}" for name in columns)
        engine.execute(f"create temp view file_rows as select {told} from {TABLE}")
        recognized = recognize(columns, kind, _named(columns, kind, terms.columns or {}))
        if not recognized.fields:
            message = (
                f"No column of '{path.name}' could be told. It has {', '.join(columns)}. "
                f"Name them with --column, as in --column last_name=COLUMN; fields are {', '.join(kind.fields)}."
            )
            raise QuestionError(message)
        write_given(engine, "file_rows", kind, recognized)
        return _listed(engine, kind, terms, None, recognized)


def in_workspace(workspace: Workspace, kind: Kind, terms: Terms) -> Listed:
    """Look for duplicates among what the systems hold now; write the proposals of merges."""
    contract, _ = load_contract(workspace.contract)
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder, memory(spill=Path(folder)) as engine:
        write_held(engine, contract, feed_files(Ledger(workspace), contract), kind)
        return _listed(engine, kind, terms, write_distinct(engine, contract, kind), None)


def _listed(
    engine: Connection, kind: Kind, terms: Terms, distinct: str | None, recognized: Recognized | None
) -> Listed:
    day_first = "birth_date" in kind.fields and is_day_first(engine, "given")
    found = find_duplicates(engine, "given", kind, terms.threshold, distinct, terms.progress, day_first=day_first)
    ids = [record for cluster in found.clusters for record in cluster.records]
    rows = _rows(engine, ids)
    return Listed(kind, found, proposals_of(found, kind, rows), rows, recognized)


def _rows(engine: Connection, ids: Sequence[str]) -> Rows:
    import pyarrow as pa  # noqa: PLC0415 - costly

    engine.register("wanted", pa.table({"unique_id": pa.array(ids, pa.string())}))
    relation = engine.execute("select g.* from given as g semi join wanted using (unique_id)")
    names = [column[0] for column in relation.description or ()]
    rows = relation.fetchall()
    engine.unregister("wanted")
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in rows}


def _named(columns: Sequence[str], kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """Hold the columns that a person names to those there are. Raises QuestionError."""
    for what, name, allowed in (
        *(("field", field, ("id", *kind.fields)) for field in given),
        *(("column of the file", column, columns) for column in given.values()),
    ):
        if name not in allowed:
            near = nearest(name, allowed)
            hint = f" Did you mean '{near}'?" if near else ""
            message = f"'{name}' is no {what}. Allowed: {', '.join(allowed)}.{hint}"
            raise QuestionError(message)
    return dict(given)


# -- proposals


def proposals_path(workspace: Workspace, kind: Kind) -> Path:
    """Give the file of proposals of a kind."""
    return workspace.root / "proposals" / f"{kind.name}.csv"


def write_proposals(workspace: Workspace, listed: Listed, now: datetime) -> Path:
    """Write the proposals for a person to review, who may delete rows or change `into` before they are accepted."""
    file = proposals_path(workspace, listed.kind)
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(proposal_rows(listed))
    with writing(workspace, now):
        file.parent.mkdir(exist_ok=True)
        write_aside(file, out.getvalue())
    return file


def proposal_rows(listed: Listed) -> list[dict[str, str]]:
    """Give the proposals as rows of text."""
    return [
        {
            "cluster": str(one.cluster),
            "object": object_of(one.id, listed.kind)[0],
            "id": object_of(one.id, listed.kind)[1],
            "into": object_of(one.into, listed.kind)[1],
            "probability": f"{one.probability:.4f}",
            "name": name_of(listed.rows.get(one.id, {})),
            "into_name": name_of(listed.rows.get(one.into, {})),
            "agrees": "; ".join(one.agrees),
            "differs": "; ".join(one.differs),
            "stays": one.stays,
        }
        for one in listed.proposals
    ]


def object_of(key: str, kind: Kind) -> tuple[str, str]:
    """Give what the registers call a record, and its id."""
    prefix, _, rest = key.partition(":")
    return (prefix, rest) if rest and prefix in OBJECTS[kind.name] else (OBJECTS[kind.name][0], key)


def name_of(row: Mapping[str, str | None]) -> str:
    """Give the name of a record as people know it."""
    person = " ".join(filter(None, (row.get("first_name"), row.get("last_name"))))
    return person or row.get("name") or row.get("email") or ""


def read_proposals(workspace: Workspace, kind: Kind) -> list[dict[str, str]]:
    """Read the proposals as a person left them. Raises QuestionError where there are none."""
    file = proposals_path(workspace, kind)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError as error:
        message = f"There are no proposals of {kind.name} yet. Run `tieout duplicates {kind.name}`."
        raise QuestionError(message) from error
    for row in rows:
        if not all(row.get(name) for name in ("object", "id", "into")):
            message = (
                f"A row of '{file}' lacks object, id or into. Mend it, or run `tieout duplicates {kind.name}` again."
            )
            raise QuestionError(message)
    return rows


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides of proposals: which (`all`, ids, or from a probability on), why, and who it was."""

    owner: str
    reason: str
    ids: tuple[str, ...] = ()
    at_least: float | None = None


def decide(workspace: Workspace, kind: Kind, decision: Decision, now: datetime, *, accept: bool) -> int:
    """Move proposals into the register of merges, or of distinct records; give how many rows were added.

    Raises QuestionError for an id that is not proposed.
    """
    contract, _ = load_contract(workspace.contract)
    with writing(workspace, now):
        rows = read_proposals(workspace, kind)
        chosen = _chosen(rows, decision)
        terms = {"reason": decision.reason, "owner": decision.owner}
        other, register = ("into", contract.pipeline.merges) if accept else ("other", contract.pipeline.distinct)
        columns = ("object", "id", other, "reason", "owner", *(("expires",) if accept else ()))
        added = [{"object": row["object"], "id": row["id"], other: row["into"], **terms} for row in chosen]
        count = add_rows(workspace.contract / register, columns, added)
        rest = [row for row in rows if row not in chosen]
        out = io.StringIO()
        writer = csv.DictWriter(out, HEAD, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rest)
        write_aside(proposals_path(workspace, kind), out.getvalue())
    return count


def _chosen(rows: Sequence[dict[str, str]], decision: Decision) -> list[dict[str, str]]:
    known = {row["id"] for row in rows}
    for given in decision.ids:
        if given not in known:
            near = nearest(given, known)
            hint = f" Did you mean '{near}'?" if near else ""
            message = f"'{given}' is not proposed as a duplicate.{hint} The file of proposals lists those that are."
            raise QuestionError(message)
    return [
        row
        for row in rows
        if (not decision.ids or row["id"] in decision.ids)
        and (decision.at_least is None or float(row.get("probability") or 0) >= decision.at_least)
    ]


def kind_named(name: str) -> Kind:
    """Give a kind of record by name. Raises QuestionError."""
    if name in KINDS:
        return KINDS[name]
    message = f"'{name}' is no kind of record. Allowed: {', '.join(KINDS)}."
    raise QuestionError(message)
