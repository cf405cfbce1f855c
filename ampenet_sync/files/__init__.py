"""Private folders and files: written beside their place and renamed, growing, sealed with a digest."""

from ampenet_sync.files.private import keep_page, write_private

__all__ = ["keep_page", "write_private"]
