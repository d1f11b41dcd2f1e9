"""How two records of persons are compared: what is prepared, the comparisons, the keys that bring candidates together."""

from __future__ import annotations

from tieout.align.duplicates.linking import Block, Comparison, Level
from tieout.align.duplicates.nicknames import nickname_pairs
from tieout.align.duplicates.normal import (
    company_sql,
    day_sql,
    digits_sql,
    domain_sql,
    email_sql,
    label_sql,
    plain_sql,
    shared_sql,
    street_sql,
)
from tieout.warehouse.engine import Connection

PERSON_FIELDS = (
    "first_name", "last_name", "name", "email", "phone", "company", "title", "linkedin", "birth_date", "street", "city",
    "postcode", "state", "country", "number",
)  # fmt: skip
"""What may be known of a person; `number` is one that a person alone has, such as that of a social security."""


SHARED_BY = 5
"""So many last names at one phone or address make it one that several people share, which tells no two apart."""


def prepare_persons(engine: Connection, given: str, *, day_first: bool = False) -> str:
    """Write the table of normalized persons from one of texts: `unique_id`, the fields, and `phone_key`."""
    pairs = ", ".join(f"('{one}', '{other}')" for one, other in nickname_pairs())
    engine.execute(f"create or replace temp table nicknames as select * from (values {pairs}) as n(name, other)")
    whole = "nullif(trim(coalesce(name, '')), '')"
    turned = f"case when {whole} like '%,%' then trim(split_part({whole}, ',', 2)) || ' ' || trim(split_part({whole}, ',', 1)) else {whole} end"
    engine.execute(f"""create or replace temp table named as
      select *, coalesce(nullif(trim(first_name), ''), regexp_extract({turned}, '^(.*?)\\s+\\S+$', 1)) as given_name,
        coalesce(nullif(trim(last_name), ''), regexp_extract({turned}, '(\\S+)$', 1)) as family_name
      from {given}""")
    engine.execute(f"""create or replace temp table normalized as
      select unique_id,
        regexp_replace({plain_sql("given_name")}, '^(mr|mrs|ms|miss|dr|prof|herr|frau|sir) ', '') as first_all,
        regexp_replace({plain_sql("family_name")}, ' (jr|sr|ii|iii|phd|md|mba)$', '') as last_name,
        case when {plain_sql("family_name")} similar to '.* (jr|sr|ii|iii)' then regexp_extract({plain_sql("family_name")}, '(jr|sr|ii|iii)$') end as born_as,
        {email_sql("email")} as email_all, phone_key as phone, {company_sql("company")} as company,
        {label_sql(domain_sql("email"))} as mail_label,
        nullif(regexp_extract(lower(trim(linkedin)), 'in/([^/?#]+)', 1), '') as linkedin,
        {day_sql("birth_date", day_first=day_first)} as birth, {street_sql("street")} as street,
        {plain_sql("city")} as city, nullif(replace({plain_sql("postcode")}, ' ', ''), '') as postcode,
        {plain_sql("country")} as country, {digits_sql("number")} as number
      from named""")
    engine.execute(f"""create or replace temp table persons_prepared as
      with shared as (
        select *, split_part(first_all, ' ', 1) as first_name,
          count(distinct last_name) over (partition by phone) as at_phone,
          count(distinct last_name) over (partition by email_all) as at_email
        from normalized
      ),
      split as (
        select * exclude (phone), case when at_phone < {SHARED_BY} then phone end as phone,
          case when {shared_sql("email_all")} or at_email >= {SHARED_BY} then null else email_all end as email
        from shared
      )
      select s.*, split_part(s.email, '@', 1) as mailbox,
        regexp_replace(s.email, '[0-9]', '', 'g') as letters, coalesce(n.others, []) as others,
        least(s.first_name, s.last_name) || ' ' || greatest(s.first_name, s.last_name) as names_both,
        coalesce(replace(s.company, ' ', ''), s.mail_label) as firm,
        coalesce(contains(split_part(s.email, '@', 1), replace(s.last_name, ' ', '')) and length(s.last_name) > 2, false) as named
      from split as s
      left join (select name, list(other) as others from nicknames group by name) as n on n.name = s.first_name""")
    return "persons_prepared"


