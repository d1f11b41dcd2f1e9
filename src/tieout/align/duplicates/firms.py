"""How two records of accounts are compared: what is prepared, the comparisons, the keys that bring candidates together."""

from __future__ import annotations

from tieout.align.duplicates.legal_forms import COUNTRY_CODES, FORM_LANDS, SEVERAL_WORDS, country_words, place_words
from tieout.align.duplicates.linking import Block, Comparison, Level
from tieout.align.duplicates.normal import company_sql, domain_sql, label_sql, own_words_sql, plain_sql, street_sql
from tieout.align.duplicates.persons import PHONE, STREET
from tieout.warehouse.engine import Connection, literal

ACCOUNT_FIELDS = (
    "name", "domain", "email", "phone", "street", "city", "postcode", "state", "country", "number", "parent_id",
)  # fmt: skip
"""What may be known of an account; `number` is one that a company alone has, such as that of value added tax."""


def prepare_accounts(engine: Connection, given: str, *, day_first: bool = False) -> str:  # noqa: ARG001 - as of persons
    """Write the table of normalized accounts from one of texts: `unique_id`, the fields, and `phone_key`."""
    lands = {
        codes.split()[0]: land for land, codes in COUNTRY_CODES.items() if land != "usa" and codes.split()[0] != "in"
    }
    named = {
        "place_names": place_words(),
        "country_names": country_words(),
        "form_lands": FORM_LANDS,
        "tld_lands": lands | {"uk": "uk"},
    }
    for table, words in named.items():
        listed = ", ".join(f"({literal(word)}, {literal(place)})" for word, place in words.items())
        engine.execute(f"create or replace temp table {table} as select * from (values {listed}) as w(word, place)")
    domain = f"coalesce({domain_sql('domain')}, {domain_sql('email')})"
    stripped = company_sql("name")
    for several, short in SEVERAL_WORDS:
        stripped = f"regexp_replace({stripped}, '\\b({several})\\b', '{short}')"
    engine.execute(f"""create or replace temp table account_texts as
      select unique_id, {plain_sql("name")} as whole, {company_sql("name")} as bare, {stripped} as stripped, {domain} as domain,
        phone_key as phone, {street_sql("street")} as street, {plain_sql("city")} as city,
        nullif(replace({plain_sql("postcode")}, ' ', ''), '') as postcode,
        nullif(replace({plain_sql("country")}, ' ', ''), '') as country_text,
        nullif(regexp_replace(upper(number), '[^A-Z0-9]', '', 'g'), '') as number, nullif(trim(parent_id), '') as parent_id
      from {given}""")
    engine.execute("""create or replace temp table account_words as
      select t.unique_id, min(p.place) as place, coalesce(string_agg(w.word, ' ' order by w.n) filter (p.word is null), '') as rest
      from (select unique_id, unnest(string_split(stripped, ' ')) as word, generate_subscripts(string_split(stripped, ' '), 1) as n
        from account_texts where stripped is not null) as w
      join account_texts as t on t.unique_id = w.unique_id
      left join place_names as p on p.word = w.word and contains(t.stripped, ' ')
      group by t.unique_id""")
    core = own_words_sql("coalesce(nullif(w.rest, ''), t.stripped)")
    engine.execute(f"""create or replace temp table accounts_prepared as
      with cored as (
        select t.*, {core} as core, w.place as name_place, c.place as country_place,
          f.place as form_place, d.place as tld_place
        from account_texts as t
        left join account_words as w on w.unique_id = t.unique_id
        left join country_names as c on c.word = t.country_text
        left join form_lands as f on f.word = trim(substr(t.whole, length(t.bare) + 1)) and starts_with(t.whole, t.bare)
        left join tld_lands as d on d.word = regexp_extract(t.domain, '([a-z]+)$', 1)
      )
      select *, replace(core, ' ', '') as glued,
        array_to_string(list_sort(list_distinct(string_split(core, ' '))), ' ') as words,
        nullif(array_to_string(list_sort(regexp_extract_all(core, '[0-9]+')), ' '), '') as digits,
        coalesce(name_place, country_place, country_text, form_place, tld_place) as land, {label_sql("domain")} as label
      from cored""")
    return "accounts_prepared"


