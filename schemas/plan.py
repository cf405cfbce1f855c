"""The table inside a plan file: one row for each change, link or skip. The header beside it is not described here."""

from __future__ import annotations

import pandera.pandas as pa

PHONE_OR_BLANK = r"^(\d{1,20})?$"


class Plan(pa.DataFrameModel):
    """What a plan would do, in the order in which it is done. A create has no `before`, a delete no `after`.

    Who reads a plan's file with another tool relies on it. The program makes rows from typed values and seals them
    with a digest, so it does not ask again; a test holds what it writes against this.
    """

    change: str = pa.Field(
        isin=["update", "create", "delete", "link", "skip"],
        description="What is done; link tells only the ledger, skip leaves the contact alone.",
    )
    reason: str = pa.Field(
        description="new, differs, changed_there, left_segment, foreign, matches, removed_there, held, suppressed, "
        "opted_out or in_doubt."
    )
    uid: str = pa.Field(description="The contact's uid at Ampenet, blank where there is none yet.")
    customer_key: str = pa.Field(description="Whose contact it is, blank where nobody's of ours.")
    owned: bool = pa.Field(description="Whether this tool made the contact, and so may delete it.")
    source: str = pa.Field(description="Where the customer stands, as file:line; blank where the source has none.")
    phone_before: str = pa.Field(description="What stood in the group when the plan was made, as digits.")
    phone_after: str = pa.Field(str_matches=PHONE_OR_BLANK, description="E.164 digits without +.")
    first_name_before: str
    first_name_after: str
    last_name_before: str
    last_name_after: str

    class Config:
        """These columns, in this order, and no others."""

        strict = True
        ordered = True
