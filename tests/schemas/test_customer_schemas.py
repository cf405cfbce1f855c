"""The schemas let good tables through and no others."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from ampenet_sync.customers.contract import checked
from ampenet_sync.phones import HINTS
from ampenet_sync.schemas import Audience, Contacts, Customers, Plan, Quarantine

CUSTOMER: dict[str, Any] = {
    "customer_key": "1",
    "phone": "255712345678",
    "first_name": "Asha",
    "last_name": "",
    "consent": True,
    "source_file": "c.csv",
    "source_line": 2,
    "source.simu": "0712345678",
}
CONTACT = {key: CUSTOMER[key] for key in ("customer_key", "phone", "first_name", "last_name", "consent")}
ASIDE: dict[str, Any] = {
    "source_file": "c.csv",
    "source_line": 2,
    "customer_key": "",
    "reason": "blank",
    "hint": HINTS["blank"].en,
    "hint_sw": HINTS["blank"].sw,
    "row_id": "0123456789abcdef",
    "written": "",
    "source.simu": "",
}


@pytest.mark.parametrize(("schema", "row"), [(Customers, CUSTOMER), (Contacts, CONTACT), (Quarantine, ASIDE)])
def test_a_good_row_passes_unchanged(schema: Any, row: dict[str, Any]) -> None:
    frame = pd.DataFrame([row])
    pd.testing.assert_frame_equal(schema.validate(frame, lazy=True), frame)


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "+255712345678"},
        {"phone": "0712345678"},
        {"phone": 255712345678},
        {"customer_key": ""},
        {"customer_key": None},
        {"first_name": "a" * 256},
        {"consent": "yes"},
        {"source_line": 0},
        {"source.simu": None},
    ],
)
def test_a_bad_customer_does_not_pass(change: dict[str, Any]) -> None:
    with pytest.raises(SchemaErrors):
        Customers.validate(pd.DataFrame([CUSTOMER | change]), lazy=True)
    with pytest.raises(AssertionError, match="a fault in this program"):
        checked(pd.DataFrame([CUSTOMER | change]), Customers, whole=False)


def test_a_customer_is_there_once() -> None:
    with pytest.raises(SchemaErrors):
        Customers.validate(pd.DataFrame([CUSTOMER, CUSTOMER]), lazy=True)
    with pytest.raises(AssertionError, match="customer_key: unique"):
        checked(pd.DataFrame([CUSTOMER, CUSTOMER]), Customers)
    checked(pd.DataFrame([CUSTOMER, CUSTOMER]), Customers, whole=False)


@pytest.mark.parametrize(("schema", "row"), [(Customers, CUSTOMER), (Contacts, CONTACT), (Quarantine, ASIDE)])
def test_the_quick_check_asks_for_the_same_columns(schema: Any, row: dict[str, Any]) -> None:
    frame = pd.DataFrame([row])
    pd.testing.assert_frame_equal(checked(frame, schema), pd.DataFrame([row]))
    for name in [name for name in row if not name.startswith("source.")]:
        with pytest.raises(AssertionError, match="columns"):
            checked(frame.drop(columns=name), schema)


@pytest.mark.parametrize("schema", [Customers, Contacts, Quarantine, Audience, Plan])
def test_every_rule_of_a_schema_is_known_to_the_quick_check(schema: Any) -> None:
    names = {check.name for column in schema.to_schema().columns.values() for check in column.checks}
    assert names <= {"str_matches", "str_length", "isin", "greater_than_or_equal_to"}


def test_a_phone_is_in_a_group_once() -> None:
    with pytest.raises(SchemaErrors):
        Contacts.validate(pd.DataFrame([CONTACT, CONTACT | {"customer_key": "2"}]), lazy=True)


def test_contacts_have_no_other_columns() -> None:
    with pytest.raises(SchemaErrors):
        Contacts.validate(pd.DataFrame([CONTACT | {"city": "Dodoma"}]), lazy=True)


def test_a_reason_is_one_of_the_known_codes() -> None:
    with pytest.raises(SchemaErrors):
        Quarantine.validate(pd.DataFrame([ASIDE | {"reason": "strange"}]), lazy=True)


def test_every_column_says_what_it_means() -> None:
    for schema in (Customers, Contacts, Quarantine):
        assert schema.__doc__
        assert all(column.description for column in schema.to_schema().columns.values())
