"""The table inside a plan file: one row for each change, link or skip."""

from __future__ import annotations

import pandera.pandas as pa

PHONE_OR_BLANK = r"^(\d{1,20})?$"
CUSTOM_FIELD = r"^[A-Z][A-Z0-9_]*_(before|after)$"


class Plan(pa.DataFrameModel):
    """What a plan would do, in the order in which it is done. A create has no `before`, a delete no `after`.

    After the columns here stand `<TAG>_before` and `<TAG>_after` of each custom field, as the plan's header names them.
    """

    change: str = pa.Field(
        isin=["update", "create", "delete", "link", "skip"],
        description="What is done; link tells only the ledger, skip leaves the contact alone.",
    )
    reason: str = pa.Field(
        isin=[
            "new",
            "differs",
            "changed_there",
            "left_segment",
            "foreign",
            "matches",
            "kept_there",
            "removed_there",
            "made_again",
            "held",
            "suppressed",
            "opted_out",
            "in_doubt",
            "unlisted",
            "made_by_run",
            "changed_by_run",
            "removed_by_run",
            "changed_since",
            "not_emptied",
        ],
        description="Why the row stands in the plan.",
    )
    uid: str = pa.Field(
        description="The contact's uid at Ampenet, blank where there is none yet; "
        "of a create, the uid of the removed contact that it stands for."
    )
    customer_key: str = pa.Field(description="Whose contact it is, blank where nobody's of ours.")
    owned: bool = pa.Field(description="Whether this tool made the contact, and so may delete it.")
    source: str = pa.Field(description="Where the customer stands, as file:line; blank where the source has none.")
    phone_before: str = pa.Field(description="What stood in the group when the plan was made, as digits.")
    phone_after: str = pa.Field(str_matches=PHONE_OR_BLANK, description="E.164 digits without +.")
    first_name_before: str
    first_name_after: str
    last_name_before: str
    last_name_after: str
    custom: str | None = pa.Field(
        alias=CUSTOM_FIELD, regex=True, description="A custom field: as it was last written, and as it will be."
    )

    class Config:
        """More columns are those of custom fields."""

        strict = False
