"""`tieout duplicates`: candidates of a workspace or of a plain file, and what a person decides of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tieout.basics.workspace import Workspace
from tieout.commands.result import Form, Output, Result, page
from tieout.duplicates import Decision, Listed, Terms, decide, in_file, in_workspace, kind_named, write_proposals
from tieout.measure.answers import QuestionError
from tieout.show.as_json import dumps
from tieout.show.doubles import doubles_csv, doubles_json, doubles_page


def columns_of(given: list[str] | None) -> dict[str, str]:
    """Read `FIELD=COLUMN` of the command line. Raises QuestionError."""
    found = {}
    for text in given or ():
        field, sign, column = text.partition("=")
        if not (field and sign and column):
            message = f"'{text}' names no column. Write FIELD=COLUMN, such as last_name=Surname."
            raise QuestionError(message)
        found[field.strip()] = column.strip()
    return found


def list_doubles(
    workspace: Workspace | None, file: Path | None, name: str, terms: Terms, now: datetime, output: Output, what: str
) -> Result:
    """Look for duplicates, and write the proposals of a workspace."""
    kind = kind_named(name)
    if file is not None:
        return _shown(in_file(file, kind, terms), file.name, None, output, what)
    assert workspace is not None  # noqa: S101 - the command line gives one or the other
    listed = in_workspace(workspace, kind, terms)
    return _shown(listed, str(workspace.root), write_proposals(workspace, listed, now), output, what)


def _shown(listed: Listed, where: str, file: Path | None, output: Output, what: str) -> Result:
    match output.form:
        case Form.JSON:
            return Result(dumps(doubles_json(listed)))
        case Form.CSV:
            return Result(doubles_csv(listed, what))
        case Form.TEXT:
            return page(doubles_page(output.terminal, listed, where, file))


def decide_doubles(
    workspace: Workspace, name: str, decision: Decision, now: datetime, output: Output, *, accept: bool
) -> Result:
    """Write what a person decided into the registers."""
    count = decide(workspace, kind_named(name), decision, now, accept=accept)
    register = "merges" if accept else "distinct records"
    if output.form is Form.JSON:
        return Result(dumps({"register": register, "added": count}))
    after = "`tieout refresh` counts by them; deleting a row undoes it." if accept else "They are not proposed again."
    return page([f"{count:,} row{'' if count == 1 else 's'} added to the register of {register}. {after}"])
