"""Texts of persons and companies are written alike before they are compared."""

from __future__ import annotations

import pytest

from tieout.align.duplicates.normal import (
    company_sql,
    day_sql,
    domain_sql,
    email_sql,
    label_sql,
    shared_sql,
    street_sql,
)
from tieout.align.duplicates.phones import key_phones
from tieout.warehouse.engine import literal, memory


def value(expression: str) -> object:
    with memory() as engine:
        return engine.execute(f"select {expression}").fetchall()[0][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann.Lee+news@Example.com ", "ann.lee@example.com"),
        ("a.n.n@googlemail.com", "ann@gmail.com"),
        ("mailto:ann@gmail.com", "a.nn+x@gmail.com"),
    ],
)
def test_addresses_that_are_the_same(one: str, other: str) -> None:
    assert value(email_sql(literal(one))) == value(email_sql(literal(other)))


def test_dots_count_elsewhere_and_what_is_no_address_is_none() -> None:
    assert value(email_sql("'a.b@x.de'")) != value(email_sql("'ab@x.de'"))
    assert value(email_sql("'not known'")) is None
    assert value(email_sql("'+@x.de'")) == "+@x.de"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Acme GmbH & Co. KG", "acme"),
        ("ACME G.m.b.H.", "acme"),
        ("Müller Söhne AG", "muller sohne"),
        ("Société Générale S.A.", "societe generale"),
        ("Żabka Polska Sp. z o.o.", "zabka polska"),
        ("PT Bank Mandiri Tbk", "bank mandiri"),
        ("ООО Ромашка", "ромашка"),  # noqa: RUF001 - Cyrillic
        ("株式会社日立", "株式会社日立"),
        ("Toyota 株式会社", "toyota"),
        ("AT&T Inc.", "at t"),
        ("Acme Pty. Ltd.", "acme"),
        ("Acme S.A. de C.V.", "acme"),
        ("Ørsted A/S", "orsted"),
        ("GmbH", "gmbh"),
    ],
)
def test_a_legal_form_is_not_the_name(name: str, core: str) -> None:
    assert value(company_sql(literal(name))) == core


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.Acme.co.uk/shop?x=1", "acme.co.uk"),
        ("acme.com", "acme.com"),
        ("ann@acme.com", "acme.com"),
        ("ann@gmail.com", None),
        ("none", None),
    ],
)
def test_a_domain_is_of_a_company(text: str, domain: str | None) -> None:
    assert value(domain_sql(literal(text))) == domain


def test_the_label_of_a_domain() -> None:
    assert [value(label_sql(literal(d))) for d in ("shop.acme.co.uk", "acme.de", "x")] == ["acme", "acme", None]


def test_a_mailbox_of_several_people() -> None:
    assert [value(shared_sql(literal(e))) for e in ("info@x.de", "sales-1@x.de", "ann@x.de")] == [True, True, False]


@pytest.mark.parametrize("text", ["1956-04-09", "19560409", "09.04.1956", "9/4/1956", "1956/4/9"])
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert value(day_sql(literal(text), day_first=True)) == "19560409"


def test_streets_are_short() -> None:
    assert value(street_sql("'Hauptstraße 5'")) == value(street_sql("'Hauptstr. 5'"))
    assert value(street_sql("'12 Main Street'")) == value(street_sql("'12 main st.'"))


@pytest.mark.parametrize(
    ("one", "other", "country"),
    [
        ("+49 (0)30 1234567", "0049301234567", None),
        ("030 1234567", "+49 30 1234567", "Germany"),
        ("(415) 555-2671 ext. 12", "+1 415 555 2671", "US"),
    ],
)
def test_phones_that_are_the_same(one: str, other: str, country: str | None) -> None:
    told = "null" if country is None else literal(country)
    with memory() as engine:
        rows = " union all ".join(f"select {literal(phone)} as phone, {told} as country" for phone in (one, other))
        engine.execute(f"create table given as {rows}")
        key_phones(engine, "given")
        assert len(engine.execute("select distinct phone_key from with_phones").fetchall()) == 1
