"""Custom fields: one form for one value, and nothing that only a program would write."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.customers.shop import CONFIG, Shop, read_customers

FIELDS = CONFIG.replace("  key: id\n", "  key: id\n  fields: {P: points, S: spent, D: since, V: vip, T: tier}\n")


def field(shop: Shop, tag: str, *cells: str) -> list[str]:
    """The field's text for each cell written into its column."""
    before, after = {"P": (6, 4), "S": (7, 3), "D": (8, 2), "V": (9, 1), "T": (10, 0)}[tag]
    empty = [","] * (before - 2), [","] * after
    rows = [f"{n},07123456{n:02d}{''.join(empty[0])},{cell}{''.join(empty[1])}" for n, cell in enumerate(cells)]
    intake = read_customers(shop(*rows, text=FIELDS))
    assert intake.reasons == {}
    return list(intake.customers[f"field.{tag}"])


@pytest.mark.parametrize(
    ("tag", "written", "given"),
    [
        ("P", "1500.0", "1500"),
        ("P", "+7", "7"),
        ("P", "007", "7"),
        ("P", " ", ""),
        ("S", "1500.0", "1500"),
        ("S", "12.50", "12.5"),
        ("S", "1.5e3", "1500"),
        ("S", "-0.0", "0"),
        ("S", ".5", "0.5"),
        ("S", "12345678901234567.89", "12345678901234567.89"),
        ("S", "", ""),
        ("D", "2026-11-30T08:00", "2026-11-30"),
        ("V", "Ndiyo", "true"),
        ("V", "0", "false"),
        ("V", "", ""),
        ("T", "  gold\u00a0 plus ", "gold plus"),
        ("T", "1500.0", "1500.0"),
        ("T", "\u202edlog\u202c", "dlog"),
    ],
)
def test_a_field_is_given_in_the_one_form_of_its_type(shop: Shop, tag: str, written: str, given: str) -> None:
    assert field(shop, tag, written) == [given]


def test_a_field_that_is_too_long_sets_the_row_aside(shop: Shop) -> None:
    intake = read_customers(shop(f"1,0712345678,,,,,,,,,{'a' * 256}", f"2,0712345679,,,,,,,,,{'a' * 255}", text=FIELDS))
    assert intake.reasons == {"field_too_long": 1} and list(intake.customers["customer_key"]) == ["2"]


def test_missing_values_of_a_frame_are_blank_fields(shop: Shop) -> None:
    frame = pd.DataFrame({"id": [1, 2], "simu": ["0712345678", "0712345679"], "points": [1500.0, None]})
    for name in ("jina", "ukoo", "nchi", "sms", "spent", "since", "vip", "tier"):
        frame[name] = [None, float("nan")]
    customers = read_customers(shop(text=FIELDS), handed=frame).customers
    assert list(customers["field.P"]) == ["1500", ""] and list(customers["field.T"]) == ["", ""]
    assert list(customers["customer_key"]) == ["1", "2"]
