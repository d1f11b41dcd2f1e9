"""The readers of `codes` and `reference` find what is there and tell what is not."""

from __future__ import annotations

import ast

import pytest
import typer
from pydantic import BaseModel, Field

from tests.structure.codes import collect
from tests.structure.reference import commands, headed_codes, invented_keys, missing_keys, places, sections


class Stage(BaseModel):
    name: str
    since: str | None = Field(default=None, alias="from")


class Pipeline(BaseModel):
    stages: tuple[Stage, ...] = ()
    first: Stage | None = None


class Whole(BaseModel):
    pipeline: Pipeline = Pipeline()
    lenses: dict[str, Stage] = Field(default_factory=dict)


@pytest.mark.parametrize(
    "snippet",
    [
        "Finding(code='stage.unknown', level=1)",
        "Finding('stage.unknown', 1)",
        "findings.Finding('stage.unknown', 1)",
        "UNKNOWN = 'stage.unknown'\nFinding(code=UNKNOWN)",
        "def tell(place, code):\n    return Finding(code=code)\ntell('here', 'stage.unknown')",
        "def tell(place, *, code):\n    return Finding(code=code)\ntell('here', code='stage.unknown')",
        "def tell(code):\n    return Finding(code)\ndef ask(code):\n    return tell(code)\nask('stage.unknown')",
        "@dataclass\nclass Fault:\n    place: str\n    code: str\nFinding(fault.code)\nFault('here', 'stage.unknown')",
        "class A:\n    def __init__(self, place, code): ...\nFinding(a.code)\nA('here', 'stage.unknown')",
        "class A:\n    def tell(self, code): Finding(code)\n    def f(self): self.tell('stage.unknown')",
    ],
)
def test_a_code_is_found(snippet: str) -> None:
    codes = collect([("a.py", ast.parse(snippet))])
    assert codes.known == {"stage.unknown"}
    assert codes.unreadable == []


def test_a_code_is_found_through_a_function_of_another_file() -> None:
    maker = ast.parse("def tell(place, code):\n    return Finding(code=code)")
    user = ast.parse("from a import tell\ntell('here', 'rate.missing' if x else 'rate.past')")
    assert collect([("a.py", maker), ("b.py", user)]).known == {"rate.missing", "rate.past"}


def test_a_private_function_of_another_file_is_another_one() -> None:
    one = ast.parse("def _tell(place, code):\n    return Finding(code)\n_tell('here', 'rate.missing')")
    other = ast.parse("def _tell(code, place):\n    return Finding(code)\n_tell('rate.past', 'here')")
    assert collect([("a.py", one), ("b.py", other)]).known == {"rate.missing", "rate.past"}


def test_functions_of_one_name_are_not_taken_for_one_another() -> None:
    one = ast.parse("class A:\n    def tell(self, code, place):\n        Finding(code)\na.tell('rate.past', 'here')")
    other = ast.parse("class B:\n    def tell(self, message): ...\nb.tell('Sorry.')\nb.tell(f'Sorry, {x}.')")
    codes = collect([("a.py", one), ("b.py", other)])
    assert codes.known == {"rate.past"}
    assert codes.unreadable == []


def test_a_code_that_cannot_be_read_is_told() -> None:
    codes = collect([("a.py", ast.parse("x = 1\nFinding(code=f'stage.{x}')\nFinding()\nFinding(code='A sentence.')"))])
    assert codes.known == set()
    assert len(codes.unreadable) == 3


def test_commands_are_named_as_people_type_them() -> None:
    app, ledger = typer.Typer(), typer.Typer()
    app.command("ask")(lambda: None)
    app.command("check")(lambda: None)
    ledger.command("rebuild")(lambda: None)
    ledger.callback()(lambda: None)
    app.add_typer(ledger, name="ledger")
    told = commands(typer.main.get_command(app), "tieout")
    assert told == ["tieout ask", "tieout check", "tieout ledger rebuild"]


def test_the_places_of_a_contract_are_dotted() -> None:
    assert dict(places(Whole)) == {
        "pipeline": ["first", "stages"],
        "pipeline.stages": ["from", "name"],
        "pipeline.first": ["from", "name"],
        "lenses": ["from", "name"],
    }


PAGE = """
# Contract
## `pipeline`
| key | what |
|---|---|
| `stages` | the stages |
* `first`: the first
### `pipeline.stages`
- `name`: its name
* `probability`: gone since
```
## `lenses`
* `from`: in an example
```
## `pipeline.first`: as a stage
* `name`, and
* `from`
"""


def test_what_a_page_leaves_out_is_told() -> None:
    assert missing_keys(Whole, sections(PAGE)) == ["no entry `from` under `pipeline.stages`", "no heading `lenses`"]


def test_what_a_page_invents_is_told() -> None:
    assert invented_keys(Whole, sections(PAGE)) == ["`probability` under `pipeline.stages`"]


def test_codes_are_read_from_headings_only() -> None:
    page = "# Findings\n### `stage.unknown`\nSee `rate.missing`.\n### rate.past\n## About `tieout check`\n"
    assert headed_codes(sections(page)) == {"stage.unknown", "rate.past"}
