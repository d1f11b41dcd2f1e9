"""Duplicate candidates of a large company's accounts and persons, from plain files made up for it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.measuring import BUILD, Result, apart, run, tieout

FIRMS = """
copy (
  with halves as (select ['nor','ste','qua','alp','ver','lum','gra','ced','ori','fal','sil','zen','mar','tel','bro','kin','dal','pex',
    'rav','tun'] as a, ['dan','wick','tex','mont','field','burg','stern','holm','gate','line','port','mark','soft','tech','lab','form']
    as b, ['Systems','Logistics','Foods','Energy','Medical','Robotics','Textiles','Pharma','Analytics','Chemicals'] as c,
    ['GmbH','Inc.','Ltd','S.A.','AG','LLC','B.V.','Sp. z o.o.',''] as f),
  firms as (
    select range as i, number(range, 'firm') as h, range % 10 = 9 as again, case when range % 10 = 9 then range - 1 else range end as n
    from range({firms})
  )
  select i as id,
    upper(left(a[number(n, 1) % 20 + 1], 1)) || substr(a[number(n, 1) % 20 + 1], 2) || a[number(n, 4) % 20 + 1]
      || b[number(n, 2) % 16 + 1] || b[number(n, 5) % 16 + 1]
      || case when again and h % 3 = 0 then 'e' else '' end || ' ' || c[number(n, 3) % 10 + 1] || ' ' || f[h % 9 + 1] as name,
    'www.firm' || n || '.com' as website, '+49' || (1000000000 + number(n, 'phone') % 8999999999) as phone,
    'City ' || number(n, 'city') % 5000 as city, 10000 + number(n, 'post') % 89999 as postcode,
    ['Germany','USA','France','UK','Poland'][number(n, 'land') % 5 + 1] as country
  from firms, halves
) to '{file}' (header)
"""
PEOPLE = """
copy (
  with people as (
    select range as i, number(range, 'who') as h, range % 10 = 9 as again, case when range % 10 = 9 then range - 1 else range end as n
    from range({people})
  ),
  named as (
    select *, 'Fi' || chr(97 + (pow((number(n, 'f') % 1000) / 1000.0, 3) * 20)::int) || substr(md5((pow((number(n, 'g') % 1000) / 1000.0, 3)
      * 60)::int::varchar), 1, 5) as first, substr(md5((pow((number(n, 'l') % 100000) / 100000.0, 2) * 40000)::int::varchar), 1, 7) as last,
      number(n, 'at') % {firms} as firm
    from people
  )
  select i as id, case when again and h % 5 = 0 then left(first, 1) || '.' else first end as first_name,
    case when again and h % 4 = 0 then left(last, 3) || substr(last, 5) else last end as last_name,
    case when h % 5 = 1 then '' else lower(first) || '.' || lower(last) || n % 7 || '@firm' || firm || '.com' end as email,
    case when h % 3 = 1 then '' else '+49' || (1500000000 + number(n, 'phone') % 499999999) end as phone,
    'Firm ' || firm || case when again then ' GmbH' else '' end as company
  from named
) to '{file}' (header)
"""


def doubles(scale: float) -> list[Result]:
    """Make the files unless an earlier run did, then propose duplicates of each."""
    firms, people = int(500_000 * scale), int(1_000_000 * scale)
    folder = (BUILD / f"doubles-{people}").absolute()
    apart(f"from bench.doubles import *; write({str(folder)!r}, {firms}, {people})")
    found = []
    for kind, number in (("accounts", firms), ("persons", people)):
        command = tieout("duplicates", kind, "--file", folder / f"{kind}.csv", "--csv", "--what", "clusters")
        done = run(command)
        records = done.output.count("\n") - 1
        note = f"{records:,} records in groups, one record in ten is another's double; {done.memory / 1e9:.1f} GB"
        found.append(Result(f"duplicates of {number:,} {kind}", done.wall, "s", 90, note=note))
        found.append(Result(f"memory for {number:,} {kind}", done.memory / 1e9, "GB", 6))
    return found


def write(folder: str, firms: int, people: int) -> None:
    """Write both files."""
    if (Path(folder) / "complete").exists():
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect()
    engine.execute("create macro number(a, b) as cast(hash(a, b) % 9223372036854775807 as bigint)")
    engine.execute(FIRMS.format(firms=firms, file=f"{folder}/accounts.csv"))
    engine.execute(PEOPLE.format(firms=firms, people=people, file=f"{folder}/persons.csv"))
    (Path(folder) / "complete").touch()
