"""The command line: what people type, and nothing else. Each command hands on to `tieout.commands`.

The clock is read here and handed in. What a command needs is imported when it runs, so that each starts fast.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from tieout.commands.result import CLOSED_PIPE, INTERRUPTED, UsageError

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
Records = Annotated[bool, typer.Option("--records", help="Add the records.")]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", metavar="SYSTEM.OBJECT", help="Let an extract through that deletes much. May be repeated."
    ),
]
InPeriod = Annotated[str | None, typer.Option("--period", help="2026-Q3, 2026-H1, 2026, 2026-07 or FIRST..LAST.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="D", help="As of a date (its end) or time.")]
OnCalendar = Annotated[str | None, typer.Option("--calendar", help="A calendar of the contract.")]
Org = Annotated[Literal["as-was", "as-is"], typer.Option("--org", help="Owners, teams and segments then or now.")]


@app.command()
def demo(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")] = Path("marlow")) -> int:
    """Make the sample company, Marlow: the same every time."""
    from tieout.commands.making import make_demo

    return _give(make_demo(folder, _output()))


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The folder to become a workspace.")]) -> int:
    """Make a workspace with a commented contract to begin with."""
    from tieout.commands.making import make_contract

    return _give(make_contract(folder, _output()))


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("schemas")) -> int:
    """Write the JSON Schemas of the contract's files, for editors."""
    from tieout.commands.making import make_schemas

    return _give(make_schemas(folder, _output()))


@app.command()
def check(json: AsJson = False, workspace: Where = None) -> int:
    """Check contract, sources, ledger and data; nothing is pulled or changed."""
    from tieout.commands.looking import check_all

    return _give(check_all(_place(workspace), _run(), _output(json=json)))


@app.command()
def refresh(accept: Accept = None, json: AsJson = False, workspace: Where = None) -> int:
    """Pull, keep, align, measure and publish; tell what changed since last time."""
    from tieout.commands.pulling import refresh_all
    from tieout.show.progress import watching

    with watching() as progress:
        result = refresh_all(_place(workspace), _run(accept, progress), _output(json=json))
    return _give(result)


@app.command()
def pull(accept: Accept = None, json: AsJson = False, workspace: Where = None) -> int:
    """Pull what is new into the ledger: the first half of refresh."""
    from tieout.commands.pulling import pull_all
    from tieout.show.progress import watching

    with watching() as progress:
        result = pull_all(_place(workspace), _run(accept, progress), _output(json=json))
    return _give(result)


@ledger_app.command("rebuild")
def ledger_rebuild(json: AsJson = False, workspace: Where = None) -> int:
    """Check every pull, and derive all changes again."""
    from tieout.commands.pulling import rebuild_changes

    return _give(rebuild_changes(_place(workspace), _run(), _output(json=json)))


@ledger_app.command("verify")
def ledger_verify(json: AsJson = False, workspace: Where = None) -> int:
    """Read every file of the ledger and compare it with what was committed."""
    from tieout.commands.pulling import verify_ledger

    return _give(verify_ledger(_place(workspace), _output(json=json)))


