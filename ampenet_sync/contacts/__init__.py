"""Customers' records → customers, members of a segment and desired contacts; the rest → quarantine. It calls no API."""

from ampenet_sync.contacts.answered import Answered, answer_columns, answers_of
from ampenet_sync.contacts.collisions import FIRST, Rule, rule_of
from ampenet_sync.contacts.desired import CONTACT_COLUMNS, Desired, desired_contacts, losing_rows
from ampenet_sync.contacts.fields import field_column, field_columns
from ampenet_sync.contacts.files import write_private
from ampenet_sync.contacts.holders import OptOuts, opt_outs, phone_holders
from ampenet_sync.contacts.intake import Intake, load_intake
from ampenet_sync.contacts.quarantine import export_quarantine
from ampenet_sync.contacts.read import read_customers
from ampenet_sync.contacts.repairs import Repairs, load_repairs, repairs_of
from ampenet_sync.contacts.segment import Chosen, ChosenRows, choose_rows, contact_columns, select_members
from ampenet_sync.contacts.shared import Collision, Collisions, collisions_of

__all__ = [
    "CONTACT_COLUMNS",
    "FIRST",
    "Answered",
    "Chosen",
    "ChosenRows",
    "Collision",
    "Collisions",
    "Desired",
    "Intake",
    "OptOuts",
    "Repairs",
    "Rule",
    "answer_columns",
    "answers_of",
    "choose_rows",
    "collisions_of",
    "contact_columns",
    "desired_contacts",
    "export_quarantine",
    "field_column",
    "field_columns",
    "load_intake",
    "load_repairs",
    "losing_rows",
    "opt_outs",
    "phone_holders",
    "read_customers",
    "repairs_of",
    "rule_of",
    "select_members",
    "write_private",
]
