"""Duplicates of sets whose truth is known: written by hand here, made up at random, or public."""

from __future__ import annotations

import csv
import os
import random
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.align.duplicates.clusters import clusters_of
from tieout.align.duplicates.kinds import ACCOUNTS, PERSONS, Kind
from tieout.align.duplicates.linking import defaults, learn
from tieout.duplicates import Listed, Terms, in_file

DATA = Path(os.environ.get("TIEOUT_DATA", "../shared/data"))  # TIEOUT_DATA=../shared/data
Rows = list[dict[str, str]]
Pairs = set[tuple[str, str]]


def listed(tmp_path: Path, kind: Kind, rows: Rows) -> Listed:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", *names])
        writer.writeheader()
        writer.writerows({"id": f"R{number}", **row} for number, row in enumerate(rows))
    return in_file(tmp_path / "rows.csv", kind, Terms())


def groups(found: Listed) -> set[tuple[str, ...]]:
    return {cluster.records for cluster in found.found.clusters}


def together(groups: dict[str, list[str]]) -> Pairs:
    return {pair for records in groups.values() for pair in combinations(sorted(records), 2)}


def scores(found: Listed, truth: Pairs) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs that lie in one cluster."""
    told = {pair for cluster in found.found.clusters for pair in combinations(sorted(cluster.records), 2)}
    right = len(told & truth)
    precision, recall = right / max(len(told), 1), right / len(truth)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


FIRMS = [
    {"name": "Acme GmbH", "website": "www.acme.de", "country": "Germany", "city": "Berlin"},
    {"name": "ACME G.m.b.H.", "website": "https://acme.de/en", "country": "DE", "city": "Berlin"},
    {"name": "Acme France", "website": "www.acme.fr", "country": "France", "city": "Paris"},
    {"name": "Acme Inc.", "website": "www.acme.com", "country": "USA", "city": "Boston"},
    {"name": "Store 12 Ltd", "website": "stores.co.uk", "country": "UK", "city": "Leeds"},
    {"name": "Store 14 Ltd", "website": "stores.co.uk", "country": "UK", "city": "Leeds"},
    {"name": "Nordwind Logistik AG", "website": "nordwind-logistik.de", "country": "Germany", "city": "Kiel"},
    {"name": "Nordwind Logisitk", "website": "nordwind-logistik.de", "country": "", "city": "Kiel"},
    {"name": "Blue Harbor Partners", "website": "blueharbor.io", "country": "", "city": ""},
    {"name": "Quantum Foods", "website": "", "country": "Spain", "city": "Madrid"},
]


def test_firms_are_told_from_their_subsidiaries_and_branches(tmp_path: Path) -> None:
    found = listed(tmp_path, ACCOUNTS, FIRMS)
    assert groups(found) == {("R0", "R1"), ("R6", "R7")}
    by_id = {one.id: one for one in found.proposals}
    assert "same domain" in (by_id.get("R1") or by_id["R0"]).agrees
    assert "companies of one group in two countries" in found.found.apart


PEOPLE = [
    {
        "first": "Robert",
        "surname": "Miller",
        "mail": "rob.miller@acme.com",
        "phone": "+1 415 555 2671",
        "company": "Acme",
    },
    {"first": "Bob", "surname": "Miller", "mail": "Rob.Miller+crm@acme.com", "phone": "", "company": "Acme Inc."},
    {"first": "Miller", "surname": "Robert", "mail": "rob.miller@acme.com", "phone": "0014155552671", "company": ""},
    {
        "first": "Robert",
        "surname": "Miller",
        "mail": "r.miller@globex.com",
        "phone": "+12125551000",
        "company": "Globex",
    },
    {"first": "Ann", "surname": "Lee", "mail": "info@initech.com", "phone": "+13035557000", "company": "Initech"},
    {"first": "Karl", "surname": "Kurz", "mail": "info@initech.com", "phone": "+13035557000", "company": "Initech"},
    {"first": "Paul", "surname": "Twin", "mail": "", "phone": "+15035551111", "company": "", "dob": "1990-05-05"},
    {"first": "Mary", "surname": "Twin", "mail": "", "phone": "+15035551111", "company": "", "dob": "1990-05-05"},
    {"first": "Zoe", "surname": "Adler", "mail": "zoe@adler.example", "phone": "", "company": "", "dob": "1985-12-03"},
    {"first": "Zoe", "surname": "Alder", "mail": "zoe@adler.example", "phone": "", "company": "", "dob": "1985-03-12"},
]


def test_persons_are_told_from_namesakes_twins_and_colleagues(tmp_path: Path) -> None:
    assert groups(listed(tmp_path, PERSONS, PEOPLE)) == {("R0", "R1", "R2"), ("R8", "R9")}


@pytest.mark.parametrize("rows", [[], PEOPLE[:1], [{"first": "", "surname": ""}] * 3])
def test_little_or_nothing_gives_nothing(tmp_path: Path, rows: Rows) -> None:
    assert groups(listed(tmp_path, PERSONS, rows or [{"first": ""}])) == set()


def made_up(seed: int, number: int) -> tuple[Rows, Pairs]:
    """Companies in several languages; some twice, written otherwise, some with subsidiaries that are no doubles."""
    dice = random.Random(seed)
    halves = [
        "Nord",
        "Stern",
        "Quantum",
        "Alpen",
        "Vertex",
        "Lumen",
        "Granit",
        "Cedar",
        "Orion",
        "Falcon",
        "Silber",
        "Zenith",
    ]
    trades = [
        "Systems",
        "Logistics",
        "Foods",
        "Energie",
        "Medical",
        "Robotics",
        "Textil",
        "Pharma",
        "Analytics",
        "Chemie",
    ]
    forms = {
        "Germany": ["GmbH", "AG", "G.m.b.H."],
        "France": ["S.A.R.L.", "SAS"],
        "Poland": ["Sp. z o.o."],
        "UK": ["Ltd", "Limited"],
    }
    bases = sorted({f"{a}{b.lower()} {c}" for a in halves for b in halves for c in trades if a != b})
    rows: Rows = []
    truth: dict[str, list[str]] = defaultdict(list)
    for base in dice.sample(bases, number):
        for country in dice.sample(list(forms), 2 if dice.random() < 0.2 else 1):
            label = base.replace(" ", "").lower()
            for copy in range(1 + (dice.random() < 0.35)):
                name = base if not copy or dice.random() < 0.6 else base[:3] + base[4:]
                row = {
                    "Firma": f"{name} {dice.choice(forms[country])}",
                    "Webseite": f"{'www.' if copy else 'https://'}{label}.com" if dice.random() < 0.8 else "",
                    "Land": country if dice.random() < 0.9 else "",
                    "PLZ": f"{hash_of(base + country)}" if dice.random() < 0.8 else "",
                }
                truth[base + country].append(f"R{len(rows)}")
                rows.append(row)
    return rows, together(truth)


def hash_of(text: str) -> int:
    return 10_000 + sum(ord(letter) * place for place, letter in enumerate(text, 7)) % 89_999


def test_made_up_firms_are_found(tmp_path: Path) -> None:
    rows, truth = made_up(3, 250)
    precision, recall, _ = scores(listed(tmp_path, ACCOUNTS, rows), truth)
    assert precision > 0.9
    assert recall > 0.85


def public(name: str) -> Path:
    if not (DATA / "identity" / name).exists():
        pytest.skip(f"{name} is not there; set TIEOUT_DATA to the folder of public data")
    return DATA / "identity" / name


def test_febrl3() -> None:
    truth: dict[str, list[str]] = defaultdict(list)
    with public("febrl3.csv").open() as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            truth[row["rec_id"].split("-")[1]].append(row["rec_id"].strip())
    assert scores(in_file(public("febrl3.csv"), PERSONS, Terms()), together(truth))[2] > 0.98


def test_fake_1000() -> None:
    truth: dict[str, list[str]] = defaultdict(list)
    with public("fake_1000.csv").open() as file:
        for row in csv.DictReader(file):
            truth[row["cluster"]].append(row["unique_id"])
    assert scores(in_file(public("fake_1000.csv"), PERSONS, Terms()), together(truth))[2] > 0.9


# -- clusters and learning


def test_a_chain_does_not_join_what_is_far_apart() -> None:
    chain = [("a", "b", 0.99), ("b", "c", 0.98), ("c", "d", 0.97), ("d", "e", 0.96), ("e", "f", 0.95)]
    assert max(len(cluster.records) for cluster in clusters_of(chain)) < 6


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), st.floats(0.5, 1))))
def test_a_record_lies_in_one_cluster(pairs: list[tuple[str, str, float]]) -> None:
    found = clusters_of([pair for pair in pairs if pair[0] != pair[1]])
    records = [record for cluster in found for record in cluster.records]
    assert len(records) == len(set(records))
    assert clusters_of([(b, a, p) for a, b, p in reversed(pairs) if a != b]) == found


def test_what_the_data_shows_bends_the_defaults_and_does_not_break_them() -> None:
    comparisons = PERSONS.comparisons[:2]
    weights = defaults(1_000, comparisons)
    told = learn([((0, 0), 500.0), ((6, 4), 400_000.0)], 499_500, comparisons, weights)
    assert told.prior > weights.prior
    assert weights.same["first"][0] < told.same["first"][0] < 1
    assert told.same["first"][6] > 0