@app.command()
def ask(
    metric: Annotated[str | None, typer.Argument(help="A number of the glossary; --list shows them.")] = None,
    period: InPeriod = None,
    by: Annotated[list[str] | None, typer.Option("--by", metavar="A,B", help="Slice by dimensions.")] = None,
    as_of: AsOf = None,
    known_at: Annotated[str | None, typer.Option("--known-at", metavar="K", help="As known at a date or time.")] = None,
    said_then: Annotated[bool, typer.Option("--said-then", help="As known at as-of: what was said then.")] = False,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    rates: Annotated[Literal["plan", "spot"] | None, typer.Option("--rates", help="Exchange rates.")] = None,
    where: Annotated[
        str | None, typer.Option("--where", metavar="CRITERIA", help="Such as \"region = 'EMEA'\".")
    ] = None,
    lens: Annotated[str | None, typer.Option("--lens", help="Count as a team does.")] = None,
    records: Records = False,
    passport: Annotated[
        str | None, typer.Option("--passport", metavar="FILE", help="Ask a stored answer again.")
    ] = None,
    glossary: Annotated[bool, typer.Option("--list", help="Show every number.")] = False,
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Ask a number: its value, n, interval, band, history and passport."""
    from tieout.commands.asking import Moments, ask_number, ask_passport, list_numbers
    from tieout.measure.answers import Question

    output = _output(json=json, csv=csv)
    if glossary:
        return _give(list_numbers(output))
    if passport:
        _only(csv=csv)
        return _give(ask_passport(_place(workspace), passport, output))
    if not metric:
        _refuse("No number was named. `tieout ask --list` shows all; for example: tieout ask pipeline.open_qualified")
    if known_at and said_then:
        _refuse(
            "--known-at and --said-then cannot both be given: --said-then is --known-at with the moment of --as-of."
        )
    slices = tuple(name.strip() for part in by or () for name in part.split(",") if name.strip())
    question = Question(
        metric, period, slices, None, None, said_then, calendar, org, rates, where, lens, records=records
    )
    return _give(ask_number(_place(workspace), question, Moments(as_of, known_at), output))


@app.command()
def bridge(
    start: Annotated[str, typer.Argument(metavar="A", help="LENS[@as-of][~known-at]; the agreed lens is `agreed`.")],
    end: Annotated[str, typer.Argument(metavar="B", help="The same, for the other end.")],
    period: InPeriod = None,
    calendar: OnCalendar = None,
    org: Org = "as-was",
    records: Records = False,
    gross: Annotated[bool, typer.Option("--gross", help="Also what went and came back between two moments.")] = False,
    json: AsJson = False,
    csv: AsCsv = False,
    workspace: Where = None,
) -> int:
    """Explain the difference between two figures, cause by cause, to the cent."""
    from tieout.commands.bridging import explain
    from tieout.questions import BridgeTerms

    terms = BridgeTerms(period, calendar, as_is=org == "as-is", gross=gross)
    return _give(explain(_place(workspace), (start, end), terms, _output(json=json, csv=csv), records=records))


@app.command()
def lenses(period: InPeriod = None, as_of: AsOf = None, json: AsJson = False, workspace: Where = None) -> int:
    """Tie out: the agreed number, the number of each team, every step between."""
    from tieout.commands.bridging import show_lenses

    return _give(show_lenses(_place(workspace), period, as_of, _output(json=json)))


@app.command()
def history(
    record: Annotated[str, typer.Argument(help="The id of an opportunity, account or lead.")],
    period: InPeriod = None,
    json: AsJson = False,
    workspace: Where = None,
) -> int:
    """Show one record's life: each version, when true, when heard, from where."""
    from tieout.commands.looking import show_life

    return _give(show_life(_place(workspace), record, period, _output(json=json)))


# -- what every command is given, and what becomes of its result


def _place(given: Path | None) -> Workspace:
    from tieout.basics.workspace import find_workspace

    return find_workspace(given, Path.cwd())


def _run(accept: list[str] | None = None, progress: Progress | None = None) -> Run:
    from tieout.commands.pulling import Run

    environment = dict(os.environ)
    if data := environment.get("TIEOUT_DATA"):
        environment["TIEOUT_DATA"] = str(Path.cwd() / Path(data).expanduser())
    return Run(now(), environment, tuple(accept or ()), progress)


def now() -> datetime:
    """Read the clock: UTC without zone, as all stored times."""
    return datetime.now(UTC).replace(tzinfo=None)


def _output(*, json: bool = False, csv: bool = False) -> Output:
    from tieout.commands.result import Form, Output
    from tieout.show.terminal import terminal_of

    if json and csv:
        _refuse("--json and --csv cannot both be given.")
    form = Form.JSON if json else Form.CSV if csv else Form.TEXT
    return Output(form, terminal_of(sys.stdout))


def _only(*, csv: bool) -> None:
    if csv:
        _refuse("A passport asked again has no CSV. Allowed: --json.")


def _refuse(message: str) -> NoReturn:
    raise UsageError(message)


def _give(result: Result) -> int:
    try:
        sys.stdout.write(result.text if result.text.endswith("\n") else f"{result.text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough; what is still buffered would raise again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    return result.status


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit status; whatever goes wrong is told in one message."""
    given = sys.argv[1:] if arguments is None else arguments
    if "" in given:
        return _fail(UsageError("An option or argument was given an empty text. Leave it out, or give a value."), given)
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        status = typer.main.get_command(app).main(given or ["--help"], prog_name="tieout", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge: nothing is above it to tell a person
        return _fail(error, given)
    # typer takes Ctrl-C for itself and says nothing.
    return _fail(KeyboardInterrupt(), given) if status == INTERRUPTED else int(status or 0)


def _fail(error: BaseException, given: list[str]) -> int:
    from tieout.commands.failing import fail

    return fail(error, json="--json" in given)
