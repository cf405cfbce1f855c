"""The Dagster side: assets, checks, one resource and a schedule, each a few lines that call the pipeline. No logic."""
