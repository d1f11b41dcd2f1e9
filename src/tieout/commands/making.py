"""`tieout demo`, `tieout init` and `tieout schema`: what makes files to begin with."""

from __future__ import annotations

from pathlib import Path

from tieout.basics.workspace import Workspace
from tieout.commands.result import Output, Result, page, status_of
from tieout.contract.schema import write_schemas
from tieout.contract.starter import write_starter
from tieout.demo import make_marlow
from tieout.measure.answers import QuestionError
from tieout.show.findings import findings_lines

MARK = ".marlow"
"""Lies in a folder that the sample company was written to, so that no other folder is ever written over."""


def make_demo(folder: Path, output: Output) -> Result:
    """Make the sample company. Raises QuestionError for a folder that holds something else."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        message = f"'{folder}' is there already and holds something else than Marlow. Give an empty or new folder."
        raise QuestionError(message)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("The sample company was written here; `tieout demo` may write it again.\n", "utf-8")
    make_marlow(folder)
    paint = output.terminal.paint
    return page(
        [
            paint(f"Marlow, the sample company, is in {folder}", "title"),
            "Its README names the quarter under review and the traps laid in it.",
            "",
            f"  tieout refresh --workspace {folder}",
            f"  tieout lenses --workspace {folder}",
        ]
    )


def may_be_shown(workspace: Workspace, host: str) -> None:
    """Hold demo accounts to the sample company, on this machine. Raises QuestionError."""
    if not (workspace.root / MARK).is_file() or host not in {"127.0.0.1", "localhost", "::1"}:
        message = "--demo prints a password: it is for Marlow, the sample company, and for 127.0.0.1 only."
        raise QuestionError(message)


def make_contract(folder: Path, output: Output) -> Result:
    """Make a workspace with a contract to begin with."""
    files, findings = write_starter(folder)
    if findings:
        return page(findings_lines(output.terminal, findings), status_of(findings))
    lines = [output.terminal.paint(f"A contract to begin with is in {folder / 'contract'}", "title"), ""]
    lines += [f"  {file.name}" for file in files]
    lines += ["", "Name your exports in sources.yaml, then:", ""]
    return page([*lines, f"  tieout check --workspace {folder}", f"  tieout refresh --workspace {folder}"])


def make_schemas(folder: Path, output: Output) -> Result:
    """Write the JSON Schemas of the contract's files."""
    files = write_schemas(folder)
    lines = [output.terminal.paint(f"JSON Schemas of the contract are in {folder}", "title"), ""]
    return page([*lines, *(f"  {file.name}" for file in files)])
