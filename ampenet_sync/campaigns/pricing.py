"""Parts → an estimate of money. The platform's balance is in units, so this is never a bill."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Currency = Literal["TZS", "KES"]


@dataclass(frozen=True)
class Tier:
    """`price` for one part, for volumes up to `up_to` parts (None: without end)."""

    up_to: int | None
    price: Decimal


# As the documentation page lists them; "per SMS" there is per part.
TIERS: dict[Currency, tuple[Tier, ...]] = {
    "TZS": (
        Tier(5_000, Decimal("25")),
        Tier(25_000, Decimal("24")),
        Tier(50_000, Decimal("23")),
        Tier(100_000, Decimal("22")),
        Tier(250_000, Decimal("20")),
        Tier(500_000, Decimal("19")),
        Tier(None, Decimal("17")),
    ),
    "KES": (
        Tier(250_000, Decimal("0.50")),
        Tier(500_000, Decimal("0.45")),
        Tier(None, Decimal("0.40")),
    ),
}


@dataclass(frozen=True)
class Cost:
    """An estimated amount, exact to the cent."""

    amount: Decimal
    currency: Currency

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.2f}".removesuffix(".00")


def estimate(parts: int, *, currency: Currency) -> Cost:
    """What so many parts cost at once, all at the price of the tier the total falls into.

    The documentation leaves open whether a tier's price holds for the whole volume or only for the parts within the
    tier, and whether earlier purchases count. We take the whole volume, this campaign alone; a marginal reading costs
    more from the second tier on.
    """
    if parts < 0:
        raise ValueError("a number of parts is 0 or more")
    return Cost(parts * _price(parts, currency), currency)


def _price(parts: int, currency: Currency) -> Decimal:
    return next(tier.price for tier in TIERS[currency] if tier.up_to is None or parts <= tier.up_to)
