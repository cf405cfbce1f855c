"""Private folders and files: written beside their place and renamed, growing, sealed with a digest."""

from ampenet_sync.files.private import write_private

__all__ = ["write_private"]
