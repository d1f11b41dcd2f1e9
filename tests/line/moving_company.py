"""A company whose people, accounts and territories move: six deals, three pulls, every slice known by hand.

U1 goes from West to Enterprise on 1 July. U3 leaves after 31 July; their deal D5 goes to U2 on 10 July, D6 stays
behind. A2 grows from 150 to 600 people (told on 20 July); from 1 August 500 people make an Enterprise, before it took
1,000. Spain becomes a territory of its own, Iberia, on 15 July. "Now" is the third pull, 5 August.
"""

from __future__ import annotations

from pathlib import Path

COMPANY = """
name: Moving company
currency: USD
time_zone: UTC
calendars: {calendar: {start_month: 1}, february: {start_month: 2}}
segments:
  - {name: Enterprise, when: employees >= 1000}
  - {name: Small, when: employees < 1000}
  - {name: Enterprise, from: 2026-08-01, when: employees >= 500}
"""

AUDIENCE = """
territories:
  - {name: Iberia, from: 2026-07-15, when: country = 'ES', reason: a re-cut}
  - {name: Americas, when: country = 'US'}
  - {name: Europe, when: "country in ('DE', 'ES')"}
"""

TEAM = """user,team,region,manager,role,territory,from,to,reason,owner
U1,West,US,M1,,,,2026-06-30,,RevOps
U1,Enterprise,US,M2,,,2026-07-01,,re-org,RevOps
U2,East,US,M1,,,,,,RevOps
U3,East,US,M1,,,,2026-07-31,,RevOps
""".replace(",,RevOps", ",as hired,RevOps")

SOURCES = """
crm:
  path: exports
  objects:
    opportunities:
      entity: opportunity
      files: opportunities_*.csv
      key: id
      modified: modified
      fields:
        {type: type, stage: stage, arr: arr, close_date: close, account_id: account, owner_id: owner, lead_id: lead}
    accounts:
      entity: account
      files: accounts_*.csv
      key: id
      fields: {name: name, employees: employees, country: country}
    leads:
      entity: lead
      files: leads_*.csv
      key: id
      fields: {owner_id: owner, account_id: account, first_contact_at: first}
    revenue:
      entity: revenue
      files: revenue_*.csv
      key: id
      fields: {account_id: account, amount: amount, at: at, kind: kind}
"""

LENSES = """
west: {slice: team = 'West'}
"""

HEADER = "id,type,stage,arr,close,account,owner,lead,modified"
P1 = f"""{HEADER}
D1,new,Qualification,100,2026-09-30,A1,U1,,2026-06-10
D2,new,Qualification,50,2026-09-15,A2,U2,,2026-06-11
D3,new,Qualification,30,2026-09-10,A4,U2,,2026-06-12
D4,new,Closed Won,200,2026-06-20,A3,U1,,2026-06-20 12:00
D5,new,Qualification,70,2026-09-20,A1,U3,,2026-06-13
D6,new,Qualification,60,2026-09-20,A2,U3,,2026-06-14
"""
P2 = P1.replace("70,2026-09-20,A1,U3,,2026-06-13", "90,2026-09-20,A1,U2,,2026-07-10 09:00")
ACCOUNTS = "id,name,employees,country\nA1,One,1200,US\nA2,Two,150,DE\nA3,Three,1500,DE\nA4,Four,90,ES\n"
GROWN = ACCOUNTS.replace("150", "600")
LEADS = "id,owner,account,first\nL1,U1,A2,2026-06-15 09:00\n"
REVENUE = "id,account,amount,at,kind\nR1,A2,10,2026-06-15 09:00,recurring\n"

EXPORTS = {
    "opportunities_2026-06-25T0600.csv": P1,
    "opportunities_2026-07-20T0600.csv": P2,
    "opportunities_2026-08-05T0600.csv": P2,
    "accounts_2026-06-25T0600.csv": ACCOUNTS,
    "accounts_2026-07-20T0600.csv": GROWN,
    "accounts_2026-08-05T0600.csv": GROWN,
    "leads_2026-06-25T0600.csv": LEADS,
    "revenue_2026-06-25T0600.csv": REVENUE,
}


def write(folder: Path) -> Path:
    """Write the workspace of the moving company."""
    contract, exports = folder / "contract", folder / "exports"
    contract.mkdir(parents=True)
    exports.mkdir()
    files = {"company.yaml": COMPANY, "sources.yaml": SOURCES, "lenses.yaml": LENSES, "audience.yaml": AUDIENCE}
    for name, text in {**files, "team.csv": TEAM}.items():
        (contract / name).write_text(text.lstrip())
    for name, text in EXPORTS.items():
        (exports / name).write_text(text)
    return folder
