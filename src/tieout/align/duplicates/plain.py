"""A plain file of persons or accounts: which of its columns is what, told by their names or by the person who asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.warehouse.engine import identifier

if TYPE_CHECKING:
    from tieout.align.duplicates.kinds import Kind
    from tieout.warehouse.engine import Connection

NAMES: dict[str, str] = {
    "first_name": "firstname givenname forename vorname prenom nombre first fname given christianname contactfirstname",
    "last_name": "lastname surname familyname nachname nom apellido apellidos last lname family secondname contactlastname",
    "email": "email emailaddress mail eMail mailaddress correo workemail emailid primaryemail",
    "phone": "phone phonenumber telephone tel telefon mobile mobilephone cell telefono workphone phone1 telephonenumber fon",
    "company": "company companyname employer account accountname organization organisation firma firm entreprise empresa",
    "title": "title jobtitle position role",
    "linkedin": "linkedin linkedinurl linkedinprofile",
    "birth_date": "birthdate dateofbirth dob birthday geburtsdatum geburtstag datenaissance fechanacimiento born",
    "street": "street address address1 streetaddress addressline1 strasse rue calle mailingstreet billingstreet addr",
    "city": "city town suburb ort stadt ville ciudad locality mailingcity billingcity place",
    "postcode": "postcode postalcode zip zipcode plz cp codepostal mailingpostalcode billingpostalcode",
    "state": "state region province bundesland county",
    "country": "country land pays pais countrycode mailingcountry billingcountry",
    "number": "number ssn socsecid socialsecuritynumber nationalid taxid vat vatid vatnumber ustid taxnumber registrationnumber"
    " duns companynumber nationalinsurancenumber nin",
    "name": "name fullname displayname contactname personname",
    "domain": "domain website url homepage web webseite siteweb www companydomain websiteurl",
    "parent_id": "parentid parent parentaccountid",
}  # fmt: skip
"""Names under which files hold a field, letters and digits alone; the first that fits is taken."""
IDS = "id uniqueid recid recordid key contactid accountid leadid personid customerid uuid nr"
HOUSE = "streetnumber housenumber hausnummer number houseno"


@dataclass(frozen=True, slots=True)
class Recognized:
    """Which column holds the key, and which each field; `key` is None where rows are numbered."""

    key: str | None
    fields: dict[str, str]
    house: str | None = None


def recognize(columns: Sequence[str], kind: Kind, given: Mapping[str, str] = {}) -> Recognized:
    """Tell what the columns of a file are; `given` says it for some fields, and goes first."""
    plain = {_letters(column): column for column in reversed(columns)}
    taken = set(given.values())
    fields = {field: column for field, column in given.items() if field != "id"}
    for field in kind.fields:
        listed = NAMES["company"] + " name" if (kind.name, field) == ("accounts", "name") else NAMES.get(field, "")
        names = [name for name in listed.lower().split() if name in plain and plain[name] not in taken]
        if field not in fields and names:
            fields[field] = plain[names[0]]
            taken.add(plain[names[0]])
    house = next((plain[name] for name in HOUSE.split() if name in plain and plain[name] not in taken), None)
    key = given.get("id") or next(
        (plain[name] for name in IDS.split() if name in plain and plain[name] not in taken), None
    )
    return Recognized(key, fields, house if "street" in fields else None)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def write_given(engine: Connection, source: str, kind: Kind, found: Recognized) -> str:
    """Write the table `given` that linking reads, from the rows of a file; every value is text."""
    key = f"coalesce(nullif(trim({identifier(found.key)}), ''), 'row ' || n)" if found.key else "cast(n as varchar)"
    columns = []
    for field in kind.fields:
        text = "cast(null as varchar)"
        if field in found.fields:
            text = f"nullif(trim({identifier(found.fields[field])}), '')"
            if field == "street" and found.house:
                text = f"nullif(trim(coalesce({identifier(found.house)}, '') || ' ' || coalesce({text}, '')), '')"
        columns.append(f"{text} as {field}")
    engine.execute(f"""create or replace temp table given as
      with numbered as (select *, row_number() over () as n from {source}),
      keyed as (select *, {key} as told_key from numbered)
      select case when count(*) over (partition by told_key) > 1
          then told_key || ' (' || row_number() over (partition by told_key order by n) || ')' else told_key end as unique_id,
        {", ".join(columns)}
      from keyed""")
    return "given"


def is_day_first(engine: Connection, given: str) -> bool:
    """Tell from the dates themselves whether the day stands before the month: some first part is above twelve."""
    part = r"try_cast(regexp_extract(birth_date, '^(\d{1,2})[./ -]\d{1,2}[./ -]\d{4}', 1) as integer)"
    rows = engine.execute(f"select count(*) filter ({part} > 12) from {given}").fetchall()
    return bool(rows[0][0])
