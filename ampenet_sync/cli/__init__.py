"""The command line: parse, call a story, print, exit. It decides nothing by itself."""

from ampenet_sync.cli.app import main

__all__ = ["main"]
