"""The durable memory: links, claims, suppressions. Asked before every write, told after it. It makes no calls."""

from ampenet_sync.ledger.database import Clock, Ledger, create_ledger, open_ledger
from ampenet_sync.ledger.suppressions import Suppressed

__all__ = ["Clock", "Ledger", "Suppressed", "create_ledger", "open_ledger"]
