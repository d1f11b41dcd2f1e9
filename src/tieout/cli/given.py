"""What every command is given, and what becomes of its result. The clock is read here and handed in."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from tieout.commands.result import CLOSED_PIPE, UsageError

if TYPE_CHECKING:
    from tieout.basics.workspace import Workspace
    from tieout.commands.pulling import Run
    from tieout.commands.result import Output, Result
    from tieout.show.progress import Progress

app = typer.Typer(
    name="tieout",
    help="One pipeline number for marketing, sales, finance and customer success, every difference explained.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ledger_app = typer.Typer(help="Check the ledger, or derive again what is derived from it.", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")

Where = Annotated[
    Path | None, typer.Option("--workspace", metavar="FOLDER", help="Default: the nearest one from here upwards.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV.")]
AsHtml = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page with charts.")
]
Records = Annotated[bool, typer.Option("--records", help="Add the records.")]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", metavar="SYSTEM.OBJECT", help="Let an extract through that deletes much. May be repeated."
    ),
]
InPeriod = Annotated[
    str | None, typer.Option("--period", help="2026-Q3, 2026-H1, 2026, 2026-P07, 2026-W07, 2026-07 or FIRST..LAST.")
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="D", help="As of a date (its end) or time.")]
OnCalendars = Annotated[
    list[str] | None,
    typer.Option("--calendar", metavar="NAME", help="A calendar of the contract; several side by side."),
]
OnCalendar = Annotated[str | None, typer.Option("--calendar", help="A calendar of the contract.")]
SlicedBy = Annotated[list[str] | None, typer.Option("--by", metavar="A,B", help="Slice by dimensions.")]
Criteria = Annotated[str | None, typer.Option("--where", metavar="CRITERIA", help="Such as \"region = 'EMEA'\".")]
Org = Annotated[Literal["as-was", "as-is"], typer.Option("--org", help="Owners, teams and segments then or now.")]

KnownAt = Annotated[str | None, typer.Option("--known-at", metavar="K", help="As known at a date or time.")]
SaidThen = Annotated[bool, typer.Option("--said-then", help="As known at as-of: what was said then.")]


def place(given: Path | None) -> Workspace:
    """Give the workspace that was named, or the nearest one from here upwards. Raises NoWorkspaceError."""
    from tieout.basics.workspace import find_workspace

    return find_workspace(given, Path.cwd())


def run(accept: list[str] | None = None, progress: Progress | None = None) -> Run:
    """Give what a writing command needs: the clock, the environment, what is let through, who watches."""
    from tieout.commands.pulling import Run

    environment = dict(os.environ)
    if data := environment.get("TIEOUT_DATA"):
        environment["TIEOUT_DATA"] = str(Path.cwd() / Path(data).expanduser())
    return Run(now(), environment, tuple(accept or ()), progress)


def now() -> datetime:
    """Read the clock: UTC without zone, as all stored times."""
    return datetime.now(UTC).replace(tzinfo=None)


def output_of(*, json: bool = False, csv: bool = False, html: Path | None = None) -> Output:
    """Give the form of the output and the terminal or file it goes to. Raises UsageError for two forms at once."""
    from tieout.commands.result import Form, Output
    from tieout.show.terminal import terminal_of

    forms = {"--json": json, "--csv": csv, "--html": html is not None}
    given = [name for name, asked in forms.items() if asked]
    if len(given) > 1:
        refuse(f"{' and '.join(given)} cannot both be given.")
    form = Form.JSON if json else Form.CSV if csv else Form.TEXT
    return Output(form, terminal_of(sys.stdout), html)


def only(*, csv: bool) -> None:
    """Refuse CSV for a passport. Raises UsageError."""
    if csv:
        refuse("A passport asked again has no CSV. Allowed: --json.")


def refuse(message: str) -> NoReturn:
    """Raise UsageError: what was typed cannot be meant."""
    raise UsageError(message)


def one_knowledge(known_at: str | None, *, said_then: bool) -> None:
    """Refuse two answers to what is known. Raises UsageError."""
    if known_at and said_then:
        refuse("--known-at and --said-then cannot both be given: --said-then is --known-at with the moment of --as-of.")


def give(result: Result) -> int:
    """Write a result to standard output and give its exit status."""
    try:
        sys.stdout.write(result.text if result.text.endswith("\n") else f"{result.text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough; what is still buffered would raise again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    return result.status
