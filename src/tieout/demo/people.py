"""Marlow's own people: who sells, on which team, and who moved or left."""

from __future__ import annotations

from datetime import date
from random import Random

from tieout.demo.world import Record, World, moment, stream

STAFF = (
    ("Field East", "Americas", "Alice Moreau|Bob Tanaka|Carla Reyes|Dan O'Neill|Erin Walsh|Femi Adeyemi"),
    ("Field West", "Americas", "Grace Liu|Hector Ruiz|Ines Carvalho|Jonah Weiss|Kira Novak"),
    ("EMEA", "EMEA", "Lena Brandt|Matteo Ricci|Nadia Haddad|Oskar Lind|Priya Nair"),
    ("Growth", "Americas", "Quinn Baker|Rosa Jimenez|Sam Whitfield|Tessa Boyd|Uri Katz|Vera Holm"),
    ("Channel", "Americas", "Wes Draper|Xenia Popov"),
    ("SDR", "Americas", "Yara Aziz|Zack Mills|Amara Osei|Ben Castle|Chloe Dubois"),
    ("Customer Success", "Americas", "Derek Stone|Elif Kaya|Frank Moss|Gina Rossi"),
    ("Marketing", "Americas", "Hana Sato|Ian Fletcher|Jules Perrin"),
    ("Finance", "Americas", "Kofi Mensah|Laura Beck"),
)
SELLERS = {"Enterprise": ("Field East", "Field West"), "Mid-Market": ("Field East", "Field West"), "SMB": ("Growth",)}
NOBODY = "005Mw0009999"
"""An owner that the user export has never held."""


def hire(world: World) -> None:
    """Fill the users, then let some of them move team or leave."""
    rng = stream("people")
    for team, region, names in STAFF:
        manager = ""
        for rank, name in enumerate(names.split("|")):
            record = Record(f"005Mw{len(world.users) + 1:07d}")
            email = name.lower().replace("'", "").replace(" ", ".") + "@marlow.example"
            role = "Manager" if rank == 0 else "Representative"
            record.put(
                moment(rng, date(2023, 9, 1)),
                {
                    "Name": name,
                    "Email": email,
                    "Department": team,
                    "Region": region,
                    "ManagerId": manager,
                    "UserRole": role,
                    "IsActive": "true",
                },
            )
            manager = manager or record.id
            world.users.append(record)
    _move(world, rng)


def _move(world: World, rng: Random) -> None:
    moves = (
        ("Erin Walsh", date(2025, 2, 3), {"Department": "Field West"}),
        ("Tessa Boyd", date(2025, 8, 4), {"Department": "Field East"}),
        ("Matteo Ricci", date(2026, 2, 2), {"Department": "Field East", "Region": "Americas"}),
        ("Kira Novak", date(2026, 8, 3), {"Department": "Growth"}),
    )
    left = (("Hector Ruiz", date(2025, 11, 14)), ("Uri Katz", date(2026, 6, 26)))
    by_name = {record.now["Name"]: record for record in world.users}
    for name, day, changes in moves:
        by_name[name].put(moment(rng, day), changes)
        world.trap("a representative who moved to another team", by_name[name].id)
    for name, day in left:
        by_name[name].put(moment(rng, day), {"IsActive": "false"})
        world.trap("a representative who left", by_name[name].id)


def sellers(world: World, segment: str, region: str) -> list[str]:
    """Give the ids of those who sell to a segment in a region, by their first team."""
    teams = ("EMEA",) if region == "EMEA" else SELLERS[segment]
    return [record.id for record in world.users if record.versions[0][1]["Department"] in teams]


def team_members(world: World, team: str) -> list[str]:
    """Give the ids of a team as first hired."""
    return [record.id for record in world.users if record.versions[0][1]["Department"] == team]
