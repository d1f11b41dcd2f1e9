"""A contract comes back from the archive as it was, by a fingerprint that only what was agreed decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.conftest import Load
from tieout.contract.archive import NotArchivedError, archive, fingerprint, part_fingerprint, read_archived
from tieout.contract.model import Company, Contract, Definition, Lens, Pipeline, Rate
from tieout.contract.starter import starter_texts


def full(load: Load) -> Contract:
    files = {name.replace(".yaml", "").replace(".csv", "_csv"): text for name, text in starter_texts().items()}
    contract, told, _ = load(**files)
    assert told == []
    return contract


def test_round_trip(load: Load, tmp_path: Path) -> None:
    contract = full(load)
    changed = Definition.model_validate({"from": date(2027, 1, 1), "stage": "Proposal"})
    contract = contract.model_copy(update={"pipeline": Pipeline(definition=(Definition(), changed))})
    name = archive(contract, tmp_path / "contracts")
    back = read_archived(tmp_path / "contracts", name)
    assert back == contract
    assert list(back.lenses) == list(contract.lenses)
    assert fingerprint(back) == name
    assert [file.name for file in (tmp_path / "contracts").iterdir()] == [f"{name}.json"]


def test_archiving_again_leaves_the_file(tmp_path: Path) -> None:
    name = archive(Contract(), tmp_path)
    before = (tmp_path / f"{name}.json").stat()
    assert archive(Contract(), tmp_path) == name
    assert (tmp_path / f"{name}.json").stat().st_ino == before.st_ino


def test_a_fingerprint_is_16_hex_digits_and_follows_what_was_agreed() -> None:
    plain = Contract()
    assert len(fingerprint(plain)) == 16
    assert int(fingerprint(plain), 16) >= 0
    assert fingerprint(plain) == fingerprint(Contract(company=Company()))
    assert fingerprint(plain) != fingerprint(Contract(company=Company(currency="EUR")))


def test_comments_and_zeros_do_not_change_a_fingerprint(load: Load) -> None:
    first, _, _ = load(company="name: A", rates_csv="kind,currency,from,rate\nplan,EUR,2026-01-01,1.1")
    again, _, _ = load(company="# ours\nname: 'A'", rates_csv="kind,currency,from,rate\n\nplan,EUR,2026-01-01,1.10")
    assert fingerprint(first) == fingerprint(again)


def test_the_order_of_lenses_is_part_of_the_agreement() -> None:
    one, two = Lens(basis="tcv"), Lens(basis="acv")
    assert fingerprint(Contract(lenses={"a": one, "b": two})) != fingerprint(Contract(lenses={"b": two, "a": one}))


def test_a_part_has_its_own_fingerprint() -> None:
    rate = Rate.model_validate({"kind": "plan", "currency": "EUR", "from": date(2026, 1, 1), "rate": Decimal("1.1")})
    plain, other = Contract(), Contract(rates=(rate,), lenses={"sales": Lens()})
    parts = ("pipeline.definition", "company")
    assert part_fingerprint(plain, parts) == part_fingerprint(other, parts)
    assert part_fingerprint(plain, parts) == part_fingerprint(plain, ("company", "pipeline.definition", "company"))
    assert part_fingerprint(plain, ("rates",)) != part_fingerprint(other, ("rates",))
    assert part_fingerprint(plain, ("lenses.sales",)) != part_fingerprint(other, ("lenses.sales",))


def test_what_is_not_there_or_damaged_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotArchivedError, match="0123456789abcdef is not in the archive"):
        read_archived(tmp_path, "0123456789abcdef")
    name = archive(Contract(), tmp_path)
    (tmp_path / f"{name}.json").write_text('{"company": ')
    with pytest.raises(NotArchivedError, match="cannot be read"):
        read_archived(tmp_path, name)
