"""The phones that an edition has reached as a set."""

from __future__ import annotations

from ampenet_sync.ledger import Ledger, messagetable
from ampenet_sync.ledger.messages import Edition


def messaged_phones(ledger: Ledger, edition: Edition) -> set[str]:
    phones = messagetable.messaged_phones(ledger, edition).to_pylist()
    assert len(set(phones)) == len(phones), "each stands there once"
    return set(phones)
