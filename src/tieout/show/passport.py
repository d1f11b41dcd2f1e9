"""A passport asked again: the figure it had, whether it came out again, and what moved since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tieout.show import figures
from tieout.show.answer import answer_page
from tieout.show.as_json import answer_json, bridge_json
from tieout.show.bridge import names_of, waterfall

if TYPE_CHECKING:
    from tieout.contract.model import Company
    from tieout.measure.answers import Answer
    from tieout.passports import AskedAgain
    from tieout.show.terminal import Terminal


def again_page(terminal: Terminal, again: AskedAgain, company: Company) -> list[str]:
    """Give the lines of a passport asked again."""
    lines = answer_page(terminal, again.then, company)
    if again.differing:
        slices = ", ".join(again.differing[:8])
        told = f"Not reproduced: the file says otherwise for {slices}. It was edited, or written by another version."
        lines += ["", *terminal.wrap(told, style="error")]
    else:
        lines += ["", "Reproduced: every value of the file came out again."]
    lines += ["", *_since(terminal, again)]
    if again.bridge:
        names = names_of(again.bridge, ZoneInfo(company.time_zone))
        then, now = (f"{name}{label}" for name, label in zip(names, (", then", ", now"), strict=True))
        lines += ["", *waterfall(terminal, again.bridge, company, (then, now))]
    return lines


def _since(terminal: Terminal, again: AskedAgain) -> list[str]:
    then, now = _told(again.then), _told(again.now)
    if then == now:
        return ["Asked today, the answer is the same."]
    told = f"Asked today, the answer is {now} instead of {then}"
    return terminal.wrap(f"{told}:" if again.bridge else f"{told}.")


def _told(answer: Answer) -> str:
    return figures.shown(answer.total, answer.unit)


def again_json(again: AskedAgain, currency: str) -> dict[str, Any]:
    """Give the document of `tieout ask --passport`."""
    return {
        "reproduced": again.reproduced,
        "differing": list(again.differing),
        "then": answer_json(again.then, currency),
        "now": answer_json(again.now, currency),
        "bridge": bridge_json(again.bridge, currency, records=True) if again.bridge else None,
    }
