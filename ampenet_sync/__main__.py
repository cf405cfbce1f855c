"""`python -m ampenet_sync` is the command line."""

from ampenet_sync.cli import main

main()
