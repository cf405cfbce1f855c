"""Which typed columns decide anything: those of `where`, `members`, `newest` and templates. No row is read here."""

from __future__ import annotations

import re

from ampenet_sync.config import Newest
from ampenet_sync.config.headings import heading
from ampenet_sync.customers.intake import Intake
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.errors import SourceError, sayable
from ampenet_sync.where.cost import Fault
from ampenet_sync.where.read import closed_connection, names_in

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_WORD = re.compile(r"\w+")


def needed_columns(settings: IntakeSettings) -> frozenset[str]:
    """The columns under customers.types in which a cell that doesn't fit would decide who is in, or what they read.

    They follow from the whole configuration, so that a row is either a customer or not, whatever the segment.
    """
    mapped = settings.customers
    typed = {column for column, kind in mapped.types.items() if kind != "text"}
    if not typed:
        return frozenset()
    named = {mapped.collisions.newest} if isinstance(mapped.collisions, Newest) else set()
    if mapped.key and settings.members_by_key:
        named.add(mapped.key)
    words = template_words(*settings.messages)
    named |= {column for tag, column in mapped.fields.items() if {tag, tag.lower()} & words}
    return frozenset(typed & named) | _named_by_where(settings, typed)


def template_words(*templates: str) -> frozenset[str]:
    """Each word inside the tags of templates, but for quoted text; a variable is always among them."""
    tags = (_QUOTED.sub("", tag) for text in templates for tag in _TAG.findall(text))
    return frozenset(word for tag in tags for word in _WORD.findall(tag))


def check_fits(settings: IntakeSettings, intake: Intake) -> None:
    """Raises SourceError `other_reading` for customers read when the configuration needed fewer columns."""
    if not intake.misfits:
        return
    if columns := sorted(needed_columns(settings) & intake.misfits.keys()):
        message = (
            f"cells of column {sayable(columns[0])} that don't fit its type were passed over, and now it is needed"
        )
        raise SourceError(message, code="other_reading", hint="read the customers again: the configuration has changed")


def _named_by_where(settings: IntakeSettings, typed: set[str]) -> frozenset[str]:
    """Letter case may differ. An expression that can't be run is told of when its segment is chosen; it needs all."""
    if not settings.wheres:
        return frozenset()
    import duckdb  # slow to import

    connection = closed_connection(settings.time_zone)
    try:
        names = {heading(name).lower() for where in settings.wheres for name in names_in(where, connection)}
    except (Fault, duckdb.Error):
        return frozenset(typed)
    finally:
        connection.close()
    return frozenset(column for column in typed if column.lower() in names)
