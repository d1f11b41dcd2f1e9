"""The contract to begin with: commented files of the package, copied into a new workspace."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from tieout.basics.findings import Finding, Level
from tieout.contract.places import FOLDER
from tieout.contract.schema import write_schemas
from tieout.contract.writing import sync_folder, write_aside

SCHEMAS = "schemas"
EXPORTS = "exports"


def starter_texts() -> dict[str, str]:
    """Give the starter's files: name to text."""
    folder = files("tieout.contract") / "starter"
    return {file.name: file.read_text("utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name)}


def write_starter(folder: Path, texts: Mapping[str, str] | None = None) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Write a contract to begin with into a workspace folder; give its files.

    Without `texts` it is the starter, with an empty folder for exports beside it. A contract that is there already is
    left alone, which is a finding. The folder appears whole or not at all.
    """
    contract = folder / FOLDER
    if refused := refused_folder(folder):
        return (), refused
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=folder))
    except OSError as error:
        return (), (_refusal("contract.unwritable", folder, f"The folder cannot be written: {error.strerror}."),)
    try:
        return _written(aside, contract, texts), ()
    except OSError as error:
        return (), (_refusal("contract.unwritable", contract, f"The contract cannot be written: {error.strerror}."),)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refused_folder(folder: Path) -> tuple[Finding, ...]:
    """Say why no contract can be written into a folder: there is one already."""
    contract = folder / FOLDER
    if contract.is_symlink() or (contract.exists() and (not contract.is_dir() or any(contract.iterdir()))):
        return (_refusal("contract.exists", contract, f"There is a contract in '{folder}' already."),)
    return ()


def _written(aside: Path, contract: Path, texts: Mapping[str, str] | None) -> tuple[Path, ...]:
    for name, text in (texts or starter_texts()).items():
        write_aside(aside / name, text)
    write_schemas(aside / SCHEMAS)
    aside.chmod(0o755)
    if texts is None:
        (contract.parent / EXPORTS).mkdir(exist_ok=True)
    if contract.exists():
        contract.rmdir()
    aside.rename(contract)
    sync_folder(contract.parent)
    return tuple(file for file in sorted(contract.iterdir()) if file.is_file())


def _refusal(code: str, place: Path, message: str) -> Finding:
    remedy = "Edit the contract that is there, or give another folder."
    return Finding(code, Level.ERROR, str(place), message, remedy)
