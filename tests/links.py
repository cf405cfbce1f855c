"""The links of a group as values."""

from __future__ import annotations

import json

from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.links import Link
from ampenet_sync.ledger.linktable import read_links


def links_of(ledger: Ledger, destination: int, group_uid: str) -> list[Link]:
    """Every link of the group that we didn't delete ourselves, by uid."""
    rows = read_links(ledger, destination, group_uid).sort_by("uid").to_pylist()
    return [Link(**{**row, "fields": json.loads(row["fields"])}) for row in rows]
