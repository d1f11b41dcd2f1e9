"""History: what each system said, and when. Pulls are kept for ever; what each changed is derived from them."""

from tieout.history.changes import changes, rebuild
from tieout.history.ledger import Feed, Ledger, LedgerError, Pull, verify
from tieout.history.pull import Held, Progress, PullReport, pull

__all__ = [
    "Feed",
    "Held",
    "Ledger",
    "LedgerError",
    "Progress",
    "Pull",
    "PullReport",
    "changes",
    "pull",
    "rebuild",
    "verify",
]
