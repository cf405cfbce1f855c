"""A file that nobody configured → which of its columns hold phones, names and the rest, and settings that say so."""

from ampenet_sync.recognition.columns import Recognised, Recognition, Role, recognise
from ampenet_sync.recognition.look import Look, look, source_of
from ampenet_sync.recognition.settings import CHOSEN, customers_of, import_settings, segment_name, starter_for

__all__ = [
    "CHOSEN",
    "Look",
    "Recognised",
    "Recognition",
    "Role",
    "customers_of",
    "import_settings",
    "look",
    "recognise",
    "segment_name",
    "source_of",
    "starter_for",
]
