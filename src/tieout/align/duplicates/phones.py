"""Phone numbers written alike: the international number where it can be told, else the digits as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.align.duplicates.legal_forms import COUNTRY_CODES, country_words, plain

if TYPE_CHECKING:
    from tieout.warehouse.engine import Connection

CHUNK = 50_000


def key_phones(engine: Connection, given: str) -> None:
    """Write the table `with_phones`: the given one with `phone_key`.

    A number with a country code is its digits; one without is read by the phonenumbers package, in the record's
    country where that is known. An extension is left out.
    """
    engine.execute(f"""create or replace temp table phone_texts as
      select distinct phone, country,
        regexp_replace(regexp_replace(regexp_replace(trim(phone), '(?i)\\s*(ext|extension|x|durchwahl|#)\\.?\\s*[0-9]+$', ''),
          '\\(0\\)', ''), '[^0-9+]', '', 'g') as cleaned
      from {given} where nullif(trim(phone), '') is not null""")
    engine.execute("""create or replace temp table phone_keys as
      select phone, country, case when cleaned like '+%' then substr(cleaned, 2)
        when cleaned like '00%' and length(cleaned) > 9 then substr(cleaned, 3) end as key
      from phone_texts where cleaned like '+%' or cleaned like '00%' and length(cleaned) > 9""")
    rest = engine.execute("""select phone, country, cleaned from phone_texts
      where not (cleaned like '+%' or cleaned like '00%' and length(cleaned) > 9) and length(cleaned) >= 5""").fetchall()
    if rest:
        _read(engine, rest)
    engine.execute(f"""create or replace temp table with_phones as
      select g.*, case when length(k.key) >= 5 and replace(k.key, left(k.key, 1), '') <> '' then k.key end as phone_key
      from {given} as g
      left join phone_keys as k on k.phone = g.phone and k.country is not distinct from g.country""")


def _read(engine: Connection, rows: list[tuple[str, str | None, str]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only where there are numbers to read

    keys = [(phone, country, _international(cleaned, country) or cleaned) for phone, country, cleaned in rows]
    columns = ("phone", "country", "key")
    told = pa.table({name: pa.array([row[n] for row in keys], pa.string()) for n, name in enumerate(columns)})
    engine.register("phones_read", told)
    engine.execute("insert into phone_keys select phone, country, key from phones_read")
    engine.unregister("phones_read")


def _international(digits: str, country: str | None) -> str | None:
    """Read a national number in a country; None where the country is not known or it is no number there."""
    region = _region(country)
    if region is None:
        return None
    import phonenumbers  # noqa: PLC0415 - costly, and only for national numbers

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    return f"{number.country_code}{number.national_number}"


def _region(country: str | None) -> str | None:
    if not country:
        return None
    place = country_words().get(plain(country).replace(" ", ""))
    codes = {"usa": "US", "uk": "GB"}
    if place in codes:
        return codes[place]
    return COUNTRY_CODES[place].split()[0].upper() if place in COUNTRY_CODES else None