SWAPPED = """jaro_winkler_similarity(first_name_l, last_name_r) >= 0.92 and jaro_winkler_similarity(last_name_l, first_name_r) >= 0.92
  and first_name_l <> first_name_r"""
NEAR_DAY = """damerau_levenshtein(birth_l, birth_r) <= 1
  or left(birth_l, 4) = left(birth_r, 4) and substr(birth_l, 5, 2) = right(birth_r, 2) and right(birth_l, 2) = substr(birth_r, 5, 2)"""
HALF_DAY = """(case when left(birth_l, 4) = left(birth_r, 4) then 1 else 0 end) + (case when substr(birth_l, 5, 2) = substr(birth_r, 5, 2)
  then 1 else 0 end) + (case when right(birth_l, 2) = right(birth_r, 2) then 1 else 0 end) >= 2"""

FIRST = Comparison(
    "first",
    "first_name_l is null or first_name_r is null",
    (
        Level("first_name_l = first_name_r", 0.72, 0.008, "same first name", "first_name"),
        Level(SWAPPED, 0.02, 0.00001, "first and last name swapped"),
        Level("list_contains(others_l, first_name_r)", 0.05, 0.004, "one first name is short for the other"),
        Level(
            "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.9 or damerau_levenshtein(first_name_l, first_name_r) <= 1"
            " and length(first_name_l) >= 4",
            0.09, 0.006, "similar first name",
        ),
        Level(
            "least(length(first_name_l), length(first_name_r)) = 1 and left(first_name_l, 1) = left(first_name_r, 1)",
            0.04, 0.008, "same initial",
        ),
        Level("jaro_winkler_similarity(first_name_l, first_name_r) >= 0.8", 0.025, 0.02, "somewhat similar first name"),
    ),
    Level("ELSE", 0.055, 0.95, "another first name"),
)  # fmt: skip
LAST = Comparison(
    "last",
    f"last_name_l is null or last_name_r is null or {SWAPPED}",
    (
        Level("last_name_l = last_name_r", 0.8, 0.001, "same last name", "last_name"),
        Level(
            "jaro_winkler_similarity(last_name_l, last_name_r) >= 0.92 or damerau_levenshtein(last_name_l, last_name_r) <= 1"
            " and length(last_name_l) >= 4",
            0.11, 0.0015, "similar last name",
        ),
        Level(
            "last_name_l = first_name_r or last_name_r = first_name_l or contains(' ' || last_name_l || ' ', ' ' || last_name_r || ' ')"
            " or contains(' ' || last_name_r || ' ', ' ' || last_name_l || ' ')",
            0.03, 0.001, "one name holds the other",
        ),
        Level("jaro_winkler_similarity(last_name_l, last_name_r) >= 0.84", 0.02, 0.006, "somewhat similar last name"),
    ),
    Level("ELSE", 0.04, 0.9915, "another last name"),
)  # fmt: skip
EMAIL = Comparison(
    "email",
    "email_l is null or email_r is null",
    (
        Level("email_l = email_r", 0.62, 0.0001, "same email", "email"),
        Level(
            "damerau_levenshtein(email_l, email_r) <= 2 and jaro_winkler_similarity(email_l, email_r) >= 0.9"
            " and letters_l <> letters_r",
            0.09, 0.00002, "similar email",
        ),
        Level(
            "mailbox_l = mailbox_r and length(mailbox_l) >= 4 and not named_l and not named_r", 0.08, 0.0003, "same mailbox at another domain"
        ),
        Level(
            "damerau_levenshtein(mailbox_l, mailbox_r) <= 1 and length(mailbox_l) >= 5 and not named_l and not named_r",
            0.02, 0.0003, "similar mailbox",
        ),
    ),
    Level("ELSE", 0.19, 0.9991, "another email"),
)  # fmt: skip
PHONE = Comparison(
    "phone",
    "phone_l is null or phone_r is null",
    (
        Level("phone_l = phone_r", 0.68, 0.0003, "same phone", "phone"),
        Level(
            "length(phone_l) >= 7 and damerau_levenshtein(phone_l, phone_r) <= 1", 0.07, 0.0002, "phone but for a digit"
        ),
    ),
    Level("ELSE", 0.25, 0.9995, "another phone"),
)
BIRTH = Comparison(
    "birth",
    "birth_l is null or birth_r is null",
    (
        Level("birth_l = birth_r", 0.82, 0.00006, "same birth date"),
        Level(NEAR_DAY, 0.1, 0.0008, "birth date but for a digit, or day and month swapped"),
        Level(HALF_DAY, 0.03, 0.006, "birth date alike in two parts"),
    ),
    Level("ELSE", 0.05, 0.993, "another birth date"),
)
STREET = Comparison(
    "street",
    "street_l is null or street_r is null",
    (
        Level("street_l = street_r", 0.55, 0.0004, "same street", "street"),
        Level("jaro_winkler_similarity(street_l, street_r) >= 0.9", 0.2, 0.002, "similar street"),
    ),
    Level("ELSE", 0.25, 0.9976, "another street"),
)
PLACE = Comparison(
    "place",
    "(city_l is null or city_r is null) and (postcode_l is null or postcode_r is null)",
    (
        Level("postcode_l = postcode_r and jaro_winkler_similarity(city_l, city_r) >= 0.85", 0.5, 0.002, "same postcode and city"),
        Level("city_l = city_r", 0.2, 0.02, "same city", "city"),
        Level("postcode_l = postcode_r", 0.06, 0.003, "same postcode"),
        Level(
            "jaro_winkler_similarity(city_l, city_r) >= 0.85 or damerau_levenshtein(postcode_l, postcode_r) <= 1",
            0.1, 0.015, "similar place",
        ),
    ),
    Level("ELSE", 0.14, 0.96, "another place"),
)  # fmt: skip
COMPANY = Comparison(
    "company",
    "firm_l is null or firm_r is null",
    (
        Level("firm_l = firm_r", 0.72, 0.002, "same company", "firm"),
        Level(
            "jaro_winkler_similarity(firm_l, firm_r) >= 0.9"
            " or contains(firm_l, firm_r) and length(firm_r) >= 4 or contains(firm_r, firm_l) and length(firm_l) >= 4",
            0.12, 0.003, "similar company",
        ),
    ),
    Level("ELSE", 0.16, 0.995, "another company"),
)  # fmt: skip
NUMBER = Comparison(
    "number",
    "number_l is null or number_r is null",
    (
        Level("number_l = number_r", 0.88, 0.00001, "same number"),
        Level("damerau_levenshtein(number_l, number_r) <= 1", 0.07, 0.0001, "number but for a digit"),
    ),
    Level("ELSE", 0.05, 0.9999, "another number"),
)
LINKEDIN = Comparison(
    "linkedin",
    "linkedin_l is null or linkedin_r is null",
    (Level("linkedin_l = linkedin_r", 0.9, 0.00002, "same LinkedIn page"),),
    Level("ELSE", 0.1, 0.99998, "another LinkedIn page"),
)
PERSON_COMPARISONS = (FIRST, LAST, EMAIL, PHONE, BIRTH, STREET, PLACE, COMPANY, NUMBER, LINKEDIN)

