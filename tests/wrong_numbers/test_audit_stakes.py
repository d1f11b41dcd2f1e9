"""What an audit puts at stake is pipeline, and no deal of it counts twice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.oracles.tiny import MAPPED, Tiny, dated, once
from tests.wrong_numbers.company import AS_OF, deal
from tieout.measure.diagnosis.audit import audit
from tieout.questions import opened

FIELDS = {"account.name": {"consistent": True}, "lead.company": {"consistent": True}}


def test_a_deal_whose_account_and_lead_are_misspelled_is_at_stake_once(tmp_path: Path) -> None:
    deals = {"both": deal(1_000, account="A3", lead="L3"), "right": deal(2_000, account="A1", lead="L1")}
    exports = dated("deals", deals | {"account": deal(4_000, account="A3")}, [AS_OF])
    exports |= dated("accounts", {"A1": once(name="Acme"), "A2": once(name="Acme"), "A3": once(name="ACME")}, [AS_OF])
    exports |= dated(
        "leads", {"L1": once(status="Beta"), "L2": once(status="Beta"), "L3": once(status="BETA")}, [AS_OF]
    )
    objects = {
        name: {"key": "id", "modified": "modified", "files": f"{name}_*.csv"} | MAPPED[name]
        for name in ("deals", "accounts", "leads")
    }
    objects["leads"] |= {"fields": MAPPED["leads"]["fields"] | {"company": "status"}}
    contract = {"sources": {"crm": {"path": "exports", "objects": objects}}, "quality": {"fields": FIELDS}}
    with opened(Tiny(exports, contract).refreshed(tmp_path)) as asked:
        names = next(one for one in audit(asked).questions if one.question == "Consistent names?")
    assert (names.right, names.n, names.stake) == (4, 6, Decimal(5_000))
