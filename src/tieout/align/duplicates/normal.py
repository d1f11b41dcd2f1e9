"""How texts of persons and companies are written alike before they are compared: expressions for the embedded engine.

Each function takes the expression of a text and gives that of its normal form; what is empty or says nothing is null.
"""

from __future__ import annotations

from tieout.align.contract_tables import PUBLIC_DOMAINS
from tieout.align.duplicates.legal_forms import GENERIC, leading_pattern, trailing_pattern
from tieout.warehouse.engine import literal

SHARED_MAILBOXES = (
    "accounting", "accounts", "admin", "administration", "ap", "billing", "buchhaltung", "contact", "contacto", "contato",
    "einkauf", "enquiries", "finance", "hello", "help", "helpdesk", "hr", "info", "inquiries", "invoice", "invoices",
    "it", "jobs", "kontakt", "mail", "marketing", "noreply", "office", "order", "orders", "post", "procurement",
    "purchasing", "reception", "sales", "service", "support", "team", "verkauf", "vertrieb", "webmaster", "welcome",
)  # fmt: skip
"""Mailboxes that several people read: an address at one says nothing about who somebody is."""

MAIL_DOMAINS = (
    *PUBLIC_DOMAINS, "aol.de", "att.net", "bigpond.com", "bluewin.ch", "btinternet.com", "comcast.net", "cox.net",
    "fastmail.com", "free.fr", "freenet.de", "gmx.at", "gmx.ch", "hey.com", "hotmail.co.uk", "hotmail.de", "hotmail.es",
    "hotmail.fr", "hotmail.it", "laposte.net", "libero.it", "list.ru", "live.co.uk", "live.de", "live.fr", "live.nl",
    "mac.com", "mail.com", "mail.ru", "naver.com", "o2.pl", "online.de", "orange.fr", "outlook.de", "outlook.fr", "pm.me",
    "posteo.de", "rambler.ru", "rediffmail.com", "rocketmail.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "sky.com",
    "t-online.de", "telia.com", "terra.com.br", "tiscali.it", "uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr",
    "wp.pl", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr",
    "yahoo.it", "yandex.com", "ymail.com", "ziggo.nl", "zoho.com", "126.com", "163.com",
)  # fmt: skip
"""Mail domains that anybody can have, a longer list than that by which leads are matched."""

SECOND_LEVELS = "ac|co|com|edu|gob|gov|gv|ltd|me|ne|net|nom|or|org|plc"


def _in(words: tuple[str, ...]) -> str:
    return ", ".join(literal(word) for word in words)


def plain_sql(text: str) -> str:
    """Lower case, without accents and punctuation, single spaces; dots and apostrophes leave no space."""
    joined = f"replace(replace(regexp_replace(lower(strip_accents({text})), '[.''`]', '', 'g'), 'ß', 'ss'), 'ø', 'o')"
    return f"nullif(trim(regexp_replace({joined}, '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')), '')"


def email_sql(text: str) -> str:
    """Normalize an email address for comparing: no `+tag`, and at Gmail no dots; null where it is none.

    Looser than `history.keyed.email_sql`, which says when two addresses are one without anybody deciding it.
    """
    bare = f"regexp_replace(lower(trim({text})), '^mailto:|\\s', '', 'g')"
    whole = f"regexp_replace({bare}, '^([^+@]+)\\+[^@]*@', '\\1@')"
    gmail = f"regexp_replace({whole}, '@(gmail|googlemail)\\.com$', '@gmail.com')"
    undotted = f"case when {gmail} like '%@gmail.com' then replace(split_part({gmail}, '@', 1), '.', '') || '@gmail.com' else {gmail} end"
    return f"case when {whole} similar to '[^@]+@[^@]+' then {undotted} end"


def shared_sql(email: str) -> str:
    """Say whether a normalized address is a mailbox that several people read."""
    return f"regexp_replace(split_part({email}, '@', 1), '[-_.0-9]', '', 'g') in ({_in(SHARED_MAILBOXES)})"


