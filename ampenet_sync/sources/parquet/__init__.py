"""Parquet files → batches of text."""

from ampenet_sync.sources.parquet.read import parquet_batches

__all__ = ["parquet_batches"]
