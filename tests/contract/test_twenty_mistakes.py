"""A contract with many mistakes gives exactly those findings, each with its line, and still is a contract."""

from __future__ import annotations

from tests.contract.conftest import Load

COMPANY = """
curency: EUR
time_zone: Europe/Berlim
calendars:
  fiscal: {start_month: 13}
segments:
  - name: Big
    when: employes > 1000
"""

SOURCES = """
crm:
  objects:
    deals:
      entity: oportunity
      files: deals.csv
      key: Id
    accounts:
      entity: account
      files: accounts.csv
    users:
      entity: user
      files: users.csv
      key: Id
      mode: weekly
      fields:
        naem: Name
"""

PIPELINE = """
stages:
  - name: Qualification
    probability: 25%
  - name: Proposal
    also: [qualification]
  - name: Won
    outcome: won
types: new
definition:
  - stage: Qualified
  - from: 2026-02-30
    stage: Proposal
  - stage: Proposal
"""

LENSES = """
sales:
  types: all
  past_due: maybe
finance:
  basis: arr
  basis: tcv
  slice: arr > 'much'
agreed:
  types: all
marketing: [claims
cs:
\tquestion: Who renews?
"""

RATES = """
kind,currency,from,rate
plan,EUR,2026-01-01,1.1
plan,EUB,2026-01-01,1.1
plan,GBP,01.01.2026,1.3
plan,GBP,2026-01-01,-1
plan,EUR,2026-01-01,1.2
"""

EXCLUSIONS = """
object,id,reason,owner,from,expires
opportunity,006A,test deal,,,
"""


def test_every_mistake_is_one_finding_with_its_line(load: Load) -> None:
    _, told, _ = load(
        company=COMPANY,
        sources=SOURCES,
        pipeline=PIPELINE,
        lenses=LENSES,
        plans="types: [new]",
        rates_csv=RATES,
        exclusions_csv=EXCLUSIONS,
    )
    assert told == [
        "key.unknown company.yaml:1",
        "zone.unknown company.yaml:2",
        "value.range company.yaml:4",
        "criterion.column company.yaml:7",
        "entity.unknown sources.yaml:4",
        "object.no_key sources.yaml:7",
        "value.choice sources.yaml:14",
        "field.unknown sources.yaml:16",
        "value.type pipeline.yaml:3",
        "stage.duplicate pipeline.yaml:5",
        "value.type pipeline.yaml:8",
        "stage.unknown pipeline.yaml:10",
        "value.type pipeline.yaml:11",
        "definition.no_from pipeline.yaml:13",
        "value.type lenses.yaml:3",
        "yaml.duplicate_key lenses.yaml:6",
        "criterion.type lenses.yaml:7",
        "lens.reserved lenses.yaml:8",
        "yaml.syntax lenses.yaml:10",
        "yaml.tab lenses.yaml:12",
        "key.missing exclusions.csv:2",
        "contract.file_unknown plans.yaml",
        "currency.unknown rates.csv:3",
        "value.type rates.csv:4",
        "value.range rates.csv:5",
        "rate.duplicate rates.csv:6",
    ]


def test_findings_say_what_was_given_and_the_nearest(load: Load) -> None:
    _, _, findings = load(company=COMPANY, sources=SOURCES, pipeline=PIPELINE, plans="a: 1")
    nearest = {finding.given: finding.nearest for finding in findings if finding.nearest}
    assert nearest == {
        "curency": "currency",
        "Europe/Berlim": "Europe/Berlin",
        "employes": "employees",
        "oportunity": "opportunity",
        "naem": "name",
        "Qualified": "Qualification",
        "plans.yaml": "plan.yaml",
    }
    assert all(finding.remedy and finding.message.endswith(".") for finding in findings)


def test_what_is_right_stays(load: Load) -> None:
    contract, _, _ = load(company=COMPANY, sources=SOURCES, pipeline=PIPELINE, lenses=LENSES, rates_csv=RATES)
    assert contract.company.time_zone == "UTC"
    assert [stage.name for stage in contract.pipeline.stages] == ["Qualification", "Proposal", "Won"]
    assert contract.pipeline.stages[0].probability is None
    assert contract.pipeline.stages[1].also == ()
    assert contract.pipeline.types == ("new", "expansion", "renewal")
    assert contract.sources["crm"].objects == {}
    assert set(contract.lenses) == {"cs"}
    assert contract.lenses["cs"].question == "Who renews?"
    assert [(rate.currency, str(rate.rate)) for rate in contract.rates] == [("EUR", "1.1")]
