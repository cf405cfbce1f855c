"""Customers' records → Arrow batches of text, each row with its file and line. What a column means isn't known here."""

from ampenet_sync.sources.batch import Batch, Progress, Reading, SourceIdentity
from ampenet_sync.sources.blankrows import without_blank_rows
from ampenet_sync.sources.header import LOOK_FOR_HEADING, NOT_KNOWN_YET, check_is_header, numbered_twins
from ampenet_sync.sources.read import open_batches, source_name

__all__ = [
    "LOOK_FOR_HEADING",
    "NOT_KNOWN_YET",
    "Batch",
    "Progress",
    "Reading",
    "SourceIdentity",
    "check_is_header",
    "numbered_twins",
    "open_batches",
    "source_name",
    "without_blank_rows",
]
