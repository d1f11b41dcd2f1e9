"""What programs read: one JSON document each, to the letter of the reference."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.line.typed import Type

PASSPORT = {
    "build", "contract", "calendar", "rates", "org", "filters", "band", "position", "program", "lens",
}  # fmt: skip


def test_an_answer_has_the_keys_of_the_reference(typed: Type) -> None:
    seen = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--by", "type", "--json")
    found = seen.document
    assert seen.status == 0
    assert {name: found[name] for name in ("metric", "unit", "currency", "period", "as_of", "known_at")} == {
        "metric": "pipeline.open_qualified",
        "unit": "money",
        "currency": "USD",
        "period": "2026-Q3",
        "as_of": "2026-07-20T23:59:59.999999+00:00",
        "known_at": None,
    }
    assert set(found["passport"]) == PASSPORT
    assert found["rows"][0] == {
        "by": {},
        "value": Decimal("510000.00"),
        "n": 6,
        "interval": None,
        "grade": {"observed": Decimal("1.0")},
        "absent": None,
        "verdict": None,
        "immature": False,
    }
    assert [(row["by"], row["value"]) for row in found["rows"][1:]] == [
        ({"type": "expansion"}, Decimal("110000.00")),
        ({"type": "new"}, Decimal("400000.00")),
    ]
    assert "records" not in found


def test_money_has_exactly_two_decimals_as_a_number(typed: Type) -> None:
    out = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--json").out
    assert '"value": 510000.00,' in out


def test_records_are_added_where_asked_for(typed: Type) -> None:
    found = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-06", "--records", "--json").document
    assert {row["record"]: row["value"] for row in found["records"]} == {
        "O1": Decimal("100000.00"),
        "O2": Decimal("50000.00"),
        "O3": Decimal("110000.00"),
        "O4": Decimal("70000.00"),
        "O7": Decimal("40000.00"),
        "O8": Decimal("40000.00"),
    }


def test_said_then_is_known_at_as_of(typed: Type) -> None:
    found = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-06", "--said-then", "--json").document
    assert found["known_at"] == "2026-07-06T23:59:59.999999+00:00"
    assert found["rows"][0]["value"] == Decimal("470000.00")


def test_a_lens_can_be_asked(typed: Type) -> None:
    found = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--lens", "sales", "--json").document
    assert found["passport"]["lens"] == "sales"
    assert found["rows"][0]["value"] == Decimal("900000.00")


def test_a_bridge_has_the_keys_of_the_reference(typed: Type) -> None:
    found = typed("bridge", "agreed@2026-07-20", "sales@2026-07-20", "--json").document
    assert set(found["from"]) == {"lens", "as_of", "known_at", "value", "n", "grade", "build", "contract", "options"}
    assert (found["from"]["lens"], found["from"]["value"], found["from"]["n"]) == ("agreed", Decimal("510000.00"), 6)
    assert (found["to"]["lens"], found["to"]["value"], found["to"]["n"]) == ("sales", Decimal("900000.00"), 8)
    assert found["lines"] == [
        {"cause": "excluded", "amount": Decimal("25000.00"), "n": 1},
        {"cause": "type", "amount": Decimal("55000.00"), "n": 1},
        {"cause": "basis", "amount": Decimal("280000.00"), "n": 2},
        {"cause": "rate", "amount": Decimal("30000.00"), "n": 1},
    ]
    assert found["residual"] == Decimal("0.00")
    assert (found["period"], found["memo"]) == ("2026-Q3", [])
    assert "postings" not in found


def test_the_postings_add_up_to_the_lines(typed: Type) -> None:
    found = typed("bridge", "agreed@2026-07-20", "marketing@2026-07-20", "--records", "--json").document
    assert {posting["unit"] for posting in found["postings"] if posting["record"] == "O2"} == {"C2"}
    sums: dict[str, Decimal] = {}
    for posting in found["postings"]:
        sums[posting["cause"]] = sums.get(posting["cause"], Decimal(0)) + posting["amount"]
    assert sums == {line["cause"]: line["amount"] for line in found["lines"]}


def test_the_tie_out_has_every_lens(typed: Type) -> None:
    found = typed("lenses", "--as-of", "2026-07-20", "--json").document
    assert (found["agreed"]["value"], found["period"]) == (Decimal("510000.00"), "2026-Q3")
    assert {lens["lens"]: (lens["value"], lens["residual"]) for lens in found["lenses"]} == {
        "sales": (Decimal("900000.00"), Decimal("0.00")),
        "marketing": (Decimal("265000.00"), Decimal("0.00")),
    }


def test_the_glossary_is_a_document(typed: Type) -> None:
    found = typed("ask", "--list", "--json").document
    assert "pipeline.open_qualified" in {metric["metric"] for metric in found["metrics"]}


def test_a_life_is_a_document(typed: Type) -> None:
    found = typed("history", "O4", "--json").document
    assert [version["flags"] for version in found["versions"]] == [
        [],
        ["deleted", "dated by the taking"],
        ["restored", "dated by the taking"],
    ]
    assert [version["valid_from"] for version in found["versions"]] == [
        "2026-06-30T00:00:00+00:00",
        "2026-07-13T06:00:00+00:00",
        "2026-07-20T06:00:00+00:00",
    ]
    assert [source["position"] for version in found["versions"] for source in version["sources"]] == [1, 2, 4]
    assert {one["lens"]: one["facet"] for one in found["memberships"]} == {
        "agreed": None,
        "sales": None,
        "marketing": "slice",
    }


def test_a_passport_is_asked_again_and_reproduced(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "passport.json"
    file.write_text(typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--json").out)
    seen = typed("ask", "--passport", str(file), "--json")
    assert seen.status == 0
    assert (seen.document["reproduced"], seen.document["differing"]) == (True, [])
    assert seen.document["then"]["rows"][0]["value"] == Decimal("510000.00")


def test_an_edited_passport_is_not_reproduced(typed: Type, tmp_path: Path) -> None:
    file = tmp_path / "passport.json"
    written = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--json").out
    file.write_text(written.replace("510000.00", "520000.00"))
    seen = typed("ask", "--passport", str(file), "--json")
    assert seen.status == 1
    assert (seen.document["reproduced"], seen.document["differing"]) == (False, ["total"])


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("ask", "pipeline.opne"), 2, "question"),
        (("ask", "pipeline.open", "--period", "soon"), 2, "period"),
        (("ask", "pipeline.open", "--as-of", "2026-13-01"), 2, "period"),
        (("ask", "pipeline.open", "--by", "stagee"), 2, "question"),
        (("ask", "pipeline.open", "--where", "drop table x"), 2, "question"),
        (("ask", "pipeline.open", "--csv"), 2, "usage"),
        (("ask",), 2, "usage"),
        (("ask", "pipeline.open", "--rates", "best"), 2, "usage"),
        (("ask", "pipeline.open", "--known-at", "2026-07-06", "--said-then"), 2, "usage"),
        (("ask", "--passport", "no/such/file"), 2, "question"),
        (("bridge", "agreed"), 2, "usage"),
        (("bridge", "agreed", "salse"), 2, "question"),
        (("bridge", "agreed@", "sales"), 2, "question"),
        (("bridge", "agreed", "sales", "--gross"), 2, "question"),
        (("history", "O99"), 2, "question"),
        (("lenses", "--period", "2026-Q9"), 2, "period"),
        (("refresh", "--accept", "crm.nothing"), 2, "question"),
    ],
)
def test_an_error_is_one_document_and_one_sentence(words: tuple[str, ...], status: int, code: str, typed: Type) -> None:
    seen = typed(*words, "--json")
    assert seen.status == status
    assert seen.document["error"]["code"] == code
    assert seen.err.startswith("error: ")
    assert seen.err.count("\n") == 1
    assert "Traceback" not in seen.err


def test_an_error_names_the_nearest(typed: Type) -> None:
    assert "Did you mean 'sales'?" in typed("bridge", "agreed", "salse").err
    assert "Did you mean 'pipeline.open'?" in typed("ask", "pipeline.opne").err
    assert "The nearest id is 'O1'" in typed("history", "O1x").err
