"""What each row of a table reads, or what its text lacks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ampenet_sync.campaigns import Template
from ampenet_sync.campaigns import render_distinct as outcomes_of


def render_distinct(template: Template, columns: Any) -> pd.DataFrame:
    """text, fault and variable of each row, under its own index."""
    outcomes, of_row = outcomes_of(template, columns)
    rows = outcomes.take(of_row)
    return rows.set_axis(columns.index) if isinstance(columns, pd.DataFrame) else rows.reset_index(drop=True)
