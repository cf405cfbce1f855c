"""Quarantined rows on their way to a person and back: written out, corrected, read again."""

from ampenet_sync.quarantine.export import export_quarantine

__all__ = ["export_quarantine"]
