"""Written numbers → phones or reasons, and phones → masks. Knows nothing of other columns, files or the network.

The names below load their module when they are first used, so `mask` costs a command line nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ampenet_sync.phones.column import Phones, carries_code, normalise
    from ampenet_sync.phones.countries import country_of
    from ampenet_sync.phones.masking import mask, shown_key, shown_name, shown_phone
    from ampenet_sync.phones.read import Refusal, is_region, read_phone
    from ampenet_sync.phones.reasons import HINTS, PHONE_REASONS, ROW_REASONS, Hint

_HOMES = {
    "HINTS": "reasons",
    "Hint": "reasons",
    "PHONE_REASONS": "reasons",
    "ROW_REASONS": "reasons",
    "Phones": "column",
    "Refusal": "read",
    "carries_code": "column",
    "country_of": "countries",
    "is_region": "read",
    "mask": "masking",
    "normalise": "column",
    "read_phone": "read",
    "shown_key": "masking",
    "shown_name": "masking",
    "shown_phone": "masking",
}

__all__ = [
    "HINTS",
    "PHONE_REASONS",
    "ROW_REASONS",
    "Hint",
    "Phones",
    "Refusal",
    "carries_code",
    "country_of",
    "is_region",
    "mask",
    "normalise",
    "read_phone",
    "shown_key",
    "shown_name",
    "shown_phone",
]


def __getattr__(name: str) -> Any:
    """Load the module of a public name on its first use, and keep the name here."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
