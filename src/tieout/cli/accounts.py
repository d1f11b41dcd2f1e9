"""Accounts of the web application: `tieout account`."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.given import Where, app, place
from tieout.commands.result import UsageError

if TYPE_CHECKING:
    from types import ModuleType

account_app = typer.Typer(help="Make accounts of the web application, list them, change roles.", no_args_is_help=True)
app.add_typer(account_app, name="account")

ROLES = "viewer, contributor, marketing-lead, sales-lead, finance-lead, cs-lead, revops or admin."
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The address that they sign in with.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="As given to `tieout serve`; default: SQLite.")
]


@account_app.command("add")
def add(
    address: Address,
    role: Annotated[str, typer.Option("--role", help=ROLES)] = "viewer",
    team: Annotated[str | None, typer.Option("--team", metavar="NAME", help="A team that there is.")] = None,
    invite: Annotated[bool, typer.Option("--invite", help="Print a link by which they set their password.")] = False,
    where: Where = None,
    database: Database = None,
) -> int:
    """Make an account: the password is asked for twice, or read from standard input where it is piped."""
    with _people(where, database) as people:
        if invite:
            sys.stdout.write(people.link(address, role, team))
        else:
            people.role_of(role)
            sys.stdout.write(people.add(address, role, team, _password()))
    return 0


@account_app.command("list")
def list_all(where: Where = None, database: Database = None) -> int:
    """List the accounts with role, team and last sign-in (UTC)."""
    with _people(where, database) as people:
        sys.stdout.write(people.list_accounts())
    return 0


@account_app.command("role")
def role(
    address: Address,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=ROLES)],
    inactive: Annotated[bool, typer.Option("--inactive", help="They cannot sign in any more.")] = False,
    where: Where = None,
    database: Database = None,
) -> int:
    """Give an account another role; make it active again, or inactive."""
    with _people(where, database) as people:
        sys.stdout.write(people.set_role(address, role, active=not inactive))
    return 0


@contextmanager
def _people(where: Path | None, database: str | None) -> Iterator[ModuleType]:
    from tieout.show.web.running import Served, prepare

    prepare(place(where), Served(database=database))
    from tieout.operate.people.accounts import PeopleError
    from tieout.show.web.people import accounts_cli

    try:
        yield accounts_cli
    except PeopleError as error:
        raise UsageError(str(error)) from error


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, again = getpass.getpass("Password: "), getpass.getpass("The password again: ")
    if first != again:
        message = "The two passwords differ. Nothing was made."
        raise UsageError(message)
    return first
