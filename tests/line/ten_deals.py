"""The worked example as a workspace: ten opportunities, four pulls, three lenses, every answer known by hand."""

from __future__ import annotations

from pathlib import Path

COMPANY = """
name: Ten deals
currency: USD
time_zone: UTC
calendars: {calendar: {start_month: 1}}
"""

SOURCES = """
crm:
  path: exports
  objects:
    opportunities:
      entity: opportunity
      files: opportunities_*.csv
      mode: full
      key: id
      modified: modified
      assume: [type, currency]
      fields:
        type: type
        stage: stage
        arr: arr
        tcv: tcv
        currency: currency
        close_date: close
        created_at: created
        merged_into: merged_into
    opportunity_history:
      entity: field_history
      of: opportunity
      files: history_*.csv
      mode: log
      key: [record, field, at]
      fields: {record: record, field: field, new_value: new_value, at: at}
      tracked: {StageName: stage, ARR: arr, CloseDate: close_date}
marketing:
  path: exports
  objects:
    claims:
      entity: claim
      files: claims_*.csv
      mode: full
      key: id
      fields: {lead_id: lead, opportunity_id: opportunity, amount: amount, claimed_at: claimed}
"""

LENSES = """
sales: {types: [new, expansion, renewal], exclusions: false, basis: tcv, rates: spot}
marketing: {grain: claim}
"""

PIPELINE = """
types: [new, expansion, renewal]
"""

CHANGED = """
types: [new, expansion, renewal]
definition:
  - {stage: Qualification}
  - {from: 2026-08-01, stage: Proposal, reason: sharper, approver: CRO}
"""

RESTATED = CHANGED.replace("stage: Proposal", "stage: Proposal, restate: true")

RATES = "kind,currency,from,rate\nplan,EUR,2026-01-01,1.10\nspot,EUR,2026-01-01,1.20\n"
EXCLUSIONS = "object,id,reason,owner,from,expires\nopportunity,O10,a test deal,RevOps,,\n"

HEADER = "id,type,stage,arr,tcv,currency,close,created,modified,merged_into"
P1 = f"""{HEADER}
O1,new,Qualification,100000,,USD,2026-09-15,,2026-06-20,
O2,new,Qualification,50000,,USD,2026-08-20,,2026-06-25,
O3,expansion,Qualification,100000,300000,EUR,2026-09-30,,2026-06-28,
O4,new,Qualification,70000,,USD,2026-09-15,,2026-06-30,
O5,new,Discovery,90000,,USD,2026-09-15,,2026-06-22,
O6,new,Qualification,100000,,USD,2026-09-15,,2026-06-21,
O7,new,Qualification,40000,,USD,2026-09-20,,2026-06-26,
O9,renewal,Qualification,55000,,USD,2026-09-15,,2026-06-27,
O10,renewal,Qualification,25000,,USD,2026-09-15,,2026-06-27,
"""
P2 = f"""{HEADER}
O1,new,Qualification,100000,,USD,2026-09-15,,2026-06-20,
O2,new,Qualification,80000,,USD,2026-08-20,,2026-07-10 15:00,
O3,expansion,Qualification,100000,300000,EUR,2026-09-30,,2026-06-28,
O5,new,Discovery,90000,,USD,2026-09-15,,2026-06-22,
O6,new,Qualification,100000,,USD,2026-09-15,,2026-07-09,O1
O7,new,Qualification,40000,,USD,2026-10-15,,2026-07-08 12:00,
O9,renewal,Qualification,55000,,USD,2026-09-15,,2026-06-27,
O10,renewal,Qualification,25000,,USD,2026-09-15,,2026-06-27,
"""
P3 = f"""{HEADER}
O1,new,Qualification,100000,,USD,2026-09-15,,2026-06-20,
O2,new,Qualification,80000,,USD,2026-08-20,,2026-07-10 15:00,
O3,expansion,Qualification,100000,300000,EUR,2026-09-30,,2026-06-28,
O4,new,Qualification,70000,,USD,2026-09-15,,2026-06-30,
O5,new,Qualification,90000,,USD,2026-09-15,,2026-07-17 09:00,
O6,new,Qualification,100000,,USD,2026-09-15,,2026-07-09,O1
O7,new,Qualification,40000,,USD,2026-10-15,,2026-07-08 12:00,
O8,new,Qualification,60000,120000,USD,2026-09-01,2026-07-02,2026-07-15,
O9,renewal,Qualification,55000,,USD,2026-09-15,,2026-06-27,
O10,renewal,Qualification,25000,,USD,2026-09-15,,2026-06-27,
"""
HISTORY = """record,field,new_value,at
O8,StageName,Qualification,2026-07-03
O8,ARR,40000,2026-07-03
O8,CloseDate,2026-09-01,2026-07-03
O8,ARR,60000,2026-07-15
"""
CLAIMS = """id,lead,opportunity,amount,claimed
C1,L1,O2,,2026-07-02
C2,L2,O2,,2026-07-03
C3,L3,,45000,2026-07-05
C4,L4,O8,,2026-07-10
"""

EXPORTS = {
    "opportunities_2026-07-06T0600.csv": P1,
    "opportunities_2026-07-13T0600.csv": P2,
    "opportunities_2026-07-20T0600.csv": P3,
    "history_2026-07-21T0600.csv": HISTORY,
    "claims_2026-07-20T0500.csv": CLAIMS,
}


def write(folder: Path, exports: dict[str, str] = EXPORTS, pipeline: str = PIPELINE) -> Path:
    """Write the workspace of the worked example, with some or all of its exports."""
    contract = folder / "contract"
    contract.mkdir(parents=True, exist_ok=True)
    files = {"company.yaml": COMPANY, "sources.yaml": SOURCES, "lenses.yaml": LENSES, "pipeline.yaml": pipeline}
    registers = {"rates.csv": RATES, "exclusions.csv": EXCLUSIONS}
    for name, text in {**files, **registers}.items():
        (contract / name).write_text(text.lstrip())
    (folder / "exports").mkdir(exist_ok=True)
    for name, text in exports.items():
        (folder / "exports" / name).write_text(text)
    return folder
