"""The table inside an audience file: one row for each customer of the segment, texted or excluded."""

from __future__ import annotations

import pandera.pandas as pa

from .customers import PHONE


class Audience(pa.DataFrameModel):
    """Who gets which text, frozen when the campaign was previewed. Who is excluded has no text and costs nothing."""

    phone: str = pa.Field(str_matches=PHONE, description="E.164 digits without +.")
    customer_key: str = pa.Field(unique=True, str_length={"min_value": 1}, description="Whose number it is.")
    text: str = pa.Field(description="What the recipient reads.")
    encoding: str = pa.Field(isin=["GSM-7", "UCS-2", ""], description="The alphabet the text needs.")
    parts: int = pa.Field(ge=0, description="Units of 160 or 70 characters the networks send.")
    billed: int = pa.Field(ge=0, description="Parts the platform charges.")
    excluded: str = pa.Field(
        isin=[
            "",
            "suppressed",
            "opted_out",
            "no_consent",
            "shared_phone",
            "already_messaged",
            "missing_variable",
            "value_too_long",
            "empty_text",
            "text_too_long",
        ],
        description="Blank for a recipient, else why not.",
    )

    class Config:
        """These columns, in this order, and no others."""

        strict = True
        ordered = True
