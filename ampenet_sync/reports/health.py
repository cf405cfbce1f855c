"""A check-up for a script and for a person. Pure."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from ampenet_sync.pipeline.doctor import Health
from ampenet_sync.reports.columns import table_of


def health_object(health: Health) -> dict[str, Any]:
    checks = [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in health.checks]
    return {"checks": checks, "dialect": health.dialect}


def health_table(health: Health) -> Table:
    """One line for each check, marked where it isn't well."""
    table = table_of("check", "state", "what was found")
    for check in health.checks:
        state = Text("ok", style="green") if check.ok else Text("NOT OK", style="bold red")
        table.add_row(check.name, state, check.state)
    return table


def health_lines(health: Health) -> list[str]:
    """The way out of whatever isn't well, in lines that a command can be copied from."""
    hints = list(dict.fromkeys(check.hint for check in health.checks if check.hint))
    names = {hint: ", ".join(check.name for check in health.checks if check.hint == hint) for hint in hints}
    ways_out = [f"Next, for {names[hint]}: {hint}" for hint in hints]
    return ["Everything is well."] if health.ok else [*ways_out, "Correct what is marked, then look again."]
