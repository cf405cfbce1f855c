"""Why a row is set aside: every reason's stable code and a sentence for the clerk who mends it. It decides nothing."""

from __future__ import annotations

from typing import Final

# In the order in which a row's first reason is chosen.
HINTS: Final[dict[str, str]] = {
    "blank": "No phone number is written here.",
    "digits_lost": "A spreadsheet rounded the number and its last digits are gone; type it in again as text.",
    "several_numbers": "Two or more numbers stand in one cell; keep the one that is to be texted.",
    "letters": "There are letters among the digits; write the number with digits only.",
    "extension": "An extension can't be texted; write the number without it, or another one.",
    "too_short": "The number has too few digits for its country.",
    "too_long": "The number has too many digits for its country.",
    "invalid": "No such number is in use in its country; ask for it again.",
    "country_not_allowed": "The number belongs to a country that is not listed under countries.",
    "missing_key": "The customer's key is blank.",
    "duplicate_key": "An earlier row already has this key; only the first row counts.",
    "name_too_long": "A name has more than 255 characters.",
    "bad_region": "The country column holds no two-letter country code such as TZ or KE.",
    "bad_type": "A value is not of the type written under types.",
}

PHONE_REASONS: Final[tuple[str, ...]] = tuple(HINTS)[: tuple(HINTS).index("country_not_allowed") + 1]
