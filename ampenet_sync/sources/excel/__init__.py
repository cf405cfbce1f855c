"""Excel workbooks (.xlsx) → batches of text."""

from ampenet_sync.sources.excel.read import xlsx_batches

__all__ = ["xlsx_batches"]
