"""What a person is told when a command cannot do what was asked, and with which exit status: a table of errors."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from tieout.backup import BackupError
from tieout.basics.calendars import PeriodError
from tieout.basics.wording import Surface, WordedError
from tieout.basics.workspace import NoWorkspaceError
from tieout.commands.result import BUSY, FOUND, INTERRUPTED, MISTAKE_OF_OURS, USAGE, UsageError
from tieout.connect.files.unreadable import UnreadableError
from tieout.contract.archive import NotArchivedError
from tieout.contract.definitions import UnknownLensError
from tieout.contract.register_rows import RegisterError
from tieout.history.ledger import LedgerError
from tieout.measure.answers import QuestionError
from tieout.measure.sheets.grid import SheetError
from tieout.show.as_json import dumps, error_json
from tieout.show.terminal import clean, terminal_of
from tieout.show.web.trouble import ServingError
from tieout.warehouse.builds import NotPublishedError, NotWrittenError
from tieout.warehouse.engine import EngineError
from tieout.warehouse.lock import WorkspaceBusyError


@dataclass(frozen=True, slots=True)
class Told:
    """An error as a person and a program are told it."""

    code: str
    status: int
    message: str


def _whole(error: BaseException) -> str:
    return error.said(Surface.COMMAND) if isinstance(error, WordedError) else str(error)


def _unreadable(error: BaseException) -> str:
    return f"{error} {getattr(error, 'remedy', '')}".strip()


def _spoiled(error: BaseException) -> str:
    first = clean(str(error))[:160]
    return (
        f"A file under .tieout cannot be read ({first}). Nothing is lost: delete the folder .tieout of the workspace "
        "and run `tieout refresh`; everything in it is made again from the ledger."
    )


def _system(error: BaseException) -> str:
    name = getattr(error, "filename", None)
    reason = getattr(error, "strerror", None) or str(error)
    return f"{reason}: '{name}'." if name else f"{reason}."


def _ours(error: BaseException) -> str:
    return (
        f"Tieout made a mistake of its own ({type(error).__name__}: {clean(str(error))[:300]}). What is published and "
        "the ledger are as they were. Run again with TIEOUT_DEBUG=1 and report what it shows."
    )


TABLE: tuple[tuple[type[BaseException], str, int, Callable[[BaseException], str]], ...] = (
    (UsageError, "usage", USAGE, _whole),
    (QuestionError, "question", USAGE, _whole),
    (PeriodError, "period", USAGE, _whole),
    (UnknownLensError, "lens", USAGE, _whole),
    (SheetError, "sheet", USAGE, _whole),
    (NoWorkspaceError, "workspace.none", USAGE, _whole),
    (NotPublishedError, "workspace.unpublished", USAGE, _whole),
    (WorkspaceBusyError, "workspace.busy", BUSY, _whole),
    (BackupError, "backup", FOUND, _whole),
    (ServingError, "serve", FOUND, _whole),
    (LedgerError, "ledger", FOUND, _whole),
    (NotArchivedError, "archive", FOUND, _whole),
    (NotWrittenError, "build.unwritten", FOUND, _whole),
    (RegisterError, "register", FOUND, _whole),
    (EngineError, "build.unreadable", FOUND, _spoiled),
    (ValidationError, "build.unreadable", FOUND, _spoiled),
    (UnreadableError, "file.unreadable", USAGE, _unreadable),
    (OSError, "system", FOUND, _system),
    (Exception, "internal", MISTAKE_OF_OURS, _ours),
)
"""Each kind of error: its code, the exit status, and how it is told. The first that fits counts."""


def told(error: BaseException) -> Told:
    """Choose what is said of an error."""
    if hasattr(error, "format_message"):
        return Told("usage", USAGE, _usage(error))
    code, status, tell = next(entry[1:] for entry in TABLE if isinstance(error, entry[0]))
    return Told(code, status, tell(error))


def interrupted(error: BaseException) -> bool:
    """Say whether a person ended the command; in the middle of a query the engine tells it as an error of its own."""
    by_engine = isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    return isinstance(error, KeyboardInterrupt) or by_engine or type(error).__name__ == "Abort"


def fail(error: BaseException, *, json: bool) -> int:
    """Tell an error on standard error, and as the one JSON document where that was asked for; give the exit status."""
    if interrupted(error):
        sys.stderr.write("\nStopped. What was committed stands; run again to go on.\n")
        return INTERRUPTED
    if os.environ.get("TIEOUT_DEBUG"):
        traceback.print_exception(error)
    this = told(error)
    if json:
        sys.stdout.write(dumps(error_json(this.code, this.message)) + "\n")
    sys.stderr.write(f"{terminal_of(sys.stderr).paint('error', 'error')}: {this.message}\n")
    return this.status


def _usage(error: BaseException) -> str:
    """Tell what typer refuses, with the help of the command it was given to."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "tieout"
    message = str(error.format_message()).replace("Value error, ", "")  # type: ignore[attr-defined]
    if message.startswith("Usage:"):
        return f"No command was given. See `{path} --help`."
    return f"{message.rstrip('.')}. See `{path} --help`."