FAR_FIRST = """(first_name_l is not null and first_name_r is not null and jaro_winkler_similarity(first_name_l, first_name_r) < 0.8
  and not list_contains(others_l, first_name_r) and not (least(length(first_name_l), length(first_name_r)) = 1
  and left(first_name_l, 1) = left(first_name_r, 1)) and damerau_levenshtein(first_name_l, first_name_r) > 2
  and coalesce(jaro_winkler_similarity(first_name_l, last_name_r), 0) < 0.85
  and coalesce(jaro_winkler_similarity(last_name_l, first_name_r), 0) < 0.85)"""
FAR_LAST = """(last_name_l is not null and last_name_r is not null and jaro_winkler_similarity(last_name_l, last_name_r) < 0.8
  and damerau_levenshtein(last_name_l, last_name_r) > 2
  and coalesce(jaro_winkler_similarity(first_name_l, last_name_r), 0) < 0.85
  and coalesce(jaro_winkler_similarity(last_name_l, first_name_r), 0) < 0.85)"""
SURE = """(coalesce(email_l = email_r, false) or coalesce(number_l = number_r, false) or coalesce(linkedin_l = linkedin_r, false))"""
PERSON_VETOES = {
    "a lead and a contact, which are not merged with one another": """contains(unique_id_l, ':') and contains(unique_id_r, ':')
      and split_part(unique_id_l, ':', 1) in ('lead', 'contact') and split_part(unique_id_r, ':', 1) in ('lead', 'contact')
      and split_part(unique_id_l, ':', 1) <> split_part(unique_id_r, ':', 1)""",
    "another first name and another last name": f"{FAR_FIRST} and {FAR_LAST}",
    "relatives or housemates: another first name, and nothing that one person alone has": f"{FAR_FIRST} and not {SURE}",
    "colleagues: another last name, and nothing that one person alone has": f"""{FAR_LAST} and not {SURE}
      and not coalesce(birth_l = birth_r, false)""",
    "twins: the same birth date and another first name": f"""{FAR_FIRST} and coalesce(birth_l = birth_r, false)
      and not coalesce(number_l = number_r, false) and not coalesce(linkedin_l = linkedin_r, false)""",
    "namesakes: another company, another email and nothing else in common": """coalesce(firm_l <> firm_r, false)
      and jaro_winkler_similarity(firm_l, firm_r) < 0.9 and coalesce(mailbox_l <> mailbox_r or named_l and email_l <> email_r, true)
      and not coalesce(phone_l = phone_r, false) and not coalesce(birth_l = birth_r, false)
      and not coalesce(number_l = number_r, false) and not coalesce(linkedin_l = linkedin_r, false)
      and not coalesce(street_l = street_r, false)""",
    "father and son, by the addition to the name": "coalesce(born_as_l, '') <> coalesce(born_as_r, '') and born_as_l is not null and born_as_r is not null",
}
"""What keeps two persons apart however much else agrees, in words."""

