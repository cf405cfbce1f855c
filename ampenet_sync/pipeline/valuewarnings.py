"""What a person should know of the customers' own values before they are sent: damage, and cells of no type. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Campaign, Customers
from ampenet_sync.customers import Intake, field_column
from ampenet_sync.customers.damage import damaged, text_columns
from ampenet_sync.customers.needed import template_words
from ampenet_sync.phones import shown_name


def value_warnings(
    campaign: Campaign, customers: Customers, intake: Intake, *, members: pd.DataFrame, recipients: Collection[str]
) -> Iterator[str]:
    """One warning for each variable of the message with damage in it, and one for each column with cells of no type.

    `members` are the segment's, with their names and fields; `recipients` the keys of those who get the message.
    """
    used = template_words(campaign.message)
    keys = pa.array(members["customer_key"], pa.string())
    reached = members[pc.is_in(keys, pa.array(recipients, pa.string())).to_numpy(zero_copy_only=False)]
    for variable in text_columns(customers).values():
        if {variable, variable.lower()} & used:
            column = variable if variable in reached else field_column(variable)
            if count := damaged(pa.array(reached[column], pa.large_string())):
                texts = "1 text is" if count == 1 else f"{count:,} texts are"
                yield f"{texts} damaged, as by &amp; or Ã«: correct {variable} where the source is made"
    for column, cells in intake.misfits.items():
        fit = "1 cell" if cells == 1 else f"{cells:,} cells"
        yield f"{fit} of {shown_name(column)} didn't fit the column's type; nothing here needs the column"
