"""The shape of each table as a pandera model: what Dagster shows and every room relies on. No table is made here."""

from schemas.audience import Audience
from schemas.contacts import Contacts
from schemas.customers import Customers
from schemas.plan import Plan
from schemas.quarantine import Quarantine

__all__ = ["Audience", "Contacts", "Customers", "Plan", "Quarantine"]
