"""Customers' records → customers that can be used, each by a key and a phone; the rest is quarantined."""

from ampenet_sync.customers.answered import Answered, answer_columns, answers_of
from ampenet_sync.customers.fields import field_column, field_columns
from ampenet_sync.customers.intake import Intake, load_intake
from ampenet_sync.customers.read import read_customers
from ampenet_sync.customers.repairs import Repairs, load_repairs, repairs_in
from ampenet_sync.customers.settings import IntakeSettings, settings_of
from ampenet_sync.customers.stoplist import StopNumbers, Unread, read_stop_list
from ampenet_sync.customers.winners import FIRST, Rule, rule_of

__all__ = [
    "FIRST",
    "Answered",
    "Intake",
    "IntakeSettings",
    "Repairs",
    "Rule",
    "StopNumbers",
    "Unread",
    "answer_columns",
    "answers_of",
    "field_column",
    "field_columns",
    "load_intake",
    "load_repairs",
    "read_customers",
    "read_stop_list",
    "repairs_in",
    "rule_of",
    "settings_of",
]