PERSON_BLOCKS = (
    Block("number_key", "number"), Block("linkedin_key", "linkedin"), Block("email_key", "email"), Block("phone_key", "phone"),
    Block("both_birth", "names_both || birth"), Block("names_firm", "names_both || firm"),
    Block("last_birth", "last_name || birth"), Block("first_birth", "first_name || birth"),
    Block("names", "names_both", 6.0), Block("birth_key", "birth"),
    Block("mailbox_key", "case when length(mailbox) >= 5 then mailbox end"),
    Block("last_post", "last_name || postcode"), Block("first_post", "first_name || postcode"),
    Block("last_street", "left(last_name, 3) || street"), Block("street_key", "street"),
    Block("last_city", "last_name || left(first_name, 1) || city"), Block("first_city", "first_name || left(last_name, 1) || city"),
    Block("last_firm", "last_name || firm"), Block("first_firm", "first_name || left(last_name, 1) || firm"),
    Block("short_names", "left(first_name, 2) || left(last_name, 4)"),
    Block("month_names", "substr(birth, 5) || left(last_name, 1)"), Block("year_names", "left(birth, 6) || left(first_name, 1)"),
    Block("last_key", "last_name"), Block("first_key", "first_name"), Block("post_key", "postcode"),
)  # fmt: skip
"""Keys from the strictest to the loosest; each is used as far as the work stays bounded."""
