"""Customers → members of a segment and the contacts its group should hold; who shares and who holds a phone."""

from ampenet_sync.contacts.desired import CONTACT_COLUMNS, Desired, desired_contacts, losing_rows
from ampenet_sync.contacts.holders import Held, Holders, OptOuts
from ampenet_sync.contacts.segment import Chosen, ChosenRows, choose_rows, contact_columns, select_members
from ampenet_sync.contacts.sharing import Collision, Collisions, collisions_of

__all__ = [
    "CONTACT_COLUMNS",
    "Chosen",
    "ChosenRows",
    "Collision",
    "Collisions",
    "Desired",
    "Held",
    "Holders",
    "OptOuts",
    "choose_rows",
    "collisions_of",
    "contact_columns",
    "desired_contacts",
    "losing_rows",
    "select_members",
]
