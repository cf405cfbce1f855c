"""The shape of the quarantine: rows that can't be used, each with one reason. Repairing them is a person's work."""

from __future__ import annotations

import pandera.pandas as pa

from ampenet_sync.phones import HINTS

from .customers import SOURCE_COLUMN


class Quarantine(pa.DataFrameModel):
    """One row for each row of the source that can't be used, in the order of the source.

    Beside the columns here stands one text column `source.<column>` for each column of the source, as written there.
    """

    source_file: str = pa.Field(description="File, table or query the row came from.")
    source_line: int = pa.Field(
        ge=1, description="Line of a CSV file on which the row begins; number of the row elsewhere."
    )
    customer_key: str = pa.Field(description="The customer's own id; blank where it is not known.")
    reason: str = pa.Field(isin=list(HINTS), description="Stable code of the first fault found.")
    hint: str = pa.Field(str_length={"min_value": 1}, description="The same in a sentence for whoever repairs it.")
    hint_sw: str = pa.Field(str_length={"min_value": 1}, description="The same in Swahili.")
    row_id: str = pa.Field(
        str_matches=r"^[0-9a-f]{16}$", description="Names the row as the source has it, so a repaired one finds it."
    )
    written: str = pa.Field(
        description="The row as it is written in the file where its cells can't be told apart; else blank."
    )
    source: str | None = pa.Field(alias=SOURCE_COLUMN, regex=True, description="A column of the source, as written.")

    class Config:
        """More columns are let through: the source decides how many there are."""

        strict = False
