"""JSON Schemas of the contract's files, for editors that complete and check YAML while a person types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tieout.contract.load import FILES
from tieout.contract.writing import write_aside

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, dict[str, Any]]:
    """Give one JSON Schema for each YAML file, by the file's name."""
    return {name: _schema(name, wanted) for name, wanted in FILES.items()}


def schema_name(file: str) -> str:
    """Give the file name of the schema of a YAML file."""
    return f"{file.removesuffix('.yaml')}.schema.json"


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write every schema into `folder`, each aside and renamed; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in json_schemas().items():
        file = folder / schema_name(name)
        write_aside(file, json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
        written.append(file)
    return tuple(written)


def _schema(name: str, wanted: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of the contract
    schema: dict[str, Any] = TypeAdapter(wanted).json_schema(by_alias=True)
    parts = schema.get("$defs", {})
    if "FieldMapping" in parts:
        column = [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
        parts["FieldMapping"] = {"anyOf": [*column, parts["FieldMapping"]]}
    for part in (schema, *parts.values()):
        _loosen(part)
    return {"$schema": DIALECT, "$id": schema_name(name), **schema, "title": f"Tieout contract: {name}"}


def _loosen(node: Any) -> None:  # noqa: ANN401 - any JSON
    """Let an unquoted number or date stand where a text is wanted, as loading does."""
    if isinstance(node, list):
        for item in node:
            _loosen(item)
    elif isinstance(node, dict):
        if node.get("type") == "string" and not node.keys() & {"format", "enum", "const", "pattern"}:
            node["type"] = ["string", "number", "boolean"]
        for value in node.values():
            _loosen(value)
