"""Every contract that was ever used, kept by its fingerprint, so that a number can be asked again as it was asked."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tieout.contract.model import Contract
from tieout.contract.writing import write_aside

LENGTH = 16


class NotArchivedError(LookupError):
    """A fingerprint whose contract is not in the archive, or is no longer what it was; the message says which."""


def fingerprint(contract: Contract) -> str:
    """Give the fingerprint of what was agreed, wherever and however it is written; the order of names counts."""
    return _digest(_plain(contract))


def part_fingerprint(contract: Contract, parts: tuple[str, ...]) -> str:
    """Give the fingerprint of some parts, dotted where they lie deeper: `("pipeline.definition", "rates")`.

    A number carries the one of the parts it uses, so that an unrelated change leaves its passport as it is.
    """
    whole = _plain(contract)
    found: dict[str, Any] = {}
    for part in sorted(set(parts)):
        value: Any = whole
        for key in part.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        found[part] = value
    return _digest(found)


def archive(contract: Contract, folder: Path) -> str:
    """Keep the contract in `folder`, written aside and renamed, unless it is there; give its fingerprint."""
    name = fingerprint(contract)
    file = folder / f"{name}.json"
    if file.exists():
        return name
    folder.mkdir(parents=True, exist_ok=True)
    write_aside(file, _canonical(_plain(contract)) + "\n")
    return name


def read_archived(folder: Path, name: str) -> Contract:
    """Read the contract of a fingerprint. Raises NotArchivedError where it is missing or damaged."""
    file = folder / f"{name}.json"
    try:
        contract = Contract.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        message = (
            f"The contract {name} is not in the archive '{folder}'. Restore the folder from a backup of the ledger."
        )
        raise NotArchivedError(message) from error
    except (OSError, ValidationError, ValueError) as error:
        message = f"The archived contract '{file}' cannot be read. Restore it from a backup of the ledger."
        raise NotArchivedError(message) from error
    return contract


def _plain(contract: Contract) -> dict[str, Any]:
    plain: dict[str, Any] = contract.model_dump(mode="json", by_alias=True)
    for rate in plain["rates"]:
        rate["rate"] = format(Decimal(rate["rate"]).normalize(), "f")
    return plain


def _canonical(value: Any) -> str:  # noqa: ANN401 - JSON
    # Keys are not sorted: the first calendar is the default one, and bridges walk lenses in the contract's order.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _digest(value: Any) -> str:  # noqa: ANN401 - JSON
    return hashlib.sha256(_canonical(value).encode()).hexdigest()[:LENGTH]
