"""What values say, in the same languages: not known, yes and no, won and lost, new and renewal, how far along."""

from __future__ import annotations

import re

from tieout.propose.plain import plain, tokens
from tieout.propose.words import OUTCOMES, STEPS, TYPES


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


UNKNOWN = _listed(
    "unknown,n/a,na,none,null,-,--,---,?,??,tbd,tba,undefined,not set,(not set),not available,not specified,#n/a,"
    "#nv,nan,(none),(unknown),(blank),[blank],unbekannt,k.a.,k. a.,keine angabe,nicht bekannt,n.a.,inconnu,"
    "non renseigné,"
    "desconocido,sin datos,no aplica,desconhecido,não informado,nao informado,sem informação,não se aplica,sconosciuto,"
    "onbekend,n.v.t.,not known,no value,-none-,--none--,missing,other/unknown,select,please select,- select -,"
    "--select--,select one,choose,please choose,bitte wählen,bitte auswählen,auswählen,sélectionner,seleccionar,"
    "seleccione,selecione,selecionar,(empty),<null>,(null),#ref!,#value!,未設定,不明,未知,なし"
)
"""Texts that mean "not known", compared case-folded."""

NO_END = _listed(
    "9999-12-31,9999-12-30,9999-01-01,2999-12-31,2999-01-01,2100-01-01,2099-12-31,2050-01-01,2049-12-31,3000-01-01,"
    "1900-01-01,0001-01-01,0000-00-00,1899-12-30,1753-01-01"
)
"""Days that stand for "no end" or "no date"; a day in 1970 may be a real one."""

TRUE = _listed("true,t,yes,y,1,ja,j,oui,o,si,sí,sim,s,vrai,verdadero,verdadeiro,wahr,x,vero,waar")
FALSE = _listed("false,f,no,n,0,nein,non,não,nao,faux,falso,falsch,nee,onwaar")
READ_FLAGS = frozenset({"true", "t", "yes", "y", "1", "false", "f", "no", "n", "0"})
"""The flags that are read as they stand; any other is renamed."""

_NO_WIN = re.compile(r"sign(al|ature|up)|customerreview|approvedvendor")


_LOSS = frozenset({"loss", "losses", "lose", "l"})
"""Words that mean a loss only where they stand alone."""


def outcome_of(name: str) -> str | None:
    """Tell by its words whether a stage closes a deal: won, lost, disqualified; None where they say nothing."""
    word = plain(name)
    if _LOSS & set(tokens(name)):
        return "lost"
    # "Closed Lost to won account" is lost: a loss is said where it is one, a win may be said of something else.
    for outcome in ("disqualified", "lost"):
        if any(part in word for part in OUTCOMES[outcome]):
            return outcome
    won = any(part in word for part in OUTCOMES["won"])
    return "won" if won and not _NO_WIN.search(word) else None


def says_closed(name: str) -> bool:
    """Say whether a stage's words close a deal without saying how."""
    return any(part in plain(name) for part in OUTCOMES["closed"])


def step_of(name: str) -> int | None:
    """Tell by its words how far along a stage is, from 0; None where they say nothing."""
    word = plain(name)
    found = [place for place, parts in enumerate(STEPS) if any(part in word for part in parts)]
    return max(found) if found else None


QUALIFYING = re.compile(r"qualif|cualif|kwalif|preaccepted|opportunity|sql\b")
"""Finds a stage at which a deal counts as qualified."""


def type_of(value: str) -> str | None:
    """Tell which type of opportunity a value means; None where its words do not say."""
    word = plain(value)
    for name, parts in TYPES.items():
        if any(part in word for part in parts):
            return name
    return None


CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "R$": "BRL", "US$": "USD", "$": "USD", "zł": "PLN",
                  "₽": "RUB", "₩": "KRW", "CHF": "CHF", "kr": "SEK", "A$": "AUD", "C$": "CAD", "₺": "TRY"}  # fmt: skip
"""Signs before or behind an amount; `$` and `kr` may be another country's."""

OPEN_SIGNS = frozenset({"$", "kr", "¥"})
"""Signs that more than one currency has."""