NAME = Comparison(
    "name",
    "core_l is null or core_r is null",
    (
        Level("core_l = core_r", 0.6, 0.0002, "same name", "core"),
        Level("glued_l = glued_r or words_l = words_r", 0.06, 0.00002, "same words in the name"),
        Level(
            "jaro_winkler_similarity(glued_l, glued_r) >= 0.95 and length(glued_l) >= 5"
            " or damerau_levenshtein(glued_l, glued_r) <= case when length(glued_l) >= 10 then 2 else 1 end and length(glued_l) >= 5",
            0.16, 0.0003, "name but for a letter or two",
        ),
        Level(
            "(starts_with(core_l, core_r || ' ') or starts_with(core_r, core_l || ' ')) and least(length(core_l), length(core_r)) >= 4",
            0.07, 0.0006, "one name begins with the other",
        ),
        Level("jaro_winkler_similarity(glued_l, glued_r) >= 0.88", 0.05, 0.004, "similar name"),
    ),
    Level("ELSE", 0.06, 0.995, "another name"),
)  # fmt: skip
DOMAIN = Comparison(
    "domain",
    "domain_l is null or domain_r is null",
    (
        Level("domain_l = domain_r", 0.72, 0.0001, "same domain", "domain"),
        Level("label_l = label_r", 0.08, 0.0002, "same domain in another country"),
        Level("damerau_levenshtein(label_l, label_r) <= 1 and length(label_l) >= 6", 0.04, 0.0002, "domain but for a letter"),
    ),
    Level("ELSE", 0.16, 0.9995, "another domain"),
)  # fmt: skip
TOWN = Comparison(
    "place",
    "(city_l is null or city_r is null) and (postcode_l is null or postcode_r is null)",
    (
        Level("postcode_l = postcode_r", 0.45, 0.002, "same postcode", "postcode"),
        Level("city_l = city_r", 0.25, 0.02, "same city", "city"),
        Level(
            "jaro_winkler_similarity(city_l, city_r) >= 0.88 or damerau_levenshtein(postcode_l, postcode_r) <= 1",
            0.1, 0.01, "similar place",
        ),
    ),
    Level("ELSE", 0.2, 0.968, "another place"),
)  # fmt: skip
LAND = Comparison(
    "country",
    "land_l is null or land_r is null",
    (Level("land_l = land_r", 0.96, 0.35, "same country", "land"),),
    Level("ELSE", 0.04, 0.65, "another country"),
)
TAX = Comparison(
    "number",
    "number_l is null or number_r is null",
    (
        Level("number_l = number_r", 0.88, 0.00001, "same number"),
        Level("damerau_levenshtein(number_l, number_r) <= 1 and length(number_l) >= 6", 0.05, 0.0001, "number but for a digit"),
    ),
    Level("ELSE", 0.07, 0.9999, "another number"),
)  # fmt: skip
ACCOUNT_COMPARISONS = (NAME, DOMAIN, PHONE, STREET, TOWN, LAND, TAX)

FAR_NAME = """(jaro_winkler_similarity(glued_l, glued_r) < 0.88 and not starts_with(core_l, core_r || ' ')
  and not starts_with(core_r, core_l || ' ') and words_l <> words_r)"""
SAME_NUMBER = "coalesce(number_l = number_r, false)"
ACCOUNT_VETOES = {
    "companies of one group in two countries": f"""coalesce(land_l <> land_r, false) and not {SAME_NUMBER}
      and not (coalesce(street_l = street_r, false) and coalesce(postcode_l = postcode_r, city_l = city_r, false))""",
    "parent and subsidiary": "coalesce(parent_id_l = unique_id_r, false) or coalesce(parent_id_r = unique_id_l, false)",
    "another number in the name, as of branches": f"coalesce(digits_l, '') <> coalesce(digits_r, '') and not {SAME_NUMBER}",
    "one part of the world in the name": f"""coalesce(name_place_l, '') <> coalesce(name_place_r, '') and not {SAME_NUMBER}
      and not coalesce(land_l = land_r, false)""",
    "another name, and neither number nor domain in common": f"""{FAR_NAME} and not {SAME_NUMBER}
      and not coalesce(domain_l = domain_r, false)""",
    "nothing in common but a similar name": """coalesce(core_l <> core_r, false)
      and coalesce(jaro_winkler_similarity(glued_l, glued_r) < 0.97, false) and not coalesce(domain_l = domain_r, false)
      and not coalesce(number_l = number_r, false) and not coalesce(phone_l = phone_r, false)
      and not coalesce(label_l = label_r, false) and not coalesce(street_l = street_r, false)
      and not coalesce(postcode_l = postcode_r, false) and words_l <> words_r""",
}
"""What keeps two accounts apart however much else agrees, in words."""

ACCOUNT_BLOCKS = (
    Block("number_key", "number"), Block("domain_key", "domain"), Block("phone_key", "phone"), Block("core_key", "core"),
    Block("glued_key", "glued"), Block("words_key", "words"), Block("label_key", "label"),
    Block("street_key", "street || coalesce(postcode, city)"),
    Block("name_city", "left(glued, 4) || city"), Block("name_post", "left(glued, 3) || postcode"),
    Block("start_key", "left(glued, 7)"), Block("ends_key", "left(glued, 3) || right(glued, 3)"),
    Block("word_key", "split_part(core, ' ', 1)"), Block("short_key", "left(glued, 4)"), Block("post_key", "postcode"),
)  # fmt: skip
"""Keys from the strictest to the loosest; each is used as far as the work stays bounded."""
