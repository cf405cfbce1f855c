"""The shape of each table as a pandera model: what Dagster shows and every room relies on. No table is made here."""

from .audience import Audience
from .contacts import Contacts
from .customers import Customers
from .plan import Plan
from .quarantine import Quarantine

__all__ = ["Audience", "Contacts", "Customers", "Plan", "Quarantine"]
