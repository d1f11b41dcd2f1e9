"""Whatever a file holds, it is read as far as it goes, and each mistake is told with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.contract.conftest import Load
from tieout.contract.load import load_contract
from tieout.contract.model import Contract


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: [a", ["yaml.syntax company.yaml:1"]),
        ("name: 'a\ncurrency: EUR", ["yaml.syntax company.yaml:1"]),
        ("name: a: b\ncurrency: EUR", ["yaml.syntax company.yaml:1"]),
        ("name: @a\ncurrency: EUR", ["yaml.syntax company.yaml:1"]),
        ("- a\n- b", ["yaml.root company.yaml:1"]),
        ("just words", ["yaml.root company.yaml:1"]),
        ("name: a\n---\nname: b", ["yaml.documents company.yaml:2"]),
        ("name: a\nname: b", ["yaml.duplicate_key company.yaml:2"]),
        ("name: *nobody", ["yaml.alias company.yaml:1"]),
        ("name: !!python/object/apply:os.system [echo]", ["yaml.tag company.yaml:1", "value.type company.yaml:1"]),
        ("calendars:\n\tfiscal:\n\t  start_month: 2", ["yaml.tab company.yaml:2", "yaml.tab company.yaml:3"]),
        ("? [a]\n: b", ["yaml.key company.yaml:1"]),
        ("name: a\n<<: b", ["yaml.merge company.yaml:2"]),
        ("name: caf\xe9\ncurrency: EURO", ["currency.unknown company.yaml:2"]),
        ("name: a\x07b", ["file.character company.yaml:1"]),
        ('name: "\\U00110000"', ["yaml.syntax company.yaml:1"]),
        (
            "segments: [{name: A, when: employees > 1}, {name: a, when: employees > 2}]",
            ["segment.duplicate company.yaml:1"],
        ),
        ("calendars: {}", ["calendar.none company.yaml:1"]),
        ("calendars: {'': {}}", ["name.blank company.yaml:1", "calendar.none company.yaml:1"]),
        ("", ["file.empty company.yaml"]),
        ("# nothing agreed yet\n", []),
        ("name:\ncurrency:\n", []),
    ],
)
def test_mistakes_in_the_text(load: Load, text: str, told: list[str]) -> None:
    assert load(company=text)[1] == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ["file.empty company.yaml"]),
        (b"\x00\x01\x02", ["file.binary company.yaml"]),
        (b"PK\x03\x04\x00\x00", ["file.binary company.yaml"]),
        (b"currency: EUR\nname: caf\xe9\n", ["file.encoding company.yaml:2"]),
        (b"\xef\xbb\xbfcurrency: EUR\r\nname: x\r\n", []),
        ("currency: EUR\nname: x".encode("utf-16"), []),
        (b"#" * 1_000_001, ["file.too_large company.yaml"]),
    ],
)
def test_bytes_that_are_not_plain_text(load: Load, content: bytes, told: list[str]) -> None:
    contract, found, _ = load(company=content)
    assert found == told
    assert contract.company.currency == (
        "EUR" if b"E" in content and b"currency" in content.replace(b"\0", b"") else "USD"
    )


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "company.yaml").mkdir()
    (tmp_path / "pipeline.yaml").symlink_to(tmp_path / "nowhere")
    contract, findings = load_contract(tmp_path)
    assert [finding.code for finding in findings] == ["file.unreadable", "file.unreadable"]
    assert contract == Contract()


def test_no_folder_is_a_finding_and_the_default_contract(tmp_path: Path) -> None:
    contract, findings = load_contract(tmp_path / "contract")
    assert [finding.code for finding in findings] == ["contract.missing"]
    assert contract == Contract()


def test_an_empty_folder_is_the_default_contract(tmp_path: Path) -> None:
    assert load_contract(tmp_path) == (Contract(), ())


def test_anchors_aliases_and_merged_keys(load: Load) -> None:
    contract, told, _ = load(
        lenses="""
        sales: &sales
          types: &types [new, renewal]
          basis: tcv
        finance:
          <<: *sales
          basis: arr
        cs:
          types: *types
        """
    )
    assert told == []
    assert contract.lenses["finance"].types == ("new", "renewal")
    assert contract.lenses["finance"].basis == "arr"
    assert contract.lenses["sales"].basis == "tcv"
    assert contract.lenses["cs"].types == ("new", "renewal")


def test_text_is_taken_as_it_stands(load: Load) -> None:
    contract, told, _ = load(
        company="name: 2026",
        pipeline="types: [new, 1.50, yes, 2026-01-01]\ndefinition: [{types: [new]}]",
        sources="""
        crm:
          objects:
            deals: {entity: opportunity, files: x, key: 1, fields: {reason: {column: a, values: {1: no, 2: null}}}}
        """,
        plan="types: [new]",
    )
    assert told == []
    assert contract.company.name == "2026"
    assert contract.pipeline.types == ("new", "1.50", "yes", "2026-01-01")
    deals = contract.sources["crm"].objects["deals"]
    assert deals.keys == ("1",)
    assert deals.fields["reason"].values == {"1": "no", "2": None}


def test_a_mapping_may_be_a_column_or_several(load: Load) -> None:
    contract, told, _ = load(
        sources="""
        crm:
          objects:
            deals: {entity: opportunity, files: x, key: Id, fields: {name: Name, arr: [ARR, Amount]}}
        """
    )
    assert told == []
    fields = contract.sources["crm"].objects["deals"].fields
    assert (fields["name"].column, fields["arr"].column) == ("Name", ("ARR", "Amount"))


def test_reading_goes_on_after_a_mistake(load: Load) -> None:
    contract, told, _ = load(
        company="""
        name: 'Acme
        currency: EURO
        time_zone: Europe/Paris
        calendars: [a
        rates: @here
        segments:
          - name: All
            when: employees > 0
        """
    )
    assert told == [
        "yaml.syntax company.yaml:1",
        "currency.unknown company.yaml:2",
        "yaml.syntax company.yaml:4",
        "yaml.syntax company.yaml:5",
    ]
    assert contract.company.time_zone == "Europe/Paris"
    assert [segment.name for segment in contract.company.segments] == ["All"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "name: " + "{a: " * 100_000,
        "\n".join(" " * depth + "a:" for depth in range(1_000)),
        "- " * 10_000,
        "? " * 10_000,
        "a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a, *a, *a, *a, *a, *a, *a]" for n in range(5_000)),
        "&a [*a]",
        "name: " + "a" * 500_000,
        "\n".join(f"'{n}" for n in range(3_000)),
        "\n".join(f"k{n}: [" for n in range(3_000)),
        "\n\t" * 3_000,
    ],
)
def test_deep_or_huge_files_are_refused_quickly(load: Load, text: str) -> None:
    before = time.process_time()
    _, told, _ = load(company=text, sources=text)
    assert told
    assert time.process_time() - before < 10


def test_repeated_parts_are_bounded(load: Load) -> None:
    fields = "fields: &f {" + ", ".join(f"f{n}: x" for n in range(600)) + "}"
    objects = "{" + ", ".join(f"o{n}: *o" for n in range(600)) + "}"
    text = f"a: {{objects: {{x: &o {{files: x, key: x, {fields}}}}}}}\nb: &b {{objects: {objects}}}\n"
    before = time.process_time()
    _, told, _ = load(sources=text + "\n".join(f"c{n}: *b" for n in range(600)))
    assert "yaml.too_many" in {line.split()[0] for line in told}
    assert time.process_time() - before < 20


def test_nesting_has_an_end_and_reading_goes_on_behind_it(load: Load) -> None:
    contract, told, _ = load(company="name: " + "[" * 40 + "]" * 40 + "\ncurrency: EUR")
    assert told == ["yaml.deep company.yaml:1"]
    assert contract.company.currency == "EUR"
