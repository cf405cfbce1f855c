"""The Ampenet API as typed calls. What to call, and when, is decided elsewhere."""

from ampenet_sync.api.client import Client
from ampenet_sync.api.connect import connect
from ampenet_sync.api.dialect import DIALECTS, Detected, Dialect
from ampenet_sync.api.dispatch import ReadPolicy
from ampenet_sync.api.shapes import Account, Balance, Contact, Group, Message, Page
from ampenet_sync.api.transport import Answer, Deadlines, Request, RequestsTransport, Transport
from ampenet_sync.throttle import Lane, Slot, SlotThrottle, Throttle

__all__ = [
    "DIALECTS",
    "Account",
    "Answer",
    "Balance",
    "Client",
    "Contact",
    "Deadlines",
    "Detected",
    "Dialect",
    "Group",
    "Lane",
    "Message",
    "Page",
    "ReadPolicy",
    "Request",
    "RequestsTransport",
    "Slot",
    "SlotThrottle",
    "Throttle",
    "Transport",
    "connect",
]
