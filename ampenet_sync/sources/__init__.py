"""Customers' records → Arrow batches of text, each row with its file and line. What a column means isn't known here."""

from ampenet_sync.sources.batch import Batch, Progress, SourceIdentity
from ampenet_sync.sources.header import check_is_header
from ampenet_sync.sources.identity import Reading
from ampenet_sync.sources.read import open_batches, source_name

__all__ = ["Batch", "Progress", "Reading", "SourceIdentity", "check_is_header", "open_batches", "source_name"]
