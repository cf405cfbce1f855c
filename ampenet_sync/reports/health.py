"""A check-up for a script and for a person. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from ampenet_sync.pipeline.doctor import Health
from ampenet_sync.reports.columns import table_of


def health_object(health: Health) -> dict[str, Any]:
    return {"checks": [asdict(check) for check in health.checks], "dialect": health.dialect}


def health_table(health: Health) -> Table:
    """One line for each check, marked where it isn't well."""
    table = table_of("check", "state", "what was found")
    for check in health.checks:
        state = Text("ok", style="green") if check.ok else Text("NOT OK", style="bold red")
        table.add_row(check.name, state, check.detail)
    return table
