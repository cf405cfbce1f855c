"""What the platform refused, and how often it refused the same before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from ampenet_sync.ledger.database import Ledger


@dataclass(frozen=True)
class RefusedChange:
    """One change that was refused. `times`: so often in a row for the same reason, this time included."""

    change: str
    customer_key: str
    phone: str
    code: str
    times: int


# A refusal of the same change counts, whichever plan it was of, until one of this phone in this group was carried out.
_REFUSED = text("""
    SELECT r.change, r.customer_key, r.phone, coalesce(r.code, '') AS code, (
        SELECT count(*) FROM changes e
        WHERE e.phone = r.phone AND e.destination = r.destination AND e.group_uid = r.group_uid
            AND e.change = r.change AND e.state = 'refused' AND e.code = r.code AND e.id <= r.id
            AND e.id > (
                SELECT coalesce(max(d.id), 0) FROM changes d
                WHERE d.phone = r.phone AND d.destination = r.destination AND d.group_uid = r.group_uid
                    AND d.state = 'done' AND d.id < r.id
            )
    ) AS times
    FROM changes r
    WHERE r.destination = :destination AND r.plan = :plan AND r.state = 'refused'
    ORDER BY times DESC, r.phone, r.customer_key
    LIMIT :most
""")


def refused(ledger: Ledger, destination: int, plan: str, *, most: int) -> list[RefusedChange]:
    """Of the plan's changes those that were refused, the most obstinate first, at most so many."""
    with ledger.read() as db:
        rows = db.execute(_REFUSED, {"destination": destination, "plan": plan, "most": most})
        return [RefusedChange(row.change, row.customer_key, row.phone, row.code, row.times) for row in rows]
