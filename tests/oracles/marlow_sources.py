"""Where Marlow's deals and customers came from: source classes, and the leads that became customers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from tests.oracles.arithmetic import Days, Tally, tally
from tests.oracles.marlow import Deal, closed_at, governed, price
from tests.oracles.marlow_books import Books, Row, local, moment

CLASSES = {
    "Organic Search": "marketing",
    "Paid Search": "marketing",
    "Webinar": "marketing",
    "Event": "marketing",
    "Content Syndication": "marketing",
    "Referral": "marketing",
    "Partner": "partner",
    "Outbound": "sales",
    "Customer": "customer success",
}
TOUCH = timedelta(days=90)
ANYBODY = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "web.de", "hotmail.com", "icloud.com")


@dataclass(frozen=True)
class Sources:
    """What the books say of origins."""

    books: Books

    @cached_property
    def every_lead(self) -> dict[str, Row]:
        """All leads, as last told."""
        return self.books.last("marketing/leads", "lead_id")

    @cached_property
    def contacts(self) -> dict[str, Row]:
        """All contacts."""
        return self.books.newest("crm/contacts", "Id")

    @cached_property
    def homes(self) -> dict[str, str]:
        """The account of each lead: told, by a contact's email, by domain, by company name, where only one fits."""
        rows = [row for row in self.books.newest("crm/accounts", "Id").values() if not row["MergedInto__c"]]
        domains, names, emails = _only(rows, "Domain__c"), _only(rows, "Name"), self._emails()
        found = {}
        for key, lead in self.every_lead.items():
            email = lead["Email"].strip().casefold()
            domain = email.partition("@")[2]
            by_domain = None if domain in ANYBODY else domains.get(domain)
            by_name = names.get(lead["company_name"].strip().casefold())
            if account := lead["account_id"] or emails.get(email) or by_domain or by_name:
                found[key] = account
        return found

    def _emails(self) -> dict[str, str]:
        accounts: dict[str, set[str]] = defaultdict(set)
        for row in self.contacts.values():
            if row["Email"] and row["AccountId"]:
                accounts[row["Email"].strip().casefold()].add(row["AccountId"])
        return {email: min(found) for email, found in accounts.items() if len(found) == 1}

    @cached_property
    def contacted(self) -> dict[str, list[datetime]]:
        """When sales was in touch with each account; what a machine sent is no touch."""
        found: dict[str, list[datetime]] = defaultdict(list)
        for row in self.books.last("crm/activities", "Id").values():
            if row["Team"] == "sales" and row["IsAutomated"] != "true" and (account := self._account(row)):
                found[account].append(moment(row["ActivityDateTime"]))
        return found

    @cached_property
    def touched(self) -> dict[str, list[datetime]]:
        """When marketing was in touch with each account."""
        found: dict[str, list[datetime]] = defaultdict(list)
        for row in self.books.last("marketing/touches", "touch_id").values():
            if account := self.homes.get(row["lead_id"]):
                found[account].append(moment(row["touched_at"]))
        for row in self.books.last("crm/activities", "Id").values():
            if row["Team"] == "marketing" and row["IsAutomated"] != "true" and (account := self._account(row)):
                found[account].append(moment(row["ActivityDateTime"]))
        return found

    def _account(self, row: Row) -> str | None:
        if row["AccountId"]:
            return row["AccountId"]
        if (contact := self.contacts.get(row["ContactId"])) and contact["AccountId"]:
            return contact["AccountId"]
        if account := self.homes.get(row["LeadId"]):
            return account
        told = self.books.rows.get(row["OpportunityId"])
        return told[-1].told["AccountId"] if told else None

    def class_of(self, deal: Deal) -> str:
        """Give the source class of a deal that became pipeline at its moment."""
        account = deal.row["AccountId"]
        begun = min([at for at in self.contacted.get(account, []) if at <= deal.at], default=deal.at)
        if any(begun - TOUCH <= at <= begun for at in self.touched.get(account, [])):
            return "marketing"
        lead = self.every_lead.get(deal.row.get("Lead__c", ""))
        source = (lead and lead["lead_source"]) or deal.row.get("LeadSource", "")
        return CLASSES.get(source, "(unknown)")

    # -- leads and revenue

    @cached_property
    def links(self) -> dict[str, set[str]]:
        """Each lead's deals: those it names and those that name it."""
        found: dict[str, set[str]] = defaultdict(set)
        for record, changes in self.books.rows.items():
            if lead := changes[-1].told["Lead__c"]:
                found[lead].add(record)
        for lead, row in self.every_lead.items():
            if row["opportunity_id"] in self.books.rows:
                found[lead].add(row["opportunity_id"])
        return found

    def winners(self, when: datetime) -> dict[str, list[tuple[datetime, str]]]:
        """Give each lead's won deals as of a moment, with the time of winning."""
        found: dict[str, list[tuple[datetime, str]]] = {}
        for lead, records in self.links.items():
            for record in records:
                state = governed(self.books, record, when)
                if state and state.row and state.row["StageName"] == "Closed Won":
                    found.setdefault(lead, []).append((closed_at(self.books, record, when), record))
        return found

    def converted(self, cohort: dict[str, Row], when: datetime) -> dict[str, tuple[int, int]]:
        """Count the won and all leads of a cohort by source."""
        winning = self.winners(when)
        found: dict[str, tuple[int, int]] = {}
        for key, row in cohort.items():
            hits, n = found.get(source := row["lead_source"] or "(unknown)", (0, 0))
            found[source] = (hits + (key in winning), n + 1)
        return found

    def customers(self, when: datetime) -> dict[str, str]:
        """Give the source of the lead that became each customer: the lead that was won first."""
        first: dict[str, tuple[datetime, str]] = {}
        for lead, wins in self.winners(when).items():
            for at, record in wins:
                account = self.books.rows[record][-1].told["AccountId"]
                first[account] = min(first.get(account, (at, lead)), (at, lead))
        return {account: self.every_lead[lead]["lead_source"] or "(unknown)" for account, (_, lead) in first.items()}

    def revenue(self, period: Days, when: datetime) -> dict[str, Tally]:
        """Add up the invoices of a period in dollars by the source of their customer."""
        customers = self.customers(when)
        amounts: dict[str, list[Decimal]] = defaultdict(list)
        for row in self.books.last("finance/invoices", "invoice_line").values():
            at = moment(row["invoice_date"])
            if period.holds(local(at)):
                value = price(self.books, row["amount"], row["currency"], local(at))
                amounts[customers.get(row["customer_id"], "(no lead)")].append(value)
        return {source: tally(found) for source, found in amounts.items()}

    def new_leads(self, period: Days, when: datetime) -> dict[str, Row]:
        """Give the leads first met in a period, without those merged away."""
        times = {key: moment(row["created_at"]) for key, row in self.every_lead.items() if not row["merged_into"]}
        return {key: self.every_lead[key] for key, at in times.items() if at <= when and period.holds(local(at))}


def _only(rows: list[Row], column: str) -> dict[str, str]:
    """Give the account of each value of a column that only one account has."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if value := row[column].strip().casefold():
            found[value].add(row["Id"])
    return {value: min(ids) for value, ids in found.items() if len(ids) == 1}
