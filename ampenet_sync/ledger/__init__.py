"""The durable memory: links, claims, suppressions. Asked before every write, told after it. It makes no calls."""

from ampenet_sync.ledger.clocks import Clock, ServerClock
from ampenet_sync.ledger.database import Ledger, create_ledger, open_ledger
from ampenet_sync.ledger.suppressions import Suppressed

__all__ = ["Clock", "Ledger", "ServerClock", "Suppressed", "create_ledger", "open_ledger"]
