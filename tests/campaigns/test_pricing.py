"""Prices: the documentation page's tiers, taken for the whole volume."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest

from ampenet_sync.campaigns import Cost, estimate

TZS = [
    (1, "25"),
    (5_000, "125000"),
    (5_001, "120024"),
    (25_000, "600000"),
    (25_001, "575023"),
    (50_000, "1150000"),
    (50_001, "1100022"),
    (100_000, "2200000"),
    (100_001, "2000020"),
    (250_000, "5000000"),
    (250_001, "4750019"),
    (500_000, "9500000"),
    (500_001, "8500017"),
]
KES = [(1, "0.50"), (250_000, "125000"), (250_001, "112500.45"), (500_000, "225000"), (500_001, "200000.40")]


@pytest.mark.parametrize(("parts", "amount"), TZS)
def test_shillings_of_tanzania_at_each_edge(parts: int, amount: str) -> None:
    assert estimate(parts, currency="TZS").amount == Decimal(amount)


@pytest.mark.parametrize(("parts", "amount"), KES)
def test_shillings_of_kenya_at_each_edge(parts: int, amount: str) -> None:
    assert estimate(parts, currency="KES").amount == Decimal(amount)


@pytest.mark.parametrize("currency", ["TZS", "KES"])
def test_nothing_costs_nothing(currency: Literal["TZS", "KES"]) -> None:
    assert estimate(0, currency=currency) == Cost(Decimal(0), currency)


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        estimate(-1, currency="TZS")


def test_money_is_written_with_thousands_and_cents_only_where_there_are_some() -> None:
    assert str(estimate(5_000, currency="TZS")) == "TZS 125,000"
    assert str(estimate(1, currency="KES")) == "KES 0.50"
