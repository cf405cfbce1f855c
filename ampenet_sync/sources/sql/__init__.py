"""A table or query of a database → batches of text. It reads and never writes."""

from ampenet_sync.sources.sql.read import sql_batches

__all__ = ["sql_batches"]
