"""Customers' records → customers, members of a segment and desired contacts; the rest → quarantine. It calls no API."""

from ampenet_sync.contacts.desired import Desired, desired_contacts
from ampenet_sync.contacts.files import write_private
from ampenet_sync.contacts.intake import Intake, load_intake, save_intake
from ampenet_sync.contacts.quarantine import export_quarantine
from ampenet_sync.contacts.read import read_customers
from ampenet_sync.contacts.segment import select_members

__all__ = [
    "Desired",
    "Intake",
    "desired_contacts",
    "export_quarantine",
    "load_intake",
    "read_customers",
    "save_intake",
    "select_members",
    "write_private",
]
