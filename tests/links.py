"""The links of a group as values."""

from __future__ import annotations

from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.links import Link, link_of
from ampenet_sync.ledger.linktable import read_links


def links_of(ledger: Ledger, destination: int, group_uid: str) -> list[Link]:
    """Every link of the group that we didn't delete ourselves, by uid."""
    uids = read_links(ledger, destination, group_uid).sort_by("uid")["uid"].to_pylist()
    links = [link_of(ledger, destination, group_uid, uid) for uid in uids]
    return [link for link in links if link is not None]
