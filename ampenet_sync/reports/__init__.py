"""Plans, previews and outcomes for people and for scripts. Nothing here reads, writes or decides."""
