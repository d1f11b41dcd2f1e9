"""Erase a person: find them, plan, carry the plan out, make what is published anew, prove it, and certify it.

A plan that is written down is finished by whoever writes to the workspace next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tieout.building import build_again
from tieout.contract.archive import NotArchivedError, read_archived
from tieout.contract.load import load_contract
from tieout.contract.writing import write_aside
from tieout.history.erasure.arrived import plan_arrived
from tieout.history.erasure.carry import carry_out, clean_cache, folders_of, refuse_unwritable, scratch
from tieout.history.erasure.erased import Erased, read_erased
from tieout.history.erasure.needles import phone_of, profile_of, words_of
from tieout.history.erasure.people import Found, People, Seen
from tieout.history.erasure.plan import (
    Plan,
    person_terms,
    plan_path,
    read_plan,
    search_all,
    write_plan,
)
from tieout.history.erasure.proof import UNREADABLE, Proof, read_all, tells
from tieout.history.erasure.roles import all_roles
from tieout.history.keyed import email_of, hash_key
from tieout.history.ledger import Ledger
from tieout.measure.answers import QuestionError
from tieout.measure.numbers.catalogue import BY_ID
from tieout.warehouse.builds import build_path, clear_killed, published_or_none
from tieout.warehouse.engine import memory
from tieout.warehouse.lock import writing

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tieout.basics.workspace import Workspace
    from tieout.contract.model import Contract

SHOWN = 12


@dataclass(frozen=True)
class Done:
    """An erasure that was carried out: its certificate, as it was written, and where."""

    certificate: Mapping[str, Any]
    path: Path

    @property
    def proven(self) -> bool:
        """Whether every file was read and nothing found."""
        return bool(self.certificate["proof"]["holds"])


def plan_erasure(workspace: Workspace, who: str, now: datetime, environment: Mapping[str, str]) -> Plan | Erased:
    """Plan an erasure; changes nothing. Gives the earlier erasure where nothing is left to erase.

    Raises QuestionError where nobody, or more than one person, is meant.
    """
    contract, _ = load_contract(workspace.contract, tuple(BY_ID))
    with memory() as engine:
        ledger = Ledger(workspace)
        people = People(engine, ledger, all_roles(contract, ledger.feeds()))
        seed = _seed(people, who)
        earlier = _earlier(workspace, who)
        if not seed.records:
            if earlier:
                return _arrived(workspace, contract, engine, earlier, (now, environment)) or earlier
            message = f"Nobody in this workspace is '{who}'. Give an address, a phone, a name, or SYSTEM.OBJECT:KEY."
            raise QuestionError(message)
        plan = person_terms(workspace, contract, people, seed, now)
        plan = search_all(workspace, contract, engine, plan, environment)
        gone = _had(workspace, plan) or earlier
        if gone and not plan.rows:
            return _arrived(workspace, contract, engine, gone, (now, environment)) or gone
    return plan


def _arrived(
    workspace: Workspace,
    contract: Contract,
    engine: DuckDBPyConnection,
    earlier: Erased,
    given: tuple[datetime, Mapping[str, str]],
) -> Plan | None:
    """Plan to clean what came after an erasure; None where nothing did."""
    workspace.cache.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=workspace.cache, ignore_cleanup_errors=True) as scratch_folder:
        return plan_arrived(workspace, contract, engine, earlier, (*given, Path(scratch_folder)))


def _had(workspace: Workspace, plan: Plan) -> Erased | None:
    """Give the earlier erasure that had every record of a plan."""
    for entry in reversed(read_erased(workspace)):
        if entry.person == plan.entry.person:
            return entry
    return None


def _earlier(workspace: Workspace, who: str) -> Erased | None:
    """Give the earlier erasure of whoever was given, told by the hashes that are kept."""
    key = hash_key(workspace) if read_erased(workspace) else ""
    label, _, record = who.partition(":")
    texts = [("email", email_of(who)), ("phone", phone_of(who)), ("profile", profile_of(who))]
    texts += [("name", " ".join(words_of(who)))]
    for entry in reversed(read_erased(workspace)):
        by_id = entry.has_id(key, f"record {label}", record) or any(
            entry.has_id(key, f"id {entity}", who) for entity in ("lead", "contact", "user")
        )
        if by_id or who == entry.person or any(entry.has(key, kind, text) for kind, text in texts):
            return entry
    return None


def _seed(people: People, who: str) -> Found:
    """Find the records that are meant: by address, profile, id, phone or name, in this order."""
    found = Found()
    if "@" in who and " " not in who.strip():
        found.emails.add(email_of(who) or "")
        return people.grow(found)
    if profile := profile_of(who):
        found.profiles.add(profile)
        return people.grow(found)
    seen = people.with_id(who.strip())
    if not seen and (phone := phone_of(who)) and not any(sign.isalpha() for sign in who):
        seen = people.with_phones({phone})
    if not seen:
        seen = people.named(who)
        _one_person(who, seen)
    for one in seen:
        people.take(found, one)
    return found


def _one_person(who: str, seen: list[Seen]) -> None:
    """Refuse a name that several people have. Raises QuestionError naming them."""
    people = {one.email or str(one.record): one for one in seen}
    if len(people) > 1:
        listed = "; ".join(f"{one.record} ({one.company or 'no company'})" for one in list(people.values())[:SHOWN])
        more = f"; and {len(people) - SHOWN} more" if len(people) > SHOWN else ""
        message = (
            f"{len(people)} people are called '{who}': {listed}{more}. Name one by address or by SYSTEM.OBJECT:KEY."
        )
        raise QuestionError(message)


# -- carrying out


def erase(
    workspace: Workspace, who: str, now: datetime, environment: Mapping[str, str], wanted: str | None = None
) -> Done | Erased:
    """Erase a person. `wanted` is the digest of the plan that was shown: with another one, nothing is done.

    Without it, a plan that may mean several people is refused with QuestionError.

    Raises WorkspaceBusyError while another process writes, and LedgerError where a folder cannot be written.
    """
    refuse_unwritable((workspace.root, workspace.ledger, workspace.cache))
    with writing(workspace, now):
        finish(workspace, now)
        plan = plan_erasure(workspace, who, now, environment)
        if isinstance(plan, Erased):
            return plan
        if wanted and plan.digest != wanted:
            message = f"The plan is no longer {wanted}: it is {plan.digest} now. Look at it, then erase again."
            raise QuestionError(message)
        if plan.several and not wanted:
            names = ", ".join(name.title() for name in plan.names)
            message = (
                f"Several people may share an address here: {names}. All of them would be erased; nothing has been. "
                f"If that is meant, name the plan: tieout erase '{who}' --yes --plan {plan.digest}"
            )
            raise QuestionError(message)
        refuse_unwritable(folders_of(workspace, plan))
        write_plan(workspace, plan, _told(workspace, plan))
        done = finish(workspace, now)
        if done is None:
            message = "The erasure was finished by another process."
            raise QuestionError(message)
        return done


def finish(workspace: Workspace, now: datetime) -> Done | None:
    """Finish an erasure that was begun; None where there is none. The caller holds the lock."""
    plan = read_plan(workspace)
    if plan is None:
        return None
    carry_out(workspace, plan)
    _publish_again(workspace, plan)
    with scratch(workspace) as (_, engine):
        clean_cache(workspace, engine, plan)
        proof = _prove(workspace, engine, plan)
    done = _certify(workspace, plan, proof, now)
    plan_path(workspace).unlink()
    return done


def _prove(workspace: Workspace, engine: DuckDBPyConnection, plan: Plan) -> Proof:
    """Read everything; what is derived and still tells the person is deleted, and everything is read again."""
    leave = frozenset({plan_path(workspace)})
    known = _clean(workspace, plan)
    proof = read_all(workspace, engine, plan.needles, leave, known)
    paths = [workspace.root / name for name in proof.found]
    derived = [path for path in paths if path.is_relative_to(workspace.cache) and path.parent != workspace.builds]
    for path in derived:
        path.unlink(missing_ok=True)
    return read_all(workspace, engine, plan.needles, leave, known) if derived else proof


def _clean(workspace: Workspace, plan: Plan) -> frozenset[Path]:
    """Give the pulls in whose rows the plan found nothing, and that are by their seals what they were then."""
    ledger = Ledger(workspace)
    return frozenset(
        ledger.path(pull)
        for pull in ledger.pulls()
        if pull.position in plan.clean and not ledger.seals.touched(ledger.path(pull))
    )


def _publish_again(workspace: Workspace, plan: Plan) -> None:
    """Make the published build anew where it tells the person, and delete the others that do."""
    facts = published_or_none(workspace)
    current = build_path(workspace, facts.key) if facts else None
    clear_killed(workspace)
    with memory() as engine:
        for path in sorted(workspace.builds.glob("*.duckdb")):
            try:
                told = tells(path, engine, plan.needles)
            except UNREADABLE:
                told = True
            if not told:
                continue
            if path == current and facts:
                with suppress(NotArchivedError):
                    contract = read_archived(workspace.archive, facts.fingerprint)
                    if build_again(workspace, facts, contract).key == facts.key:
                        continue
            path.unlink(missing_ok=True)


# -- the certificate


def _told(workspace: Workspace, plan: Plan) -> dict[str, Any]:
    """Tell what a certificate says of a plan, without naming the person."""
    before = {pull.position: pull for pull in Ledger(workspace).committed}
    pulls = sorted(position for hits in plan.hits for position in hits.rows)
    return {
        "plan": plan.digest,
        "objects": plan.summary(),
        "records": len(plan.records),
        "not_included": [{"record": str(one.record), "why": one.why} for one in plan.alike],
        "pulls": [{"position": at, "sha256_before": before[at].sha256} for at in pulls],
        "exports_in_the_workspace": [_lying(one) for one in plan.exports if one.inside],
        "exports_elsewhere": [_lying(one) for one in plan.exports if not one.inside],
        "systems": sorted(
            {record.feed.system for record in plan.records} | {lying.feed.system for lying in plan.exports}
        ),
    }


def _lying(one: Any) -> dict[str, Any]:  # noqa: ANN401 - an export of the plan
    return {"path": one.path, "object": str(one.feed), "rows": one.rows}


def _certify(workspace: Workspace, plan: Plan, proof: Proof, now: datetime) -> Done:
    told: dict[str, Any] = dict(plan.told or {})
    after = {pull.position: pull for pull in Ledger(workspace).committed}
    told["pulls"] = [one | {"sha256_after": after[one["position"]].sha256} for one in told.get("pulls", ())]
    certificate = {
        "erased": plan.entry.person,
        "number": plan.entry.number,
        "begun_at": plan.entry.at.isoformat() + "Z",
        "finished_at": now.isoformat() + "Z",
        **told,
        "keyed_hashes": {kind: list(found) for kind, found in plan.entry.hashes.items() if kind in {"email", "phone"}},
        "proof": proof.to_json(),
        "not_read": [".git"] if (workspace.root / ".git").exists() else [],
    }
    path = workspace.ledger / "erasures" / f"{plan.entry.number:04d}-{plan.entry.person}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_aside(path, json.dumps(certificate, indent=1, ensure_ascii=False) + "\n")
    return Done(certificate, path)
