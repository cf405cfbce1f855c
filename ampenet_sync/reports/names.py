"""The names of the figures that terminal, JSON and Dagster show, each list once and in one order; their words. Pure."""

from __future__ import annotations

PLAN_COUNTS = (
    *("creates", "updates", "deletes", "unchanged", "drift", "foreign", "held"),
    *("suppressed", "opted_out", "in_doubt", "unlisted"),
)
ALWAYS_SHOWN = 4  # of PLAN_COUNTS: the others get a column on a terminal where any of them isn't zero
FORECAST = ("calls", "pages", "seconds")
APPLIED_COUNTS = ("done", "refused", "in_doubt", "moved", "suppressed")
SENT_COUNTS = ("sent", "refused", "unknown", "expired", "remaining", "withdrawn")
ROW_NAMES = ("change", "reason", "key", "phone", "before", "after", "source")
NAMELESS_ROW = tuple(name for name in ROW_NAMES if name not in ("before", "after"))


def in_words(name: str) -> str:
    """A figure's name as a person reads it."""
    return name.replace("_", " ")


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
