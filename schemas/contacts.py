"""The shape of desired contacts: what a group should hold. Who is in a segment is decided elsewhere."""

from __future__ import annotations

import pandera.pandas as pa

from .customers import PHONE


class Contacts(pa.DataFrameModel):
    """One row for each phone a group should hold; of several customers who share one the first has it."""

    customer_key: str = pa.Field(
        unique=True, str_length={"min_value": 1}, description="The customer who has the phone here."
    )
    phone: str = pa.Field(unique=True, str_matches=PHONE, description="E.164 digits without +, such as 255712345678.")
    first_name: str = pa.Field(str_length={"max_value": 255}, description="Given name, blank where there is none.")
    last_name: str = pa.Field(str_length={"max_value": 255}, description="Family name, blank where there is none.")
    consent: bool = pa.Field(
        description="Whether every customer of the segment who shares this phone agreed to marketing."
    )

    class Config:
        """These columns, in this order, and no others."""

        strict = True
        ordered = True
