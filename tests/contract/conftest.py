"""What contract tests share: a folder written from text, and findings told as code and place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tieout.basics.findings import Finding
from tieout.contract.load import load_contract
from tieout.contract.model import Contract

Loaded = tuple[Contract, list[str], tuple[Finding, ...]]
Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write files (`company="..."` is company.yaml, `rates_csv="..."` is rates.csv) and load them."""

    def write_and_load(metrics: tuple[str, ...] = (), **files: str | bytes) -> Loaded:
        for name, content in files.items():
            file = tmp_path / (name.replace("_csv", ".csv") if name.endswith("_csv") else f"{name}.yaml")
            file.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
        contract, findings = load_contract(tmp_path, metrics)
        told = [f"{finding.code} {finding.place.removeprefix('contract/')}" for finding in findings]
        return contract, told, findings

    return write_and_load
