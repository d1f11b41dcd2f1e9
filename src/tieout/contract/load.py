"""A contract folder read into a `Contract` and findings. A contract with ten mistakes gives ten findings and is loaded.

What is faulty is left out or has its default, so that the loaded contract always keeps every rule of `rules.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from tieout.basics.findings import Finding
from tieout.contract.leaving_out import leave_out
from tieout.contract.model import (
    Absence,
    Audience,
    Company,
    Contract,
    Distinct,
    Exclusion,
    Identity,
    Lens,
    Lifecycle,
    Merge,
    NumberTerms,
    Pipeline,
    Plan,
    Quality,
    Rate,
    TeamEntry,
)
from tieout.contract.model import System as SourceSystem
from tieout.contract.places import FOLDER, Fault, Path, Places, shorten
from tieout.contract.registers import read_register
from tieout.contract.rules import check
from tieout.contract.shape import LOST, Shaper
from tieout.contract.sheets import sheet_digests
from tieout.contract.text_file import read_text
from tieout.contract.yaml_nodes import read_nodes

MAX_BYTES = 1_000_000

FILES: dict[str, Any] = {
    "company.yaml": Company,
    "sources.yaml": dict[str, SourceSystem],
    "lifecycle.yaml": Lifecycle,
    "pipeline.yaml": Pipeline,
    "lenses.yaml": dict[str, Lens],
    "numbers.yaml": dict[str, NumberTerms],
    "plan.yaml": Plan,
    "quality.yaml": Quality,
    "audience.yaml": Audience,
    "identity.yaml": Identity,
}
"""Each file of the contract and what it holds."""

REGISTERS = (
    ("rates", "company", "rates", Rate),
    ("exclusions", "pipeline", "exclusions", Exclusion),
    ("merges", "pipeline", "merges", Merge),
    ("distinct", "pipeline", "distinct", Distinct),
    ("team", "audience", "team", TeamEntry),
    ("absences", "company", "absences", Absence),
)
"""Each register: its part of the contract, the file and key that name it, and what a row is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract as read, before rules: what stands where, what is at fault, and which parts were lost."""

    contract: Contract
    places: Places
    faults: tuple[Fault, ...]
    lost: frozenset[Path]


def load_contract(folder: FilePath, metrics: Collection[str] = ()) -> tuple[Contract, tuple[Finding, ...]]:
    """Read the contract in `folder`, with what is wrong with it. `metrics` are the numbers there are, where known."""
    draft = read_contract(folder)
    faults = [*draft.faults, *check(draft.contract, metrics, draft.places, draft.lost)]
    contract = leave_out(draft.contract, faults, metrics)
    ordered = sorted((fault.finding for fault in faults), key=_order)
    return contract, tuple(dict.fromkeys(ordered))


def _order(finding: Finding) -> tuple[int, str, int]:
    name, _, line = finding.place.removeprefix(f"{FOLDER}/").partition(":")
    files = list(FILES)
    return files.index(name) if name in FILES else len(files), name, int(line or 0)


def read_contract(folder: FilePath) -> Draft:
    """Read the files of a contract; every value of the right type is kept, whatever stands beside it."""
    shaper = Shaper(Places())
    _unknown_files(folder, shaper)
    parts = {name.removesuffix(".yaml"): _part(folder, name, wanted, shaper) for name, wanted in FILES.items()}
    registers = {}
    for name, part, key, row in REGISTERS:
        file = str(getattr(parts[part], key))
        path: Path = (f"{part}.yaml", key)
        default = file == type(parts[part]).model_fields[key].default
        registers[name] = (
            read_register(folder / file, file, row, shaper)
            if _there(folder, file, path, shaper, default=default)
            else ()
        )
    sheets = sheet_digests(folder.absolute().parent, parts["lenses"], shaper)
    contract = Contract(**parts, **registers, sheets=sheets)
    return Draft(contract, shaper.places, tuple(shaper.faults), frozenset(shaper.lost))


def _unknown_files(folder: FilePath, shaper: Shaper) -> None:
    if not folder.is_dir():
        message = "There is no such folder, so everything has its default."
        shaper.wrong(("",), "contract.missing", message, "Make one with `tieout init FOLDER`.", str(folder))
        return
    for file in sorted(folder.iterdir()):
        if file.suffix.casefold() in {".yaml", ".yml"} and file.name not in FILES and not file.name.startswith("."):
            message = f"'{shorten(file.name)}' is no file of a contract, so it is not read."
            shaper.wrong(
                (shorten(file.name),), "contract.file_unknown", message, "Rename or delete it.", file.name, FILES
            )


def _part(folder: FilePath, name: str, wanted: Any, shaper: Shaper) -> Any:  # noqa: ANN401 - any part of the contract
    default: Any = {} if name in {"sources.yaml", "lenses.yaml", "numbers.yaml"} else None
    file = folder / name
    if not file.exists() and not file.is_symlink():
        return wanted() if default is None else default
    read = read_text(file, name, shaper.places, MAX_BYTES)
    shaper.faults += read.faults
    nodes, faults = read_nodes(read.text, name, shaper.places) if read.text else (None, [])
    shaper.faults += faults
    if read.text is None or (nodes and not nodes.whole):
        shaper.lost.add((name,))
    shaper.parts = 0
    conformed = shaper.conform(nodes, wanted, (name,)) if nodes else LOST
    values: dict[str, Any] = conformed if isinstance(conformed, dict) else {}
    if default is None:
        return _validated(wanted, values, (name,), shaper)
    (model,) = (wanted.__args__[1],)
    found = {key: _validated(model, value, (name, key), shaper) for key, value in values.items()}
    return {key: value for key, value in found.items() if value is not None}


def _validated(model: Any, values: Any, path: Path, shaper: Shaper) -> Any:  # noqa: ANN401
    """Make the model; what its own validators refuse beyond types and bounds is told in their words."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for problem in error.errors():
            at = (*path, *problem["loc"])
            shaper.wrong(at, "value.refused", f"{problem['msg']}.", "Mend the value.", problem.get("input"))
        return model() if len(path) == 1 else None


def _there(folder: FilePath, file: str, path: Path, shaper: Shaper, *, default: bool) -> bool:
    """Say whether a register is there to read; one that is named must be, and must lie in the folder."""
    inside = FilePath(file).name == file and file not in {"", ".", ".."}
    if not inside:
        message = f"The register '{shorten(file)}' must be a file in the folder of the contract."
        shaper.wrong(path, "register.outside", message, "Give a file name without a folder.", file)
        return False
    try:
        found = (folder / file).exists() or (folder / file).is_symlink()
        tables = sorted(each.name for each in folder.glob("*.csv"))
    except (OSError, ValueError):
        found, tables = False, []
    if not found and not default:
        message = f"There is no register '{shorten(file)}' in the folder of the contract."
        shaper.wrong(path, "register.missing", message, "Add the file, or name another.", file, tables)
    return found
