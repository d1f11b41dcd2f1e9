"""A contract proposed from a folder of exports: the whole of it in one function. Read this first."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from tieout.connect.files import UnreadableError
from tieout.propose.company import find_categories, find_company, find_types, lacking_rates, say_currencies
from tieout.propose.copies import drop_copies
from tieout.propose.dates import say_dates
from tieout.propose.draft import draft, systems_of
from tieout.propose.eventlog import read_log
from tieout.propose.group import Table, group, patterns
from tieout.propose.joins import find_joins
from tieout.propose.keys import candidates, prove_key
from tieout.propose.look import Desk, keep, look, newest
from tieout.propose.modes import say_mode
from tieout.propose.names import name_plans
from tieout.propose.plan import Plan, Proposal, Sure
from tieout.propose.refine import refine
from tieout.propose.settle import settle
from tieout.propose.stages import find_stages
from tieout.propose.states import leave_parts, read_states, state_columns
from tieout.propose.survey import LeftOut, Source, survey
from tieout.propose.taken import say_taken
from tieout.warehouse.engine import memory

Progress = Callable[[str, int, int], None]
MEMORY = "3GB"


class NoExportsError(Exception):
    """There is nothing to propose a contract from; the message says why and what to give."""


def propose(exports: Path, root: Path, now: datetime, progress: Progress | None = None) -> Proposal:
    """Propose a contract for the files below `exports`, for a workspace in `root`.

    1. List the files and read their headers. 2. Group them into tables. 3. Look at each table, and tell by names and
    values what it holds. 4. Prove keys. 5. Name systems and objects, and leave copies out. 6. Modes, dates, stages,
    types, currencies, references. Raises NoExportsError where there is nothing to read.
    """
    if not exports.is_dir():
        message = (
            f"'{exports}' is no folder. Give the folder that your exports lie in: tieout init FOLDER --from EXPORTS"
        )
        raise NoExportsError(message)
    with (
        tempfile.TemporaryDirectory(prefix="tieout-") as scratch,
        memory(memory_limit=MEMORY, spill=Path(scratch)) as engine,
    ):
        sources, out = survey(exports, engine, Path(scratch))
        desk = Desk(engine, Path(scratch))
        left = list(out)
        plans = _drafts(desk, group(sources), exports.name, left, progress)
        if not plans:
            raise NoExportsError(_nothing(exports, left))
        return _proposed(desk, plans, (exports, root), (sources, left), now)


def _nothing(exports: Path, left: Sequence[LeftOut]) -> str:
    if not left:
        return (
            f"The folder '{exports}' is empty. Put CSV or Parquet exports there, in folders named after their systems."
        )
    told = "; ".join(f"{one.name}: {one.reason}" for one in left[:5])
    return f"No file in '{exports}' can be read as a table. {told}"


def _drafts(
    desk: Desk, tables: Sequence[Table], exports: str, left: list[LeftOut], progress: Progress | None
) -> list[Plan]:
    plans: list[Plan] = []
    systems = systems_of(tables, exports)
    for number, table in enumerate(tables, 1):
        if progress:
            progress(table.stem, number, len(tables))
        try:
            looked = look(desk, newest(table))
        except UnreadableError as error:
            left += [LeftOut(source.name, str(error), error.remedy) for source in table.sources]
            continue
        plan = draft(table, looked, systems[table.folder])
        tried = [column for columns in (*candidates(plan), *state_columns(plan)) for column in columns]
        plan.looked = keep(desk, looked, [*tried, *_used(plan)])
        prove_key(desk, plan)
        if looked.rejected:
            plan.ask("files", f"{looked.rejected:,} of its lines cannot be read as a row; `tieout check` names them.")
        plans.append(plan)
    return plans


def _used(plan: Plan) -> list[str]:
    """List the columns of which all rows may be asked."""
    named = [column for column in plan.looked.source.columns if plan.column_used(column)]
    flags = [column for column in plan.looked.source.columns if plan.looked.of(column).kind == "flag"]
    return [*named, *flags]


def _proposed(
    desk: Desk,
    plans: list[Plan],
    places: tuple[Path, Path],
    found: tuple[Sequence[Source], list[LeftOut]],
    now: datetime,
) -> Proposal:
    exports, root = places
    sources, left = found
    plans, copies = drop_copies(desk, plans)
    left += copies
    name_plans(plans)
    _places(plans, exports, root, [source.name for source in sources])
    for plan in plans:
        say_mode(desk, plan)
        if not read_states(desk, plan):
            read_log(desk, plan)
            leave_parts(desk, plan)
    for plan in plans:
        settle(plan)
    refine(plans)
    say_dates(desk, [plan for plan in plans if plan.entity])
    say_taken(desk, plans, now.date(), exports.name)
    stages = find_stages(desk, plans)
    types, asked = find_types(desk, plans)
    company, questions = find_company(plans)
    say_currencies(plans, str(company[0].value))
    questions = (*questions, *lacking_rates(plans, str(company[0].value)))
    joins = find_joins(desk, plans)
    pipeline = (*types, *find_categories(desk, plans))
    every = (*questions, *asked, *(question for plan in plans for question in plan.questions))
    return Proposal(tuple(plans), tuple(left), company, pipeline, stages, every, joins, len(sources) + len(left))


def _places(plans: Sequence[Plan], exports: Path, root: Path, names: Sequence[str]) -> None:
    """Say where each system's exports are, and the patterns that find each table's files there."""
    systems: dict[str, list[Plan]] = defaultdict(list)
    for plan in plans:
        systems[plan.system].append(plan)
    for found in systems.values():
        folders = [PurePosixPath(source.name).parent for plan in found for source in plan.table.sources]
        base = _common(folders)
        folder = (exports / base).resolve()
        inside = folder.is_relative_to(root.resolve())
        told = folder.relative_to(root.resolve()).as_posix() if inside else folder.as_posix()
        for plan in found:
            plan.base = told
            listed = patterns(plan.table, base, names)
            count = len(plan.table.sources)
            dated = f"{count} pull{'s' * (count > 1)} by the dates in their names" if plan.table.dated else ""
            why = dated or f"{count} file{'s' * (count > 1)}"
            plan.say("files", listed[0] if len(listed) == 1 else listed, Sure.HIGH, why)
            if sheet := plan.table.sources[-1].told:
                plan.say("sheet", sheet, Sure.HIGH, "the workbook has several")


def _common(folders: Sequence[PurePosixPath]) -> str:
    shared = folders[0].parts
    for folder in folders[1:]:
        same = [one for one, other in zip(shared, folder.parts, strict=False) if one == other]
        shared = tuple(
            same[: next((n for n, (a, b) in enumerate(zip(shared, folder.parts, strict=False)) if a != b), len(same))]
        )
    return "/".join(shared)
