"""What Dagster is given to keep where customers' keys, or columns without a heading, are phones."""

from __future__ import annotations

from ampenet_sync.contacts import Collision, Collisions
from ampenet_sync.dagster import shown
from ampenet_sync.schemas import Customers

KEYS = ("0754000102", "cust-255754000103", "D-17")


def test_keys_that_are_or_hold_other_phones_are_masked() -> None:
    group = Collision("255754000104", "+255 754 000 101", KEYS, len(KEYS))
    (kept,) = shown.collisions(Collisions(1, len(KEYS), (group,))).value.splitlines()[2:]
    assert kept == "| 2557•••104 | 2557•••101 | 3 | 07•••102, 2557•••103, D-17 |"


def test_a_column_named_like_a_phone_is_masked() -> None:
    names = [
        column.name for column in shown.column_schema(Customers, more=["source.tier", "source.0754 000 101"]).columns
    ]
    assert names[-2:] == ["source.tier", "source.07•••101"]
