"""CSV files, also packed ones → batches with each cell as it is written."""

from ampenet_sync.sources.csv.read import csv_batches

__all__ = ["csv_batches"]
