"""`tieout erase`: the plan, then that very plan carried out, then its certificate."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.basics.workspace import Workspace
from tieout.commands.pulling import Run
from tieout.commands.result import FOUND, OK, Form, Output, Result, page
from tieout.contract.writing import write_aside
from tieout.erasing import Done, erase, plan_erasure
from tieout.history.erasure.erased import Erased
from tieout.show.as_json import dumps
from tieout.show.erasure import done_page, gone_json, gone_page, plan_json, plan_page
from tieout.show.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan as it is shown; `digest` names it, and is None where nothing is left to erase."""

    result: Result
    digest: str | None


def show_plan(workspace: Workspace, who: str, run: Run, output: Output) -> Shown:
    """Show what an erasure would do; changes nothing."""
    plan = plan_erasure(workspace, who, run.now, run.environment)
    if isinstance(plan, Erased):
        return Shown(_gone(plan, output), None)
    if output.form is Form.JSON:
        return Shown(Result(dumps(plan_json(plan))), plan.digest)
    return Shown(page(plan_page(output.terminal, plan)), plan.digest)


def carry_plan(workspace: Workspace, who: str, run: Run, output: Output, digest: str | None) -> Result:
    """Erase, and write the certificate for people beside the one for programs; status 1 where it is not proven."""
    done = erase(workspace, who, run.now, run.environment, digest)
    if isinstance(done, Erased):
        return _gone(done, output)
    return tell(workspace, done, output)


def tell(workspace: Workspace, done: Done, output: Output) -> Result:
    """Show what was done."""
    name = done.path.relative_to(workspace.root).as_posix()
    write_aside(done.path.with_suffix(".txt"), "\n".join(done_page(Terminal(), done.certificate, name)) + "\n")
    status = OK if done.proven else FOUND
    if output.form is Form.JSON:
        return Result(dumps({"status": "erased", "certificate": name, **done.certificate}), status)
    return page(done_page(output.terminal, done.certificate, name), status)


def _gone(entry: Erased, output: Output) -> Result:
    if output.form is Form.JSON:
        return Result(dumps(gone_json(entry)))
    return page(gone_page(output.terminal, entry))
