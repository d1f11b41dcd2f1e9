"""Twenty leads handed over in one week, one for each thing that can happen to a hand-off; all times are Berlin's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tieout import Workspace, refresh
from tieout.refresh import RefreshReport

NOW = datetime(2026, 8, 2, 8)
MONDAY, TUESDAY, FRIDAY = "2026-07-06", "2026-07-07", "2026-07-10"

CONTRACT = {
    "company.yaml": """
currency: EUR
time_zone: Europe/Berlin
working_hours:
  - {monday: 09:00-17:00, tuesday: 09:00-17:00, wednesday: 09:00-17:00, thursday: 09:00-17:00, friday: 09:00-17:00}
""",
    "lifecycle.yaml": """
stages:
  - {name: lead, owner: Marketing}
  - {name: mql, owner: Marketing, answer_within_hours: 4, hours: business}
  - {name: sal, owner: Sales}
commitments:
  - {handoff: mql, volume: 15, quality: score >= 50, response_rate: 0.5}
""",
    "absences.csv": "user,from,to,reason\nU4,2026-07-06,2026-07-31,vacation\n",
    "sources.yaml": """
crm:
  path: exports
  objects:
    leads:
      entity: lead
      files: leads/*.csv
      key: id
      modified: modified
      fields:
        {id: id, email: email, owner_id: owner, score: score, first_contact_at: first, created_at: created}
    changes:
      entity: lifecycle_change
      files: changes/*.csv
      mode: log
      key: id
      at: at
      fields: {id: id, lead_id: lead, stage: stage, at: at}
    activities:
      entity: activity
      files: activities/*.csv
      mode: log
      key: id
      at: at
      fields:
        {id: id, lead_id: lead, kind: kind, at: at, user_id: user, by_function: team, direction: way, automated: auto}
    users:
      entity: user
      files: users/*.csv
      key: id
      modified: modified
      fields: {id: id, team: team, active: active}
""",
}
BEGUN = {f"L{number:02}": f"{MONDAY} 10:00" for number in range(1, 21)} | {
    "L03": f"{MONDAY} 16:30",
    "L08": "2026-07-05 12:00",  # a Sunday
    "L09": f"{FRIDAY} 15:00",
    "L17": "2026-07-04 12:00",  # a Saturday
    "L19": f"{FRIDAY} 15:30",
    "L20": f"{MONDAY} 13:00",
    "L99": f"{MONDAY} 10:00",  # in no extract of leads
}
"""When each lead became an mql."""
OWNERS = {"L06": "", "L07": "", "L14": "U3", "L15": "U4", "L18": "Q9"}
"""Owners of the beginning, where it is not U1."""
ASSIGNED = {"L07": ("U2", f"{TUESDAY} 09:00"), "L08": ("U2", f"{MONDAY} 12:00")}
"""Owners that come later."""
TOUCHES = [
    ("L01", f"{MONDAY} 11:00", "call", "outbound", ""),
    ("L02", f"{TUESDAY} 10:00", "call", "outbound", ""),
    ("L04", f"{MONDAY} 10:30", "email", "outbound", "true"),  # a machine's
    ("L05", f"{MONDAY} 10:30", "email", "inbound", ""),  # the lead's own
    ("L05", f"{MONDAY} 11:00", "meeting: no show", "outbound", ""),
    ("L05", f"{MONDAY} 13:00", "meeting", "inbound", ""),  # held
    ("L07", f"{TUESDAY} 11:00", "call", "outbound", ""),
    ("L08", f"{MONDAY} 15:00", "call", "outbound", ""),
    ("L12", "2026-07-03 12:00", "call", "outbound", ""),  # before the lead was there
    ("L13", f"{MONDAY} 16:00", "call", "outbound", ""),
    ("L16", f"{MONDAY} 11:30", "call", "outbound", ""),
    ("L17", f"{MONDAY} 13:00", "call", "outbound", ""),  # at the deadline
    ("L19", f"{FRIDAY} 16:00", "call", "outbound", ""),
    ("L20", f"{MONDAY} 20:00", "call", "outbound", ""),  # in the evening, after the deadline of 17:00
]


def utc(local: str) -> str:
    """Write a local time in UTC, as exports do."""
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def leads(day: str) -> str:
    """Write the leads as they stood at the end of a day."""
    rows = ["id,email,owner,score,first,created,modified"]
    for record, begun in BEGUN.items():
        if record == "L99" or begun[:10] > day:
            continue
        owner, since = OWNERS.get(record, "U1"), begun
        if record in ASSIGNED and ASSIGNED[record][1][:10] <= day:
            owner, since = ASSIGNED[record]
        email = "" if record == "L11" else f"{record}@example.com"
        score = 60 if record <= "L10" else 40
        first = f"{MONDAY} 09:00" if record == "L12" else "2026-07-01 09:00"
        created = f"{MONDAY} 15:00" if record == "L13" else first
        since = max(since, created)
        rows.append(f"{record},{email},{owner},{score},{utc(first)},{utc(created)},{utc(since)}")
    return "\n".join(rows) + "\n"


def changes() -> str:
    """Write the changes of stages."""
    told = [(lead, "mql", begun) for lead, begun in BEGUN.items()]
    told += [("L10", "lead", f"{MONDAY} 12:00"), ("L16", "MQL", f"{MONDAY} 11:00")]  # sent back; told again
    return "id,lead,stage,at\n" + "".join(
        f"C{n},{lead},{stage},{utc(at)}\n" for n, (lead, stage, at) in enumerate(told)
    )


def activities() -> str:
    """Write what sales and machines did."""
    head = "id,lead,kind,at,user,team,way,auto\n"
    return head + "".join(
        f"T{n},{lead},{kind},{utc(at)},U1,sales,{direction},{auto}\n"
        for n, (lead, at, kind, direction, auto) in enumerate(TOUCHES)
    )


def company(folder: Path) -> tuple[Workspace, RefreshReport]:
    """Write the company and refresh it."""
    for name, text in CONTRACT.items():
        _put(folder / "contract" / name, text)
    for day in ("2026-07-05", MONDAY, TUESDAY, FRIDAY, "2026-08-01"):
        _put(folder / "exports/leads" / f"leads_{day}.csv", leads(day))
    _put(folder / "exports/changes/changes_2026-08-01.csv", changes())
    _put(folder / "exports/activities/activities_2026-08-01.csv", activities())
    users = [("U1", "true"), ("U2", "true"), ("U3", "false"), ("U4", "true")]
    rows = "".join(f"{user},SDR,{active},2026-06-01T08:00:00Z\n" for user, active in users)
    _put(folder / "exports/users/users_2026-07-01.csv", "id,team,active,modified\n" + rows)
    workspace = Workspace(folder)
    return workspace, refresh(workspace, NOW)


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
