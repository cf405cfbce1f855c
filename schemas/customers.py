"""The shape of customers: the source's rows that can be used. Rows that can't are in `quarantine`."""

from __future__ import annotations

import pandera.pandas as pa

PHONE = r"^[1-9]\d{6,14}$"
FIELD_COLUMN = r"^field\.[\s\S]*$"
SOURCE_COLUMN = r"^source\.[\s\S]*$"


class Customers(pa.DataFrameModel):
    """One row for each customer that can be used, in the order of the source.

    Beside the columns here stand one text column `field.<TAG>` for each custom field, and one `source.<column>` for
    each column of the source, as written there.
    """

    customer_key: str = pa.Field(
        unique=True,
        str_length={"min_value": 1},
        description="The customer's own id; the phone where no key is configured.",
    )
    phone: str = pa.Field(str_matches=PHONE, description="E.164 digits without +, such as 255712345678.")
    first_name: str = pa.Field(
        str_length={"max_value": 255}, description="Tidied given name; blank where there is none."
    )
    last_name: str = pa.Field(
        str_length={"max_value": 255}, description="Tidied family name; blank where there is none."
    )
    consent: bool = pa.Field(description="Whether the customer agreed to marketing; false where nothing says so.")
    source_file: str = pa.Field(description="File, table or query the row came from.")
    source_line: int = pa.Field(
        ge=1, description="Line of a CSV file on which the row begins; number of the row elsewhere."
    )
    fields: str | None = pa.Field(
        alias=FIELD_COLUMN,
        regex=True,
        str_length={"max_value": 255},
        description="A custom field, tidied, in the one form its type has; blank where there is nothing.",
    )
    source: str | None = pa.Field(alias=SOURCE_COLUMN, regex=True, description="A column of the source, as written.")

    class Config:
        """More columns are let through: the source decides how many there are."""

        strict = False
