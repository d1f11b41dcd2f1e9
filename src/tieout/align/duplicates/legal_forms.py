"""What a company's name says of its legal form and its place, so that the rest can be compared.

The forms are those of the cleanco package and some that it lacks; all are written as `plain_sql` writes names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from cleanco.termdata import terms_by_country, terms_by_type

MORE_FORMS = (
    "ag co kg", "gmbh co kg", "gmbh co kgaa", "se co kg", "ug co kg", "ug haftungsbeschrankt", "mbh", "ggmbh", "kgaa",
    "ohg", "gbr", "ev", "e v", "e k", "ek", "eg", "vvag", "sas", "sasu", "sarl", "s a r l", "s a s", "eurl", "snc",
    "sca", "sci", "sa", "s a", "sa de cv", "s a de c v", "s de rl", "s de r l de c v", "srl", "s r l", "spa", "s p a",
    "sapa", "sl", "slu", "s l", "s l u", "lda", "ltda", "eireli", "me", "epp", "nv", "n v", "bv", "b v", "bvba", "vof",
    "cv", "vzw", "ab", "publ", "as", "asa", "a s", "aps", "a p s", "oy", "oyj", "hf", "ehf", "oü", "ou", "as", "uab",
    "sia", "sp z o o", "sp zoo", "spzoo", "sp j", "sp k", "s r o", "sro", "a s", "kft", "zrt", "nyrt", "bt", "doo",
    "d o o", "dd", "d d", "ad", "ead", "eood", "ood", "srl", "ae", "epe", "ike", "ltd", "limited", "ltd co", "co ltd",
    "company limited", "plc", "llp", "lp", "llc", "l l c", "pllc", "pc", "p c", "inc", "incorporated", "corp",
    "corporation", "co", "company", "cie", "pty", "pty ltd", "proprietary limited", "pvt", "pvt ltd", "private limited",
    "private ltd", "pte", "pte ltd", "sdn bhd", "bhd", "berhad", "tbk", "pt", "cv", "kk", "k k", "gk", "kabushiki kaisha",
    "godo kaisha", "yugen kaisha", "jsc", "pjsc", "ojsc", "cjsc", "ooo", "oao", "zao", "pao", "ao", "tov", "pp", "as",
    "as sti", "ltd sti", "anonim sirketi", "limited sirketi", "fze", "fzco", "fz llc", "wll", "w l l", "saog", "saoc",
    "bsc", "kscc", "qsc", "unlimited", "ultd", "dac", "clg", "cic", "cio", "trust", "ooo", "и п", "ооо", "оао", "зао",
    "пао", "ао", "тов", "ип", "株式会社", "有限会社", "合同会社", "有限公司", "股份有限公司", "有限责任公司", "株", "주식회사", "유한회사",
)  # fmt: skip
LEADING = (
    "pt", "cv", "ooo", "oao", "zao", "pao", "ao", "tov", "ооо", "оао", "зао", "пао", "ао", "тов", "ип", "sarl", "sas",
    "sa", "eurl", "sci", "snc", "sp z o o", "uab", "sia", "as", "ab", "oy", "株式会社", "有限会社", "合同会社", "주식회사", "the",
)  # fmt: skip
"""Forms that may stand before the name."""

GENERIC = ("group", "holding", "holdings", "gruppe", "groupe", "grupo", "gruppo", "international", "intl", "worldwide")
"""Words that a name may have or not have."""

PLACES = {
    "germany": "deutschland germany allemagne alemania germania de",
    "france": "france frankreich francia",
    "spain": "spain spanien espana iberia espagne iberica",
    "italy": "italy italien italia italie",
    "austria": "austria osterreich oesterreich",
    "switzerland": "switzerland schweiz suisse svizzera",
    "netherlands": "netherlands nederland niederlande holland",
    "belgium": "belgium belgien belgique belgie",
    "uk": "uk britain england gb scotland wales",
    "ireland": "ireland irland",
    "usa": "usa us america americas",
    "canada": "canada kanada",
    "mexico": "mexico mexiko",
    "brazil": "brazil brasil brasilien",
    "argentina": "argentina",
    "chile": "chile",
    "colombia": "colombia",
    "portugal": "portugal",
    "poland": "poland polska polen",
    "czechia": "czechia czech cesko",
    "slovakia": "slovakia slovensko",
    "hungary": "hungary ungarn magyarorszag",
    "romania": "romania rumanien",
    "bulgaria": "bulgaria bulgarien",
    "greece": "greece hellas",
    "turkey": "turkey turkiye turkei",
    "russia": "russia russland rossiya",
    "ukraine": "ukraine",
    "sweden": "sweden sverige schweden",
    "norway": "norway norge norwegen",
    "denmark": "denmark danmark danemark",
    "finland": "finland suomi finnland",
    "japan": "japan nippon nihon",
    "china": "china",
    "korea": "korea",
    "india": "india bharat",
    "singapore": "singapore",
    "malaysia": "malaysia",
    "indonesia": "indonesia",
    "thailand": "thailand",
    "vietnam": "vietnam",
    "philippines": "philippines",
    "australia": "australia australien",
    "newzealand": "zealand",
    "israel": "israel",
    "uae": "uae emirates dubai",
    "saudi": "saudi arabia",
    "egypt": "egypt",
    "southafrica": "africa",
    "europe": "europe europa emea",
    "nordic": "nordic nordics scandinavia",
    "asia": "asia apac pacific",
    "latam": "latam latinoamerica",
    "mideast": "mideast mena",
    "hongkong": "hongkong",
}
"""Words that say for which country or region a company is, by the one word that stands for them."""

COUNTRY_CODES = {
    "germany": "de deu ger", "france": "fr fra", "spain": "es esp", "italy": "it ita", "austria": "at aut",
    "switzerland": "ch che", "netherlands": "nl nld", "belgium": "be bel", "uk": "gb gbr uk unitedkingdom greatbritain",
    "ireland": "ie irl", "usa": "us usa unitedstates unitedstatesofamerica", "canada": "ca can", "mexico": "mx mex",
    "brazil": "br bra", "portugal": "pt prt", "poland": "pl pol", "czechia": "cz cze czechrepublic", "sweden": "se swe",
    "norway": "no nor", "denmark": "dk dnk", "finland": "fi fin", "japan": "jp jpn", "china": "cn chn", "korea": "kr kor",
    "india": "in ind", "singapore": "sg sgp", "australia": "au aus", "newzealand": "nz nzl", "israel": "il isr",
    "uae": "ae are unitedarabemirates", "turkey": "tr tur", "russia": "ru rus", "hungary": "hu hun", "greece": "gr grc",
    "romania": "ro rou", "southafrica": "za zaf",
}  # fmt: skip
"""How a field of country may name a country."""


FORM_LANDS = {
    "kk": "japan", "k k": "japan", "株式会社": "japan", "sp z oo": "poland", "sp z o o": "poland", "sp zoo": "poland",
    "sarl": "france", "sas": "france", "sasu": "france", "eurl": "france", "oy": "finland", "oyj": "finland",
    "aps": "denmark", "inc": "usa", "llc": "usa", "corp": "usa", "corporation": "usa", "incorporated": "usa",
    "plc": "uk", "kft": "hungary", "pty ltd": "australia", "pvt ltd": "india", "private limited": "india",
    "sdn bhd": "malaysia", "pte ltd": "singapore", "ltda": "brazil", "sa de cv": "mexico", "ooo": "russia",
}  # fmt: skip
"""Legal forms that are of one country alone."""

SEVERAL_WORDS = (
    ("united kingdom|great britain", "uk"), ("united states( of america)?", "usa"), ("new zealand", "zealand"),
    ("south africa", "africa"), ("saudi arabia", "saudi"), ("czech republic", "czech"), ("hong kong", "hongkong"),
    ("(north|south|latin) america", "america"), ("middle east", "mideast"), ("united arab emirates", "uae"),
)  # fmt: skip
"""Places of several words, by the one word that stands for them."""


def plain(text: str) -> str:
    """Write a name as it is compared: lower case, no accents, no punctuation, single spaces."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("&", " ").replace("+", " "))
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+", " ", letters.replace(".", "").replace("'", "")).split())


@cache
def forms() -> tuple[str, ...]:
    """Give every legal form as names write it, the longest first."""
    listed = [term for terms in (*terms_by_type.values(), *terms_by_country.values()) for term in terms]
    spaced = {" ".join(re.sub(r"[^\w]+", " ", term.casefold()).split()) for term in listed}
    found = {form for form in (*map(plain, listed), *map(plain, MORE_FORMS), *spaced) if form}
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def trailing_pattern() -> str:
    """Give the pattern of legal forms at the end of a name, one after another."""
    return f"( ({'|'.join(map(re.escape, forms()))}))+$"


def leading_pattern() -> str:
    """Give the pattern of a legal form before a name."""
    return f"^({'|'.join(map(re.escape, sorted(LEADING, key=len, reverse=True)))}) "


def place_words() -> dict[str, str]:
    """Give each word of a name that says a place, with the place."""
    return {word: place for place, words in PLACES.items() for word in words.split() if word != "de"}


def country_words() -> dict[str, str]:
    """Give each way in which a field may name a country, with the country."""
    named = {word: place for place, words in PLACES.items() for word in words.split()}
    return named | {word: place for place, words in COUNTRY_CODES.items() for word in words.split()}
