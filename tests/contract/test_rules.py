"""Each rule finds its mistake, in its line, and nothing else is said."""

from __future__ import annotations

import pytest

from tests.contract.conftest import Load
from tieout.basics.findings import Level
from tieout.contract.rules import RULES, check

OBJECT = "crm:\n  objects:\n    deals:\n      files: d.csv\n      key: Id\n"
HISTORY = "crm:\n  objects:\n    changes:\n      files: h.csv\n      entity: field_history\n"


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("company", "calendars:\n  'a@b': {}", "name.form company.yaml:2"),
        ("company", "calendars:\n  a: {month: 9}", "calendar.mixed company.yaml:2"),
        ("company", "calendars:\n  a:\n    weeks: 4-4-5\n    start_month: 2", "calendar.mixed company.yaml:4"),
        ("company", "calendars:\n  a: {weeks: 4-4-4}", "value.choice company.yaml:2"),
        ("company", "calendars:\n  a:\n    weeks: 4-4-5\n    starts: [2025-01-06, 2026-01-12]",
         "calendar.year company.yaml:4"),
        ("company", "calendars:\n  a:\n    weeks: 4-4-5\n    starts: [2026-02-01, 2026-02-08]",
         "calendar.year company.yaml:4"),
        ("company", "calendars:\n  a:\n    weeks: 4-4-5\n    starts: [0001-01-01]", "calendar.year company.yaml:4"),
        ("company", "calendars:\n  a:\n    weeks: 4-4-5\n    starts: [9999-12-31]", "calendar.year company.yaml:4"),
        ("plan", "calendar: fisccal", "calendar.unknown plan.yaml:1"),
        ("company", "segments:\n  - {name: A, when: employees > 1}\n  - {name: ' a', when: employees > 0}",
         "segment.duplicate company.yaml:3"),
        ("company", "segments:\n  - name: ''\n    when: employees > 1", "name.blank company.yaml:2"),
        ("company", "segments:\n  - name: A\n    when: stage = 'x'", "criterion.column company.yaml:3"),
        ("company", "currency: usd", "currency.unknown company.yaml:1"),
        ("company", "time_zone: ../etc/passwd", "zone.unknown company.yaml:1"),
        ("company", "rates: ../rates.csv", "register.outside company.yaml:1"),
        ("company", "rates: fx.csv", "register.missing company.yaml:1"),
        ("lifecycle", "stages: []", "lifecycle.none lifecycle.yaml:1"),
        ("lifecycle", "stages:\n  - name: a\n  - name: A", "lifecycle.duplicate lifecycle.yaml:3"),
        ("lifecycle", "stages:\n  - name: a\n    when: ready for sales", "criterion.syntax lifecycle.yaml:3"),
        ("lifecycle", "stages:\n  - name: a\n    answer_within_hours: 0", "value.range lifecycle.yaml:3"),
        ("company", "working_hours:\n  - monday: 9-17", "hours.form company.yaml:2"),
        ("company", "working_hours:\n  - monday: [09:00-12:00, 11:00-17:00]", "hours.overlap company.yaml:2"),
        ("company", "working_hours:\n  - team: A", "hours.none company.yaml:2"),
        ("company", "working_hours:\n  - {team: A, user: U, monday: 09:00-17:00}", "hours.both company.yaml:2"),
        ("company", "working_hours:\n  - {team: A, monday: 09:00-17:00}\n  - {team: a, monday: 10:00-17:00}",
         "hours.order company.yaml:3"),
        ("company", "working_hours:\n  - monday: 09:00-17:00\n    holidays: [XX]", "holiday.country company.yaml:3"),
        ("company", "working_hours:\n  - monday: 09:00-17:00\n    holidays: [DE-XX]", "holiday.region company.yaml:3"),
        ("company", "working_hours:\n  - monday: 09:00-17:00\n    time_zone: Berlin", "zone.unknown company.yaml:3"),
        ("lifecycle", "stages:\n  - name: mql\n    hours: business", "hours.missing lifecycle.yaml:3"),
        ("lifecycle", "stages:\n  - name: a\n  - name: customer\n    answer: stage", "handoff.answer lifecycle.yaml:4"),
        ("lifecycle", "stages:\n  - name: mql\n    answer_times:\n      - {from: 2026-07-01, answer_within_hours: 2}",
         "answer_time.before lifecycle.yaml:3"),
        ("lifecycle", "commitments:\n  - handoff: mqql", "handoff.unknown lifecycle.yaml:2"),
        ("lifecycle", "commitments:\n  - quality: ready for sales", "criterion.syntax lifecycle.yaml:2"),
        ("lifecycle", "commitments:\n  - response_rate: 90", "value.range lifecycle.yaml:2"),
        ("lifecycle", "commitments:\n  - volume: 1\n  - volume: 2", "commitment.no_from lifecycle.yaml:3"),
        ("lifecycle", "commitments:\n  - from: 2026-02-01\n  - from: 2026-01-01", "commitment.order lifecycle.yaml:3"),
        ("pipeline", "stages:\n  - name: Qualification\n  - name: ' qualification '",
         "stage.duplicate pipeline.yaml:3"),
        ("pipeline", "stages:\n  - name: A\n    also: [B]\n  - name: C\n    also:\n      - X\n      - b",
         "stage.duplicate pipeline.yaml:7"),
        ("pipeline", "stages:\n  - name: Won\n    outcome: won", "stage.none_open pipeline.yaml:1"),
        ("pipeline", "stages:\n  - name: A\n    outcome: pending", "value.choice pipeline.yaml:3"),
        ("pipeline", "types: [new, expansion, New]", "type.duplicate pipeline.yaml:1"),
        ("pipeline", "categories: [Omitted, omitted]", "category.duplicate pipeline.yaml:1"),
        ("sources", "crm: {}\nCRM: {}", "system.duplicate sources.yaml:2"),
        ("pipeline", "categories:\n  - Omitted\n  - ''",
         "name.blank pipeline.yaml:3"),
        ("pipeline", "definition:\n  - {}\n  - from: 2026-02-01\n  - from: 2026-01-01",
         "definition.order pipeline.yaml:4"),
        ("pipeline", "definition:\n  - {}\n  - from: 2026-02-01\n  - from: 2026-02-01",
         "definition.order pipeline.yaml:4"),
        ("pipeline", "definition:\n  - {}\n  - stage: Proposal", "definition.no_from pipeline.yaml:3"),
        ("pipeline", "definition:\n  - from: 2026-01-01", "definition.first_from pipeline.yaml:2"),
        ("pipeline", "definition:\n  - stage: Closed Won", "definition.closed_stage pipeline.yaml:2"),
        ("pipeline", "definition:\n  - types: [nwe]", "type.unknown pipeline.yaml:2"),
        ("pipeline", "categories: [Commit]\ndefinition:\n  - omitted: [Comit]", "category.unknown pipeline.yaml:3"),
        ("pipeline", "source_class:\n  touch_days: -1", "value.range pipeline.yaml:2"),
        ("pipeline", "exclusions: none.csv", "register.missing pipeline.yaml:1"),
        ("lenses", "Agreed: {}", "lens.reserved lenses.yaml:1"),
        ("lenses", "sales: {}\nSales: {}", "lens.duplicate lenses.yaml:2"),
        ("lenses", "a@b: {}", "name.form lenses.yaml:1"),
        ("lenses", "sales:\n  stage: Propsal", "stage.unknown lenses.yaml:2"),
        ("lenses", "sales:\n  stages: [Proposal, Negociation]", "stage.unknown lenses.yaml:2"),
        ("lenses", "sales:\n  stages: every", "value.type lenses.yaml:2"),
        ("lenses", "sales:\n  types:\n    - new\n    - old", "type.unknown lenses.yaml:4"),
        ("lenses", "sales:\n  calendar: Fiscal", "calendar.unknown lenses.yaml:2"),
        ("lenses", "sales:\n  stage: Proposal\n  stages: all", "lens.stage_twice lenses.yaml:3"),
        ("lenses", "sales:\n  outcomes: []", "lens.no_outcome lenses.yaml:2"),
        ("lenses", "sales:\n  date_field: claimed_at", "lens.date_field lenses.yaml:2"),
        ("lenses", "sales:\n  freshness: {days: 2, last: month_end}", "lens.freshness_twice lenses.yaml:2"),
        ("lenses", "sales:\n  accepted: acepted", "criterion.column lenses.yaml:2"),
        ("lenses", "sales:\n  slice: region", "criterion.not_boolean lenses.yaml:2"),
        ("lenses", "sales:\n  grain: deals\n  date_field: claimed_at", "value.choice lenses.yaml:2"),
        ("numbers", "pipeline.opne: {}", "number.unknown numbers.yaml:1"),
        ("numbers", "pipeline.open:\n  band: {low: 5, high: 2}", "band.empty numbers.yaml:2"),
        ("numbers", "pipeline.open:\n  band: {low: .inf}", "value.type numbers.yaml:2"),
        ("plan", "types:\n  - new\n  - old", "type.unknown plan.yaml:3"),
        ("sources", "a.b:\n  path: x", "name.form sources.yaml:1"),
        ("sources", "crm:\n  objects:\n    ../x: {files: x, key: Id}", "name.form sources.yaml:3"),
        ("sources", "crm:\n  objects:\n    A: {files: x, key: Id}\n    a: {files: x, key: Id}",
         "object.duplicate sources.yaml:4"),
        ("sources", "crm:\n  objects:\n    deals:\n      key: Id", "key.missing sources.yaml:3"),
        ("sources", "crm:\n  objects:\n    deals:\n      fiels: d.csv\n      key: Id", "key.unknown sources.yaml:4"),
        ("sources", "crm:\n  objects:\n    deals:\n      files: ''\n      key: Id", "object.no_files sources.yaml:4"),
        ("sources", "crm:\n  objects:\n    deals:\n      files: d.csv", "object.no_key sources.yaml:3"),
        ("sources", OBJECT + "      entity: opportunities", "entity.unknown sources.yaml:6"),
        ("sources", OBJECT + "      fields: {name: Name}", "object.no_entity sources.yaml:6"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        emial: Email", "field.unknown sources.yaml:8"),
        ("sources", OBJECT + "      entity: lead\n      assume: [status, sorce]", "field.unknown sources.yaml:7"),
        ("sources", OBJECT + "      entity: lead\n      events:\n        - at: Won\n          set: {stage: Won}",
         "field.unknown sources.yaml:9"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        email: {values: {a: b}}",
         "mapping.ways sources.yaml:8"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        email: {column: a, constant: b}",
         "mapping.ways sources.yaml:8"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        email: ''", "mapping.blank sources.yaml:8"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        email: {sql: 'a +'}",
         "criterion.syntax sources.yaml:8"),
        ("sources", OBJECT + "      where: a; b", "criterion.statement sources.yaml:6"),
        ("sources", OBJECT + "      entity: opportunity\n      mode: log", "object.no_at sources.yaml:3"),
        ("sources", OBJECT + "      of: opportunity", "object.not_history sources.yaml:6"),
        ("sources", OBJECT + "      encoding: utf-99", "encoding.unknown sources.yaml:6"),
        ("sources", OBJECT + "      encoding: base64", "encoding.unknown sources.yaml:6"),
        ("sources", OBJECT + "      delimiter: 'ab'", "delimiter.form sources.yaml:6"),
        ("sources", OBJECT + "      header: 0", "header.form sources.yaml:6"),
        ("sources", OBJECT + "      header: [2, 4]", "header.form sources.yaml:6"),
        ("sources", OBJECT + "      header: [1, 2, 3]", "header.form sources.yaml:6"),
        ("sources", OBJECT + "      dates: ddmm", "value.choice sources.yaml:6"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        email: {column: a, minor: iso}",
         "mapping.writing sources.yaml:8"),
        ("sources", OBJECT + "      entity: lead\n      fields:\n        score: {column: a, dates: dmy}",
         "mapping.writing sources.yaml:8"),
        ("sources", OBJECT + "      taken_at: yesterday",
         "taken_at.form sources.yaml:6"),
        ("sources", OBJECT + "      dates: german", "value.choice sources.yaml:6"),
        ("sources", OBJECT + "      entity: opportunity\n      fields:\n        stage: {column: S, values: {P: Prop}}",
         "stage.unknown sources.yaml:8"),
        ("sources", OBJECT + "      entity: opportunity\n      fields:\n        type: {constant: old}",
         "type.unknown sources.yaml:8"),
        ("sources", HISTORY + "      mode: log\n      at: T\n      tracked: {S: stage}",
         "object.of sources.yaml:3"),
        ("sources", HISTORY + "      mode: log\n      at: T\n      of: deal\n      tracked: {S: stage}",
         "object.of sources.yaml:8"),
        ("sources", HISTORY + "      mode: log\n      of: opportunity\n      tracked: {S: stage}",
         "object.no_at sources.yaml:3"),
        ("sources", HISTORY + "      mode: log\n      at: T\n      of: opportunity", "object.tracked sources.yaml:3"),
        ("sources", HISTORY + "      mode: log\n      at: T\n      of: opportunity\n      tracked:\n        S: stge",
         "field.unknown sources.yaml:10"),
        ("sources", HISTORY + "      key: Id\n      of: opportunity\n      tracked: {S: stage}\n      mode: full",
         "object.mode sources.yaml:9"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_finding(load: Load, file: str, text: str, told: str) -> None:
    contract, found, findings = load(("pipeline.open",), **{file: text})
    assert found == [told]
    assert findings[0].remedy
    assert [fault for fault in check(contract) if fault.finding.level is Level.ERROR] == []


def test_every_rule_says_in_a_sentence_what_it_asks_for() -> None:
    assert len(RULES) == len(set(RULES))
    for rule in RULES:
        assert (rule.__doc__ or "").rstrip().endswith("."), rule


def test_a_faulty_lens_goes_and_the_rest_stays(load: Load) -> None:
    contract, _, _ = load(lenses="sales: {basis: tvc}\nfinance: {basis: acv}\ncs: {slice: nonsense}")
    assert set(contract.lenses) == {"finance"}


def test_a_faulty_object_goes_and_the_rest_stays(load: Load) -> None:
    contract, _, _ = load(sources=OBJECT + "      mode: daily\n    leads: {files: l.csv, key: Id, entity: lead}")
    assert set(contract.sources["crm"].objects) == {"leads"}


def test_what_names_a_stage_that_had_to_go_goes_too_without_a_finding(load: Load) -> None:
    contract, told, _ = load(
        pipeline="stages:\n  - name: A\n  - nmae: B\ndefinition:\n  - stage: B", lenses="sales: {stage: B}"
    )
    assert told == ["key.unknown pipeline.yaml:3"]
    assert [stage.name for stage in contract.pipeline.stages] == ["A"]
    assert contract.lenses == {}


def test_a_faulty_first_definition_leaves_the_default_one(load: Load) -> None:
    text = "definition:\n  - stage: Nowhere\n  - from: 2026-01-01\n    basis: tcv"
    contract, told, _ = load(pipeline=text)
    assert told == ["stage.unknown pipeline.yaml:2"]
    bases = [(entry.from_ is None, entry.basis) for entry in contract.pipeline.definition]
    assert bases == [(True, None), (False, "tcv")]
