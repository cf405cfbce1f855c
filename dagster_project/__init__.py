"""A code location to run and to copy: it loads the library `ampenet_sync.dagster`. It is not part of the wheel."""
