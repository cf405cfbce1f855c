"""A plan's rows held against the group as it stands now: which contacts moved since the plan was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import pyarrow as pa

from ampenet_sync.sync.listing import Listing
from ampenet_sync.sync.relations import database

if TYPE_CHECKING:
    import duckdb

Why = Literal[
    "contact_gone",  # nobody has this uid in the group any more
    "contact_changed",  # somebody changed the contact there since
    "phone_otherwise",  # of an ask: its number is written there in a way that asking would change
    "phone_taken",  # another contact has the number there now
    "customer_gone",  # the source has the customer no more, or not in this segment, or in quarantine
    "customer_changed",  # the source says something else of the customer now
    "customer_back",  # of a delete: the customer is in the segment again
    "customer_held",  # of a delete: the customer's row is in quarantine now
    "opted_out",  # of a create: the source says so now
]


@dataclass(frozen=True)
class Moved:
    """A contact that was read again, and isn't what the plan saw."""

    why: Why


# One line for each way in which a contact moves. A field that the listing doesn't show can't be seen to move.
_MOVED = """
SELECT position, CASE
    WHEN change = 'create' AND taken THEN 'phone_taken'
    WHEN change = 'create' THEN NULL
    WHEN there IS NULL THEN 'contact_gone'
    WHEN phone <> phone_before OR {differs} THEN 'contact_changed'
    WHEN phone_after NOT IN ('', phone) AND taken THEN 'phone_taken'
END AS why
FROM (
    SELECT p.*, c.uid AS there, c.phone, {shown}, p.phone_after IN (SELECT phone FROM live) AS taken
    FROM piece p LEFT JOIN live c ON c.uid = p.uid
    WHERE p.change <> 'skip'
)
WHERE why IS NOT NULL
"""


class Standing(Protocol):
    """The group as it stands now, asked for the rows of a plan piece by piece."""

    def moved(self, first: int, piece: pa.Table) -> dict[int, Why]:
        """Position → why, of the rows of a plan's piece that begins at position `first`."""


class StandingUnlisted:
    """A group that nobody listed: each contact is read when its turn comes."""

    def moved(self, first: int, piece: pa.Table) -> dict[int, Why]:
        return {}


class StandingListed:
    """The group as a listing shows it."""

    def __init__(self, db: duckdb.DuckDBPyConnection, fields: Sequence[str]) -> None:
        self._db = db
        differs = " OR ".join(f'coalesce("{name}" <> "{name}_before", false)' for name in fields)
        self._query = _MOVED.format(differs=differs, shown=", ".join(f'c."{name}"' for name in fields))

    def moved(self, first: int, piece: pa.Table) -> dict[int, Why]:
        return moved_rows(self._db, self._query, first, piece)


@contextmanager
def standing(listing: Listing | None, fields: Sequence[str], folder: Path | None = None) -> Iterator[Standing]:
    """Hold the group ready for questions within the block; `folder` takes what memory can't. None: it wasn't listed."""
    if listing is None:
        yield StandingUnlisted()
        return
    with database(folder) as db:
        listing.relation(fields).hand_in(db, "live")
        yield StandingListed(db, fields)


def moved_rows(db: duckdb.DuckDBPyConnection, query: str, first: int, piece: pa.Table, **asked: bool) -> dict[int, Why]:
    """What a query says of a plan's rows, which it reads as `piece`, numbered in `position` from `first` on."""
    db.register("piece", piece.append_column("position", pa.array(range(first, first + piece.num_rows), pa.int64())))
    return dict(db.execute(query, asked).fetchall())