def domain_sql(text: str) -> str:
    """Give the domain of a web or mail address without `www.`; null where anybody can have it."""
    host = f"regexp_extract(lower(trim({text})), '^(?:[a-z]+://)?(?:[^@/]*@)?(?:www[0-9]?\\.)?([^/:?#\\s]+)', 1)"
    return f"case when {host} like '%.%' and {host} not in ({_in(MAIL_DOMAINS)}) then {host} end"


def label_sql(domain: str) -> str:
    """Give the registered label of a domain: `acme` of `shop.acme.co.uk`."""
    return f"nullif(regexp_extract({domain}, '([^.]+)\\.(?:(?:{SECOND_LEVELS})\\.)?[a-z]+$', 1), '')"


def digits_sql(text: str) -> str:
    """Give the digits of a text, null where there are none."""
    return f"nullif(regexp_replace({text}, '[^0-9]', '', 'g'), '')"


def day_sql(text: str, *, day_first: bool) -> str:
    """Give a date as eight digits, year first; null where it cannot be read."""
    t = f"trim({text})"
    order = r"\3-\2-\1" if day_first else r"\3-\1-\2"
    turned = f"regexp_replace({t}, '^(\\d{{1,2}})[./ -](\\d{{1,2}})[./ -](\\d{{4}}).*$', '{order}')"
    parts = f"regexp_extract({turned}, '^(\\d{{4}})[./ -](\\d{{1,2}})[./ -](\\d{{1,2}})', ['y', 'm', 'd'])"
    return f"""case when regexp_full_match({t}, '(1[89]|20)\\d{{6}}') then {t}
      when regexp_full_match({t}, '\\d{{4}}(1[89]|20)\\d{{2}}') then right({t}, 4) || substr({t}, 3, 2) || left({t}, 2)
      when {parts}.y <> '' then {parts}.y || lpad({parts}.m, 2, '0') || lpad({parts}.d, 2, '0') end"""


STREETS = (
    ("str(asse|eet)?", "st"), ("strasse", "st"), ("avenue|ave|av|avda|avenida", "av"), ("road|rd", "rd"), ("drive|dr", "dr"),
    ("lane|ln", "ln"), ("place|pl|platz|plaza|plz", "pl"), ("court|ct", "ct"), ("boulevard|blvd|bd", "bd"),
    ("crescent|cres|cr", "cr"), ("circuit|cct", "cct"), ("close|cl", "cl"), ("square|sq", "sq"), ("parkway|pkwy", "pkwy"),
    ("highway|hwy", "hwy"), ("terrace|tce|ter", "ter"), ("suite|ste|unit|apt|apartment|flat", "unit"),
    ("north|n", "n"), ("south|s", "s"), ("east|e", "e"), ("west|w", "w"), ("saint|sankt", "st"),
)  # fmt: skip


def street_sql(text: str) -> str:
    """Normalize a street: as a name, with the usual short forms."""
    told = f"' ' || {plain_sql(text)} || ' '"
    told = f"regexp_replace({told}, '(\\p{{L}}{{3,}})(strasse|str) ', '\\1 st ', 'g')"
    for words, short in STREETS:
        told = f"regexp_replace({told}, ' ({words}) ', ' {short} ', 'g')"
    return f"nullif(trim({told}), '')"


def company_sql(text: str) -> str:
    """Give the part of a company's name that is its own: without legal forms, before or behind it."""
    plain = plain_sql(f"regexp_replace({text}, '[&+]', ' ', 'g')")
    behind = f"regexp_replace({plain}, {literal(trailing_pattern())}, '')"
    before = f"regexp_replace({behind}, {literal(leading_pattern())}, '')"
    return f"coalesce(nullif({before}, ''), {plain})"


def own_words_sql(core: str) -> str:
    """Leave words out of a stripped name that it may have or not have, such as Group."""
    shorter = f"trim(regexp_replace(' ' || {core} || ' ', '( (?:{'|'.join(GENERIC)}))+ ', ' ', 'g'))"
    return f"coalesce(nullif({shorter}, ''), {core})"
